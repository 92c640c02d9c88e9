import type { Name } from './fields.ts';
import { outcome, values } from './items.ts';
import type { Part, Reader } from './reader.ts';
import { timestamp } from './time.ts';
import type { Userdata } from './userdata.ts';
import { QUERIES } from './values.ts';
import { number16 } from './words.ts';

/** Alarms: what is told of them, what is asked about them, and how they are acknowledged. */

const RESPONSE = 8;
const [LOCK, INDICATION, ACKNOWLEDGEMENT, QUERY] = [0x15, 0x16, 0x19, 0x1a];
/** Subfunctions whose message begins with the time of the alarm. */
const TIMED: ReadonlySet<number> = new Set([0x05, 0x0c, 0x11, 0x12]);
const BY_TYPE = 1;
const BY_EVENT = 3;
const SIGNALS: readonly Part[] = [
  ['alarm.signal.sig1', 0, 1],
  ['alarm.signal.sig2', 1, 1],
  ['alarm.signal.sig3', 2, 1],
  ['alarm.signal.sig4', 3, 1],
  ['alarm.signal.sig5', 4, 1],
  ['alarm.signal.sig6', 5, 1],
  ['alarm.signal.sig7', 6, 1],
  ['alarm.signal.sig8', 7, 1],
];
const signals = (r: Reader, name: Name) => r.take(name, 1, undefined, SIGNALS);

export function alarm(r: Reader, { kind, subfunction }: Userdata): void {
  r.node('alarm.message', () => {
    if (TIMED.has(subfunction)) r.block('alarm.timestamp_coming', 8, () => timestamp(r));
    r.take('alarm.function', 1);
    const objects = r.take('alarm.nr_objects', 1) ?? 0;
    for (let i = 1; i <= objects && r.left > 0; i++) {
      r.node('alarm.message_object', () => (kind >> 4 === RESPONSE ? answered(r) : object(r)), i);
    }
    return undefined;
  });
}

function answered(r: Reader): string {
  const code = r.peek(1);
  r.take('data.returncode', 1);
  return outcome(code);
}

function object(r: Reader): string | undefined {
  const end = r.at + 2 + r.peek(1, 1);
  r.take('param.item.varspec', 1);
  r.take('param.item.varspec_length', 1);
  const syntax = r.take('param.item.syntaxid', 1);
  if (syntax === QUERY) return query(r);
  if (syntax !== LOCK && syntax !== INDICATION && syntax !== ACKNOWLEDGEMENT) {
    r.at = Math.max(r.at, Math.min(end, r.end));
    return undefined;
  }
  const associated = r.take('alarm.nr_add_values', 1) ?? 0;
  const event = r.take('alarm.event_id', 4);
  if (event === null) return undefined;
  const said = `EventID=${number16(event, 4)}`;
  r.info += ` ${said}`;
  if (syntax === INDICATION) {
    const state = signals(r, 'alarm.eventstate') ?? 0;
    const on = [...Array(8).keys()].filter(bit => (state >> bit) & 1).map(bit => `SIG_${bit + 1}`);
    if (on.length > 0) r.info += ` On=[${on.join()}]`;
    signals(r, 'alarm.state');
  }
  if (syntax !== LOCK) {
    signals(r, 'alarm.ack_state.going');
    signals(r, 'alarm.ack_state.coming');
  }
  if (syntax === INDICATION && associated > 0) {
    r.node('alarm.associated_value', () => {
      values(r, associated);
      return undefined;
    });
  }
  return said;
}

function query(r: Reader): undefined {
  r.take('alarm.query.unknown1', 1);
  const by = r.take('alarm.query.querytype', 1);
  r.take('alarm.query.unknown2', 1);
  if (r.left < 4) r.at = r.end;
  else if (by === BY_TYPE) {
    const type = r.take('alarm.query.alarmtype', 4)!;
    r.info += ` ByAlarmtype=${QUERIES[type] ?? `Unknown Alarmtype: ${type}`}`;
  } else if (by === BY_EVENT) r.info += ` ByEventID=${number16(r.take('alarm.event_id', 4)!, 4)}`;
  else r.at += 4;
}

/** The answer to a query, up to the alarms themselves. */
export function queried(r: Reader): void {
  r.node('alarm.message', () => {
    r.rows([
      ['alarm.function', 1],
      ['alarm.nr_objects', 1],
      ['data.returncode', 1],
      ['data.transportsize', 1],
      ['alarm.query.complete_length', 2],
    ]);
    return undefined;
  });
}
