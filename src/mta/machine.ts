import type { Lifetime, Profile } from './knobs.ts';
import { requestModel } from './request.ts';

/** Words of a slot: elements held, their high-water mark, and its state; a free slot holds the number of the next free one. */
const STRIDE = 3;
const HELD = 0;
const PEAK = 1;
const STATE = 2;
/** States of a slot: free (and of one that was never handed out), open with a control block, and open though the machine had none for it. */
const FREE = 0;
const OPEN = 1;
const WITHOUT = 2;

/**
 * The emulated machine of one host: control blocks in use, and the buffer elements held for what it receives.
 *
 * A connection end takes a slot: 0 listens, connections take 1, 2, … in order, freed ones again first. Where no control block is free,
 * `exhausted` is true right after the `open` (event 9156). The connection holds none then, so that its end frees none; its octets are
 * followed all the same, since the capture shows that it came up.
 *
 * What a fatal request ends is not known while the capture is read (whether the host is an MTA is learnt later): the machine goes on, and
 * the judgement leaves out what comes after (engine/judgement.ts).
 *
 * The calls take and return integers and keep everything in one array of them, since they run once or twice for each TPKT, and since a
 * capture may hold a million hosts.
 */
export class Machine {
  readonly controlBlocksConfigured: number;
  /** High-water marks; the listening control block counts. */
  controlBlocksPeak = 1;
  elementsPeak = 0;
  elementsHeld = 0;
  /** The last open found no free control block. */
  exhausted = false;

  private readonly lifetime: Lifetime;
  private readonly headersPerElement: number;
  private inUse = 1;
  /** Slots handed out so far, and the one that was freed last, 0 for none (slot 0 listens). */
  private top = 1;
  private free = 0;
  /** Room for the listening slot and for one connection: most hosts of a large capture have no more at a time. */
  private readonly slots = [0, 0, 0, 0, 0, 0];

  constructor(profile: Profile) {
    this.controlBlocksConfigured = profile.fields.controlBlocks.value;
    this.lifetime = profile.fields.lifetime.value;
    this.headersPerElement = requestModel(profile).headersPerElement;
  }

  get headersPeak(): number {
    return this.elementsPeak * this.headersPerElement;
  }

  get headersHeld(): number {
    return this.elementsHeld * this.headersPerElement;
  }

  get controlBlocksInUse(): number {
    return this.inUse;
  }

  /** A connection end comes up. Returns its slot. */
  open(): number {
    const slot = this.free > 0 ? this.free : this.top++;
    const at = slot * STRIDE;
    if (slot === this.free) this.free = this.slots[at + HELD]!;
    else if (at >= this.slots.length) this.slots.push(0, 0, 0);
    this.slots[at + HELD] = 0;
    this.slots[at + PEAK] = 0;
    this.exhausted = this.inUse >= this.controlBlocksConfigured;
    this.slots[at + STATE] = this.exhausted ? WITHOUT : OPEN;
    if (!this.exhausted && ++this.inUse > this.controlBlocksPeak) this.controlBlocksPeak = this.inUse;
    return slot;
  }

  /** A header was read and its request granted: `elements` are held for the connection until they are handed over. */
  request(slot: number, elements: number): void {
    const at = slot * STRIDE;
    if (!this.slots[at + STATE]) return;
    const held = this.slots[at + HELD]! + elements;
    this.slots[at + HELD] = held;
    if (held > this.slots[at + PEAK]!) this.slots[at + PEAK] = held;
    this.elementsHeld += elements;
    if (this.elementsHeld > this.elementsPeak) this.elementsPeak = this.elementsHeld;
  }

  /**
   * The TPDU of the last header is complete. `endOfTsdu` says that it completes a TSDU (or is no data TPDU), which is then handed up
   * with its buffers.
   */
  handOver(slot: number, endOfTsdu: boolean): void {
    if (endOfTsdu || this.lifetime === 'tpdu') this.release(slot);
  }

  /** Give back everything held for the connection: its octets were handed up or dropped. */
  release(slot: number): void {
    const at = slot * STRIDE;
    if (!this.slots[at + STATE]) return;
    this.elementsHeld -= this.slots[at + HELD]!;
    this.slots[at + HELD] = 0;
  }

  /** Elements held for the connection now. */
  heldBy(slot: number): number {
    const at = slot * STRIDE;
    return this.slots[at + STATE] ? this.slots[at + HELD]! : 0;
  }

  /** High-water mark of elements held for the connection since it came up. */
  peakOf(slot: number): number {
    return this.slots[slot * STRIDE + PEAK] ?? 0;
  }

  /** The connection end goes: its buffers and its control block are free again. Returns its high-water mark. */
  close(slot: number): number {
    const at = slot * STRIDE;
    if (!this.slots[at + STATE]) return 0;
    this.release(slot);
    if (this.slots[at + STATE] === OPEN) this.inUse--;
    this.slots[at + STATE] = FREE;
    this.slots[at + HELD] = this.free;
    this.free = slot;
    return this.slots[at + PEAK]!;
  }
}
