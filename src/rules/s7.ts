import type { Rule } from './rule.ts';

/** Condition Z1 of the protocol reference: S7comm. */
export const S7_RULES: readonly Rule[] = [
  {
    code: 's7.length',
    severity: 'error',
    title: 'The lengths in an S7comm header do not add up to the TSDU',
    clause: 'S7comm header (Wireshark packet-s7comm.c; no published standard)',
    certain: 'Header, parameter length and data length are in the capture, and the TSDU is complete.',
    help: 'Header (10 octets, 12 with an error field), parameter and data have to fill the TSDU. Devices answer a wrong sum with an error or stop answering. Some attack tools and fuzzers send such PDUs on purpose.',
  },
];
