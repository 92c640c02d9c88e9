import type { Rule } from './rule.ts';

/** Conditions A1 and A2 of the protocol reference: association control, X.227 (1995). */
export const ACSE_RULES: readonly Rule[] = [
  {
    code: 'acse.mandatory-missing',
    severity: 'error',
    title: 'An ACSE APDU lacks a mandatory element',
    clause: 'X.227 §9',
    certain:
      'The APDU is complete and the ASN.1 type marks the element as mandatory, as the application context name is in AARQ and AARE.',
    help: 'Without an application context name nobody can know which protocol the association is for. The peer rejects it.',
  },
  {
    code: 'acse.accepted-but-refused',
    severity: 'error',
    title: 'AARE says accepted, the session says refused',
    clause: 'X.227 §7.1, §8.2',
    certain: 'Both are in the same TSDU.',
    help: 'An accepted association goes with a session ACCEPT, a rejected one with a REFUSE. The initiator sees no association, whatever the AARE says; its log names the session reason, which may mislead.',
  },
  {
    code: 'acse.refused-but-accepted',
    severity: 'warning',
    title: 'AARE says rejected, the session says accepted',
    clause: 'X.227 §7.1, §8.2',
    certain: 'Both are in the same TSDU.',
    help: 'There is no association, but session and presentation are connected, and nobody is bound to release them. ISODE as the initiator takes it for a refusal and leaves the connection open; a stack that goes by the book finds a protocol error and aborts. The reason is in the AARE: look there, and have the responder refuse the session as well.',
  },
  {
    code: 'acse.context-name-differs',
    severity: 'warning',
    title: 'The responder answers with another application context',
    clause: 'X.227 §7.1.4',
    certain: 'Both names are in the capture, and the answer is not in the list of alternatives that was offered.',
    help: 'The initiator may go on only if it supports the other context; most abort. A typical cause is an MTA that answers a 1994 context with the 1988 one.',
  },
  {
    code: 'acse.order',
    severity: 'warning',
    title: 'An ACSE APDU that does not belong to this presentation service',
    clause: 'X.227 §7.3, §8.2',
    certain:
      'The APDU’s tag and the PPDU or SPDU that carries it are in the capture. A release is judged only where the CONNECT is in the capture too, so that the context proves the APDU to be one of ACSE, and an RLRE without an RLRQ only where nothing is missing in between.',
    help: 'AARQ travels in a CP, AARE in a CPA or CPR, ABRT in an ARU, RLRQ in a session FINISH, and the RLRE that answers it in a DISCONNECT or NOT FINISHED. A mix-up confuses the peer’s association state and usually ends in an abort.',
  },
];
