import { mix } from '../base/mix.ts';

/** Numbers for IPv6 addresses, so that a flow key is four integers whatever the family. */
export class AddressTable {
  private slots = new Int32Array(256).fill(-1);
  private words = new Int32Array(4 * 128);
  private count = 0;

  /** The number of the 16 octets at `p`. Equal addresses get equal numbers. */
  intern(b: Uint8Array, p: number): number {
    const w0 = word(b, p);
    const w1 = word(b, p + 4);
    const w2 = word(b, p + 8);
    const w3 = word(b, p + 12);
    const mask = this.slots.length - 1;
    let i = mix(w0 ^ mix(w1 ^ mix(w2 ^ mix(w3)))) & mask;
    for (; this.slots[i]! >= 0; i = (i + 1) & mask) {
      const at = this.slots[i]! * 4;
      const w = this.words;
      if (w[at] === w0 && w[at + 1] === w1 && w[at + 2] === w2 && w[at + 3] === w3) return this.slots[i]!;
    }
    if (this.count * 4 === this.words.length) {
      const larger = new Int32Array(this.words.length * 2);
      larger.set(this.words);
      this.words = larger;
    }
    this.words.set([w0, w1, w2, w3], this.count * 4);
    this.slots[i] = this.count++;
    const number = this.count - 1;
    if (this.count * 2 > this.slots.length) this.grow();
    return number;
  }

  /** The address as eight 16-bit words, added up. */
  sum(number: number): number {
    let sum = 0;
    for (let i = number * 4; i < number * 4 + 4; i++) sum += (this.words[i]! >>> 16) + (this.words[i]! & 0xffff);
    return sum;
  }

  text(number: number): string {
    const groups: number[] = [];
    for (let i = 0; i < 4; i++) {
      const w = this.words[number * 4 + i]!;
      groups.push((w >>> 16) & 0xffff, w & 0xffff);
    }
    return ipv6Text(groups);
  }

  private grow(): void {
    const slots = new Int32Array(this.slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let n = 0; n < this.count; n++) {
      const [w0, w1, w2, w3] = this.words.subarray(n * 4, n * 4 + 4) as unknown as [number, number, number, number];
      let i = mix(w0 ^ mix(w1 ^ mix(w2 ^ mix(w3)))) & mask;
      while (slots[i]! >= 0) i = (i + 1) & mask;
      slots[i] = n;
    }
    this.slots = slots;
  }
}

export function ipv4Text(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** The eight groups of an address as RFC 5952 writes it; one that maps an IPv4 address shows that (section 5). */
export function ipv6Text(groups: readonly number[]): string {
  if (groups[5] === 0xffff && groups.slice(0, 5).every(g => g === 0))
    return `::ffff:${ipv4Text((groups[6]! << 16) | groups[7]!)}`;
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let j = i;
    while (j < 8 && groups[j] === 0) j++;
    if (j - i > bestLength) {
      best = i;
      bestLength = j - i;
    }
  }
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map(g => g.toString(16))
      .join(':');
  return best < 0 ? hex(0, 8) : `${hex(0, best)}::${hex(best + bestLength, 8)}`;
}

/** Four octets as a signed integer. */
export function word(b: Uint8Array, p: number): number {
  return (b[p]! << 24) | (b[p + 1]! << 16) | (b[p + 2]! << 8) | b[p + 3]!;
}
