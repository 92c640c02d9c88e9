import type { Direction } from '../../model/finding.ts';
import { ACTIVITY_MANAGEMENT, HALF_DUPLEX, type SpduName } from '../../osi/session.ts';

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

/** What a DT needs. */
export const DATA_TOKEN: readonly number[] = [DATA];

/**
 * Which tokens the sender of an SPDU has to hold, as far as they are available (X.225 §5.7, Table 5). Those that it must not hold are not
 * judged: the other side's GT may be on its way. Nor are all of a FINISH: who has given the turn releases all the same, and is answered.
 */
const MAJOR_FIRST = [MAJOR, DATA, MINOR];
export const NEEDS: ReadonlyMap<SpduName, readonly number[]> = new Map<SpduName, readonly number[]>([
  ['DT', DATA_TOKEN],
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

/** Who holds the tokens of one session connection: null for a token that is not available, or of which nothing is known. */
export class Tokens {
  private readonly holders: (Direction | null)[] = [null, null, null, null];

  /** Nothing is known any more. */
  forget(): void {
    this.holders.fill(null);
  }

  /** As CONNECT and ACCEPT settle them (8.3.1.11): `chosen` is the acceptor's setting, for tokens that are left to it. */
  settle(units: number, proposed: number, chosen: number | null, initiator: Direction): void {
    const other: Direction = initiator === 0 ? 1 : 0;
    TOKENS.forEach((token, i) => {
      let side = (proposed >> token.shift) & 3;
      if (side === 2) side = chosen === null ? 3 : (chosen >> token.shift) & 3;
      const holder = side === 0 ? initiator : side === 1 ? other : null;
      this.holders[i] = token.units & units ? holder : null;
    });
  }

  /** All that are available go to one side. */
  assignAll(units: number, direction: Direction): void {
    TOKENS.forEach((token, i) => {
      this.holders[i] = token.units & units ? direction : null;
    });
  }

  /** The first of these tokens that the other side holds, by name; null when none does. */
  lacking(tokens: readonly number[], direction: Direction): string | null {
    let first: string | null = null;
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i]!;
      const holder = this.holders[token];
      if (holder === null || holder === direction) continue;
      first ??= TOKENS[token]!.name;
      // From here on the sides disagree about this token: nothing more follows from it.
      this.holders[token] = null;
    }
    return first;
  }

  /** GT gives what its item names. `tell` hears of each that the other side holds. */
  give(item: number, direction: Direction, tell: (name: string) => void): void {
    TOKENS.forEach((token, i) => {
      if ((item & token.bit) === 0 || this.holders[i] === null) return;
      if (this.holders[i] !== direction) tell(token.name);
      this.holders[i] = direction === 0 ? 1 : 0;
    });
  }

  /** GTC gives whatever there is. */
  giveAll(direction: Direction): void {
    for (let i = 0; i < this.holders.length; i++) {
      if (this.holders[i] !== null) this.holders[i] = direction === 0 ? 1 : 0;
    }
  }
}
