import type { Rule } from './rule.ts';

/** Conditions S1–S18 of the protocol reference: the session protocol, X.225 (1995). */
export const SES_RULES: readonly Rule[] = [
  {
    code: 'ses.unknown-spdu',
    severity: 'error',
    title: 'An SPDU identifier that X.225 does not define at this place',
    clause: 'X.225 §8.2.2, Table 6',
    certain: 'The octet is in the capture, behind an SPDU whose length says that the next one begins there.',
    help: 'Either the sender writes something that is no session protocol, or a length before it is wrong, so that the octet is not an SPDU identifier at all. The short-form SPDUs of the efficiency enhancements (X.225 Amd 1) would show up like this, too. The rest of the TSDU is not read.',
  },
  {
    code: 'ses.category',
    severity: 'error',
    title: 'A category 2 SPDU without GT or PT in front of it',
    clause: 'X.225 §6.3.7.1, Table 6',
    certain:
      'The TSDU begins with the SPDU. Every SPDU of category 2 has to follow a GIVE TOKENS or PLEASE TOKENS SPDU.',
    help: 'Activity and synchronization SPDUs and DATA TRANSFER travel behind an empty GT or PT (01 00 or 02 00). A receiver that goes by the book treats this TSDU as a protocol error and aborts. Look at the stack that builds it.',
  },
  {
    code: 'ses.concatenation',
    severity: 'error',
    title: 'SPDUs are put together in a way that X.225 does not know',
    clause: 'X.225 §6.3.7, Tables 7 and 8',
    certain:
      'The combination is in none of the two tables (PT+AR, which the tables disagree about, is taken), or the GT or PT in front carries user data.',
    help: 'Basic concatenation is one GT or PT with one SPDU of a fixed list; extended concatenation has lists of its own, with DATA TRANSFER last. Receivers may abort, or read only the first SPDU. When octets follow an SPDU that has to stand alone, its length is most likely wrong.',
  },
  {
    code: 'ses.extended-concatenation',
    severity: 'warning',
    title: 'Extended concatenation that the receiver did not offer',
    clause: 'X.225 §6.3.7.2, §8.3.1.6',
    certain:
      'Bit 1 of the protocol options in the receiver’s CONNECT or ACCEPT is zero or absent, and both are in the capture.',
    help: 'More than two SPDUs in one TSDU, or an acknowledgment behind GT, may only be sent to a peer that said it can take them. Many receivers read only the first two, so that data or an activity end is lost without an error. Switch extended concatenation off at the sender.',
  },
  {
    code: 'ses.overrun',
    severity: 'error',
    title: 'A length indicator reaches beyond its SPDU or TSDU',
    clause: 'X.225 §8.2.5',
    certain: 'The declared length and the octets that are there do not agree; the TSDU is complete.',
    help: 'The SPDU or parameter is read as far as its octets go. The cause is a wrong length or a TSDU that was cut before the transport layer saw it. A receiver has no choice but to treat it as a protocol error.',
  },
  {
    code: 'ses.long-form-length',
    severity: 'note',
    title: 'A length below 255 written in three octets',
    clause: 'X.225 §8.2.5',
    certain:
      'The indicator begins with FF although the length would fit into one octet. The Recommendation tells the sender to use one.',
    help: 'Harmless: the length is unambiguous, and receivers take it. Some stacks always write the long form to reserve room.',
  },
  {
    code: 'ses.parameter-order',
    severity: 'warning',
    title: 'Parameters are not in ascending order of their codes',
    clause: 'X.225 §8.2.6',
    certain: 'The codes of one nesting level stand in the capture in this order.',
    help: 'X.225 orders PGI and PI units by code within each level. Most receivers search for a parameter and do not mind; one that reads in order misses what comes late. Worth a report to the maker of the sending stack.',
  },
  {
    code: 'ses.mandatory-missing',
    severity: 'error',
    title: 'A mandatory session parameter is missing',
    clause: 'X.225 §8.3',
    certain: 'The SPDU is complete, and its tables mark the parameter as mandatory.',
    help: 'Without it the SPDU has no defined meaning: an ABORT without its transport disconnect item, a synchronization point without its number. Receivers answer with an abort for protocol error.',
  },
  {
    code: 'ses.connect-item-incomplete',
    severity: 'warning',
    title: 'The connect/accept item lacks protocol options or version',
    clause: 'X.225 §8.3.1.6, §8.3.1.8',
    certain:
      'The item is there and one of its two mandatory members is not. Both have a default that receivers fall back on.',
    help: 'The receiver takes no extended concatenation and version 1 for what is missing. When the peer then behaves as in version 2, the two sides disagree about segmenting and user data lengths.',
  },
  {
    code: 'ses.reserved-bits',
    severity: 'note',
    title: 'Reserved bits of a session parameter are set',
    clause: 'X.225 §8.2.7, A.4.3.1.1',
    certain: 'The bits are in the capture. Receivers ignore them.',
    help: 'Harmless by the Recommendation, which tells receivers to ignore reserved bits. It hints at a stack that builds the parameter from the wrong constants.',
  },
  {
    code: 'ses.token-setting-reserved',
    severity: 'error',
    title: 'A token setting with the reserved value',
    clause: 'X.225 §8.3.1.11',
    certain: 'The pair of bits is 11, which X.225 reserves.',
    help: 'The sides cannot agree on who holds the token at the start. Wireshark 4.0 words the value as if it were a side, so the error is easy to overlook there.',
  },
  {
    code: 'ses.parameter-too-long',
    severity: 'warning',
    title: 'A session parameter is longer than its table allows',
    clause: 'X.225 Table 11',
    certain:
      'Selectors have at most 16 octets, references 64 (the additional one 4), activity identifiers 6, what an ABORT reflects 9.',
    help: 'Receivers with fixed buffers refuse or cut it; others take it. A selector that is cut no longer matches the configured one, and the association is refused for an unknown address.',
  },
  {
    code: 'ses.user-data-too-long',
    severity: 'error',
    title: 'More user data than the session version allows',
    clause: 'X.225 §8.3.1.19, §8.3.1.20',
    certain:
      'User data of a CONNECT, and of every SPDU in version 1, end at 512 octets; extended user data end at 10,240.',
    help: 'A sender with more to say has to use extended user data and, above 10,240 octets, data overflow (version 2). Receivers refuse the connection or read 512 octets of it, so that the presentation layer finds a cut PPDU.',
  },
  {
    code: 'ses.user-data-form',
    severity: 'error',
    title: 'User data, extended user data and data overflow contradict each other',
    clause: 'X.225 §8.3.1.19 to 8.3.1.21',
    certain:
      'The two kinds of user data exclude each other, extended user data need version 2, and data overflow needs extended user data.',
    help: 'The receiver cannot know which octets the presentation layer is to get. Look at the sending stack’s handling of long CONNECT user data.',
  },
  {
    code: 'ses.enclosure',
    severity: 'error',
    title: 'Segmenting of an SPDU that version 1 does not segment',
    clause: 'X.225 §8.3.4.18, §6.3.5',
    certain:
      'The ACCEPT is in the capture and chose version 1, in which only DATA TRANSFER and TYPED DATA are segmented.',
    help: 'The receiver takes the first segment for the whole. Either the version was negotiated wrongly or the sender ignores it.',
  },
  {
    code: 'ses.segmenting',
    severity: 'error',
    title:
      'Session segments without a beginning, one SSDU inside another, or data that do not say which segment they are',
    clause: 'X.225 §6.3.5, §8.4',
    certain: 'The direction is in the capture without a hole since the CONNECT, so that no segment can be missing.',
    help: 'The enclosure items of consecutive SPDUs have to say begin, middle, end; where a largest TSDU was agreed, every DATA TRANSFER has one, which says begin and end of an SSDU that is not segmented. What was joined so far is given up. Suspect two senders on one connection, or a stack that loses a segment on retry.',
  },
  {
    code: 'ses.segment-too-long',
    severity: 'error',
    title: 'A session segment longer than the agreed TSDU size',
    clause: 'X.225 §6.3.5, §8.3.1.7',
    certain: 'The ACCEPT is in the capture and states the largest TSDU of this direction.',
    help: 'The receiver reserved room for the agreed size and may cut or abort. The sizes count the whole TSDU, not its user data, which is a common cause.',
  },
  {
    code: 'ses.functional-units',
    severity: 'error',
    title: 'Functional units that do not go together',
    clause: 'X.225 §8.3.1.16, §9.1.2',
    certain:
      'The bits are in the capture: neither or both of half-duplex and duplex, exceptions without half-duplex, or capability data without activities.',
    help: 'No session can run with this selection, and the peer refuses or aborts. RTSE needs half-duplex, minor synchronize, activity management and exceptions (0x0249).',
  },
  {
    code: 'ses.sequence',
    severity: 'error',
    title: 'An SPDU in a state in which X.225 does not allow it',
    clause: 'X.225 Annex A, state tables',
    certain:
      'Both directions are in the capture without a hole since the CONNECT, and the other side’s next TSDU came after it.',
    help: 'Data before the ACCEPT, a DISCONNECT without a FINISH, an activity inside another: the receiver aborts for protocol error. When a proxy or a load balancer stands between the hosts, it may have joined two connections.',
  },
  {
    code: 'ses.token-not-held',
    severity: 'error',
    title: 'A token is used or given by the side that does not hold it',
    clause: 'X.225 §6.3.2, §7',
    certain:
      'The token positions follow from the CONNECT, the ACCEPT and every GT and GTC since, all of which are in the capture.',
    help: 'In a half-duplex session only the holder of the data token may send data, only the holder of the activity token may start an activity. Both MTAs transferring at once is the usual picture. Each token is judged up to its first misuse.',
  },
  {
    code: 'ses.serial-number',
    severity: 'error',
    title: 'A synchronization point number out of order',
    clause: 'X.225 §7.20, §7.21',
    certain: 'The numbers begin at 1 with each activity and go up by one; all points since then are in the capture.',
    help: 'The receiver cannot tell which checkpoint is meant, and aborts or resumes at the wrong place, which corrupts the message. An acknowledgement of a point that was never set points at a mix-up of two associations.',
  },
  {
    code: 'ses.serial-number-form',
    severity: 'error',
    title: 'A synchronization point number that is not written in digits',
    clause: 'X.225 §8.3.25',
    certain: 'The octets of the parameter are not all ASCII digits.',
    help: 'Serial numbers are decimal digits, not a binary integer. The point cannot be acknowledged or resumed from.',
  },
  {
    code: 'ses.data-outside-activity',
    severity: 'warning',
    title: 'Data of the reliable transfer outside an activity',
    clause: 'X.228 (activity management), X.225 §7.26',
    certain:
      'The direction is in the capture without a hole since the CONNECT. That RTSE sends data only inside activities is known from its ASN.1 and implementations, not from its prose.',
    help: 'Every APDU of RTSE travels inside one activity: ACTIVITY START, data, ACTIVITY END. Data outside belong to no message and are listed as damaged.',
  },
  {
    code: 'ses.reason-code',
    severity: 'warning',
    title: 'A session reason code that is not defined',
    clause: 'X.225 §8.3.5.10, §8.3.32, §8.3.36, §8.3.38',
    certain: 'The value is in the capture and in none of the tables.',
    help: 'The peer can only guess why it was refused, interrupted or discarded. The number is shown as it is.',
  },
  {
    code: 'ses.give-tokens-user-data',
    severity: 'error',
    title: 'GIVE TOKENS carries user data but gives no token',
    clause: 'X.225 §8.3.16.5',
    certain: 'The SPDU has user data and no token item.',
    help: 'User data of GT belong to a token that is given. A receiver treats it as a protocol error; the data would have no service primitive to travel in.',
  },
];
