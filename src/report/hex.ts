import { textLine } from './lines.ts';
import { type Look, paint } from './look.ts';

/** Octets `start`…`end`, end exclusive. */
export interface Run {
  readonly start: number;
  readonly end: number;
}

export interface HexOptions {
  readonly look: Look;
  /** Octets to mark, by brackets around them (and colour where there is). */
  readonly marked: readonly Run[];
  /** Octets that are not to be seen: credentials. */
  readonly hidden: readonly Run[];
  /** Octets that are printed at most, those around a mark first. */
  readonly most: number;
}

/** Octets as a hex pane: offset, octets, characters. Rows hold 16 octets, 8 where the terminal is narrow, 4 where it is very narrow. */
export function* hexPane(bytes: Uint8Array, options: HexOptions): Generator<string> {
  const { look, marked, hidden, most } = options;
  const size = look.width === null || look.width >= 76 ? 16 : look.width >= 44 ? 8 : 4;
  const [from, to] = shownRun(bytes.length, size, most, marked[0]);
  const digits = Math.max(4, (bytes.length - 1).toString(16).length);
  const inside = (runs: readonly Run[], at: number): boolean => runs.some(run => at >= run.start && at < run.end);
  if (from > 0) yield textLine(`      … ${from} octets before these`, look);
  for (let row = from; row < to; row += size) {
    let hex = '';
    let text = '';
    for (let i = 0; i < size; i++) {
      const at = row + i;
      const there = at < to;
      const now = there && inside(marked, at);
      const before = i > 0 && inside(marked, at - 1) && at - 1 < to;
      const gap = now && !before ? '[' : before && !now ? ']' : ' ';
      const middle = i === size / 2;
      hex += middle && gap === '[' ? ' [' : middle ? `${gap} ` : gap;
      if (!there) {
        hex += '  ';
        text += ' ';
        continue;
      }
      const secret = inside(hidden, at);
      const octet = bytes[at]!;
      const digitsOf = secret ? '**' : octet.toString(16).padStart(2, '0');
      hex += now ? paint(look, ['cyan', 'bold'], digitsOf) : digitsOf;
      text += secret ? '*' : octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '.';
    }
    const last = Math.min(row + size, to) - 1;
    hex += row + size - 1 === last && inside(marked, last) ? ']' : ' ';
    yield ` ${paint(look, 'dim', row.toString(16).padStart(digits, '0'))} ${hex} ${text.trimEnd()}\n`;
  }
  if (to < bytes.length) yield textLine(`      … ${bytes.length - to} octets behind these (--wide shows all)`, look);
}

/** The rows that are shown of long octets: from the beginning, or around what is marked. */
function shownRun(length: number, size: number, most: number, mark: Run | undefined): [number, number] {
  if (length <= most) return [0, length];
  const room = Math.floor(most / size) * size;
  if (mark === undefined || mark.end <= room) return [0, room];
  const from = Math.max(0, Math.floor((mark.start - room / 4) / size) * size);
  return [from, Math.min(length, from + room)];
}
