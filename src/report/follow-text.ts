import width from 'string-width';
import wrap from 'wrap-ansi';
import type { StreamReport } from '../model/report.ts';
import type { Stamp } from '../model/tsdu.ts';
import type { FollowRow } from './follow.ts';
import { count, endpoint, frameList, iso, secondsBetween, thousands } from './format.ts';
import { cutTo, textLine } from './lines.ts';
import { type Look, mark, paint, typography } from './look.ts';
import { clean, SHOWN } from './safe.ts';

/** Columns that the PDUs take at least while another column can leave. */
const LEAST_TEXT = 20;

/**
 * The conversation as a ladder: what the client sends at the left, what the server sends set in. Where the terminal is narrow Seconds
 * leave, then Octets.
 */
export class FollowText {
  private readonly look: Look;
  private readonly wide: boolean;
  private start: Stamp | null;
  private frames = 6;

  /** `start` is the time that seconds count from; null counts from the first line. */
  constructor(look: Look, wide: boolean, start: Stamp | null) {
    this.look = look;
    this.wide = wide;
    this.start = start;
  }

  head(stream: StreamReport): string {
    // As wide as the widest that can come, since a row is not moved once it has been printed.
    this.frames = Math.max(this.frames, 2 * thousands(stream.lastFrame).length + 3);
    const client = endpoint(stream.client.address, stream.client.port);
    const server = endpoint(stream.server.address, stream.server.port);
    const protocol = stream.protocol === '' ? '' : `, ${stream.protocol}`;
    const line = clean(`Stream ${stream.id}: ${client} → ${server}${protocol}`);
    const heads = this.lead('Frames', 'Seconds', '   ', 'Octets');
    return `${textLine(paint(this.look, 'bold', line), this.look)}\n${paint(this.look, 'bold', heads.trimEnd())}\n`;
  }

  /** Columns that leave for the width. */
  private get gone(): readonly ('Seconds' | 'Octets')[] {
    const { look, wide, frames } = this;
    if (look.width === null || wide) return [];
    const room = look.width - frames - 9 - LEAST_TEXT;
    return room >= 11 + 8 ? [] : room >= 8 ? ['Seconds'] : ['Seconds', 'Octets'];
  }

  private lead(frames: string, seconds: string, arrow: string, octets: string): string {
    const { gone } = this;
    const time = gone.includes('Seconds') ? '' : `${seconds.padStart(10)} `;
    const size = gone.includes('Octets') ? '' : octets.padStart(8);
    return `${frames.padStart(this.frames)}  ${time}${arrow.padEnd(5)}${size}  `;
  }

  row(row: FollowRow): string {
    const { look } = this;
    this.start ??= row.time;
    const frames = framesOf(row.frames);
    this.frames = Math.max(this.frames, width(frames));
    const arrow = row.direction === null ? '' : row.direction === 0 ? '→' : '    ←';
    const octets = row.octets === null ? '' : thousands(row.octets);
    const lead = this.lead(frames, secondsBetween(this.start, row.time).toFixed(6), arrow, octets);
    const indent = row.direction === 1 ? '  ' : '';
    const times = row.count > 1 ? ` × ${thousands(row.count)}` : '';
    const sign = row.kind === 'finding' ? `${mark({ ...look, color: false }, row.name as 'error')} ` : '';
    const name = row.kind === 'finding' ? '' : row.name;
    const text = `${indent}${sign}${clean(name, SHOWN)}${times}${row.detail === '' ? '' : `${name === '' ? '' : '  '}${clean(row.detail, 1000)}`}`;
    const style =
      row.kind === 'finding' ? (row.name === 'error' ? 'red' : 'yellow') : row.direction === 1 ? 'cyan' : null;
    let out = `${this.fit(typography(look, lead), typography(look, text), style)}\n`;
    for (const line of row.text) out += this.text(line, indent.length);
    return out;
  }

  /** A line of a content, whole: it is what the reader came for. */
  private text(line: string, indent: number): string {
    const { look } = this;
    const lead = ' '.repeat(4 + indent);
    const safe = typography(look, clean(line, 10_000));
    if (look.width === null || this.wide) return `${lead}${safe}`.trimEnd().concat('\n');
    const rows = wrap(safe, Math.max(20, look.width - lead.length), { hard: true, trim: false }).split('\n');
    return rows.map(row => `${lead}${row}`.trimEnd().concat('\n')).join('');
  }

  private fit(lead: string, text: string, style: 'red' | 'yellow' | 'cyan' | null): string {
    const { look } = this;
    const room = look.width === null || this.wide ? Number.POSITIVE_INFINITY : Math.max(8, look.width - width(lead));
    const shown = cutTo(room, text, look);
    return (lead + (style === null ? shown : paint(look, style, shown))).trimEnd();
  }

  closing(stream: StreamReport | null, rows: number): string {
    const how = stream === null ? '' : `; ${ENDED[stream.state]}`;
    const gone = this.gone.length === 0 ? '' : `; left out for the width: ${this.gone.join(', ')} (--wide shows all)`;
    return textLine(`${count(rows, 'line')}${how}${gone}.`, this.look);
  }
}

/** `30`, `30, 31`, `30–34`, or the first and the last of several: JSON has them all. */
function framesOf(frames: readonly number[]): string {
  const all = frameList(frames, 2);
  return /…/.test(all) || (frames.length > 2 && all.includes(', '))
    ? `${thousands(frames[0]!)} … ${thousands(frames.at(-1)!)}`
    : all;
}

const ENDED: Readonly<Record<StreamReport['state'], string>> = {
  refused: 'the connection was refused',
  unanswered: 'the connection was never answered',
  opening: 'the connection was never used',
  open: 'the connection is open when the capture ends',
  'half-closed': 'one side has closed the connection',
  closed: 'both sides have closed the connection',
  reset: 'the connection was reset',
};

export function followJson(row: FollowRow): Record<string, unknown> {
  const { time, text, ...rest } = row;
  return { ...rest, time: iso(time), ...(text.length > 0 ? { text } : {}) };
}
