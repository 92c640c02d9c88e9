import type { Layout, Part, Reader } from './reader.ts';
import { codeTime } from './time.ts';
import { BLOCKS } from './values.ts';
import { number16 } from './words.ts';

/** What a controller tells of one block. */

const FLAGS: readonly Part[] = [
  ['param.userdata.blockinfo.linked', 0, 1],
  ['param.userdata.blockinfo.standard_block', 1, 1],
  ['param.userdata.blockinfo.nonretain', 3, 1],
];
const HEAD: Layout = [
  ['blockinfo.res_infolength', 2],
  ['blockinfo.res_unknown2', 2],
  ['blockinfo.res_const3', 2],
  ['blockinfo.res_unknown', 1],
];
const SIZES: Layout = [
  ['blockinfo.ssb_len', 2],
  ['blockinfo.add_len', 2],
  ['blockinfo.localdata_len', 2],
  ['blockinfo.mc7_len', 2],
  ['blockinfo.author', 8],
  ['blockinfo.family', 8],
  ['blockinfo.headername', 8],
];
const TAIL: Layout = [
  ['blockinfo.res_unknown', 1],
  ['blockinfo.checksum', 2],
  ['blockinfo.reserved1', 4],
  ['blockinfo.reserved2', 4],
];

export function blockInfo(r: Reader): void {
  r.take('blockinfo.blocktype', 2);
  r.rows(HEAD);
  r.take('param.userdata.blockinfo.flags', 1, undefined, FLAGS);
  r.take('blockinfo.block_lang', 1);
  const type = r.take('blockinfo.subblk_type', 1) ?? 0;
  const number = r.take('blockinfo.block_num', 2);
  if (number !== null) r.info += ` -> Block:[${BLOCKS[type] ?? `Unknown Subblk type: ${number16(type, 1)}`} ${number}]`;
  r.take('blockinfo.load_mem_len', 4);
  r.take('blockinfo.blocksecurity', 4);
  codeTime(r, 'blockinfo.code_timestamp');
  codeTime(r, 'blockinfo.interface_timestamp');
  r.rows(SIZES);
  const version = r.peek(1);
  r.computed('blockinfo.headerversion', 1, `${version >> 4}.${version & 15}`);
  r.rows(TAIL);
}
