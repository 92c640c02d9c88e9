import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ALL_RULES } from '../app/gate-rules.ts';
import { InputError } from '../base/errors.ts';
import type { CaptureReport } from '../model/report.ts';
import { gateCapture, gateHead, gateNdjson, gateTail } from '../report/gate-json.ts';
import { gateMarkdown, githubAnnotations } from '../report/gate-markdown.ts';
import type { Head } from '../report/json.ts';
import type { CaptureVerdict, GateResult } from '../report/judged.ts';
import { junit } from '../report/junit.ts';
import { sarif } from '../report/sarif.ts';
import { tap } from '../report/tap.ts';
import type { Io } from './io.ts';
import { AsideFile } from './output.ts';

interface Output {
  readonly label: string;
  readonly file: AsideFile;
  readonly name: string;
}

/** Outputs that are written capture by capture; the others need the totals first. */
const STREAMED = ['json', 'ndjson'] as const;

const WHOLE: Readonly<Record<string, { readonly label: string; render(result: GateResult): Iterable<string> }>> = {
  junit: { label: 'JUnit', render: junit },
  sarif: { label: 'SARIF', render: result => sarif(result, ALL_RULES) },
  tap: { label: 'TAP', render: tap },
  markdown: { label: 'Markdown', render: gateMarkdown },
};

const LABELS: Readonly<Record<string, string>> = { json: 'JSON', ndjson: 'NDJSON' };

/**
 * The files that a gate writes. All are opened before the first capture is read, so that a folder without permission is known at
 * once; all get their names at the end, or none does.
 */
export class GateOutputs {
  private readonly outputs = new Map<string, Output>();
  private first = true;
  private readonly io: Io;
  private readonly github: boolean;

  private constructor(io: Io, github: boolean) {
    this.io = io;
    this.github = github;
  }

  static async open(
    options: Record<string, unknown>,
    head: Head,
    captures: readonly string[],
    io: Io,
  ): Promise<GateOutputs> {
    const outputs = new GateOutputs(io, options.github === true);
    try {
      for (const kind of [...STREAMED, ...Object.keys(WHOLE)]) {
        const name = options[kind];
        if (typeof name !== 'string') continue;
        const file = AsideFile.open(resolve(io.cwd, name), captures);
        outputs.outputs.set(kind, { label: LABELS[kind] ?? WHOLE[kind]!.label, file, name });
      }
      await outputs.outputs.get('json')?.file.write(gateHead(head));
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
    for (const [kind, { render }] of Object.entries(WHOLE)) await write(this.outputs.get(kind), render(result));
    for (const { file } of this.outputs.values()) file.commit();
    this.outputs.clear();
    if (!this.github) return;
    for (const line of githubAnnotations(result)) await this.io.out(line);
    const summary = this.io.env.GITHUB_STEP_SUMMARY;
    if (summary === undefined || summary === '') return;
    try {
      appendFileSync(summary, [...gateMarkdown(result)].join(''));
    } catch (error) {
      throw new InputError(`${summary}: the job summary can't be written: ${(error as Error).message}`);
    }
  }

  /** `JUnit report.xml`, for the closing line. */
  labels(): string[] {
    return [...this.outputs.values()].map(({ label, name }) => `${label} ${name}`);
  }

  abort(): void {
    for (const { file } of this.outputs.values()) file.abort();
    this.outputs.clear();
  }
}

async function write(output: Output | undefined, parts: Iterable<string>): Promise<void> {
  if (output === undefined) return;
  let held = '';
  for (const part of parts) {
    held += part;
    if (held.length < 65_536) continue;
    await output.file.write(held);
    held = '';
  }
  await output.file.write(held);
}
