import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError } from '../base/errors.ts';
import type { SentApdu } from '../engine/upper/index.ts';
import type { Message } from '../model/message.ts';
import type { WholeReport } from '../model/report.ts';
import { reason } from '../source/feed.ts';
import { analyzeFile } from './analyze.ts';
import type { AnalyzeOptions } from './analyzer.ts';

/** An APDU or content that was written. */
export interface Written {
  /** Name in the folder. */
  readonly name: string;
  readonly kind: 'apdu' | 'content';
  readonly octets: number;
  readonly stream: number;
  readonly message: Message | null;
}

export interface ExtractMessages {
  readonly directory: string;
  /** Empty for all. */
  readonly streams: readonly number[];
  readonly kinds: ReadonlySet<SentApdu['kind']>;
}

/**
 * Writes every APDU and content that was transferred as a whole, in the order of the ends of the transfers. Each file appears
 * under its name when it is whole; one of the same name is replaced. Throws `InputError` when something can't be written.
 */
export async function extractMessages(
  file: string,
  request: ExtractMessages,
  options: AnalyzeOptions,
): Promise<{ report: WholeReport; written: Written[] }> {
  const { directory, streams, kinds } = request;
  prepare(directory);
  const written: Written[] = [];
  const numbers = new Map<Message | null, number>();
  let next = 0;
  const report = await analyzeFile(file, options, {
    onApdu(apdu) {
      // An APDU and its content share a number: they are told one after the other.
      if (apdu.message === null || !numbers.has(apdu.message)) numbers.set(apdu.message, ++next);
      if (!kinds.has(apdu.kind) || (streams.length > 0 && !streams.includes(apdu.stream))) return;
      const name = fileName(numbers.get(apdu.message)!, apdu);
      put(directory, name, apdu.bytes);
      written.push({ name, kind: apdu.kind, octets: apdu.bytes.length, stream: apdu.stream, message: apdu.message });
      // Only the last one is needed; the rest would grow with the capture.
      if (numbers.size > 2) numbers.delete(numbers.keys().next().value!);
    },
  });
  // A stream that turned out to be other traffic (`--any-port`) is not listed, and its messages go with it.
  const listed = new Set(report.streams.map(stream => stream.id));
  const of = (stays: boolean) => written.filter(({ stream }) => listed.has(stream) === stays);
  for (const { name } of of(false)) rmSync(join(directory, name), { force: true });
  return { report, written: of(true) };
}

function prepare(directory: string): void {
  try {
    makeFolder(directory);
  } catch (error) {
    throw new InputError(`${directory}: can't be made: ${refusal(error)}`);
  }
  if (!statSync(directory).isDirectory()) throw new InputError(`${directory}: is a file, not a folder`);
}

/** Node's `recursive` calls a read-only file system "no such file", and does not come back where no folder can be made (/proc). */
function makeFolder(directory: string): void {
  try {
    mkdirSync(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    const parent = dirname(directory);
    if (code !== 'ENOENT' || existsSync(parent)) throw error;
    makeFolder(parent);
    mkdirSync(directory);
  }
}

const REFUSALS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
  EISDIR: 'is a folder',
};

function refusal(error: unknown): string {
  return REFUSALS[(error as NodeJS.ErrnoException).code ?? ''] ?? reason(error);
}

function put(directory: string, name: string, bytes: Uint8Array): void {
  const aside = join(directory, `.${name}.${process.pid}.part`);
  try {
    writeFileSync(aside, bytes, { flag: 'wx' });
    renameSync(aside, join(directory, name));
  } catch (error) {
    rmSync(aside, { force: true });
    throw new InputError(`${join(directory, name)}: can't be written: ${refusal(error)}`);
  }
}

/** Extensions of contents, by what the content type is called. */
const CONTENTS: readonly (readonly [start: string, extension: string])[] = [
  ['P772', 'p772'],
  ['P22', 'p22'],
  ['P2', 'p2'],
  ['EDI', 'p35'],
  ['P35', 'p35'],
];

/** `0003-980603.0913.07.p22.ber`: a number in order, then what is safe of the local identifier. */
function fileName(number: number, { message, kind, protocol }: SentApdu): string {
  const type = message?.contentType ?? '';
  const content = CONTENTS.find(([start]) => type.startsWith(start))?.[1] ?? 'content';
  const extension = kind === 'apdu' ? protocol.toLowerCase() : content;
  const stem = (message?.localIdentifier ?? '')
    .replace(/[^A-Za-z0-9._-]+/g, '_')
    .replace(/\.{2,}/g, '_')
    .replace(/^[._-]+|[._-]+$/g, '')
    .slice(0, 64);
  return `${String(number).padStart(4, '0')}${stem === '' ? '' : `-${stem}`}.${extension}.ber`;
}
