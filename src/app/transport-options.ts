import type { TransportOptions } from '../engine/transports.ts';
import type { AnalyzeOptions } from './analyzer.ts';

/** What the transport layer has to know of how captures are to be read and judged. */
export function transportOptions(
  options: Pick<AnalyzeOptions, 'anyPort' | 'ports' | 'profile' | 'keepGoing' | 'level'>,
): TransportOptions {
  return {
    ports: options.anyPort ? null : portMap(options.ports),
    profile: options.profile,
    keepGoing: options.keepGoing,
    judge: options.level !== 'rows',
  };
}

function portMap(ports: readonly number[]): Uint8Array {
  const map = new Uint8Array(65536);
  for (const port of ports) map[port] = 1;
  return map;
}
