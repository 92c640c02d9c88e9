import type { Direction } from '../../model/finding.ts';
import {
  ACTIVITY_MANAGEMENT,
  findParameter,
  HALF_DUPLEX,
  numberOf,
  type Spdu,
  type SpduName,
  serialOf,
  unitsOf,
  versionsOf,
} from '../../osi/session.ts';

const MINOR_SYNC = 0x0008;
const MAJOR_SYNC = 0x0010;
const NEGOTIATED_RELEASE = 0x0080;

/** Tokens by their bit pair in the token setting item and their bit in the token item (8.3.1.11, 8.3.16). */
const TOKENS = [
  { name: 'data', shift: 0, bit: 0x01, units: HALF_DUPLEX },
  { name: 'synchronize-minor', shift: 2, bit: 0x04, units: MINOR_SYNC },
  { name: 'major/activity', shift: 4, bit: 0x10, units: MAJOR_SYNC | ACTIVITY_MANAGEMENT },
  { name: 'release', shift: 6, bit: 0x40, units: NEGOTIATED_RELEASE },
] as const;

const DATA = 0;
const MINOR = 1;
const MAJOR = 2;
const RELEASE = 3;
const JUST_DATA = [DATA];

/**
 * Which tokens the sender of an SPDU has to hold, as far as they are available (X.225 §5.7, Table 5). Those that it must not hold are not
 * judged: the other side's GT may be on its way. Nor are all of a FINISH: who has given the turn releases all the same, and is answered.
 */
const MAJOR_FIRST = [MAJOR, DATA, MINOR];
const NEEDS: ReadonlyMap<SpduName, readonly number[]> = new Map<SpduName, readonly number[]>([
  ['DT', [DATA]],
  ['MIP', [MINOR, DATA]],
  ['MAP', MAJOR_FIRST],
  ['AE', MAJOR_FIRST],
  ['AS', MAJOR_FIRST],
  ['AR', MAJOR_FIRST],
  ['CD', MAJOR_FIRST],
  ['GTC', MAJOR_FIRST],
  ['AI', [MAJOR]],
  ['AD', [MAJOR]],
  ['FN', [RELEASE]],
]);

/** Behind GT and behind PT in basic concatenation (Table 7; PT+AR and GT+AR both occur, see there). */
const WITH_GT: ReadonlySet<SpduName> = new Set(['DT', 'MIP', 'MAP', 'RS', 'AS', 'AR', 'AD', 'AI', 'AE', 'CD']);
const WITH_PT: ReadonlySet<SpduName> = new Set(['MIA', 'MAA', 'RA', 'AR', 'ADA', 'AIA', 'AEA', 'CDA', 'ER', 'ED']);
/** Extended concatenation (Table 8). MAA stands for AEA too, which has the same encoding. */
const EXTENDED = /^GT\+(MIA|MAA|(AS|AR)\+(MIP|AE|MAP)|(MIP|MIA|MAP|MAA|AS|AR|AE)\+DT|(AS|AR)\+(MIP|AE|MAP)\+DT)$/;
/** SPDUs beside which GT carries no token item. */
const WITHOUT_TOKENS: ReadonlySet<SpduName> = new Set(['RS', 'AD', 'AI', 'CD']);

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
  private holders: (Direction | null)[] = [null, null, null, null];
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
    this.holders = [null, null, null, null];
    this.next = null;
    this.lowest = null;
  }

  tsduLimit(direction: Direction): number {
    return this.tsduSizes[direction];
  }

  /** Judges how the SPDUs of one TSDU are put together (6.3.7). */
  concatenation(spdus: readonly Spdu[], direction: Direction, frame: number): void {
    const first = spdus[0]!;
    if (first.type?.category === 2) {
      this.raise('ses.category', direction, frame, `${first.name} stands without the GT or PT that has to come first`);
      return;
    }
    if (first.type?.category !== 0 || spdus.length < 2) return;
    const second = spdus[1];
    if (findParameter(first, 193) !== null)
      this.raise('ses.concatenation', direction, frame, `${first.name} in front of ${second!.name} carries user data`);
    if (spdus.length > 2) {
      if (spdus.some(x => x.type === null)) return;
      const names = spdus.map(x => x.name).join('+');
      if (!EXTENDED.test(names))
        this.raise('ses.concatenation', direction, frame, `${names} is no concatenation of Table 8`);
      else if (this.onlyBasic(direction)) this.beyondBasic(names, direction, frame);
      return;
    }
    if (second!.type === null) return;
    const allowed = first.name === 'GT' ? WITH_GT : WITH_PT;
    if (!allowed.has(second!.name)) {
      const names = `${first.name}+${second!.name}`;
      // Table 8 has acknowledgements behind GT as well.
      if (first.name === 'GT' && (second!.name === 'MIA' || second!.name === 'MAA')) {
        if (this.onlyBasic(direction)) this.beyondBasic(names, direction, frame);
      } else this.raise('ses.concatenation', direction, frame, `${names} is no concatenation of Table 7`);
    } else if (first.name === 'GT' && WITHOUT_TOKENS.has(second!.name) && findParameter(first, 16) !== null) {
      this.raise('ses.concatenation', direction, frame, `GT in front of ${second!.name} carries a token item`);
    }
  }

  private onlyBasic(direction: Direction): boolean {
    return this.sound && this.phase === 'open' && !this.extended[direction];
  }

  private beyondBasic(names: string, direction: Direction, frame: number): void {
    const detail = `${names}, but the receiver did not offer extended concatenation`;
    this.raise('ses.extended-concatenation', direction, frame, detail);
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
    } else if (this.holders[DATA] !== direction) this.useTokens(JUST_DATA, 'DT', direction, frame);
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
    TOKENS.forEach((token, i) => {
      let side = (this.proposedTokens >> token.shift) & 3;
      if (side === 2) side = chosen === null ? 3 : (chosen >> token.shift) & 3;
      const other: Direction = this.initiator === 0 ? 1 : 0;
      const holder = side === 0 ? this.initiator : side === 1 ? other : null;
      this.holders[i] = token.units & this.units! ? holder : null;
    });
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
        this.giveAll(direction);
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
        if (this.sound) this.assignAll(direction);
        this.next = null;
        break;
      case 'ED':
      case 'ER':
      case 'RS':
      case 'RA':
        this.holders = [null, null, null, null];
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

  private assignAll(direction: Direction): void {
    TOKENS.forEach((token, i) => {
      this.holders[i] = token.units & (this.units ?? 0) ? direction : null;
    });
  }

  private useTokens(tokens: readonly number[], name: SpduName, direction: Direction, frame: number): void {
    if (!this.sound) return;
    let lacking = -1;
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i]!;
      const holder = this.holders[token];
      if (holder === null || holder === direction) continue;
      if (lacking < 0) lacking = token;
      // From here on the sides disagree about this token: nothing more follows from it.
      this.holders[token] = null;
    }
    if (lacking < 0) return;
    this.raise(
      'ses.token-not-held',
      direction,
      frame,
      `${name} from the side that does not hold the ${TOKENS[lacking]!.name} token`,
      true,
    );
  }

  private give(item: number, direction: Direction, frame: number): void {
    TOKENS.forEach((token, i) => {
      if ((item & token.bit) === 0 || this.holders[i] === null) return;
      if (this.sound && this.holders[i] !== direction) {
        this.raise(
          'ses.token-not-held',
          direction,
          frame,
          `GT gives the ${token.name} token, which the other side holds`,
          true,
        );
      }
      this.holders[i] = direction === 0 ? 1 : 0;
    });
  }

  /** GTC gives whatever there is: who sends it holds all. */
  private giveAll(direction: Direction): void {
    this.holders = this.holders.map(holder => (holder === null ? null : direction === 0 ? 1 : 0));
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
