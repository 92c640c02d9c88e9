/** Fletcher's sums as X.224 6.17.3 has them: of the octets, and of their sums, each modulo 255. */
function sums(octets: Iterable<number>): [first: number, second: number] {
  let first = 0;
  let second = 0;
  for (const octet of octets) {
    first = (first + octet) % 255;
    second = (second + first) % 255;
  }
  return [first, second];
}

/** Whether the checksum in these octets, a whole TPDU with its user data, fits them: both sums are 0. */
export function checksumFits(tpdu: Uint8Array): boolean {
  const [first, second] = sums(tpdu);
  return first === 0 && second === 0;
}

/** Makes the two octets at `at` of a whole TPDU fit the others. */
export function fitChecksum(tpdu: Uint8Array, at: number): void {
  tpdu.fill(0, at, at + 2);
  const [first, second] = sums(tpdu);
  const behind = tpdu.length - at - 1;
  tpdu[at] = (((behind * first - second) % 255) + 255) % 255;
  tpdu[at + 1] = (((second - (behind + 1) * first) % 255) + 255) % 255;
}
