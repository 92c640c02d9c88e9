import type { Names } from './names.ts';

/** Names of values that only the trees of S7comm have, those of Wireshark's dissector. */

/** The class of an error of a Job; with the code behind it one of `ERRORS`. */
export const ERROR_CLASSES: Names = {
  0: 'No error',
  0x81: 'Application relationship',
  0x82: 'Object definition',
  0x83: 'No resources available',
  0x84: 'Error on service processing',
  0x85: 'Error on supplies',
  0x87: 'Access error',
};

/** How an item of Read Var and the like is addressed. */
export const SYNTAXES: Names = {
  0x10: 'S7ANY',
  0x13: 'PBC-R_ID',
  0x15: 'ALARM_LOCKFREE',
  0x16: 'ALARM_IND',
  0x19: 'ALARM_ACK',
  0x1a: 'ALARM_QUERYREQ',
  0x1c: 'NOTIFY_IND',
  0x82: 'NCK',
  0x83: 'NCK_M',
  0x84: 'NCK_I',
  0xa2: 'DRIVEESANY',
  0xb0: 'DBREAD',
  0xb2: '1200SYM',
};

/** Types of what is asked for. */
export const ITEM_SIZES: Names = {
  1: 'BIT',
  2: 'BYTE',
  3: 'CHAR',
  4: 'WORD',
  5: 'INT',
  6: 'DWORD',
  7: 'DINT',
  8: 'REAL',
  10: 'TOD',
  11: 'TIME',
  12: 'S5TIME',
  15: 'DATE_AND_TIME',
  28: 'COUNTER',
  29: 'TIMER',
  30: 'IEC TIMER',
  31: 'IEC COUNTER',
  32: 'HS COUNTER',
};

/** Where it stands. */
export const AREAS: Names = {
  0x01: 'Data record',
  0x03: 'System info of 200 family',
  0x05: 'System flags of 200 family',
  0x06: 'Analog inputs of 200 family',
  0x07: 'Analog outputs of 200 family',
  0x1c: 'S7 counters (C)',
  0x1d: 'S7 timers (T)',
  0x1e: 'IEC counters (200 family)',
  0x1f: 'IEC timers (200 family)',
  0x80: 'Direct peripheral access (P)',
  0x81: 'Inputs (I)',
  0x82: 'Outputs (Q)',
  0x83: 'Flags (M)',
  0x84: 'Data blocks (DB)',
  0x85: 'Instance data blocks (DI)',
  0x86: 'Local data (L)',
  0x87: 'Unknown yet (V)',
};

/** The same as addresses are written. */
export const SHORT_AREAS: Names = {
  0x01: 'RECORD',
  0x03: 'SI200',
  0x05: 'SF200',
  0x06: 'AI200',
  0x07: 'AO',
  0x1c: 'C',
  0x1d: 'T',
  0x1e: 'C200',
  0x1f: 'T200',
  0x80: 'P',
  0x81: 'I',
  0x82: 'Q',
  0x83: 'M',
  0x84: 'DB',
  0x85: 'DI',
  0x86: 'L',
  0x87: 'V',
};

/** What became of an item. */
export const RETURN_CODES: Names = {
  0x00: 'Reserved',
  0x01: 'Hardware error',
  0x03: 'Accessing the object not allowed',
  0x05: 'Invalid address',
  0x06: 'Data type not supported',
  0x07: 'Data type inconsistent',
  0x0a: 'Object does not exist',
  0xff: 'Success',
};

/** How the length of data counts. */
export const DATA_SIZES: Names = {
  0x00: 'NULL',
  0x03: 'BIT',
  0x04: 'BYTE/WORD/DWORD',
  0x05: 'INTEGER',
  0x06: 'DINTEGER',
  0x07: 'REAL',
  0x09: 'OCTET STRING',
  0x11: 'NCK ADDRESS1',
  0x12: 'NCK ADDRESS2',
};

/** Types of blocks: as two hexadecimal digits in file names, as an octet elsewhere. */
export const BLOCKS: Names = {
  0x08: 'OB',
  0x09: 'CMod',
  0x0a: 'DB',
  0x0b: 'SDB',
  0x0c: 'FC',
  0x0d: 'SFC',
  0x0e: 'FB',
  0x0f: 'SFB',
};

export const LANGUAGES: Names = {
  0: 'Not defined',
  1: 'AWL',
  2: 'KOP',
  3: 'FUP',
  4: 'SCL',
  5: 'DB',
  6: 'GRAPH',
  7: 'SDB',
  8: 'CPU-DB',
  17: 'SDB (after overall reset)',
  18: 'SDB (Routing)',
  41: 'ENCRYPT',
};

/** By the character in front of a file name. */
export const MODULE = 'Complete Module';

/** By the character at its end. */
export const FILE_SYSTEMS: Readonly<Record<string, string>> = {
  P: 'Passive (copied, but not chained) module',
  A: 'Active embedded module',
  B: 'Active as well as passive module',
};

/** Kinds of alarms that a query asks for. */
export const QUERIES: Names = { 1: 'SCAN', 2: 'ALARM_8', 4: 'ALARM_S' };

export const ALARM_TYPES: Names = {
  0: 'SCAN_ABORT',
  1: 'SCAN_INITIATE',
  4: 'ALARM_ABORT',
  5: 'ALARM_INITIATE',
  8: 'ALARM_S_ABORT',
  9: 'ALARM_S_INITIATE',
};

/** What a program invocation does. */
export const SERVICES: ReadonlyMap<string, string> = new Map([
  ['_INSE', 'Activates a PLC module'],
  ['_INS2', 'Activates a PLC module'],
  ['_DELE', "Removes module from the PLC's passive file system"],
  ['P_PROGRAM', 'PLC Start / Stop'],
  ['_MODU', 'PLC Copy Ram to Rom'],
  ['_GARB', 'Compress PLC memory'],
]);
