import { PcapReader, pcapMagic } from './pcap.ts';
import { PcapngReader } from './pcapng.ts';
import type { CaptureReader, ReaderOptions } from './reader.ts';

/** The reader for a file that begins with `head` (at least four octets), or null when its format is none of ours. */
export function openReader(head: Uint8Array, options: ReaderOptions): CaptureReader | null {
  const magic = pcapMagic(head);
  if (magic !== null) return new PcapReader(options, magic);
  if (head[0] === 0x0a && head[1] === 0x0d && head[2] === 0x0d && head[3] === 0x0a) return new PcapngReader(options);
  return null;
}

/** RFC 1952: ID1 ID2 and the only method there is. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;
}
