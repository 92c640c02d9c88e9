import { MMS_TIMES } from '../osi/mms-values.ts';
import { packetFields } from './filter-fields.ts';
import { clean } from './safe.ts';

/** Longer values make no filter that anybody could use, or that a filter bar would take. */
const MAX_VALUE = 300;
/** Wireshark compares the code that stands in the octet, not the size that it stands for. */
const CODED = new Set(['cotp.tpdu_size']);

/** Names that Wireshark does not have: of protocols that it does not know, and of what it shows without a field, or as one without value. */
const OWN = new Set(
  `acse.ACSE_apdu ber.unknown.primitive mms.MMSpdu mms.exponent_width mms.floating_point_element mms.format_width
  mms.generalized_time mms.real mms.typeSpecification.mMSString mms.utc_time_element ros.ROS rtse.RTSE_apdus rtse.encoding rtse.indirect_reference
  ses.parameter_value ses.reflect_parameter ses.resync_type ses.sync_type ses.sync_type.data_separation
  ses.sync_type.no_confirmation`.split(/\s+/),
);
const OWN_PROTOCOLS = /^(?:bind|content|p35|s7comm-plus)\./;

/**
 * A display filter for the field's value as Wireshark takes it: truths as 1 and 0, octets, addresses and object identifiers without
 * quotes. For the frame where there is no value, or none that can be written.
 */
export function filterFor(
  field: { name: string; value: number | boolean | string | null } | null,
  frame: number,
): string {
  const frameOnly = `frame.number == ${frame}`;
  if (field === null || field.value === null) return frameOnly;
  const { name, value } = field;
  if (CODED.has(name) || OWN.has(name) || MMS_TIMES.has(name) || OWN_PROTOCOLS.test(name)) return frameOnly;
  if (typeof value !== 'string') return `${name} == ${Number(value)}`;
  if (value === '' || value.length > MAX_VALUE || clean(value, MAX_VALUE) !== value) return frameOnly;
  const quoted = `${name} == "${value.replace(/["\\]/g, '\\$&')}"`;
  const { kind } = packetFields().about([name]);
  if (kind === 'text' || kind === 'time') return quoted;
  // A lone octet might be the name of a protocol there: ff is Fieldbus.
  if (/^[0-9a-f]{2}$/.test(value)) return `${name} == 0x${value}`;
  if (/^([0-9a-f]{2})+$/.test(value)) return `${name} == ${value.replace(/(..)(?!$)/g, '$1:')}`;
  return BARE.test(value) ? `${name} == ${value}` : quoted;
}

/** IPv4 addresses and object identifiers; IPv6 and link addresses. */
const BARE = /^\d+(\.\d+)+$|^[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7}$/;
