import type { LogTime } from './record.ts';

/*
 * Dates as Windows writes them in the language of the server: 6/3/98 9:13:11 AM, 03.06.1998 09:13:11, 3. 6. 1998 9:13:11,
 * 1998. 06. 03. 9:13:11, 1998/6/3 上午 9:13:11, 1998-06-03T07:13:11Z, and the MTA's own 04-10-96 05:52:10pm. Whether 6/3 is June or
 * March is decided for a whole log at once.
 */

const YEAR_FIRST = String.raw`\d{4}(?<first>[/.-])\s?\d{1,2}\k<first>\s?\d{1,2}\.?`;
const YEAR_LAST = String.raw`\d{1,2}(?<last>[/.-])\s?\d{1,2}\k<last>\s?(?:\d{4}|\d{2})\.?`;
const DATE = `(?:${YEAR_FIRST}|${YEAR_LAST})`;
/** Halves of the day, before the clock in East Asia and behind it elsewhere. */
const MORNING = String.raw`오전|上午|午前|πμ|a(?:\.\s)?\.?m\.?`;
const AFTERNOON = String.raw`오후|下午|午後|μμ|p(?:\.\s)?\.?m\.?`;
const HALF = `(?:${MORNING}|${AFTERNOON})`;
const CLOCK = String.raw`(?:${HALF}\s?)?\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,9})?)?(?:\s?${HALF}(?!\p{L}))?`;
const ZONE = String.raw`(?:\s?Z|\s?[+-]\d{2}:?\d{2})?`;
/** A date, at most a little punctuation or a label (Time:, Zeit:, Heure :), and a time of day. */
const STAMP = new RegExp(
  String.raw`(?<![\d:./-])(?<date>${DATE})(?:T|[\s,;"]{1,8}(?:\p{L}{1,12}\s?:\s{0,8})?)(?<clock>${CLOCK})(?<zone>${ZONE})(?!\d)`,
  'giu',
);
const DATES = new RegExp(String.raw`(?<![\d:./-])${DATE}(?![\d/-])`, 'g');
const AFTER_NOON = new RegExp(AFTERNOON, 'iu');
const BEFORE_NOON = new RegExp(MORNING, 'iu');

/** How a log writes dates with slashes or hyphens; `sure` when one of its dates decides. */
export interface DateOrder {
  readonly dayFirst: boolean;
  readonly sure: boolean;
}

/** Month first, as in the United States, unless a date of the log cannot be read that way. */
export function dateOrderOf(log: string): DateOrder {
  for (const [date] of log.matchAll(DATES)) {
    const parts = date.split(/[/.-]/).map(Number);
    if (date.includes('.') || parts[0]! > 31) continue;
    if (parts[0]! > 12) return { dayFirst: true, sure: true };
    if (parts[1]! > 12) return { dayFirst: false, sure: true };
  }
  return { dayFirst: false, sure: false };
}

/** The last date and time in `text`, null without one. */
export function lastTime(text: string, order: DateOrder): LogTime | null {
  let found: LogTime | null = null;
  for (const match of text.matchAll(STAMP)) {
    const { date, clock, zone } = match.groups as { date: string; clock: string; zone: string };
    found = read(date, clock, zone, order) ?? found;
  }
  return found;
}

/** The first date and time in `text`, null without one. */
export function firstTime(text: string, order: DateOrder): LogTime | null {
  for (const match of text.matchAll(STAMP)) {
    const { date, clock, zone } = match.groups as { date: string; clock: string; zone: string };
    const found = read(date, clock, zone, order);
    if (found !== null) return found;
  }
  return null;
}

function read(date: string, clock: string, zone: string, order: DateOrder): LogTime | null {
  const day = dayOf(date, order);
  const seconds = clockOf(clock);
  if (day === null || seconds === null) return null;
  const offset = zoneOf(zone);
  return {
    seconds: day.seconds + seconds - (offset ?? 0),
    zone: offset === null ? 'local' : 'utc',
    ambiguous: day.ambiguous,
  };
}

function dayOf(date: string, order: DateOrder): { seconds: number; ambiguous: boolean } | null {
  const [a, b, c] = date.split(/[/.-]/).map(Number) as [number, number, number];
  if (a > 31) return civil(a, b, c, false);
  const dots = date.includes('.');
  const dayFirst = dots || order.dayFirst;
  const year = c >= 100 ? c : c < 70 ? 2000 + c : 1900 + c;
  const ambiguous = !dots && !order.sure && a !== b && a <= 12 && b <= 12;
  return dayFirst ? civil(year, b, a, ambiguous) : civil(year, a, b, ambiguous);
}

function civil(
  year: number,
  month: number,
  day: number,
  ambiguous: boolean,
): { seconds: number; ambiguous: boolean } | null {
  if (month < 1 || month > 12 || day < 1 || day > 31) return null;
  return { seconds: Date.UTC(year, month - 1, day) / 1000, ambiguous };
}

function clockOf(clock: string): number | null {
  const match = /(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?/.exec(clock);
  if (match === null) return null;
  let hour = Number(match[1]);
  if (AFTER_NOON.test(clock)) hour = (hour % 12) + 12;
  else if (BEFORE_NOON.test(clock)) hour %= 12;
  const minute = Number(match[2]);
  const second = Number(match[3] ?? 0);
  if (hour > 23 || minute > 59 || second > 60) return null;
  return hour * 3600 + minute * 60 + second + Number(`0.${match[4] ?? 0}`);
}

/** Seconds east of Greenwich; null when the zone is not said. */
function zoneOf(zone: string): number | null {
  const text = zone.trim();
  if (text === '') return null;
  if (text.toUpperCase() === 'Z') return 0;
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/\D/g, '');
  return sign * (Number(digits.slice(0, 2)) * 3600 + Number(digits.slice(2)) * 60);
}
