import { joinOctets } from '../../../base/octets.ts';
import { Origin } from '../../../model/origin.ts';

/** Octets that data units of one reference may hold together; what is larger is not put together. */
const MOST_OCTETS = 1 << 16;
/** References under way in one direction; where more are, the oldest is given up. */
const MOST_OPEN = 16;

export interface Joined {
  readonly bytes: Uint8Array;
  readonly origin: Origin | null;
  /** How many units it was sent in. */
  readonly units: number;
}

interface Open {
  readonly parts: Uint8Array[];
  readonly origin: Origin | null;
  octets: number;
}

/** Puts together what one side answers or tells in several data units. */
export class Units {
  private readonly open = new Map<number, Open>();

  /** What is complete with this unit; null where more of it is to come, or too much came. */
  add(reference: number, last: boolean, octets: Uint8Array, at: number, origin: Origin | null): Joined | null {
    const found = this.open.get(reference) ?? { parts: [], origin: origin === null ? null : new Origin(), octets: 0 };
    this.open.delete(reference);
    if (origin !== null) found.origin?.join(found.octets, origin, at, at + octets.length);
    // The octets of a TSDU are there during the call only.
    found.parts.push(octets.slice());
    found.octets += octets.length;
    if (last) return { bytes: joinOctets(found.parts, found.octets), origin: found.origin, units: found.parts.length };
    if (found.octets > MOST_OCTETS) return null;
    this.open.set(reference, found);
    if (this.open.size > MOST_OPEN) this.open.delete(this.open.keys().next().value!);
    return null;
  }

  /** Octets were lost: nothing that is under way will be whole. */
  clear(): void {
    this.open.clear();
  }
}
