/** Octets as tests write them: single octets, arrays of octets, nested lists of both. */
export type Part = number | Uint8Array | readonly Part[];

/** Join octets, arrays and nested lists in order. A number is one octet. */
export function cat(...parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(sizeOf(parts));
  fill(out, 0, parts);
  return out;
}

function sizeOf(part: Part): number {
  if (typeof part === 'number') return 1;
  if (part instanceof Uint8Array) return part.length;
  let size = 0;
  for (const p of part) size += sizeOf(p);
  return size;
}

function fill(out: Uint8Array, at: number, part: Part): number {
  if (typeof part === 'number') {
    if (part < 0 || part > 255 || !Number.isInteger(part)) throw new RangeError(`${part} is not an octet`);
    out[at] = part;
    return at + 1;
  }
  if (part instanceof Uint8Array) {
    out.set(part, at);
    return at + part.length;
  }
  for (const p of part) at = fill(out, at, p);
  return at;
}

export function u16(n: number): number[] {
  return [(n >>> 8) & 255, n & 255];
}

export function u32(n: number): number[] {
  return [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
}

export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, c => c.charCodeAt(0));
}

/** "03 00 00 07 02 f0 80", white space free. */
export function hex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, '');
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) throw new RangeError(`not hex: ${text}`);
  return Uint8Array.from(digits.match(/../g) ?? [], d => Number.parseInt(d, 16));
}

/** A small repeatable random source (mulberry32): the same seed gives the same numbers on every machine. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** 0 ≤ x < 1 */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** An integer, 0 ≤ n < limit. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i++) out[i] = this.below(256);
    return out;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  shuffle<T>(items: readonly T[]): T[] {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [out[i], out[j]] = [out[j]!, out[i]!];
    }
    return out;
  }
}

/** Printable filler of a given length, for message bodies. */
export function filler(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const words = ['notice', 'report', 'flight', 'route', 'letter', 'reply', 'station', 'figure', 'answer', 'signal'];
  const random = new Random(seed);
  const out = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const word = latin1(`${random.pick(words)} `);
    out.set(word.subarray(0, length - at), at);
    at += word.length;
  }
  return out;
}
