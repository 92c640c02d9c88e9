import type { Lifetime, Profile } from './knobs.ts';
import { requestModel } from './request.ts';

/**
 * The emulated machine of one host: control blocks in use, and the buffer elements held for what it receives.
 *
 * A connection end takes a slot, which is the control block index that events print: 0 listens, connections take 1, 2, … in order,
 * freed ones again first. When more are open than control blocks are configured, `exhausted` is true right after the `open` that
 * went beyond (event 9156); the connection is followed all the same, since the capture shows that it came up.
 *
 * The calls take and return integers and keep everything in arrays of small integers, since they run once or twice for each TPKT; a
 * capture may hold a hundred thousand hosts, so nothing is there before it is needed.
 */
export class Machine {
  /** Frame of the fatal event, null while the machine runs. */
  terminatedAt: number | null = null;
  readonly controlBlocksConfigured: number;
  /** High-water marks; the listening control block counts. */
  controlBlocksPeak = 1;
  elementsPeak = 0;
  elementsHeld = 0;
  /** Opens that found no free control block. */
  refusedOpens = 0;

  private readonly keepGoing: boolean;
  private readonly lifetime: Lifetime;
  private readonly headersPerElement: number;
  private inUse = 1;
  /** Slots handed out so far, and those free again (a stack). */
  private top = 1;
  private free: number[] = [];
  private readonly held: number[] = [0];
  private readonly peaks: number[] = [0];
  private readonly openFlags: number[] = [0];

  /** With `keepGoing` a fatal request is recorded but the machine goes on, so that later ones are found as well. */
  constructor(profile: Profile, keepGoing = false) {
    this.controlBlocksConfigured = profile.fields.controlBlocks.value;
    this.lifetime = profile.fields.lifetime.value;
    this.headersPerElement = requestModel(profile).headersPerElement;
    this.keepGoing = keepGoing;
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

  /** True after a fatal request, unless the machine was told to keep going: what it receives then asks for nothing. */
  get stopped(): boolean {
    return this.terminatedAt !== null && !this.keepGoing;
  }

  /** A connection end comes up. Returns its slot. */
  open(): number {
    const slot = this.free.pop() ?? this.top++;
    this.openFlags[slot] = 1;
    this.held[slot] = 0;
    this.peaks[slot] = 0;
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
    if (this.openFlags[slot] !== 1 || this.stopped) return;
    const held = this.held[slot]! + elements;
    this.held[slot] = held;
    if (held > this.peaks[slot]!) this.peaks[slot] = held;
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
    if (this.openFlags[slot] !== 1) return;
    this.elementsHeld -= this.held[slot]!;
    this.held[slot] = 0;
  }

  /** Elements held for the connection now. */
  heldBy(slot: number): number {
    return this.held[slot] ?? 0;
  }

  /** High-water mark of elements held for the connection since it came up. */
  peakOf(slot: number): number {
    return this.peaks[slot] ?? 0;
  }

  /** The connection end goes: its buffers and its control block are free again. Returns its high-water mark. */
  close(slot: number): number {
    if (this.openFlags[slot] !== 1) return 0;
    this.release(slot);
    this.openFlags[slot] = 0;
    this.inUse--;
    this.free.push(slot);
    return this.peaks[slot]!;
  }

  /** An illegal request: the process ends. Only the first one counts. */
  terminate(frame: number): void {
    this.terminatedAt ??= frame;
  }
}
