import { diagnosticEntry } from './diagnostics.ts';
import type { Name } from './fields.ts';
import type { Layout, Part, Reader } from './reader.ts';
import { number16 } from './words.ts';

/** System status lists (SZL, in English SSL): what a controller tells of itself, in records of one length. */

const LIST: readonly Part[] = [
  ['data.userdata.szl_id.diag_type', 12, 15],
  ['data.userdata.szl_id.partlist_ex', 0, 0xffff],
  ['data.userdata.szl_id.partlist_num', 0, 0xff],
];

/** Which list is asked for. */
export function statusListAsked(r: Reader): void {
  if (r.left < 4) return;
  r.info += ` ID=${number16(r.peek(2), 2)} Index=${number16(r.peek(2, 2), 2)}`;
  r.take('data.userdata.szl_id', 2, undefined, LIST);
  r.take('data.userdata.szl_index', 2);
}

/** Which list is answered, with its records. */
export function statusList(r: Reader): void {
  const [id, index] = [r.peek(2), r.peek(2, 2)];
  statusListAsked(r);
  const length = r.take('data.userdata.szl_id.partlist_len', 2) ?? 0;
  const count = r.take('data.userdata.szl_id.partlist_cnt', 2) ?? 0;
  if (length === 0) return;
  const read = RECORDS[id] ?? RECORDS[(id << 16) | index];
  for (let i = 1; i <= count && r.left > 0; i++) {
    r.block('data.userdata.szl_data_tree', length, () => {
      if (read === undefined) r.take('param.userdata.szl_part_list', r.left);
      else read(r);
      return `(list count no. ${i})`;
    });
  }
}

const MODULE: Layout = [
  ['szl.xy11.0001.index', 2],
  ['szl.xy11.0001.anz', 20],
  ['szl.xy11.0001.bgtyp', 2],
  ['szl.xy11.0001.ausbg', 2],
  ['szl.xy11.0001.ausbe', 2],
];

/** By the index that a record of components begins with. */
const COMPONENTS: Readonly<Record<number, Layout>> = {
  1: [
    ['szl.001c.0001.name', 24],
    ['szl.001c.000x.res', 8],
  ],
  2: [
    ['szl.001c.0002.name', 24],
    ['szl.001c.000x.res', 8],
  ],
  3: [['szl.001c.0003.tag', 32]],
  4: [
    ['szl.001c.0004.copyright', 26],
    ['szl.001c.000x.res', 6],
  ],
  5: [
    ['szl.001c.0005.serialn', 24],
    ['szl.001c.000x.res', 8],
  ],
  7: [['szl.001c.0007.cputypname', 32]],
  8: [['szl.001c.0008.snmcmmc', 32]],
  9: [
    ['szl.001c.0009.manufacturer_id', 2],
    ['szl.001c.0009.profile_id', 2],
    ['szl.001c.0009.profile_spec_typ', 2],
    ['szl.001c.000x.res', 26],
  ],
  10: [
    ['szl.001c.000a.oem_copyright_string', 26],
    ['szl.001c.000a.oem_id', 2],
    ['szl.001c.000a.oem_add_id', 4],
  ],
  11: [['szl.001c.000b.loc_id', 32]],
};

const PROTECTION: Layout = [
  ['szl.0132.0004.index', 2],
  ['szl.0132.0004.key', 2],
  ['szl.0132.0004.param', 2],
  ['szl.0132.0004.real', 2],
  ['szl.0132.0004.bart_sch', 2],
  ['szl.0132.0004.crst_wrst', 2],
  ['szl.0132.0004.ken_f', 2],
  ['szl.0132.0004.ken_rel', 2],
];
/** Their octets stand the other way round. */
const CHECKSUMS = ['hw', 'awp'].flatMap(of => [1, 2].map(no => `szl.0132.0004.ken_ver${no}_${of}` as Name));

function protection(r: Reader): void {
  r.rows(PROTECTION);
  for (const name of CHECKSUMS) {
    const value = r.peek(1) | (r.peek(1, 1) << 8);
    r.computed(name, 2, value, number16(value, 2));
  }
  r.take('szl.0132.0004.res', 16);
}

const LED: readonly Part[] = [
  ['szl.xy74.0000.cpu_led_id.rackno', 8, 7],
  ['szl.xy74.0000.cpu_led_id.cputype', 11, 1],
  ['szl.xy74.0000.cpu_led_id.id', 0, 0xff],
];

function led(r: Reader): void {
  r.take('szl.xy74.0000.cpu_led_id', 2, undefined, LED);
  r.take('szl.xy74.0000.led_on', 1);
  r.take('szl.xy74.0000.led_blink', 1);
}

/** The mode of the CPU, and the one before. */
function mode(r: Reader): void {
  r.take('szl.0424.0000.ereig', 2);
  r.take('szl.0424.0000.ae', 1);
  r.take('szl.0424.0000.bzu_id', 1, undefined, [
    ['szl.0424.0000.bzu_id.req', 0, 15],
    ['szl.0424.0000.bzu_id.pre', 4, 15],
  ]);
  r.rows([
    ['szl.0424.0000.res', 4],
    ['szl.0424.0000.anlinfo1', 1],
    ['szl.0424.0000.anlinfo2', 1],
    ['szl.0424.0000.anlinfo3', 1],
    ['szl.0424.0000.anlinfo4', 1],
    ['szl.0424.0000.time', 8],
  ]);
}

const component = (r: Reader): void => {
  const index = r.take('szl.001c.000x.index', 2) ?? 0;
  r.rows(COMPONENTS[index] ?? []);
};

/** Records that are read field by field, by their list, or by list and index: what engineers look for first. */
const RECORDS: Readonly<Record<number, (r: Reader) => unknown>> = {
  0x0011: r => r.rows(MODULE),
  0x0111: r => r.rows(MODULE),
  0x001c: component,
  0x011c: component,
  0x00a0: diagnosticEntry,
  0x0000: r => r.take('szl.0000.0000.szl_id', 2),
  0x0019: led,
  0x0074: led,
  0x0119: led,
  0x0174: led,
  0x0124: mode,
  0x0424: mode,
  0x01320004: protection,
};
