import type { Direction } from '../../model/finding.ts';
import { findParameter, numberOf, type Spdu, type SpduName, serialOf, unitsOf, versionsOf } from '../../osi/session.ts';
import { concatenationFault } from './concatenation.ts';
import { DATA_TOKEN, NEEDS, Tokens } from './tokens.ts';

const DATA_PHASE: ReadonlySet<SpduName> = new Set<SpduName>([
  ...(['DT', 'EX', 'TD', 'PT', 'GT', 'GTC', 'GTA', 'MIP', 'MIA', 'MAP', 'MAA', 'RS', 'RA', 'PR', 'ER', 'ED'] as const),
  ...(['AS', 'AR', 'AI', 'AIA', 'AD', 'ADA', 'AE', 'CD', 'CDA', 'FN', 'NF', 'DN'] as const),
]);

export type Phase = 'unknown' | 'idle' | 'connecting' | 'open' | 'releasing' | 'closed';

type Raise = (code: string, direction: Direction, frame: number, detail: string, onPeer?: boolean) => void;

/**
 * Follows one session connection's state as X.225 clause 7 and Annex A have it, and tells what breaks it.
 *
 * Only a connection that was seen whole is judged: after a gap, or without its CONNECT, nothing is known about tokens and points,
 * and the class only keeps what it can learn anew.
 */
export class Conduct {
  phase: Phase = 'idle';
  /** The SPDUs of both sides since the CONNECT are all in the capture. */
  sound = true;
  version: 1 | 2 | null = null;
  units: number | null = null;
  initiator: Direction = 0;
  /** PI 19: who can take extended concatenation, by direction in which the PDU would travel. */
  private extended: [boolean, boolean] = [false, false];
  /** Largest TSDU by direction; 0 for no limit or not negotiated. */
  private readonly tsduSizes: [number, number] = [0, 0];
  private readonly tokens = new Tokens();
  private proposedTokens = 0;
  private proposedUnits = 0;
  private proposedVersions = 0;
  /** V(M), the next serial number; null when not known. */
  private next: number | null = null;
  /** V(A), the lowest serial number that is not acknowledged. */
  private lowest: number | null = null;
  private inActivity = false;
  private finishing: Direction | null = null;
  private readonly raise: Raise;

  constructor(raise: Raise) {
    this.raise = raise;
  }

  /** Octets were lost, or the beginning was not seen. */
  lose(): void {
    this.sound = false;
    this.tokens.forget();
    this.next = null;
    this.lowest = null;
  }

  tsduLimit(direction: Direction): number {
    return this.tsduSizes[direction];
  }

  /** Judges how the SPDUs of one TSDU are put together (6.3.7). */
  concatenation(spdus: readonly Spdu[], direction: Direction, frame: number): void {
    const onlyBasic = this.sound && this.phase === 'open' && !this.extended[direction];
    const found = concatenationFault(spdus, onlyBasic);
    if (found !== null) this.raise(found.code, direction, frame, found.detail);
  }

  /** One SPDU, in order of processing. */
  observe(bytes: Uint8Array, spdu: Spdu, direction: Direction, frame: number): void {
    const { name } = spdu;
    switch (name) {
      case 'CN':
        this.connect(bytes, spdu, direction, frame);
        return;
      case 'AC':
        this.accept(bytes, spdu, direction, frame);
        return;
      case 'RF':
        if (this.sound && this.phase !== 'connecting')
          this.misplaced('RF without a CONNECT that waits for it', direction, frame);
        this.phase = 'closed';
        return;
      case 'OA':
      case 'CDO':
        if (this.sound && this.phase !== 'connecting')
          this.misplaced(`${name} outside the connect exchange`, direction, frame);
        return;
      case 'AB':
        this.phase = 'closed';
        return;
      case 'AA':
      case 'UD':
      case 'unknown':
        return;
      default:
        this.exchange(bytes, spdu, direction, frame);
    }
  }

  /** An empty GT and a DT without parameters: what `observe` would find, at less cost. */
  plainData(direction: Direction, frame: number): void {
    if (!this.sound) return;
    if (this.phase !== 'open' && this.phase !== 'releasing') {
      this.misplaced(this.early('DT'), direction, frame);
      this.lose();
    } else this.useTokens(DATA_TOKEN, 'DT', direction, frame);
  }

  private early(name: string): string {
    return `${name} while the session connection is ${this.phase === 'connecting' ? 'not accepted yet' : 'not open'}`;
  }

  private misplaced(what: string, direction: Direction, frame: number): void {
    this.raise('ses.sequence', direction, frame, what, true);
  }

  private connect(bytes: Uint8Array, spdu: Spdu, direction: Direction, frame: number): void {
    if (this.sound && this.phase !== 'idle')
      this.misplaced('a second CONNECT on the same session connection', direction, frame);
    this.phase = 'connecting';
    this.initiator = direction;
    this.proposedUnits = unitsOf(bytes, spdu);
    this.proposedVersions = versionsOf(bytes, spdu);
    this.proposedTokens = numberOf(bytes, findParameter(spdu, 26, 5)) ?? 0;
    // What the sender can receive travels against it.
    this.extended[direction === 0 ? 1 : 0] = ((numberOf(bytes, findParameter(spdu, 19, 5)) ?? 0) & 1) !== 0;
  }

  private accept(bytes: Uint8Array, spdu: Spdu, direction: Direction, frame: number): void {
    if (this.sound) {
      if (this.phase !== 'connecting') this.misplaced('ACCEPT without a CONNECT that waits for it', direction, frame);
      else if (direction === this.initiator)
        this.misplaced('ACCEPT from the side that sent the CONNECT', direction, frame);
    }
    this.phase = 'open';
    this.extended[direction === 0 ? 1 : 0] = ((numberOf(bytes, findParameter(spdu, 19, 5)) ?? 0) & 1) !== 0;
    const versions = versionsOf(bytes, spdu) & (this.sound ? this.proposedVersions : 3);
    this.version = versions & 2 ? 2 : 1;
    this.units = unitsOf(bytes, spdu) & (this.sound ? this.proposedUnits : 0xffff);
    const size = findParameter(spdu, 21, 5);
    if (size !== null && size.valueEnd - size.valueStart >= 4) {
      const at = size.valueStart;
      this.tsduSizes[this.initiator] = (bytes[at]! << 8) | bytes[at + 1]!;
      this.tsduSizes[this.initiator === 0 ? 1 : 0] = (bytes[at + 2]! << 8) | bytes[at + 3]!;
    }
    if (!this.sound) return;
    const chosen = numberOf(bytes, findParameter(spdu, 26, 5));
    this.tokens.settle(this.units, this.proposedTokens, chosen, this.initiator);
    const serial = serialOf(bytes, findParameter(spdu, 23, 5));
    this.next = serial;
    this.lowest = serial;
  }

  private exchange(bytes: Uint8Array, spdu: Spdu, direction: Direction, frame: number): void {
    const { name } = spdu;
    if (this.sound && DATA_PHASE.has(name) && this.phase !== 'open' && this.phase !== 'releasing') {
      this.misplaced(this.early(name), direction, frame);
      // Told once: what follows would only repeat it. `plainData` does the same.
      this.lose();
    }
    const needed = NEEDS.get(name);
    if (needed !== undefined) this.useTokens(needed, name, direction, frame);
    const serial = serialOf(bytes, findParameter(spdu, 42));
    switch (name) {
      case 'GT':
        this.give(numberOf(bytes, findParameter(spdu, 16)) ?? 0, direction, frame);
        break;
      case 'GTC':
        if (this.sound && this.inActivity) this.misplaced('GTC while an activity is in progress', direction, frame);
        this.tokens.giveAll(direction);
        break;
      case 'MIP':
      case 'MAP':
      case 'AE':
        this.point(name, serial, direction, frame);
        if (name === 'AE') this.inActivity = false;
        break;
      case 'MIA':
        this.acknowledge(serial, direction, frame);
        break;
      case 'MAA':
        this.acknowledgeMajor(serial, direction, frame);
        break;
      case 'AS':
        this.begin(name, direction, frame);
        this.next = 1;
        this.lowest = 1;
        break;
      case 'AR': {
        this.begin(name, direction, frame);
        const resumed = serialOf(bytes, findParameter(spdu, 42, 33));
        this.next = resumed === null ? null : resumed + 1;
        this.lowest = this.next;
        break;
      }
      case 'AI':
      case 'AD':
        this.inActivity = false;
        // X.215: with the confirmation all tokens are with the side that asked.
        if (this.sound) this.tokens.assignAll(this.units ?? 0, direction);
        this.next = null;
        break;
      case 'ED':
      case 'ER':
      case 'RS':
      case 'RA':
        this.tokens.forget();
        this.next = null;
        this.lowest = null;
        break;
      case 'FN':
        this.finishing = direction;
        this.phase = 'releasing';
        break;
      case 'DN':
        if (this.sound && this.finishing === null) this.misplaced('DISCONNECT without a FINISH', direction, frame);
        else if (this.sound && this.finishing === direction)
          this.misplaced('DISCONNECT from the side that sent the FINISH', direction, frame);
        this.phase = 'closed';
        break;
      case 'NF':
        if (this.sound && this.finishing === null) this.misplaced('NOT FINISHED without a FINISH', direction, frame);
        this.finishing = null;
        this.phase = 'open';
        break;
      default:
    }
  }

  private begin(name: SpduName, direction: Direction, frame: number): void {
    if (this.sound && this.inActivity) this.misplaced(`${name} while an activity is in progress`, direction, frame);
    this.inActivity = true;
  }

  private useTokens(tokens: readonly number[], name: SpduName, direction: Direction, frame: number): void {
    const lacking = this.sound ? this.tokens.lacking(tokens, direction) : null;
    if (lacking === null) return;
    const detail = `${name} from the side that does not hold the ${lacking} token`;
    this.raise('ses.token-not-held', direction, frame, detail, true);
  }

  private give(item: number, direction: Direction, frame: number): void {
    if (item === 0) return;
    this.tokens.give(item, direction, name => {
      if (!this.sound) return;
      this.raise(
        'ses.token-not-held',
        direction,
        frame,
        `GT gives the ${name} token, which the other side holds`,
        true,
      );
    });
  }

  private point(name: SpduName, serial: number | null, direction: Direction, frame: number): void {
    if (serial !== null && this.sound && this.next !== null && serial !== this.next) {
      this.raise('ses.serial-number', direction, frame, `${name} has serial number ${serial}, ${this.next} is next`);
    }
    this.next = serial === null ? null : serial + 1;
  }

  /** 7.22: the answer to MAP or AE has its serial number. */
  private acknowledgeMajor(serial: number | null, direction: Direction, frame: number): void {
    if (serial !== null && this.sound && this.next !== null && serial !== this.next - 1) {
      const detail = `MAA acknowledges ${serial}, the last point was ${this.next - 1}`;
      this.raise('ses.serial-number', direction, frame, detail, true);
    }
    this.lowest = this.next;
  }

  private acknowledge(serial: number | null, direction: Direction, frame: number): void {
    if (serial === null) return;
    if (this.sound && this.next !== null && this.lowest !== null && (serial >= this.next || serial < this.lowest)) {
      const why =
        serial >= this.next
          ? `points up to ${this.next - 1} were set`
          : `points below ${this.lowest} were acknowledged before`;
      this.raise('ses.serial-number', direction, frame, `MIA acknowledges ${serial}, ${why}`, true);
    }
    this.lowest = serial + 1;
  }
}
