/**
 * Buffers that are used again.
 *
 * A fresh `Uint8Array` of some thousand octets costs more than filling it: its pages have to be made, it is accounted for outside the
 * heap, and the collector has to find it. Streams, TSDUs and APDUs come and go by the thousand, so what one of them lets go the next one takes.
 * The octets of a buffer taken are whatever was in it before: whoever takes it keeps account of what it wrote.
 */
const SMALLEST = 10;
const LARGEST = 20;
/** Octets that wait for their next user, by size class at most. */
const MOST_IDLE = 1 << 23;

const idle: Uint8Array[][] = Array.from({ length: LARGEST + 1 }, () => []);

/** A buffer of at least `size` octets, with any contents: a power of two up to 1 MiB, beyond that a fresh one of that size. */
export function takeOctets(size: number): Uint8Array {
  if (size > 1 << LARGEST) return fresh(size);
  const order = size <= 1 << SMALLEST ? SMALLEST : 32 - Math.clz32(size - 1);
  return idle[order]!.pop() ?? fresh(1 << order);
}

/**
 * Not zeroed where there is a way to have that (the viewer runs in a browser): whoever takes it can't rely on its contents anyway, and
 * what is never written takes no memory.
 */
function fresh(size: number): Uint8Array {
  return typeof Buffer === 'undefined' ? new Uint8Array(size) : new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
}

/** Gives a buffer of `takeOctets` back. Nobody may hold on to it, or to a view of it. */
export function giveOctets(buffer: Uint8Array): void {
  const order = 31 - Math.clz32(buffer.length);
  if (order < SMALLEST || order > LARGEST || buffer.length !== 1 << order) return;
  const list = idle[order]!;
  if (list.length << order < MOST_IDLE) list.push(buffer);
}

/** Whether `length` octets of `a` from `p` on are those of `b` from `q` on. */
export function equalOctets(a: Uint8Array, p: number, b: Uint8Array, q: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[p + i] !== b[q + i]) return false;
  return true;
}

/** The octets of these parts, `size` in all, one behind the other. */
export function joinOctets(parts: readonly Uint8Array[], size: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
