/** FNV-1a over `bytes[start…end)`. */
export function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash;
}

export function sameOctets(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false;
  return true;
}

/**
 * What octets that were read before turned out to be: the same few names, domains and synchronization points make up most of what a
 * capture holds. Bounded, and compared octet by octet, so that it changes nothing but the time taken.
 */
export class KnownOctets<T> {
  private readonly entries = new Map<number, { readonly octets: Uint8Array; readonly value: T }>();
  private readonly most: number;
  /** Longer ones are rare, and not worth a copy. */
  private readonly longest: number;

  constructor(most: number, longest: number) {
    this.most = most;
    this.longest = longest;
  }

  /** The value of these octets: known, or as `read` makes it. `undefined` is not kept. */
  of(bytes: Uint8Array, start: number, end: number, read: () => T): T {
    if (end - start > this.longest) return read();
    const hash = hashOf(bytes, start, end);
    const found = this.entries.get(hash);
    if (found !== undefined && sameOctets(found.octets, bytes, start, end)) return found.value;
    const value = read();
    if (value === undefined) return value;
    if (this.entries.size >= this.most) this.entries.clear();
    // A copy: the caller's buffer is only lent (and slice() of a Buffer is a view).
    this.entries.set(hash, { octets: new Uint8Array(bytes.subarray(start, end)), value });
    return value;
  }
}
