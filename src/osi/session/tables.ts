/**
 * The SPDUs and parameters of X.225 (1995) clause 8 as data.
 *
 * Titles are the ones that Wireshark's tree prints where it knows the item, so that the two can be read side by side.
 */

/** The abbreviations of X.225 clause 4; GT/DT, AB/AI, AA/AIA, MAP/AE and MAA/AEA share an SI and are told apart by place. */
export type SpduName =
  | 'CN'
  | 'OA'
  | 'CDO'
  | 'AC'
  | 'RF'
  | 'FN'
  | 'DN'
  | 'NF'
  | 'AB'
  | 'AA'
  | 'DT'
  | 'EX'
  | 'TD'
  | 'PT'
  | 'GT'
  | 'GTC'
  | 'GTA'
  | 'MIP'
  | 'MIA'
  | 'MAP'
  | 'MAA'
  | 'RS'
  | 'RA'
  | 'PR'
  | 'ER'
  | 'ED'
  | 'AS'
  | 'AR'
  | 'AI'
  | 'AIA'
  | 'AD'
  | 'ADA'
  | 'AE'
  | 'AEA'
  | 'CD'
  | 'CDA'
  | 'UD'
  | 'unknown';

export interface SpduType {
  readonly name: SpduName;
  readonly si: number;
  readonly title: string;
  /** 6.3.7.1: 0 stands alone or first, 1 always alone, 2 only behind a category 0 SPDU. */
  readonly category: 0 | 1 | 2;
  /** PGI and PI codes that the SPDU may carry at its outer level (8.3, with the leftovers of Annex B left out). */
  readonly parameters: readonly number[];
  /** Those without which it is no SPDU of this type. */
  readonly mandatory: readonly number[];
  /** User information follows the parameter field (DT, TD, EX). */
  readonly information: boolean;
}

function spdu(
  name: SpduName,
  si: number,
  title: string,
  category: 0 | 1 | 2,
  parameters: readonly number[],
  mandatory: readonly number[] = [],
  information = false,
): SpduType {
  return { name, si, title, category, parameters, mandatory, information };
}

const TYPES: readonly SpduType[] = [
  spdu('CN', 13, 'CONNECT (CN) SPDU', 1, [1, 5, 20, 51, 52, 60, 193, 194]),
  spdu('OA', 16, 'OVERFLOW ACCEPT (OA) SPDU', 1, [21, 22]),
  spdu('CDO', 15, 'CONNECT DATA OVERFLOW (CDO) SPDU', 1, [25, 193], [25]),
  spdu('AC', 14, 'ACCEPT (AC) SPDU', 1, [1, 5, 16, 20, 25, 51, 52, 193]),
  spdu('RF', 12, 'REFUSE (RF) SPDU', 1, [1, 17, 20, 22, 25, 50]),
  spdu('FN', 9, 'FINISH (FN) SPDU', 1, [17, 25, 193]),
  spdu('DN', 10, 'DISCONNECT (DN) SPDU', 1, [25, 193]),
  spdu('NF', 8, 'NOT FINISHED (NF) SPDU', 1, [25, 193]),
  spdu('AB', 25, 'ABORT (AB) SPDU', 1, [17, 25, 49, 193], [17]),
  spdu('AA', 26, 'ABORT ACCEPT (AA) SPDU', 1, []),
  spdu('GT', 1, 'Give tokens PDU', 0, [16, 25, 193]),
  spdu('DT', 1, 'DATA TRANSFER (DT) SPDU', 2, [25], [], true),
  spdu('PT', 2, 'Please tokens PDU', 0, [16, 25, 193]),
  spdu('GTC', 21, 'GIVE TOKENS CONFIRM (GTC) SPDU', 1, [25, 193]),
  spdu('GTA', 22, 'GIVE TOKENS ACK (GTA) SPDU', 1, []),
  spdu('EX', 5, 'EXPEDITED (EX) SPDU', 1, [], [], true),
  spdu('PR', 7, 'PREPARE (PR) SPDU', 1, [24, 27, 53], [24]),
  spdu('TD', 33, 'TYPED DATA (TD) SPDU', 1, [25], [], true),
  spdu('CD', 61, 'CAPABILITY DATA (CD) SPDU', 2, [25, 193]),
  spdu('CDA', 62, 'CAPABILITY DATA ACK (CDA) SPDU', 2, [25, 193]),
  spdu('MIP', 49, 'MINOR SYNC POINT (MIP) SPDU', 2, [15, 25, 42, 193], [42]),
  spdu('MIA', 50, 'MINOR SYNC ACK (MIA) SPDU', 2, [25, 42, 46], [42]),
  spdu('MAP', 41, 'MAJOR SYNC POINT (MAP) SPDU', 2, [15, 25, 42, 193], [42]),
  spdu('AE', 41, 'ACTIVITY END (AE) SPDU', 2, [25, 42, 193], [42]),
  spdu('MAA', 42, 'MAJOR SYNC ACK (MAA) SPDU', 2, [25, 42, 54, 193]),
  spdu('AEA', 42, 'ACTIVITY END ACK (AEA) SPDU', 2, [25, 42, 54, 193]),
  spdu('RS', 53, 'RESYNCHRONIZE (RS) SPDU', 2, [25, 26, 27, 42, 53, 54, 193]),
  spdu('RA', 34, 'RESYNCHRONIZE ACK (RA) SPDU', 2, [25, 26, 27, 42, 53, 54, 193]),
  spdu('ER', 0, 'EXCEPTION REPORT (ER) SPDU', 2, [49], [49]),
  spdu('ED', 48, 'EXCEPTION DATA (ED) SPDU', 2, [25, 50, 193], [50]),
  spdu('AS', 45, 'ACTIVITY START (AS) SPDU', 2, [25, 41, 193], [41]),
  spdu('AR', 29, 'ACTIVITY RESUME (AR) SPDU', 2, [25, 33, 41, 193], [33, 41]),
  spdu('AI', 25, 'ACTIVITY INTERRUPT (AI) SPDU', 2, [25, 50, 193]),
  spdu('AIA', 26, 'ACTIVITY INTERRUPT ACK (AIA) SPDU', 2, [25, 193]),
  spdu('AD', 57, 'ACTIVITY DISCARD (AD) SPDU', 2, [25, 50, 193]),
  spdu('ADA', 58, 'ACTIVITY DISCARD ACK (ADA) SPDU', 2, [25, 193]),
  spdu('UD', 64, 'UNIT DATA (UD) SPDU', 1, [1, 9, 10, 22, 193], [], true),
];

/** The titles as the tree prints them. */
export const SPDU_TITLES: readonly string[] = TYPES.map(type => type.title);

export const SPDUS: ReadonlyMap<SpduName, SpduType> = new Map(TYPES.map(type => [type.name, type]));

/** What an SI means at the front of a TSDU. */
export const FIRST: ReadonlyMap<number, SpduType> = new Map(
  TYPES.filter(type => !['DT', 'AI', 'AIA', 'AE', 'AEA'].includes(type.name)).map(type => [type.si, type]),
);

/** What an SI means behind a category 0 SPDU; 41 turns into AE when PI 15 is absent (8.3.27, 8.3.37). */
export const BEHIND: ReadonlyMap<number, SpduType> = new Map(
  TYPES.filter(type => !['GT', 'AB', 'AA', 'AE', 'AEA'].includes(type.name)).map(type => [type.si, type]),
);

export type ValueKind =
  | 'group'
  | 'octets'
  | 'digits'
  | 'flags8'
  | 'flags16'
  | 'code'
  | 'tokens'
  | 'tsdu-size'
  | 'reason'
  | 'user-data';

export interface Flag {
  readonly mask: number;
  /** Wireshark's field name, or ours where it has none. */
  readonly name: string;
  readonly label: string;
}

export interface ParameterType {
  readonly code: number;
  readonly title: string;
  readonly kind: ValueKind;
  /** Field name of the value. */
  readonly field: string;
  readonly label: string;
  /** Longest value, in octets (Table 11); 0 when the table sets no limit. */
  readonly longest: number;
  readonly flags?: readonly Flag[];
  readonly codes?: Readonly<Record<number, string>>;
}

function parameter(
  code: number,
  title: string,
  kind: ValueKind,
  field: string,
  longest = 0,
  more: { label?: string; flags?: readonly Flag[]; codes?: Readonly<Record<number, string>> } = {},
): ParameterType {
  const { label = title, ...rest } = more;
  return { code, title, kind, field, label, longest, ...rest };
}

const flag = (mask: number, name: string, label: string): Flag => ({ mask, name, label });

const FUNCTIONAL_UNITS: readonly Flag[] = [
  flag(0x2000, 'ses.exception_report', 'Session exception report'),
  flag(0x1000, 'ses.data_sep', 'Data separation function unit'),
  flag(0x0800, 'ses.symm_sync', 'Symmetric synchronize function unit'),
  flag(0x0400, 'ses.typed_data', 'Typed data function unit'),
  flag(0x0200, 'ses.exception_data', 'Exception function unit'),
  flag(0x0100, 'ses.capability_data', 'Capability function unit'),
  flag(0x0080, 'ses.negotiated_release', 'Negotiated release function unit'),
  flag(0x0040, 'ses.activity_management', 'Activity management function unit'),
  flag(0x0020, 'ses.resynchronize', 'Resynchronize function unit'),
  flag(0x0010, 'ses.major_resynchronize', 'Major resynchronize function unit'),
  flag(0x0008, 'ses.minor_resynchronize', 'Minor resynchronize function unit'),
  flag(0x0004, 'ses.expedited_data', 'Expedited data function unit'),
  flag(0x0002, 'ses.duplex', 'Duplex functional unit'),
  flag(0x0001, 'ses.half_duplex', 'Half-duplex functional unit'),
];

const TRANSPORT_FLAGS: readonly Flag[] = [
  flag(0x10, 'ses.transport_flags.implementation_restriction', 'Implementation restriction'),
  flag(0x08, 'ses.transport_flags.no_reason', 'No reason'),
  flag(0x04, 'ses.transport_flags.protocol_error', 'Protocol error'),
  flag(0x02, 'ses.transport_flags.user_abort', 'User abort'),
  flag(0x01, 'ses.transport_flags.connection', 'Transport connection'),
];

const VERSION_FLAGS: readonly Flag[] = [
  flag(0x02, 'ses.protocol_version2', 'Protocol Version 2'),
  flag(0x01, 'ses.protocol_version1', 'Protocol Version 1'),
];

const ENCLOSURE_FLAGS: readonly Flag[] = [
  flag(0x02, 'ses.end_of_SSDU', 'end of SSDU'),
  flag(0x01, 'ses.beginning_of_SSDU', 'beginning of SSDU'),
];

const TOKEN_FLAGS: readonly Flag[] = [
  flag(0x40, 'ses.release_token', 'release token'),
  flag(0x10, 'ses.major.token', 'major/activity token'),
  flag(0x04, 'ses.synchronize_token', 'synchronize minor token'),
  flag(0x01, 'ses.data_token', 'data token'),
];

const SYNC_FLAGS: readonly Flag[] = [
  flag(0x02, 'ses.sync_type.data_separation', 'Data separation'),
  flag(0x01, 'ses.sync_type.no_confirmation', 'No explicit confirmation / no activity end'),
];

/** 8.3.5.10, RF. */
export const REFUSE_REASONS: Readonly<Record<number, string>> = {
  0: 'Rejection by called SS-user; reason not specified',
  1: 'Rejection by called SS-user due to temporary congestion',
  2: 'Rejection by called SS-user.',
  129: 'Session Selector unknown',
  130: 'SS-user not attached to SSAP',
  131: 'SPM congestion at connect time',
  132: 'Proposed protocol versions not supported',
  133: 'Rejection by the SPM; reason not specified',
  134: 'Rejection by the SPM; implementation restriction stated in the PICS',
};

/** 8.3.32, 8.3.36, 8.3.38: exception data, activity interrupt and activity discard. */
export const EXCEPTION_REASONS: Readonly<Record<number, string>> = {
  0: 'No specific reason stated',
  1: 'User receiving ability jeopardized',
  3: 'User sequence error',
  5: 'Local SS-user error',
  6: 'Unrecoverable procedure error',
  128: 'Demand data token',
};

/** 8.3.1.11; Wireshark 4.0 words 3 as a side too, X.225 reserves it. */
export const TOKEN_SIDES: readonly string[] = [
  "initiator's side",
  "responder's side",
  "called SS user's choice",
  'reserved',
];

export const TOKEN_PAIRS: readonly { shift: number; name: string; label: string }[] = [
  { shift: 6, name: 'ses.release_token_setting', label: 'release token setting' },
  { shift: 4, name: 'ses.major_activity_token_setting', label: 'major/activity setting' },
  { shift: 2, name: 'ses.synchronize_minor_token_setting', label: 'synchronize-minor token setting' },
  { shift: 0, name: 'ses.data_token_setting', label: 'data token setting' },
];

const RESYNC = { 0: 'restart', 1: 'abandon', 2: 'set' };

const PARAMETER_TYPES: readonly ParameterType[] = [
  parameter(1, 'Connection Identifier', 'group', 'ses.parameter'),
  parameter(5, 'Connect Accept Item', 'group', 'ses.parameter'),
  parameter(33, 'Linking Information', 'group', 'ses.parameter'),
  parameter(9, 'Called SS user Reference', 'octets', 'ses.called_ss_user_reference', 64, {
    label: 'Called SS User Reference',
  }),
  parameter(10, 'Calling SS user Reference', 'octets', 'ses.calling_ss_user_reference', 64, {
    label: 'Calling SS User Reference',
  }),
  parameter(11, 'Common Reference', 'octets', 'ses.common_reference', 64),
  parameter(12, 'Additional Reference Information', 'octets', 'ses.additional_reference_information', 4),
  parameter(15, 'Sync Type Item', 'flags8', 'ses.sync_type', 1, { label: 'Flags', flags: SYNC_FLAGS }),
  parameter(16, 'Token Item', 'flags8', 'ses.tken_item.flags', 1, { label: 'Flags', flags: TOKEN_FLAGS }),
  parameter(17, 'Transport_Disconnect', 'flags8', 'ses.transport_flags', 1, { label: 'Flags', flags: TRANSPORT_FLAGS }),
  parameter(19, 'Protocol Options', 'flags8', 'ses.connect.flags', 1, {
    label: 'Flags',
    flags: [flag(0x01, 'ses.connect.f1', 'Able to receive extended concatenated SPDU')],
  }),
  parameter(20, 'Session Requirement', 'flags16', 'ses.req.flags', 2, { label: 'Flags', flags: FUNCTIONAL_UNITS }),
  parameter(21, 'TSDU Maximum Size', 'tsdu-size', 'ses.parameter', 4),
  parameter(22, 'Version Number', 'flags8', 'ses.version.flags', 1, { label: 'Flags', flags: VERSION_FLAGS }),
  parameter(23, 'Initial Serial Number', 'digits', 'ses.initial_serial_number', 6),
  parameter(24, 'Prepare Type', 'code', 'ses.prepare_type', 1, {
    codes: { 1: 'MAJOR SYNC ACK', 2: 'RESYNCHRONIZE', 3: 'RESYNCHRONIZE ACK', 4: 'ABORT' },
  }),
  parameter(25, 'Enclosure Item', 'flags8', 'ses.enclosure.flags', 1, { label: 'Flags', flags: ENCLOSURE_FLAGS }),
  parameter(26, 'Token Setting Item', 'tokens', 'ses.parameter', 1),
  parameter(27, 'Resync Type', 'code', 'ses.resync_type', 1, { codes: RESYNC }),
  parameter(41, 'Activity Identifier', 'octets', 'ses.activity_identifier', 6),
  parameter(42, 'Serial Number', 'digits', 'ses.serial_number', 7),
  parameter(46, 'User Data', 'user-data', 'ses.user_data'),
  parameter(49, 'Reflect Parameter', 'octets', 'ses.reflect_parameter'),
  parameter(50, 'Reason Code', 'reason', 'ses.reason_code'),
  parameter(51, 'Calling Session Selector', 'octets', 'ses.calling_session_selector', 16),
  parameter(52, 'Called Session Selector', 'octets', 'ses.called_session_selector', 16),
  parameter(53, 'Second Resync Type', 'code', 'ses.second_resync_type', 1, { codes: RESYNC }),
  parameter(54, 'Second Serial Number', 'digits', 'ses.second_serial_number', 7),
  parameter(55, 'Second Initial Serial Number', 'digits', 'ses.second_initial_serial_number', 6),
  parameter(56, 'Upper Limit Serial Number', 'digits', 'ses.upper_limit_serial_number', 7),
  parameter(57, 'Large Initial Serial Number', 'digits', 'ses.large_initial_serial_number', 7),
  parameter(58, 'Large Second Initial Serial Number', 'digits', 'ses.large_second_initial_serial_number', 7),
  parameter(60, 'Data Overflow', 'flags8', 'ses.data_overflow', 1, {
    label: 'Flags',
    flags: [flag(0x01, 'ses.data_overflow.more', 'More data follows')],
  }),
  parameter(193, 'Session user data', 'user-data', 'ses.user_data'),
  parameter(194, 'Session extended user data', 'user-data', 'ses.user_data'),
];

export const PARAMETERS: ReadonlyMap<number, ParameterType> = new Map(PARAMETER_TYPES.map(type => [type.code, type]));

/** Fields of serial numbers: decimal digits on the wire, text to a reader, and counts all the same. */
export const DECIMAL_FIELDS: ReadonlySet<string> = new Set(
  PARAMETER_TYPES.filter(type => type.kind === 'digits').map(type => type.field),
);

/** PGI codes of clause 8 and, to be skipped whole, of Annex B (T.62). */
export const GROUPS: ReadonlySet<number> = new Set([1, 5, 33]);
