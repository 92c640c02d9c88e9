import type { Rule } from './rule.ts';

const ASN1_ONLY = 'The prose of X.228 is not at hand: the rule is drawn from its ASN.1 and from implementations.';

/** Conditions R1–R6 of the protocol reference: reliable transfer, X.228 and X.410. */
export const RTSE_RULES: readonly Rule[] = [
  {
    code: 'rtse.mandatory-missing',
    severity: 'error',
    title: 'An RTSE APDU lacks a mandatory element',
    clause: 'X.228 (ASN.1)',
    certain:
      'The APDU is complete and the ASN.1 type marks the element as mandatory, as connectionData is in RTORQ and RTOAC.',
    help: 'Without connection data the peer knows neither the bind nor which association is to be recovered. It rejects the association.',
  },
  {
    code: 'rtse.application-protocol',
    severity: 'warning',
    title: 'RTORQ names an application protocol in normal mode',
    clause: 'X.228 (applicationProtocol)',
    certain: `The element is in the capture. ${ASN1_ONLY}`,
    help: 'The application protocol belongs to X.410-1984 mode; in normal mode the application context says what runs. Most peers ignore it, strict ones reject the RTORQ.',
  },
  {
    code: 'rtse.negotiation',
    severity: 'warning',
    title: 'RTOAC answers with more than RTORQ proposed',
    clause: 'X.228 (checkpointSize, windowSize)',
    certain: `Both are in the capture. ${ASN1_ONLY}`,
    help: 'Checkpoint size and window may only be lowered by the responder. A sender that follows the larger value exceeds what it proposed itself; one that does not leaves the sides with different ideas of the window.',
  },
  {
    code: 'rtse.checkpoint-size',
    severity: 'warning',
    title: 'More data between checkpoints than the checkpoint size allows',
    clause: 'X.228 (checkpointSize)',
    certain: `Both directions are in the capture since the CONNECT. ${ASN1_ONLY}`,
    help: 'The checkpoint size, in units of 1024 octets, bounds what may be sent without a minor synchronization point. What lies behind the last one has to be sent again when the connection breaks, and the receiver has to hold it.',
  },
  {
    code: 'rtse.window',
    severity: 'warning',
    title: 'More checkpoints wait for their acknowledgement than the window allows',
    clause: 'X.228 (windowSize)',
    certain: `Both directions are in the capture since the CONNECT. One point more than the window is taken, since ISODE sends that many. ${ASN1_ONLY}`,
    help: 'The window bounds how far the sender may run ahead of the receiver’s acknowledgements. A receiver that is slow to secure the data on disk lets them pile up; one that counts strictly aborts.',
  },
  {
    code: 'rtse.apdu',
    severity: 'error',
    title: 'What an activity carried is not exactly one APDU',
    clause: 'X.228 (RTTR), X.690 §8.1',
    certain: 'Every octet of the activity is in the capture, and together they do not make one whole BER element.',
    help: 'The receiver acknowledged, or will refuse, a message that cannot be decoded: cut short, or with octets behind its end. Octets behind the end come from a discarded transfer that was not thrown away, or from a wrong length in the sender’s encoder.',
  },
  {
    code: 'rtse.activity',
    severity: 'error',
    title: 'An activity ends that did not begin, or without any data',
    clause: 'X.228, X.225 §7.30',
    certain: 'The direction is in the capture without a hole since the CONNECT.',
    help: 'One activity carries one APDU: ACTIVITY START, at least one DATA TRANSFER, ACTIVITY END. An end on its own acknowledges nothing that could be a message.',
  },
  {
    code: 'rtse.turn',
    severity: 'warning',
    title: 'The turn is given although the dialogue mode is monologue',
    clause: 'X.228 (dialogueMode)',
    certain: `RTORQ and the GIVE TOKENS are both in the capture. ${ASN1_ONLY}`,
    help: 'In a monologue only the initiator transfers and keeps the turn. A responder that is given the turn may start to send, which the initiator does not expect. Propose two-way alternate when both sides have messages.',
  },
];
