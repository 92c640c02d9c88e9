import { field, type LayerTree } from '../../model/field.ts';
import type { Tsdu } from '../../model/tsdu.ts';
import type { Dialect } from './counted.ts';

const OPCODES: Readonly<Record<number, string>> = { 49: 'Request', 50: 'Response', 51: 'Notification', 2: 'Response' };

/** Function codes as reverse engineered in public; none is documented by the vendor. */
const FUNCTIONS: Readonly<Record<number, string>> = {
  1201: 'Error',
  1211: 'Explore',
  1226: 'CreateObject',
  1236: 'DeleteObject',
  1266: 'SetVariable',
  1276: 'GetVariable',
  1286: 'AddLink',
  1306: 'RemoveLink',
  1316: 'GetLink',
  1346: 'SetMultiVariables',
  1356: 'GetMultiVariables',
  1366: 'BeginSequence',
  1376: 'EndSequence',
  1387: 'Invoke',
  1414: 'GetVarSubStreamed',
};

const VERSIONS: Readonly<Record<number, string>> = {
  1: 'version 1',
  2: 'version 2',
  3: 'version 3',
  254: 'keep-alive',
};

/** S7comm-plus, the protocol of the S7-1200/1500: `72 version length … 72 version 00 00`; version 3 puts a digest in front. */
export class S7Plus implements Dialect {
  readonly protocol = 'S7comm-plus';

  read(t: Tsdu): string {
    return title(t.bytes, t.start, t.end);
  }

  tree(t: Tsdu): LayerTree[] {
    const { bytes, start, end, origin } = t;
    if (end - start < 4 || bytes[start] !== 0x72) return [];
    const version = bytes[start + 1]!;
    const length = (bytes[start + 2]! << 8) | bytes[start + 3]!;
    const fields = [
      field('s7comm-plus.header.protid', 'Protocol Id', start, start + 1, 0x72, '0x72'),
      field(
        's7comm-plus.header.version',
        'Version',
        start + 1,
        start + 2,
        version,
        VERSIONS[version] ?? String(version),
      ),
      field('s7comm-plus.header.length', 'Data length', start + 2, start + 4, length),
    ];
    return [
      {
        layer: 's7comm-plus',
        title: `S7 Communication Plus, ${title(bytes, start, end)}`,
        bytes,
        start,
        end,
        origin,
        fields,
      },
    ];
  }
}

function title(bytes: Uint8Array, start: number, end: number): string {
  if (end - start < 4 || bytes[start] !== 0x72) return 'no S7comm-plus PDU (a fragment)';
  const version = bytes[start + 1]!;
  const name = VERSIONS[version] ?? `version ${version}`;
  if (version === 0xfe) return name;
  // Version 3 carries a digest, its length first, in front of the opcode.
  let at = start + 4;
  if (version === 3) at += 1 + (bytes[at] ?? 0);
  if (at + 5 > end) return name;
  const opcode = OPCODES[bytes[at]!];
  if (opcode === undefined) return name;
  const code = (bytes[at + 3]! << 8) | bytes[at + 4]!;
  const what = bytes[at] === 0x33 ? '' : ` ${FUNCTIONS[code] ?? `0x${code.toString(16).padStart(4, '0')}`}`;
  return `${name}: ${opcode}${what}`;
}
