import type { Difference } from './compare.ts';

/**
 * Where mtascope and tshark 4.0 differ, and which of the two is wrong. docs/oracle.md is made from this table; a difference
 * that no row covers fails the run.
 */
export interface Explained {
  readonly id: string;
  readonly files: RegExp;
  readonly fields: RegExp;
  /** Only differences in which this side has more. */
  readonly more: 'tshark' | 'ours';
  readonly who: 'tshark' | 'both' | 'mtascope';
  readonly why: string;
}

const ANY = /./;

export const EXPLAINED: readonly Explained[] = [
  {
    id: 'snap-length',
    files: /crafted\/u_snap|snap200|snaplen_96/,
    fields: /^(tpkt|cotp|ses|pres)\./,
    more: 'tshark',
    who: 'both',
    why: 'Frames were cut by a snap length. tshark prints the fields of a PDU up to the cut; mtascope counts and dissects whole TPKTs only, and says which octets are missing.',
  },
  {
    id: 'damaged-segments',
    files: /fault_p1_normal_600k_(corrupt1|loss2)_/,
    fields: /^(tpkt|cotp|ses|pres)\./,
    more: 'tshark',
    who: 'tshark',
    why: 'Segments that were damaged on the wire (their TCP checksum does not fit) or sent again: tshark dissects them, the receiver dropped them, and so does mtascope.',
  },
  {
    id: 'x410-guess',
    files: /x410|fmt_any_sll|net_oldtcp_mss536/,
    fields: /^(pres\.(user_data|fully_encoded_data)|p1\.MTABindResult)$/,
    more: 'tshark',
    who: 'tshark',
    why: 'X.410-1984 mode carries raw octets in S-DATA. tshark reads each fragment as a presentation PDU, and a short answer as an MTA bind; mtascope joins the fragments to the APDU (R18).',
  },
  {
    id: 'filler',
    files: /crafted\/([bcdehiou]\d?_)/,
    fields: /^pres\.(user_data|fully_encoded_data)$/,
    more: 'tshark',
    who: 'both',
    why: 'Captures made for TCP and TPKT whose DT carry filler without any CONNECT. tshark reads the filler as a presentation PDU and stops at its first octets; mtascope does not take it for one.',
  },
  {
    id: 'continuation',
    files: ANY,
    fields: /^tpkt\.continuation_data$/,
    more: 'tshark',
    who: 'both',
    why: 'No field of a PDU: tshark’s word for octets outside of a TPKT as it sees them (R2). mtascope finds the TPKTs among them, if there are any, and reports the rest.',
  },
  {
    id: 'malformed-framing',
    files: /crafted\/b_len[0-3]|iti__mms-/,
    fields: /^tpkt\.(version|reserved|length)$/,
    more: 'tshark',
    who: 'tshark',
    why: 'TPKT lengths of 0 to 3 (R3): tshark prints a TPKT; mtascope notes the fault and searches for the next TPKT.',
  },
  {
    id: 'length-indicator',
    files: /atk_cotp_li_(255|too_big)/,
    fields: /^cotp\.(type|class|destref|srcref|opts\..*)$/,
    more: 'tshark',
    who: 'tshark',
    why: 'A length indicator of 255, or one beyond the TPKT, is a protocol error (X.224 13.2.1): nothing behind it can be delimited. tshark reads the fixed part all the same.',
  },
  {
    id: 'activity-discard',
    files: /n3_discard|activity-discarded/,
    fields: /^(p1\.(content|local_identifier)|p22\.(ia5text\.data|subject))$/,
    more: 'tshark',
    who: 'tshark',
    why: 'tshark does not honour ACTIVITY DISCARD (R16): the discarded octets are prefixed to the next message, which then reads wrongly.',
  },
  {
    id: 'bind-wrapper',
    files: /crafted\/j\d?_p1/,
    fields: /^ros\.invoke_element$/,
    more: 'tshark',
    who: 'tshark',
    why: 'An MTA bind without its [16] or [17] wrapper is read as a ROSE invoke by tshark (R21); mtascope reads both forms.',
  },
  {
    id: 'sent-twice',
    files: /s7plusanom__teb/,
    fields: /^(tpkt|cotp|s7comm)\./,
    more: 'tshark',
    who: 'tshark',
    why: 'Frames stand twice in the capture. tshark dissects the copies that it does not take for retransmissions; in the stream each octet stands once.',
  },
  {
    id: 'empty-bit-string',
    files: /p772-transfer-success/,
    fields: /^p1\.built_in_encoded_information_types$/,
    more: 'tshark',
    who: 'tshark',
    why: 'An empty BIT STRING has no octets; tshark prints the octet that counts the unused bits.',
  },
  {
    id: 's7-status-lists',
    files: /port102-other|stacks/,
    fields: /^s7comm\.szl\.(0013|0091|0131|0132\.(?!0004)|xy(12|15|22))/,
    more: 'tshark',
    who: 'mtascope',
    why: 'Records of system status lists (SZL) that few people ask for: mtascope shows their octets, tshark each bit. Lists that it reads field by field: modules, components, LEDs, modes, protection, the diagnostic buffer.',
  },
];

export function explain(file: string, d: Difference): Explained | null {
  const side = d.tshark > d.ours ? 'tshark' : 'ours';
  return EXPLAINED.find(e => e.more === side && e.files.test(file) && e.fields.test(d.field)) ?? null;
}
