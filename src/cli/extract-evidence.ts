import { resolve } from 'node:path';
import type { Extracted } from '../app/extract.ts';
import { extractFile } from '../app/extract.ts';
import { isProven } from '../app/extract-instead.ts';
import { UsageError } from '../base/errors.ts';
import { count } from '../report/format.ts';
import { textLine } from '../report/lines.ts';
import type { Look } from '../report/look.ts';
import { clean } from '../report/safe.ts';
import { analyzeOptions } from './analysis.ts';
import { EXIT, type Io } from './io.ts';
import { AsideFile, isStandardOutput } from './output.ts';
import { progressOf } from './progress.ts';

/**
 * `extract --stream`, `--finding`, `--anonymize`: frames of a capture as a smaller capture. Exit code 1 when that was written and does
 * not show what the capture shows.
 */
export async function extractFrames(file: string, options: Record<string, unknown>, io: Io): Promise<number> {
  const { output, finding } = options;
  const streams = (options.stream as number[] | undefined) ?? [];
  if (finding !== undefined && streams.length > 0) {
    throw new UsageError('extract: --stream and --finding exclude each other: a finding says which streams it needs');
  }
  if (typeof output !== 'string' || isStandardOutput(output)) {
    throw new UsageError('extract: -o FILE is missing: where to write the pcapng');
  }
  const asked = analyzeOptions(options, io, 'full');
  const onProgress = progressOf(io, file, 0, 1);
  const analyze = { ...asked, ...(onProgress === null ? {} : { onProgress }) };
  const request = {
    streams,
    finding: (finding as number | undefined) ?? null,
    anonymize: options.anonymize === true,
    application: `mtascope ${io.version}`,
  };
  const target = AsideFile.open(resolve(io.cwd, output), [file]);
  let done: Extracted;
  try {
    done = await extractFile(file, analyze, request, part => target.write(part));
    target.commit();
  } catch (error) {
    target.abort();
    throw error;
  } finally {
    io.progress('');
  }
  await io.out(summary(output, request.anonymize, done, io.look));
  return isProven(done) ? EXIT.ok : EXIT.failed;
}

function summary(output: string, anonymized: boolean, done: Extracted, look: Look): string {
  const { original, numbers, kept } = done;
  const lines = [
    `${clean(output)}: ${count(numbers.length, 'frame')} of ${count(original.frames, 'frame')}${anonymized ? ', anonymized' : ''}`,
    `  kept: ${keptText(done)}`,
  ];
  lines.push(...proofLines(done));
  if (!isProven(done)) lines.push(insteadLine(done, anonymized));
  if (kept.streams.length > 0) lines.push(`  frames: ${mapping(numbers)}`);
  for (const note of done.notes) lines.push(`  note: ${clean(note, 400)}`);
  return lines.map(line => textLine(line, look)).join('');
}

/** What the analysis of the result says, compared with that of the capture. */
export function proofLines({ wanted, missing, added, protocols }: Extracted): string[] {
  const lines: string[] = [];
  if (wanted.length === 0) lines.push('  proof: the streams show no finding to compare');
  else if (missing.length === 0) {
    const which =
      wanted.length === 1 ? `${wanted[0]!.code} at frame ${wanted[0]!.frame}` : count(wanted.length, 'finding');
    lines.push(`  proof: analyzed again, ${which} ${wanted.length === 1 ? 'comes' : 'come'} out the same`);
  } else {
    const names = missing.map(finding => `${finding.code} at frame ${finding.frame}`).join(', ');
    lines.push(
      `  proof failed: analyzed again, ${wanted.length - missing.length} of ${count(wanted.length, 'finding')} come out the same; not: ${names}`,
    );
  }
  if (added.length > 0) {
    const names = added.map(finding => `${finding.code} at frame ${finding.frame}`).join(', ');
    lines.push(`  proof failed: the result has what the capture has not: ${names}`);
  }
  for (const { stream, before, after } of protocols) {
    const now = after === null ? 'no stream' : protocolText(after);
    lines.push(`  proof failed: stream ${stream} was ${protocolText(before)}, the result shows ${now}`);
  }
  return lines;
}

/** Streams that somebody would name one by one. */
const MOST_NAMED = 40;

/** What to do where the proof failed. */
function insteadLine({ instead, kept }: Extracted, anonymized: boolean): string {
  const needed = '--finding N takes what one finding needs';
  if (anonymized) return `  instead: ${needed}, and is written only when it is proven`;
  if (instead === null)
    return `  instead: no other choice of streams shows the same; ${needed}, annotate copies the capture`;
  const more = instead.filter(stream => !kept.streams.includes(stream));
  const which = more.length === 1 ? `stream ${more[0]}` : count(more.length, 'other stream');
  const why = `what is said of ${kept.streams.length === 1 ? 'this stream' : 'these streams'} rests on ${which} too`;
  return instead.length > MOST_NAMED
    ? `  instead: ${why}; ${needed}, annotate copies the capture`
    : `  instead: ${why}; with ${instead.map(stream => `--stream ${stream}`).join(' ')} the result shows the same as the capture`;
}

function protocolText(protocol: string): string {
  return protocol === '' ? 'of no known protocol' : clean(protocol);
}

function keptText({ kept }: Extracted): string {
  const streams = kept.streams.length === 1 ? `stream ${kept.streams[0]}` : count(kept.streams.length, 'stream');
  const parts = [
    `${count(kept.handshake, 'frame')} with SYN`,
    `${kept.data[0]} with data from client to server`,
    `${kept.data[1]} from server to client`,
    `${kept.other} without data`,
  ];
  return `${streams}: ${parts.join(', ')}`;
}

/** `1-3 were 9-11, 4 was 14`. */
export function mapping(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < numbers.length; ) {
    let j = i;
    while (j + 1 < numbers.length && numbers[j + 1] === numbers[j]! + 1) j++;
    const now = i === j ? `${i + 1}` : `${i + 1}-${j + 1}`;
    const then = i === j ? `${numbers[i]}` : `${numbers[i]}-${numbers[j]}`;
    parts.push(`${now} ${i === j ? 'was' : 'were'} ${then}`);
    i = j + 1;
  }
  return parts.join(', ');
}
