import type { Rule } from './rule.ts';

/** Condition M1 of the protocol reference: military messages, STANAG 4406. */
export const P772_RULES: readonly Rule[] = [
  {
    code: 'p772.precedence',
    severity: 'warning',
    title: 'A military precedence that is not defined',
    clause: 'STANAG 4406 annex A (MMHSPrecedence)',
    certain: 'The value is in the capture: neither 0 to 5 nor 16 to 18.',
    help: 'The value decides how fast the message is handled and what it may displace. National values above 15 need an agreement between both ends; elsewhere the message is handled as routine.',
  },
  {
    code: 'p772.sic',
    severity: 'warning',
    title: 'Too many subject indicator codes, or one of a wrong length',
    clause: 'STANAG 4406 annex A (DistributionCodes)',
    certain: 'The codes are in the capture. At most 8 are allowed, with 3 to 8 characters each.',
    help: 'Distribution within the receiving headquarters goes by these codes. A code that is cut or ignored sends the message to the wrong desk, or to the default one.',
  },
  {
    code: 'p772.military-string',
    severity: 'warning',
    title: 'A handling or message instruction of more than 69 characters',
    clause: 'STANAG 4406 annex A (MilitaryString)',
    certain: 'The string is in the capture.',
    help: 'The bound is that of a line of ACP 127. A gateway to ACP 127 cuts the line or refuses the message.',
  },
];
