import type { Lifetime, Profile } from './knobs.ts';
import { requestModel } from './request.ts';

/** Words of a slot: elements held, their high-water mark, and whether it is open; a free slot holds the number of the next free one. */
const STRIDE = 3;
const HELD = 0;
const PEAK = 1;
const OPEN = 2;

/**
 * The emulated machine of one host: control blocks in use, and the buffer elements held for what it receives.
 *
 * A connection end takes a slot, which is the control block index that events print: 0 listens, connections take 1, 2, … in order,
 * freed ones again first. When more are open than control blocks are configured, `exhausted` is true right after the `open` that
 * went beyond (event 9156); the connection is followed all the same, since the capture shows that it came up.
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
  /** Opens that found no free control block. */
  refusedOpens = 0;

  private readonly lifetime: Lifetime;
  private readonly headersPerElement: number;
  private inUse = 1;
  /** Slots handed out so far, and the one that was freed last, 0 for none (slot 0 listens). */
  private top = 1;
  private free = 0;
  private slots = new Int32Array(2 * STRIDE);

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
    else if (at >= this.slots.length) {
      const larger = new Int32Array(this.slots.length * 2);
      larger.set(this.slots);
      this.slots = larger;
    }
    this.slots[at + HELD] = 0;
    this.slots[at + PEAK] = 0;
    this.slots[at + OPEN] = 1;
    this.inUse++;
    if (this.inUse > this.controlBlocksConfigured) this.refusedOpens++;
    if (this.inUse > this.controlBlocksPeak) this.controlBlocksPeak = this.inUse;
    return slot;
  }

  /** Whether the machine had no control block for this connection when it came up. Ask right after `open`. */
  get exhausted(): boolean {
    return this.inUse > this.controlBlocksConfigured;
  }

  /** A header was read and its request granted: `elements` are held for the connection until they are handed over. */
  request(slot: number, elements: number): void {
    const at = slot * STRIDE;
    if (this.slots[at + OPEN] !== 1) return;
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
    if (this.slots[at + OPEN] !== 1) return;
    this.elementsHeld -= this.slots[at + HELD]!;
    this.slots[at + HELD] = 0;
  }

  /** Elements held for the connection now. */
  heldBy(slot: number): number {
    const at = slot * STRIDE;
    return this.slots[at + OPEN] === 1 ? this.slots[at + HELD]! : 0;
  }

  /** High-water mark of elements held for the connection since it came up. */
  peakOf(slot: number): number {
    return this.slots[slot * STRIDE + PEAK] ?? 0;
  }

  /** The connection end goes: its buffers and its control block are free again. Returns its high-water mark. */
  close(slot: number): number {
    const at = slot * STRIDE;
    if (this.slots[at + OPEN] !== 1) return 0;
    this.release(slot);
    this.slots[at + OPEN] = 0;
    this.slots[at + HELD] = this.free;
    this.free = slot;
    this.inUse--;
    return this.slots[at + PEAK]!;
  }
}
