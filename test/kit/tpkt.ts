import { cat, type Part, u16 } from './bytes.ts';

interface TpktOptions {
  /** The length that the header states; the true one when absent. */
  readonly declare?: number;
  readonly version?: number;
  readonly reserved?: number;
}

/** RFC 1006 §6. */
export function tpkt(tpdu: Part, o: TpktOptions = {}): Uint8Array<ArrayBuffer> {
  const bytes = cat(tpdu);
  return cat(o.version ?? 3, o.reserved ?? 0, u16(o.declare ?? bytes.length + 4), bytes);
}
