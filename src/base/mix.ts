/** 32-bit finalizer (the xorshift-multiply family): spreads the few bits in which addresses and ports differ. */
export function mix(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  return x ^ (x >>> 16);
}
