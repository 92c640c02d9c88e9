import type { Rule } from './rule.ts';

/** Conditions Y1 and Y2 of the protocol reference: interpersonal messages, X.420. */
export const P22_RULES: readonly Rule[] = [
  {
    code: 'p22.this-ipm',
    severity: 'error',
    title: 'An interpersonal message without its identifier',
    clause: 'X.420 §7.2.1',
    certain: 'The heading is complete and has no this-IPM.',
    help: 'Notifications and replies refer to the message by this identifier, so none can be matched. Some user agents refuse to open the message.',
  },
  {
    code: 'p22.auto-forwarded',
    severity: 'warning',
    title: 'An auto-forwarded message without a forwarded message in it',
    clause: 'X.420 §7.2.14',
    certain: 'The heading says auto-forwarded, and no body part is a message or a forwarded content.',
    help: 'Auto-forwarding puts the original into a message body part. Without it the recipient cannot see what was forwarded, and forwarding loops are not recognised.',
  },
  {
    code: 'p22.formal-name',
    severity: 'warning',
    title: 'A notification or reply is asked of a recipient without a formal name',
    clause: 'X.420 §7.1.3',
    certain: 'The recipient’s descriptor is in the capture and has no O/R name.',
    help: 'The formal name ties the recipient of the heading to the one of the envelope. Without it a user agent does not know that the request is for its user, and no notification comes.',
  },
];
