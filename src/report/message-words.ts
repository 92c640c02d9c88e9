import type { Association, Message, Recipient } from '../model/message.ts';
import { thousands } from './format.ts';
import type { Mark } from './look.ts';
import { orDash } from './verdict.ts';

/** What stands before the state of a transfer: what is damaged may have arrived whole, the capture does not show it. */
export const STATE_MARKS: Readonly<Record<Message['state'], Mark>> = {
  complete: 'ok',
  discarded: 'warning',
  interrupted: 'warning',
  resumed: 'ok',
  damaged: 'unknown',
};

/** What stands before the end of an association. */
export const OUTCOME_MARKS: Readonly<Record<Association['outcome'], Mark>> = {
  refused: 'warning',
  aborted: 'warning',
  released: 'ok',
  open: 'ok',
  lost: 'warning',
  unanswered: 'unknown',
};

/** What people call the modes of the presentation layer. */
export const MODES: Readonly<Record<string, string>> = { normal: 'normal', 'x410-1984': 'X.410-1984' };

/** Where the report stands that answers a message. */
export function answerText(answer: Message): string {
  return `report in frame ${thousands(answer.firstFrame)}`;
}

/** Who sent it; of a report, which is the MTS's own, what it is on. */
export function originatorText(message: Message): string {
  return message.kind === 'report' ? `on ${orDash(message.subjectLocalIdentifier)}` : orDash(message.originator);
}

/** `2 delivered, 1 unable-to-transfer: unrecognised-OR-name`. */
export function outcomes(list: readonly Recipient[]): string {
  const counts = new Map<string, number>();
  for (const { outcome } of list) {
    if (outcome === null) continue;
    const failure = [outcome.reason, outcome.diagnostic].filter(part => part !== null).join(': ') || 'not delivered';
    const text = outcome.delivered ? 'delivered' : failure;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, n]) => `${thousands(n)} ${text}`).join(', ');
}

/** How a transfer ended, in a word or three: of a report that came whole, what became of the recipients. */
export function shortState({ kind, state, recipients }: Message): string {
  const told = recipients.filter(recipient => recipient.outcome !== null);
  if (kind !== 'report' || STATE_MARKS[state] !== 'ok' || told.length === 0) return state;
  const delivered = told.filter(recipient => recipient.outcome!.delivered).length;
  if (delivered === told.length) return 'delivered';
  return delivered === 0 ? 'not delivered' : `${thousands(delivered)} of ${thousands(told.length)} delivered`;
}
