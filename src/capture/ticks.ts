import type { Stamp } from '../model/tsdu.ts';
import { eachOption, OPTION } from './pcapng-options.ts';

/** How an interface counts time (if_tsresol, if_tsoffset; draft-ietf-opsawg-pcapng 4.2). */
export interface Clock {
  /** Ticks per second, and the same as an exact integer. */
  readonly ticks: number;
  readonly exact: bigint;
  /** Seconds to add. */
  readonly offset: number;
}

/** @param resolution if_tsresol: a negative power of ten, or of two when the top bit is set */
export function clock(resolution: number, offset: number): Clock {
  const exact = (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f);
  return { ticks: Number(exact), exact, offset };
}

/** The clock that the options of an Interface Description Block describe (4.2), which stand in `b[from…end)`; microseconds without any. */
export function interfaceClock(b: Uint8Array, from: number, end: number, little: boolean): Clock {
  const view = new DataView(b.buffer, b.byteOffset, b.byteLength);
  let resolution = 6;
  let offset = 0;
  eachOption(b, from, end, little, (code, at, size) => {
    // if_tsresol: a power of ten, or of two when the top bit is set. if_tsoffset: 64-bit seconds.
    if (code === OPTION.resolution && size >= 1) resolution = b[at]!;
    if (code === OPTION.offset && size >= 8) offset = Number(view.getBigInt64(at, little));
  });
  return clock(resolution, offset);
}

/**
 * Whole seconds of a 64-bit tick count. `high * 2^32 + low` may exceed 2^53 (nanoseconds since 1970 do), so the division runs
 * in two steps, each exact.
 */
export function seconds(high: number, low: number, scale: Clock): number {
  const q = Math.floor(high / scale.ticks);
  return q * 4294967296 + lowQuotient(high % scale.ticks, low, scale.ticks) + scale.offset;
}

function lowQuotient(rest: number, low: number, ticks: number): number {
  if (rest < 2_000_000) return Math.floor((rest * 4294967296 + low) / ticks);
  return Number((BigInt(rest) * 4294967296n + BigInt(low)) / BigInt(ticks));
}

/** Nanoseconds beyond the whole seconds, cut, not rounded. */
export function nanoseconds(high: number, low: number, scale: Clock): number {
  // Finer than a nanosecond the product of fraction and 10^9 is none that a double holds.
  if (scale.ticks > 1e9) {
    const fraction = ((BigInt(high) << 32n) | BigInt(low)) % scale.exact;
    return Number((fraction * 1_000_000_000n) / scale.exact);
  }
  const rest = high % scale.ticks;
  const fraction =
    rest < 2_000_000
      ? (rest * 4294967296 + low) % scale.ticks
      : Number((BigInt(rest) * 4294967296n + BigInt(low)) % scale.exact);
  // Exact: 10^9 divided by a power of ten or two up to itself is a multiple of a small power of two.
  return Math.floor(fraction * (1e9 / scale.ticks));
}

export function stampOf(high: number, low: number, scale: Clock): Stamp {
  return { sec: seconds(high, low, scale), nsec: nanoseconds(high, low, scale) };
}

/** The 64-bit tick count of a time, rounded up: what a coarser clock says is no earlier. Times before the clock begins are 0. */
export function ticksOf(sec: number, nsec: number, scale: Clock): bigint {
  const nanos = BigInt(sec - scale.offset) * 1_000_000_000n + BigInt(nsec);
  const ticks = (nanos * scale.exact + 999_999_999n) / 1_000_000_000n;
  return ticks > 0n ? BigInt.asUintN(64, ticks) : 0n;
}

/** When the first and the last packet were captured. Kept as ticks: converted only when asked for. */
export class TickSpan {
  private firstHigh = 0;
  private firstLow = 0;
  private firstScale: Clock | null = null;
  private lastHigh = 0;
  private lastLow = 0;
  private lastScale: Clock | null = null;

  get empty(): boolean {
    return this.firstScale === null;
  }

  get first(): Stamp | null {
    return this.firstScale === null ? null : stampOf(this.firstHigh, this.firstLow, this.firstScale);
  }

  get last(): Stamp | null {
    return this.lastScale === null ? null : stampOf(this.lastHigh, this.lastLow, this.lastScale);
  }

  /** The time of the next packet. */
  note(high: number, low: number, scale: Clock): void {
    this.lastHigh = high;
    this.lastLow = low;
    this.lastScale = scale;
    if (this.firstScale !== null) return;
    this.firstHigh = high;
    this.firstLow = low;
    this.firstScale = scale;
  }
}
