import { isLater } from '../net/handshake.ts';
import { TPKT_HEADER } from '../osi/tpkt.ts';
import type { RequestCandidate } from './sink.ts';

/**
 * Requests kept for the verdict, a direction: a stack that always sends 64-KiB TPKTs would fill memory with them. The first fatal one is
 * kept behind any number of others, for it is the one that stops the machine.
 */
const MOST = 1000;

/** The requests of one direction that may be illegal, and what the framing finds out about their headers afterwards. */
export class Requests {
  private readonly list: RequestCandidate[] = [];
  private fatal = false;

  /** False when it is not kept: then the last one that is counts it. */
  add(candidate: RequestCandidate): boolean {
    const fatal = candidate.assessment.outcome === 'fatal';
    if (this.list.length >= MOST && (this.fatal || !fatal)) {
      this.list.at(-1)!.unlisted++;
      return false;
    }
    this.fatal ||= fatal;
    this.list.push(candidate);
    return true;
  }

  /**
   * Octets from `from` on came again before their receiver acknowledged them. If a copy captured first was lost on its way, or refused
   * because the window was closed, it read no header behind them before this one. Copies of a mirror port say nothing of the kind.
   */
  repeated(from: number, at: Pick<RequestCandidate, 'frame' | 'sec' | 'nsec' | 'answers'>): void {
    // The machine reads forward: the headers behind `from` are the last ones.
    for (let i = this.list.length - 1; i >= 0; i--) {
      const c = this.list[i]!;
      if (c.streamOffset + TPKT_HEADER <= from) return;
      if (at.frame <= c.frame || (at.answers === c.answers && !isLater(at, { endSec: c.sec, endNsec: c.nsec })))
        continue;
      c.again = { first: c.again?.first ?? at.frame, last: at.frame, count: (c.again?.count ?? 0) + 1 };
    }
  }

  /** The stream is none of ISO transport. */
  withdraw(): void {
    for (const c of this.list) c.withdrawn = true;
  }

  /** The framing reported `code` about the header at `position`. */
  fault(code: string, position: number): void {
    if (code === 'tpkt.version' || code === 'tpkt.not-tpkt') this.misread(position);
    if (code !== 'tpkt.length-mismatch') return;
    for (const c of this.list) if (c.streamOffset === position) c.dishonest = true;
  }

  /** A TPKT begins at `position`: whatever led the machine there, its header was read where it stands. */
  begins(position: number): void {
    for (const c of this.list) {
      if (c.streamOffset !== position) continue;
      c.misread = false;
      c.trueBoundary = null;
    }
  }

  /** No TPKT begins at `position`. */
  misread(position: number): void {
    for (const c of this.list) if (c.streamOffset === position) c.misread = true;
  }

  /**
   * Framing that was lost at `lostAt` was found again at `position`. `behind` tells where the TPKT behind the one at an offset really
   * begins.
   */
  boundary(lostAt: number, position: number, behind: (streamOffset: number) => number): void {
    for (const c of this.list) {
      if (c.trueBoundary !== null) continue;
      const { streamOffset } = c;
      const end = streamOffset + c.declaredLength;
      const since = streamOffset >= lostAt;
      // A header of its own, within what proves to be another TPKT.
      if (!since && streamOffset > position) c.misread = true;
      // Its own length leads to the next TPKT: nothing is wrong with it but its version, and no other is to blame.
      if (streamOffset === lostAt && end === position) c.previous = null;
      if (c.misread && (since || streamOffset > position)) {
        const from = c.previous?.streamOffset ?? -1;
        // The machine may be far ahead, at a TPKT that the framing is yet to read.
        if (from >= position) continue;
        const boundary = from < 0 ? position : (c.previous?.trueBoundary ?? behind(from));
        // It was on a TPKT all the same where it stands there itself.
        if (boundary === streamOffset) c.misread = false;
        else c.trueBoundary = boundary;
      }
      // The TPKT that the search began in, or that it passed by, swallowed a boundary: its own length is the false one.
      if (!c.misread && streamOffset < position && (since || lostAt === end) && behind(streamOffset) < end) {
        c.dishonest = true;
        c.trueBoundary = behind(streamOffset);
      }
    }
  }
}
