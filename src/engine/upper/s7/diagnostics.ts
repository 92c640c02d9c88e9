import { EVENTS } from './errors.ts';
import type { Layout, Part, Reader } from './reader.ts';
import { timestamp } from './time.ts';
import { number16 } from './words.ts';

/** Events of the diagnostic buffer of a controller, told as they occur, or listed. */

const EVENT: readonly Part[] = [
  ['cpu.diag_msg.eventid.class', 12, 15],
  ['cpu.diag_msg.eventid.ident.entleave', 8, 1],
  ['cpu.diag_msg.eventid.ident.diagbuf', 9, 1],
  ['cpu.diag_msg.eventid.ident.interr', 10, 1],
  ['cpu.diag_msg.eventid.ident.exterr', 11, 1],
  ['cpu.diag_msg.eventid.nr', 0, 0xff],
];
const MORE: Layout = [
  ['cpu.diag_msg.prioclass', 1],
  ['cpu.diag_msg.obnumber', 1],
  ['cpu.diag_msg.datid', 2],
  ['cpu.diag_msg.info1', 2],
  ['cpu.diag_msg.info2', 4],
];

/** One event; returns it in words. */
export function diagnosticEntry(r: Reader): string {
  let words = '';
  r.node('cpu.diag_msg', () => {
    const event = r.take('cpu.diag_msg.eventid', 2, undefined, EVENT);
    if (event === null) return undefined;
    words = EVENTS[event] === undefined ? `EventID=${number16(event, 2)}` : `Event='${EVENTS[event]}'`;
    r.rows(MORE);
    timestamp(r);
    return words;
  });
  return words;
}

/** An event that is told as it occurs. */
export function diagnosticMessage(r: Reader): void {
  const words = diagnosticEntry(r);
  if (words !== '') r.info += ` ${words}`;
}
