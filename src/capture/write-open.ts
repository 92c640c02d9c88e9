import { pcapMagic } from './pcap.ts';
import type { CaptureCopy, CopyPlan } from './write.ts';
import { PcapCopy } from './write-pcap.ts';
import { PcapngCopy } from './write-pcapng.ts';

/** The copy of a file that begins with `head` (at least four octets), always as pcapng; null when its format is none of ours. */
export function openCopy(head: Uint8Array, plan: CopyPlan): CaptureCopy | null {
  const magic = pcapMagic(head);
  if (magic !== null) return new PcapCopy(plan, magic);
  if (head[0] === 0x0a && head[1] === 0x0d && head[2] === 0x0d && head[3] === 0x0a) return new PcapngCopy(plan);
  return null;
}
