import type { Rule } from './rule.ts';

/** Conditions X10, Y1 and Y2 of the protocol reference, and X3, X8 and X9 for contents: interpersonal messages, X.420. */
export const P22_RULES: readonly Rule[] = [
  {
    code: 'p22.content-type',
    severity: 'note',
    title: 'The content type names another edition than the content is of',
    clause: 'X.420 §7',
    certain:
      'The content type of the envelope and the element of the content are in the capture: extensions or an extended body part under content type 2 (1984), or a body part under 22 that only 1984 has. Some implementations send 2 for whatever they have, and many receivers do not care.',
    help: 'An MTA or user agent goes by the content type: 2 promises that a system of 1984 can read the content. One that takes it at its word drops the extension, or rejects the message with content-syntax-error. The sender should use 22 for a content with features of 1988 or later.',
  },
  {
    code: 'p22.upper-bound',
    severity: 'warning',
    title: 'A value of the content is longer than its upper bound',
    clause: 'X.420 annex (IPMSUpperBounds), X.411 annex B',
    certain:
      'Every octet of the content is in the capture. The bounds are part of the standard; many implementations take more. Strings with escape sequences are not counted.',
    help: 'A subject has at most 128 characters, an identifier and a free-form name 64, a telephone number 32, a comment of a notification 256. A user agent or gateway with fixed fields cuts the value, and a reply or notification with a cut identifier matches nothing.',
  },
  {
    code: 'p22.string',
    severity: 'warning',
    title: 'A character of the content that its string type does not have',
    clause: 'X.680 §41, T.61',
    certain:
      'Every octet of the content is in the capture. Of a TeletexString only codes are blamed that T.61 reserves, or a diacritic without a letter, and none where escape sequences or shifts change the set; symbols of ASCII that T.61 lacks are not held against it.',
    help: 'Subjects and free-form names are TeletexStrings: accents stand before their letter (T.61), and the right half is neither ISO 8859-1 nor a Windows code page. A sender that writes one of those shows garbage at the other end, or loses the rest of the line. Identifiers and telephone numbers are PrintableStrings.',
  },
  {
    code: 'p22.time',
    severity: 'warning',
    title: 'A time of the content that is no UTCTime, or has no time zone',
    clause: 'X.420 §7.2, §8 (Time), X.680 §47',
    certain: 'Every octet of the content is in the capture. Systems of 1984 often leave out the zone.',
    help: 'Expiry, reply and receipt times have the form YYMMDDhhmm[ss] with Z or an offset. Without a zone the user agent takes its own, so that a message expires or a reply is due hours off; a time that it cannot read it shows as none, or it refuses the message.',
  },
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
    title: 'A notification or reply goes by a recipient without a formal name',
    clause: 'X.420 §7.1.3',
    certain:
      'The descriptor is in the capture and has no O/R name: of a recipient who is asked for a notification or reply, or of one whom replies are to go to.',
    help: 'The formal name ties the recipient of the heading to the one of the envelope. Without it a user agent does not know that the request is for its user, and no notification comes; a reply-recipient without one cannot be replied to.',
  },
];
