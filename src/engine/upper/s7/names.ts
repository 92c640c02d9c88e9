/** Names of values in S7comm, those of Wireshark's dissector; Siemens publishes no description of the protocol. */
export type Names = Readonly<Record<number, string>>;

/** PDU types. */
export const ROSCTR: Names = { 1: 'Job', 2: 'Ack', 3: 'Ack_Data', 7: 'Userdata' };

export const FUNCTIONS: Names = {
  0: 'CPU services',
  4: 'Read Var',
  5: 'Write Var',
  26: 'Request download',
  27: 'Download block',
  28: 'Download ended',
  29: 'Start upload',
  30: 'Upload',
  31: 'End upload',
  40: 'PI-Service',
  41: 'PLC Stop',
  240: 'Setup communication',
};

/** Kinds of a userdata PDU: high nibble of octet 5 of its parameter. */
export const TYPES: Names = {
  0: 'Push',
  3: 'NC Push',
  4: 'Request',
  7: 'NC Request',
  8: 'Response',
  11: 'NC Response',
};

/** Function groups: low nibble of the same octet. */
export const GROUPS: Names = {
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
export const SUBFUNCTIONS: Readonly<Record<number, Names>> = {
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
export const MODES: Names = {
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

export const METHODS: Names = { 0: 'Undef', 0x11: 'Req', 0x12: 'Res' };
export const LAST_UNIT: Names = { 0: 'Yes', 1: 'No' };
