import type { Layout, Reader } from './reader.ts';
import { ITEM_SIZES, RETURN_CODES, SHORT_AREAS } from './values.ts';
import { number16 } from './words.ts';

/** Variables as they are addressed and as they are carried: Read Var, Write Var, cyclic services. */

/** Most items begin with what kind of address follows, in how many octets. */
const SPECIFICATION = 0x12;
const [COUNTERS, TIMERS, DATA_BLOCKS, INSTANCES] = [0x1c, 0x1d, 0x84, 0x85];

const NCK: Layout = [
  ['param.item.nck.column', 2],
  ['param.item.nck.line', 2],
  ['param.item.nck.module', 1],
  ['param.item.nck.linecount', 1],
];

/** How addresses are read, by their syntax; each returns the address in words. */
const SYNTAXES: Readonly<Record<number, { readonly length: number; readonly read: (r: Reader) => string }>> = {
  0x10: { length: 10, read: s7any },
  0x82: { length: 8, read: nck },
  0x83: { length: 8, read: nck },
  0x84: { length: 8, read: nck },
};
const DBREAD = 0xb0;

/** `count` addresses; each but the last is filled up to an even number of octets. */
export function addresses(r: Reader, count: number): void {
  for (let i = 1; i <= count && r.left > 0; i++) {
    const length = r.peek(1, 1) + 2;
    r.node('param.item', () => address(r), i);
    if (length % 2 === 1 && i < count && r.left > 0) r.at++;
  }
}

function address(r: Reader): string | undefined {
  const end = r.at + 2 + r.peek(1, 1);
  const specification = r.take('param.item.varspec', 1);
  const length = r.take('param.item.varspec_length', 1);
  const syntax = r.take('param.item.syntaxid', 1);
  if (syntax === null || length === null) return undefined;
  let words: string;
  const known = SYNTAXES[syntax];
  if (specification !== SPECIFICATION) words = 'Unknown variable specification';
  else if (known?.length === length) words = known.read(r);
  else if (syntax === DBREAD && length >= 7) words = dataBlocks(r);
  else words = 'Unknown variable specification';
  // What is not read of an address is passed over.
  r.at = Math.max(r.at, Math.min(end, r.end));
  return words;
}

/** `DB 1.DBX 0.0 BYTE 4`: an area, and in it a number of values from an octet and a bit on. */
function s7any(r: Reader): string {
  const [size, count, block, area, at] = [r.peek(1), r.peek(2, 1), r.peek(2, 3), r.peek(1, 5), r.peek(3, 6)];
  r.rows([
    ['param.item.transp_size', 1],
    ['param.item.length', 2],
    ['param.item.db', 2],
    ['param.item.area', 1],
  ]);
  const where = SHORT_AREAS[area] ?? `unknown area ${number16(area, 1)}`;
  if (area === COUNTERS || area === TIMERS) {
    r.take('param.item.address', 3, undefined, [['param.item.address.number', 0, 0xffff]]);
    return `(${where} ${at})`;
  }
  const complete = r.take('param.item.address', 3, undefined, [
    ['param.item.address.byte', 3, 0xffff],
    ['param.item.address.bit', 0, 7],
  ]);
  if (complete === null) return '';
  const within = area === DATA_BLOCKS ? ` ${block}.DBX` : area === INSTANCES ? ` ${block}.DIX` : '';
  const type = ITEM_SIZES[size] ?? `Unknown transport size: ${number16(size, 1)}`;
  return `(${where}${within} ${at >> 3}.${at & 7} ${type} ${count})`;
}

/** A variable of a numerical control. */
function nck(r: Reader): string {
  const [unit, column, line, module] = [r.peek(1), r.peek(2, 1), r.peek(2, 3), r.peek(1, 5)];
  const complete = r.left >= 7;
  if (r.left > 0) {
    const parts = [
      ['param.item.nck.area', 5, 7],
      ['param.item.nck.unit', 0, 0x1f],
    ] as const;
    r.take('param.item.nck.area_unit', 1);
    r.at--;
    for (const part of parts) r.part(part);
    r.at++;
  }
  r.rows(NCK);
  if (!complete) return '';
  return `(NCK Area:${unit >> 5} Unit:${unit & 0x1f} Column:${column} Line:${line} Module:${number16(module, 1)})`;
}

/** Parts of data blocks, as S7-400 controllers ask for many at once. */
function dataBlocks(r: Reader): string {
  const count = r.take('param.item.dbread.numareas', 1) ?? 0;
  for (let i = 1; i <= count && r.left > 0; i++) {
    r.node(
      'param.subitem',
      () => {
        const [length, block, at] = [r.peek(1), r.peek(2, 1), r.peek(2, 3)];
        const complete = r.left >= 5;
        r.rows([
          ['param.item.dbread.length', 1],
          ['param.item.dbread.db', 2],
          ['param.item.dbread.startaddress', 2],
        ]);
        return complete ? `(DB${block}.DBB ${at} BYTE ${length})` : undefined;
      },
      i,
    );
  }
  return `(${count} Data-Areas of Syntax-Id DBREAD)`;
}

/** Transport sizes whose length counts bits. */
const IN_BITS: ReadonlySet<number> = new Set([3, 4, 5]);
const [RESERVED, SUCCESS] = [0x00, 0xff];

export const outcome = (code: number): string => `(${RETURN_CODES[code] ?? `Unknown code: ${number16(code, 1)}`})`;

/**
 * `count` values, `return-code transport-size length octets`; each but the last (`all`: that too) is filled up to an even number of octets.
 */
export function values(r: Reader, count: number, all = false): void {
  for (let i = 1; i <= count && r.left > 0; i++) r.node('data.item', () => value(r, all || i < count), i);
}

function value(r: Reader, more: boolean): string {
  const [code, size, written] = [r.peek(1), r.peek(1, 1), r.peek(2, 2)];
  const length = IN_BITS.has(size) ? Math.ceil(written / 8) : written;
  r.take('data.returncode', 1);
  r.take('data.transportsize', 1);
  r.computed('data.length', 2, length);
  if (code !== SUCCESS && code !== RESERVED) return outcome(code);
  r.take('resp.data', length);
  if (length % 2 === 1 && more) r.take('data.fillbyte', 1);
  return outcome(code);
}

/** What became of each of `count` values that were written. */
export function outcomes(r: Reader, count: number): void {
  for (let i = 1; i <= count && r.left > 0; i++) {
    r.node(
      'data.item',
      () => {
        const code = r.peek(1);
        r.take('data.returncode', 1);
        return outcome(code);
      },
      i,
    );
  }
}
