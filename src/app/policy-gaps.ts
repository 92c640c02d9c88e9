import { relative, sep } from 'node:path';
import { glob } from 'tinyglobby';
import { didYouMean } from '../base/nearest.ts';
import type { HostReport } from '../model/report.ts';
import { PACKAGES } from './capture-folder.ts';
import type { LoadedConfig } from './config.ts';
import { type Expectation, matcher } from './policy.ts';

/** What a policy says of captures of which none is in the run: mostly a slip of the pen, and it would silently do nothing. */
export interface PolicyGaps {
  /** Findings that must occur, by the pattern of the captures that must show them. */
  readonly absent: ReadonlyMap<string, { readonly expect: readonly Expectation[]; readonly why: string }>;
  /** The rest, in a line each. */
  readonly notices: readonly string[];
}

/**
 * `captures` are the absolute paths of the run. A run over captures that the command names is a part of the whole (the hook of a
 * commit): there a pattern that fits another file of the project is none of its business.
 */
export async function policyGaps(
  { config, folder, file }: LoadedConfig,
  captures: readonly string[],
  named: boolean,
): Promise<PolicyGaps> {
  const names = captures.map(capture => relative(folder, capture).split(sep).join('/'));
  const gap = async (pattern: string): Promise<boolean> =>
    !captures.some(matcher([pattern], folder)) && !(named && (await isFile(pattern, folder)));
  const near = (pattern: string): string =>
    didYouMean(pattern, pattern.includes('/') ? names : names.map(name => name.slice(name.lastIndexOf('/') + 1)));

  const absent = new Map<string, { expect: Expectation[]; why: string }>();
  const expectAt = (pattern: string, expect: readonly Expectation[]): void => {
    const why = `but no capture of this run fits ${pattern}${near(pattern)}`;
    absent.set(pattern, { expect: [...(absent.get(pattern)?.expect ?? []), ...expect], why });
  };
  for (const { capture, ...expectation } of config.expect ?? []) {
    if (await gap(capture)) expectAt(capture, [expectation]);
  }
  const notices: string[] = [];
  for (const [i, { files, expect = [] }] of (config.overrides ?? []).entries()) {
    const gaps: string[] = [];
    for (const pattern of files) if (await gap(pattern)) gaps.push(pattern);
    if (expect.length > 0 && gaps.length === files.length) expectAt(files.join(', '), expect);
    else
      for (const pattern of gaps)
        notices.push(`${file}: overrides[${i}].files: no capture fits ${pattern}${near(pattern)}`);
  }
  return { absent, notices };
}

async function isFile(pattern: string, folder: string): Promise<boolean> {
  const anywhere = pattern.includes('/') ? pattern : `**/${pattern}`;
  const ignore = [`**/${PACKAGES}/**`, '**/.git/**'];
  return (await glob(anywhere, { cwd: folder, dot: true, expandDirectories: false, ignore })).length > 0;
}

/** The hosts that are named as MTAs, over a whole run: of one that no capture has nothing was claimed anywhere. */
export class NamedHosts {
  private readonly named = new Set<string>();
  private readonly seen = new Set<string>();

  add(mta: readonly string[], hosts: readonly HostReport[]): void {
    for (const address of mta) this.named.add(address);
    if (mta.length > 0) for (const { address } of hosts) this.seen.add(address);
  }

  notices(): string[] {
    return [...this.named]
      .filter(address => !this.seen.has(address))
      .map(
        address =>
          `${address} is named as an MTA and has no stream in any capture of this run: nothing is claimed about it`,
      );
  }
}
