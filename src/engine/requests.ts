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

  /** No TPKT begins at `position`. */
  misread(position: number): void {
    for (const c of this.list) if (c.streamOffset === position) c.misread = true;
  }

  /** Framing that was lost at `lostAt` was found again: there the TPKT behind the false length really begins. */
  boundary(lostAt: number, position: number): void {
    for (const c of this.list) {
      if (c.trueBoundary !== null) continue;
      const { streamOffset } = c;
      const end = streamOffset + c.declaredLength;
      // Read since then; or before, as a header of its own, within what proves to be another TPKT.
      if (streamOffset >= lostAt) c.trueBoundary = position;
      else if (streamOffset > position) {
        c.misread = true;
        c.trueBoundary = position;
      } else if (!c.misread && streamOffset < position && position < end && lostAt === end) {
        // The TPKT that the search began in swallowed this boundary: its own length is the false one.
        c.dishonest = true;
        c.trueBoundary = position;
      }
    }
  }
}
