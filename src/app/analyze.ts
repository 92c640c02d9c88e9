import { InputError } from '../base/errors.ts';
import { CaptureAnalysis } from '../engine/analysis.ts';
import type { PduRecord } from '../engine/sink.ts';
import type { CaptureReport } from '../model/report.ts';
import type { TransportUser } from '../model/tsdu.ts';
import { feed } from '../source/feed.ts';
import type { AnalyzeOptions } from './analyzer.ts';

/** Analyze captures one after the other; each report is complete when it is yielded. */
export async function* analyzeFiles(files: string[], options: AnalyzeOptions): AsyncGenerator<CaptureReport> {
  for (const file of files) yield await analyzeFile(file, options);
}

export interface DetailOptions {
  readonly onPdu?: (pdu: PduRecord) => void;
}

/** One capture. Throws `InputError` when it cannot be read at all. */
export async function analyzeFile(
  file: string,
  options: AnalyzeOptions,
  detail: DetailOptions = {},
): Promise<CaptureReport> {
  const ports = options.anyPort ? null : portMap(options.ports);
  const analysis = new CaptureAnalysis({
    ports,
    mta: options.mta,
    profile: options.profile,
    keepGoing: options.keepGoing,
    makeUpper: () => new Undetermined(),
    onPdu: detail.onPdu,
  });
  const { reader, compressed, bytes } = await feed(file, {
    ports,
    sink: analysis.frames,
    warn: analysis.warn,
    onProgress: options.onProgress,
  });
  if (options.crossCheck) throw new InputError('--cross-check is not available');
  return analysis.finish(file, reader, bytes, compressed);
}

class Undetermined implements TransportUser {
  readonly protocol = '';
  readonly mtaEvidence = true;
  tsdu(): void {}
  gap(): void {}
  close(): void {}
  inTransfer(): string | null {
    return null;
  }
}

function portMap(ports: readonly number[]): Uint8Array {
  const map = new Uint8Array(65536);
  for (const port of ports) map[port] = 1;
  return map;
}
