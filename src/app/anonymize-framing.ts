import type { FramingMark } from '../engine/sink.ts';
import { EVIDENCE, plausibleHeader, TPKT_VERSION } from '../osi/tpkt.ts';
import type { Image, Images } from './anonymize-image.ts';

/** Octets by which TPKTs were found stay: those that were read as headers, and whatever a search for one has to come to again or pass by. */
export function keepFraming(images: Images, marks: readonly FramingMark[]): void {
  const reserved = new Map<Image, Set<number>>();
  for (const { stream, direction, streamOffset, length } of marks) {
    const image = images.of(stream, direction);
    // A stream offset counts from the first octet behind the SYN, or from the lowest that was seen.
    const from = image.anchored ? streamOffset : streamOffset + image.lowest;
    // What stands behind a header with this version tells whether it is one.
    const version = image.before(from) === TPKT_VERSION;
    keep(image, from, version ? Math.max(length, EVIDENCE) : length);
    const seen = reserved.get(image);
    if (seen === undefined) reserved.set(image, new Set([0]));
    else if (version) seen.add(image.before(from + 1));
  }
  for (const [image, seen] of reserved) keepCandidates(image, [...seen]);
}

/** Where a TPKT could begin one still can, and nowhere else. */
function keepCandidates(image: Image, reserved: readonly number[]): void {
  const was = new Uint8Array(EVIDENCE);
  const is = new Uint8Array(EVIDENCE);
  const candidate = (octets: Uint8Array) => reserved.some(octet => plausibleHeader(octets, 0, octet));
  // What is put back may in turn make one with what stands before it.
  for (let changed = true; changed; ) {
    changed = false;
    for (const position of image.places(TPKT_VERSION)) {
      for (let i = 0; i < EVIDENCE; i++) {
        was[i] = image.before(position + i);
        is[i] = image.decided(position + i);
      }
      if (was.every((octet, i) => octet === is[i]) || !(candidate(was) || candidate(is))) continue;
      keep(image, position, EVIDENCE);
      changed = true;
    }
  }
}

function keep(image: Image, from: number, length: number): void {
  for (let i = 0; i < length; i++) image.keep(from + i);
}
