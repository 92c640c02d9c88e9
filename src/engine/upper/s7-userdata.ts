import { type Field, field } from '../../model/field.ts';

/** Kinds of a userdata PDU: high nibble of octet 5 of its parameter. The names here and below are those of Wireshark's s7comm. */
export const TYPES: Readonly<Record<number, string>> = {
  0: 'Push',
  3: 'NC Push',
  4: 'Request',
  7: 'NC Request',
  8: 'Response',
  11: 'NC Response',
};

/** Function groups: low nibble of the same octet. */
export const GROUPS: Readonly<Record<number, string>> = {
  0: 'Mode-transition',
  1: 'Programmer commands',
  2: 'Cyclic services',
  3: 'Block functions',
  4: 'CPU functions',
  5: 'Security',
  6: 'PBC BSEND/BRECV',
  7: 'Time functions',
  15: 'NC programming',
};

/** Subfunctions by group; those of groups that are not here have no names. */
export const SUBFUNCTIONS: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  1: {
    1: 'Block status',
    2: 'Variable status',
    3: 'Output ISTACK',
    4: 'Output BSTACK',
    5: 'Output LSTACK',
    6: 'Time measurement from to',
    7: 'Force selection',
    8: 'Modify variable',
    9: 'Force',
    10: 'Breakpoint',
    11: 'Exit HOLD',
    12: 'Memory reset',
    13: 'Disable job',
    14: 'Enable job',
    15: 'Delete job',
    16: 'Read job list',
    17: 'Read job',
    18: 'Replace job',
    19: 'Block status v2',
    22: 'Flash LED',
  },
  2: {
    1: 'Cyclic transfer',
    4: 'Unsubscribe',
    5: 'Change driven transfer',
    7: 'Change driven transfer modify',
    8: 'RDREC',
  },
  3: { 1: 'List blocks', 2: 'List blocks of type', 3: 'Get block info' },
  4: {
    1: 'Read SZL',
    2: 'Message service',
    3: 'Diagnostic message',
    5: 'ALARM_8 indication',
    6: 'NOTIFY indication',
    7: 'ALARM_8 lock',
    8: 'ALARM_8 unlock',
    9: 'SCAN indication',
    11: 'ALARM ack',
    12: 'ALARM ack indication',
    13: 'ALARM lock indication',
    14: 'ALARM unlock indication',
    17: 'ALARM_SQ indication',
    18: 'ALARM_S indication',
    19: 'ALARM query',
    22: 'NOTIFY_8 indication',
  },
  5: { 1: 'PLC password' },
  7: { 1: 'Read clock', 2: 'Set clock', 3: 'Read clock (following)', 4: 'Set clock' },
  15: {
    1: 'Request download',
    2: 'Download block',
    3: 'Continue download',
    4: 'Download ended',
    6: 'Start upload',
    7: 'Upload',
    8: 'Continue upload',
  },
};

/** What a push of group 0 tells the mode of the CPU by, in the place of a subfunction. */
export const MODES: Readonly<Record<number, string>> = {
  0: 'STOP',
  1: 'Warm Restart',
  2: 'RUN',
  3: 'Hot Restart',
  4: 'HOLD',
  6: 'Cold Restart',
  9: 'RUN_R (H-System redundant)',
  11: 'LINK-UP',
  12: 'UPDATE',
};

export const METHODS: Readonly<Record<number, string>> = { 0: 'Undef', 0x11: 'Req', 0x12: 'Res' };
export const LAST_UNIT: Readonly<Record<number, string>> = { 0: 'Yes', 1: 'No' };

const hex = (value: number, digits: number) => `0x${value.toString(16).padStart(digits, '0')}`;

/** CPU functions, Read SZL. */
const READ_SZL = [4, 1] as const;

/**
 * The parameter of a userdata PDU from `at` on, `00 01 12 length method type/group subfunction sequence [unit last-unit error(2)]`, as
 * far as its octets are there. `words` say it as Wireshark's packet list does: type, group, subfunction and an error.
 */
export function userdata(bytes: Uint8Array, at: number, end: number): { fields: Field[]; words: string[] } {
  const fields: Field[] = [];
  const words: string[] = [];
  const one = (name: string, label: string, p: number, value: number, text?: string) =>
    fields.push(field(`s7comm.param.${name}`, label, p, p + 1, value, text));
  const named = (name: string, label: string, p: number, value: number, text: string | undefined) =>
    one(name, label, p, value, `${text ?? 'Unknown'} (${value})`);
  if (at + 3 > end) return { fields, words };
  const head = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
  fields.push(field('s7comm.param.userdata.head', 'Parameter head', at, at + 3, head, hex(head, 6)));
  if (at + 6 > end) return { fields, words };
  const length = bytes[at + 3]!;
  one('userdata.length', 'Parameter length', at + 3, length);
  const method = bytes[at + 4]!;
  one(
    'userdata.reqres1',
    'Method (Request/Response)',
    at + 4,
    method,
    `${METHODS[method] ?? 'Unknown'} (${hex(method, 2)})`,
  );
  const type = bytes[at + 5]! >> 4;
  const group = bytes[at + 5]! & 0x0f;
  named('userdata.type', 'Type', at + 5, type, TYPES[type]);
  named('userdata.funcgroup', 'Function group', at + 5, group, GROUPS[group]);
  // A push is no half of an exchange by its type; its method says which.
  const way = type === 0 && METHODS[method] !== undefined ? `-${METHODS[method]}` : '';
  words.push(`[${TYPES[type] ?? `type ${type}`}${way}]`, `[${GROUPS[group] ?? `group ${group}`}]`);
  if (at + 8 > end) return { fields, words };
  const code = bytes[at + 6]!;
  const name = group === 0 ? MODES[code] : SUBFUNCTIONS[group]?.[code];
  if (group === 0) named('modetrans.subfunc', 'Current mode', at + 6, code, name);
  else named('userdata.subfunc', 'Subfunction', at + 6, code, name);
  words.push(`[${name ?? `subfunction ${code}`}]`);
  one('userdata.seq_num', 'Sequence number', at + 7, bytes[at + 7]!);
  if (length < 8 || at + 12 > end) return { fields, words };
  one('userdata.dataunitref', 'Data unit reference number', at + 8, bytes[at + 8]!);
  const last = bytes[at + 9]!;
  one('userdata.lastdataunit', 'Last data unit', at + 9, last, `${LAST_UNIT[last] ?? 'Unknown'} (${hex(last, 2)})`);
  const error = (bytes[at + 10]! << 8) | bytes[at + 11]!;
  fields.push(field('s7comm.param.errcod', 'Error code', at + 10, at + 12, error, hex(error, 4)));
  if (error !== 0) words.push(`Errorcode:[${hex(error, 4)}]`);
  return { fields, words };
}

/**
 * What a userdata PDU that reads a system status list (SZL) names: the list and the index, first in its data `returncode transport-size
 * length id index`. An answer in several data units has them in the first one only, which no field tells: those are left out.
 */
export function statusList(bytes: Uint8Array, parameter: number, data: number, end: number): Field[] {
  if (data - parameter < 8 || data + 8 > end || ((bytes[data + 2]! << 8) | bytes[data + 3]!) < 4) return [];
  if ((bytes[parameter + 5]! & 0x0f) !== READ_SZL[0] || bytes[parameter + 6] !== READ_SZL[1]) return [];
  const request = bytes[parameter + 5]! >> 4 === 4;
  if (!request && (data - parameter < 12 || bytes[parameter + 8] !== 0)) return [];
  const two = (name: string, label: string, at: number) => {
    const value = (bytes[at]! << 8) | bytes[at + 1]!;
    return field(`s7comm.data.userdata.${name}`, label, at, at + 2, value, hex(value, 4));
  };
  return [two('szl_id', 'SZL-ID', data + 4), two('szl_index', 'SZL-Index', data + 6)];
}
