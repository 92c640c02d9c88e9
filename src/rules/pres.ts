import type { Rule } from './rule.ts';

/** Conditions P1–P7 of the protocol reference: the presentation protocol, X.226 (1994), and its encoding, X.690. */
export const PRES_RULES: readonly Rule[] = [
  {
    code: 'pres.mode',
    severity: 'error',
    title: 'The presentation mode and its parameters do not agree',
    clause: 'X.226 §8.2',
    certain: 'The mode-selector and the parameter group are both in the capture.',
    help: 'Mode 0 is X.410-1984 with RTSE parameters in the CP itself, mode 1 is normal mode with contexts and ACSE. With any other value or a group of the other mode the peer refuses the connection, or reads parameters that are not there.',
  },
  {
    code: 'pres.mandatory-missing',
    severity: 'error',
    title: 'A presentation PDU lacks a mandatory element',
    clause: 'X.226 §8.2',
    certain: 'The PDU is complete and the ASN.1 type marks the element as mandatory.',
    help: 'A context definition without its abstract syntax, a CP without its mode. The receiver cannot act on it and refuses or aborts.',
  },
  {
    code: 'pres.context-identifier',
    severity: 'error',
    title: 'A presentation context identifier with the wrong parity, or used twice',
    clause: 'X.226 §6.2.2.7, §6.5.2',
    certain:
      'The definition list is in the capture. The initiator’s identifiers are odd, the responder’s even, all different.',
    help: 'The rule keeps the two sides from defining the same identifier at once. With a duplicate, the values of one of the two contexts are decoded by the wrong syntax.',
  },
  {
    code: 'pres.result-list',
    severity: 'error',
    title: 'The context results do not fit the context definitions',
    clause: 'X.226 §6.2.3.5',
    certain: 'Definition list and result list are both in the capture.',
    help: 'The CPA answers the definitions by position, with one result each, and an accepted context names a transfer syntax that was offered, one that the provider rejects a reason. Otherwise the two sides use different contexts or encodings from here on, and the first data are misread.',
  },
  {
    code: 'pres.context-not-defined',
    severity: 'error',
    title: 'A value in a presentation context that was rejected or never defined',
    clause: 'X.226 §6.1.2',
    certain: 'The capture shows the association from its CONNECT on, so that the defined-context set is known.',
    help: 'The receiver does not know the syntax of the value and aborts (or drops it). Compare the identifier with the definition list and its results.',
  },
  {
    code: 'pres.single-asn1-type',
    severity: 'error',
    title: 'A single ASN.1 value that is not exactly one element',
    clause: 'X.226 §8.4.2.5',
    certain: 'The value’s octets do not make one whole BER element.',
    help: 'The choice single-ASN1-type promises one element. Octets behind it are lost in most decoders; a cut element cannot be decoded at all. Several values belong into the octet-aligned form.',
  },
  {
    code: 'pres.simple-encoding',
    severity: 'error',
    title: 'Simply encoded user data although there is more than one context',
    clause: 'X.226 §8.4.1.3',
    certain: 'The contexts are known from the CONNECT, and the user data are no fully-encoded-data.',
    help: 'Without a context identifier the receiver cannot tell which syntax the octets are in. Simple encoding is for one context without context management only.',
  },
  {
    code: 'pres.ber',
    severity: 'error',
    title: 'Damaged BER in the connection layers',
    clause: 'X.690 §8.1',
    certain: 'A tag or length runs past the octets of a complete PDU, or its end-of-contents octets are missing.',
    help: 'What stands before the damage is shown; the rest is not. The octets were damaged before the transport layer took them, since TCP delivered them whole: suspect the sending application, or a cut by a length limit.',
  },
];
