import { appendFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { ALL_RULES } from '../app/gate-rules.ts';
import { InputError, UsageError } from '../base/errors.ts';
import type { CaptureReport } from '../model/report.ts';
import type { Text } from '../model/rows.ts';
import { chunks } from '../report/chunks.ts';
import { gateCapture, gateHead, gateNdjson, gateTail } from '../report/gate-json.ts';
import { gateMarkdown, githubAnnotations } from '../report/gate-markdown.ts';
import type { Head } from '../report/json.ts';
import type { CaptureVerdict, GateResult } from '../report/judged.ts';
import { junit } from '../report/junit.ts';
import { sarif } from '../report/sarif.ts';
import { tap } from '../report/tap.ts';
import type { Io } from './io.ts';
import { AsideFile, isStandardOutput } from './output.ts';

interface Target {
  write(part: string): Promise<void>;
  commit(): void;
  abort(): void;
}
type Write = (text: string) => Promise<void>;

interface Output {
  readonly label: string;
  readonly target: Target;
  readonly name: string;
}

/** The option that has a baseline written. */
const BASELINE = 'update-baseline';

/** Outputs that are written capture by capture; the others need the totals first. */
const STREAMED = ['json', 'ndjson'] as const;

const WHOLE: Readonly<
  Record<string, { readonly label: string; render(result: GateResult, io: Io): Iterable<string> }>
> = {
  junit: { label: 'JUnit', render: junit },
  sarif: { label: 'SARIF', render: (result, io) => sarif(inSources(result, io), ALL_RULES) },
  tap: { label: 'TAP', render: tap },
  markdown: { label: 'Markdown', render: gateMarkdown },
};

const LABELS: Readonly<Record<string, string>> = { json: 'JSON', ndjson: 'NDJSON', [BASELINE]: '' };

/**
 * The files that a gate writes. All are opened before the first capture is read, so that a folder without permission is known at
 * once; all get their names at the end, or none does.
 */
export class GateOutputs {
  private readonly outputs = new Map<string, Output>();
  private first = true;
  private readonly io: Io;
  private readonly github: boolean;
  /** Where the log of the run goes: to standard error when a result has standard output for itself. */
  readonly log: Write;

  private constructor(io: Io, github: boolean, out: Write, taken: boolean) {
    this.io = io;
    this.github = github;
    this.log = taken ? async text => io.warn(text) : out;
  }

  static async open(
    options: Record<string, unknown>,
    head: Head,
    captures: readonly string[],
    io: Io,
    baseline: string | null,
  ): Promise<GateOutputs> {
    const named = [...STREAMED, ...Object.keys(WHOLE)].flatMap(kind => {
      const name = options[kind];
      return typeof name === 'string' ? [{ kind, name }] : [];
    });
    if (baseline !== null) named.push({ kind: BASELINE, name: baseline });
    refuseShared(named, io.cwd);
    const out = tolerant(io);
    const outputs = new GateOutputs(
      io,
      options.github === true,
      out,
      named.some(({ name }) => isStandardOutput(name)),
    );
    try {
      for (const { kind, name } of named) {
        const target = isStandardOutput(name) ? standardOutput(out) : AsideFile.open(resolve(io.cwd, name), captures);
        outputs.outputs.set(kind, { label: LABELS[kind] ?? WHOLE[kind]!.label, target, name });
      }
      await write(outputs.outputs.get('json'), [gateHead(head)]);
    } catch (error) {
      outputs.abort();
      throw error;
    }
    return outputs;
  }

  async capture(verdict: CaptureVerdict, report: CaptureReport | null): Promise<void> {
    await write(this.outputs.get('json'), gateCapture(verdict, report, this.first));
    await write(this.outputs.get('ndjson'), gateNdjson(verdict, report));
    this.first = false;
  }

  async finish(result: GateResult, exitCode: number): Promise<void> {
    await write(this.outputs.get('json'), [gateTail(result, exitCode)]);
    for (const [kind, { render }] of Object.entries(WHOLE))
      await write(this.outputs.get(kind), render(result, this.io));
    for (const { target } of this.outputs.values()) target.commit();
    this.outputs.clear();
    if (!this.github) return;
    for (const line of githubAnnotations(inSources(result, this.io))) await this.log(line);
    const summary = this.io.env.GITHUB_STEP_SUMMARY;
    if (summary === undefined || summary === '') return;
    try {
      appendFileSync(summary, [...gateMarkdown(result)].join(''));
    } catch (error) {
      throw new InputError(`${summary}: the job summary can't be written: ${(error as Error).message}`);
    }
  }

  /** What is accepted from now on. Gets its name with the others, so that no run fails and changes the baseline all the same. */
  async baseline(text: string): Promise<void> {
    await write(this.outputs.get(BASELINE), [text]);
  }

  /** `JUnit report.xml`, for the closing line. */
  labels(): string[] {
    return [...this.outputs.values()].filter(({ label }) => label !== '').map(({ label, name }) => `${label} ${name}`);
  }

  abort(): void {
    for (const { target } of this.outputs.values()) target.abort();
    this.outputs.clear();
  }
}

async function write(output: Output | undefined, parts: Iterable<Text>): Promise<void> {
  if (output === undefined) return;
  for (const part of chunks(parts)) await output.target.write(part);
}

/**
 * GitHub takes a path for one from the top of the checkout, wherever the step ran: there captures are named from `GITHUB_WORKSPACE`
 * on. Outside of it, and on other servers, they stay as they are.
 */
function inSources(result: GateResult, { cwd, env }: Io): GateResult {
  const top = env.GITHUB_WORKSPACE;
  if (top === undefined || top === '') return result;
  const captures = result.captures.map(capture => {
    const path = relative(top, resolve(cwd, capture.file)).split(sep).join('/');
    return capture.file === '-' || path.startsWith('../') ? capture : { ...capture, file: path };
  });
  return { ...result, captures };
}

function standardOutput(out: Write): Target {
  return { write: out, commit: () => {}, abort: () => {} };
}

/** Two results in one file would be one of them, or a mixture. */
function refuseShared(named: readonly { readonly kind: string; readonly name: string }[], cwd: string): void {
  const known = new Map<string, string>();
  for (const { kind, name } of named) {
    const place = placeOf(name, cwd);
    if (place === null) continue;
    const other = known.get(place);
    if (other !== undefined)
      throw new UsageError(`--${other} and --${kind} both write to ${name}; each needs a place of its own`);
    known.set(place, kind);
  }
}

/** What tells a place from others; null for a device or a pipe, which may be told anything twice. */
function placeOf(name: string, cwd: string): string | null {
  if (isStandardOutput(name)) return '-';
  const path = resolve(cwd, name);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined) return found.isFile() ? realpathSync(path) : null;
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    // Whoever opens it tells that there is no such folder.
    return path;
  }
}

/** A reader who has seen enough (`| head`) must not keep the verdict and the files from being written. */
function tolerant(io: Io): Write {
  let gone = false;
  return async text => {
    if (gone) return;
    try {
      await io.out(text);
    } catch (error) {
      // By name: the parts of the built program have their own copies of a class.
      if ((error as Error).name !== 'ClosedPipe') throw error;
      gone = true;
    }
  };
}
