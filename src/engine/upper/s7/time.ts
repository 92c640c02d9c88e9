import type { Name } from './fields.ts';
import type { Reader } from './reader.ts';

/** Times of controllers: two decimal digits an octet, in the controller's own zone. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const PARTS: readonly Name[] = [
  'data.ts_year2',
  'data.ts_month',
  'data.ts_day',
  'data.ts_hour',
  'data.ts_minute',
  'data.ts_second',
];

const digits = (octet: number): number => 10 * (octet >> 4) + (octet & 15);
const two = (value: number): string => String(value).padStart(2, '0');

/** `Feb  8, 2016 14:51:37.916`, of milliseconds since 1970. */
function words(time: number): string {
  const t = new Date(time);
  const day = `${MONTHS[t.getUTCMonth()]} ${String(t.getUTCDate()).padStart(2)}, ${t.getUTCFullYear()}`;
  const rest = String(t.getUTCMilliseconds()).padStart(3, '0');
  return `${day} ${two(t.getUTCHours())}:${two(t.getUTCMinutes())}:${two(t.getUTCSeconds())}.${rest}`;
}

/** Ten octets: what a clock shows, the century in the second of them, which some controllers have wrong. */
export function clock(r: Reader): string | undefined {
  return read(r, 10);
}

/** The last eight of these. */
export function timestamp(r: Reader): string | undefined {
  return read(r, 8);
}

function read(r: Reader, octets: number): string | undefined {
  if (r.left < octets) {
    r.at = r.end;
    return undefined;
  }
  const head = octets - 8;
  const [year, month, day, hour, minute, second] = PARTS.map((_, i) => digits(r.peek(1, head + i)));
  // Three digits of milliseconds; the fourth is the day of the week.
  const rest = digits(r.peek(1, head + 6)) * 10 + (r.peek(1, head + 7) >> 4);
  if (month! < 1 || month! > 12) {
    r.at += octets;
    return undefined;
  }
  const time = Date.UTC((year! < 89 ? 2000 : 1900) + year!, month! - 1, day, hour, minute, second, rest);
  const said = words(time);
  r.computed('data.ts', octets, BigInt(time) * 1_000_000n, said, () => {
    const decimal = (name: Name) => r.computed(name, 1, digits(r.peek(1)));
    if (head > 0) {
      decimal('data.ts_reserved');
      decimal('data.ts_year1');
    }
    for (const name of PARTS) decimal(name);
    r.part(['data.ts_weekday', 0, 15], 2);
    r.computed('data.ts_millisecond', 2, rest);
  });
  return said;
}

const DAY = 86_400_000;
const FIRST_DAY = Date.UTC(1984, 0, 1);

/** Six octets: milliseconds of a day, and the days since 1984. */
export function codeTime(r: Reader, name: Name): void {
  const said = words(FIRST_DAY + r.peek(2, 4) * DAY + r.peek(4));
  r.computed(name, 6, said);
}
