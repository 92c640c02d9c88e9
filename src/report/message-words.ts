import type { Message, Recipient } from '../model/message.ts';
import { thousands } from './format.ts';
import { orDash } from './verdict.ts';

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
