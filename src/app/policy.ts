import { relative, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import type { Severity } from '../model/finding.ts';
import { DEFAULT_PROFILE } from '../mta/profile.ts';
import { ISO_TRANSPORT } from './analyzer.ts';
import { fits, type LoadedConfig } from './config.ts';
import type { Config, FailOn, Grade, Limits, Override } from './config-schema.ts';

export interface Expectation {
  readonly code: string;
  readonly frame?: number | undefined;
  readonly stream?: number | undefined;
  readonly profile?: string | undefined;
}

/** The policy for one capture: everything resolved. */
export interface Policy {
  readonly failOn: FailOn;
  /** Names as written, and the folder that file names among them are relative to. */
  readonly profiles: readonly { readonly name: string; readonly folder: string; readonly where: string }[];
  /** `field=value`, the later ones win; `where` names the option or key in errors. */
  readonly set: readonly { readonly settings: readonly string[]; readonly where: string }[];
  readonly mta: readonly string[];
  readonly ports: readonly number[];
  readonly anyPort: boolean;
  readonly limits: Limits;
  readonly expect: readonly Expectation[];
  grade(code: string, severity: Severity): Grade;
}

/** What the command line says; it beats the policy file. */
export interface PolicyOptions {
  readonly failOn?: FailOn | undefined;
  readonly rules: readonly (readonly [string, string])[];
  readonly profiles: readonly string[];
  readonly set: readonly string[];
  readonly mta: readonly string[];
  readonly ports: readonly number[];
  readonly anyPort: boolean;
  readonly minTpkts?: number | undefined;
}

type Matcher = (file: string) => boolean;

/** Patterns are relative to the policy's folder; one without a slash fits the file name alone, as in .gitignore. */
export function matcher(patterns: readonly string[], folder: string): Matcher {
  const tests = patterns.map(pattern =>
    picomatch(pattern.replace(/^\.\//, ''), { dot: true, basename: !pattern.includes('/') }),
  );
  return file => {
    const path = relative(folder, file).split(sep).join('/');
    return tests.some(test => test(path));
  };
}

/** Grades by pattern: an exact code beats a pattern, a longer pattern a shorter one, the later of equals wins. */
function gradeBy(rules: Iterable<readonly [string, string]>, code: string): Grade | null {
  let best: Grade | null = null;
  let weight = -1;
  for (const [pattern, grade] of rules) {
    if (!fits(pattern, code)) continue;
    const own = pattern.includes('*') ? pattern.length : Number.MAX_SAFE_INTEGER;
    if (own >= weight) {
      weight = own;
      best = grade as Grade;
    }
  }
  return best;
}

/** Resolves the policy for each capture: the command line over the fitting overrides (later ones first) over the file. */
export class Policies {
  private readonly loaded: LoadedConfig;
  private readonly options: PolicyOptions;
  private readonly cwd: string;
  private readonly overrides: readonly { readonly fits: Matcher; readonly index: number }[];
  private readonly expects: readonly { readonly fits: Matcher; readonly entry: Expectation }[];

  constructor(loaded: LoadedConfig, options: PolicyOptions, cwd: string) {
    this.loaded = loaded;
    this.options = options;
    this.cwd = cwd;
    const { config, folder } = loaded;
    this.overrides = (config.overrides ?? []).map((override, index) => ({
      fits: matcher(override.files, folder),
      index,
    }));
    this.expects = (config.expect ?? []).map(({ capture, ...entry }) => ({ fits: matcher([capture], folder), entry }));
  }

  for(file: string): Policy {
    const path = resolve(this.cwd, file);
    const { config } = this.loaded;
    const overrides = this.overrides.filter(o => o.fits(path)).map(o => config.overrides![o.index]!);
    return this.resolved(
      overrides,
      this.expects.filter(expect => expect.fits(path)).map(expect => expect.entry),
    );
  }

  /** What each override would say by itself, whether a capture fits it or not: a slip in it is one before its captures are there. */
  ofOverrides(): Policy[] {
    return (this.loaded.config.overrides ?? []).map(override => this.resolved([override], []));
  }

  private resolved(overrides: readonly Override[], own: readonly Expectation[]): Policy {
    const { config, folder, file: policyFile } = this.loaded;
    const layers = [config, ...overrides];
    const last = <K extends Exclude<keyof (typeof layers)[number], 'expect'>>(
      key: K,
    ): Config[K & keyof Config] | undefined =>
      layers.reduce<Config[K & keyof Config] | undefined>(
        (found, layer) => (layer[key] as Config[K & keyof Config]) ?? found,
        undefined,
      );
    const { options } = this;
    const written = last('profiles');
    const profiles =
      options.profiles.length > 0
        ? options.profiles.map(name => ({ name, folder: this.cwd, where: '--profile' }))
        : (written ?? [DEFAULT_PROFILE]).map(name => ({
            name,
            folder,
            where: `${policyFile ?? 'policy'}: profiles:`,
          }));
    const set = layers.flatMap(layer =>
      Object.entries(layer.set ?? {}).map(([field, value]) => `${field}=${String(value)}`),
    );
    const limits: Limits = Object.assign({}, ...layers.map(layer => layer.limits ?? {}));
    if (options.minTpkts !== undefined) limits.minTpkts = options.minTpkts;
    const grades = [options.rules, ...layers.map(layer => Object.entries(layer.rules ?? {})).reverse()];
    const inherited = layers.slice(1).flatMap(layer => (layer as { expect?: Expectation[] }).expect ?? []);
    return {
      failOn: options.failOn ?? last('failOn') ?? 'error',
      profiles,
      set: [
        { settings: set, where: `${policyFile ?? 'policy'}: set:` },
        { settings: options.set, where: '--set' },
      ],
      mta: options.mta.length > 0 ? options.mta : (last('mta') ?? []),
      ports: options.ports.length > 0 ? options.ports : (last('ports') ?? [ISO_TRANSPORT]),
      anyPort: options.anyPort || (last('anyPort') ?? false),
      limits,
      expect: [...own, ...inherited],
      grade: (code, severity) => {
        for (const rules of grades) {
          const grade = gradeBy(rules, code);
          if (grade !== null) return grade;
        }
        return severity;
      },
    };
  }
}
