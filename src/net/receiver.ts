/** Octets by which an acknowledgement may go beyond the last one: windows above 64 MiB are not in use. */
const FAR = 1 << 26;
/** Acknowledgements from elsewhere of which nobody thinks that the stream went there. */
const MOST_STRAYS = 4;
/** Room for an acknowledgement that is not in the capture. */
const UNSEEN_WINDOW = 65536;
const NEVER = -0x80000000;

/** What the receiver of one direction has told of it: the octets that it has, and those that it would take. */
export class Receiver {
  /** Highest acknowledgement. Meaningless until `ackSeen`. */
  acked = 0;
  ackSeen = false;
  /** Right edge of its window. */
  private edge = 0;
  private edgeKnown = false;
  /** The last acknowledgement that was far from all before, and how many near it followed each other. */
  private stray = 0;
  private strayed = 0;

  /**
   * @param window octets behind the acknowledged ones; negative where that is not known
   * @param first sequence number of the first octet; null where no SYN told it
   * @param doubtful its segment has a sequence number that is far from all others of its sender
   */
  acknowledge(ack: number, window: number, first: number | null, doubtful: boolean): void {
    const known = this.ackSeen ? this.acked : first;
    if (known !== null && this.strays(ack, known, doubtful)) return;
    if (!this.ackSeen || ((ack - this.acked) | 0) > 0) this.acked = ack;
    this.ackSeen = true;
    if (window >= 0) {
      const edge = (ack + window) | 0;
      if (!this.edgeKnown || ((edge - this.edge) | 0) > 0) this.edge = edge;
      this.edgeKnown = true;
    }
  }

  /** Octets that it acknowledged behind a sequence number: negative when it lacks some before it, or has acknowledged nothing. */
  ahead(seq: number): number {
    return this.ackSeen ? (this.acked - seq) | 0 : NEVER;
  }

  /** Octets that it would take behind those that it acknowledged; 0 where that is not known. */
  get window(): number {
    return this.ackSeen && this.edgeKnown ? (this.edge - this.acked) | 0 : 0;
  }

  /** Whether a sequence number is outside of its window, in a stream that was read up to `next`. */
  refuses(seq: number, next: number): boolean {
    // Where octets beyond the edge were taken already, the acknowledgements that moved it are not in the capture.
    return this.edgeKnown && ((next - this.edge) | 0) <= 0 && ((seq - this.edge) | 0) > UNSEEN_WINDOW;
  }

  /** What it acknowledged was of another incarnation. */
  disown(): void {
    this.ackSeen = false;
  }

  /** The acknowledgements that moved its window are not in the capture. */
  forgetWindow(): void {
    this.edgeKnown = false;
  }

  /**
   * An acknowledgement far from all before is none of this connection: late segments of the one before it on the same ports have such, and
   * so does every segment on the other side of a firewall that exchanges sequence numbers. Where only such follow it, the capture has left
   * out what lies between.
   */
  private strays(ack: number, known: number, doubtful: boolean): boolean {
    if (!isFar(ack, known)) {
      this.strayed = 0;
      return false;
    }
    if (doubtful) return true;
    this.strayed = this.strayed > 0 && !isFar(ack, this.stray) ? this.strayed + 1 : 1;
    this.stray = ack;
    if (this.strayed < MOST_STRAYS) return true;
    // What was acknowledged before may as well be what is none of this connection.
    this.strayed = 0;
    this.acked = ack;
    this.edgeKnown = false;
    return false;
  }
}

/** Whether two sequence numbers are in different parts of their space. */
export function isFar(a: number, b: number): boolean {
  const step = (a - b) | 0;
  return step > FAR || step < -FAR;
}
