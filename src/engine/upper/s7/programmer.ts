import { outcome, values } from './items.ts';
import type { Layout, Part, Reader } from './reader.ts';

/** Programmer commands, what STEP 7 calls test and installation functions (TIS): watching, modifying, forcing, jobs on a controller. */

const [PUSH, REQUEST] = [0, 4];

/** `parameter-size data-size parameter data`. */
export function command(r: Reader, type: number, code: number): void {
  const parameter = r.take('tis.parametersize', 2) ?? 0;
  const data = r.take('tis.datasize', 2) ?? 0;
  if (parameter > 0) {
    r.block('tis.parameter', parameter, () => {
      r.rows(type === REQUEST ? asked(parameter) : ANSWER);
      return undefined;
    });
  }
  if (data > 0) {
    r.block('cpu.tis.data', data, () => {
      const ways = DATA[code];
      const read = type === REQUEST ? ways?.request : type === PUSH ? ways?.push : ways?.response;
      read?.(r);
      return undefined;
    });
  }
}

const ANSWER: Layout = [
  ['tis.res.param1', 2],
  ['tis.res.param2', 2],
];
/** What longer parameters have more than shorter ones, by the octets that they have then. */
const ASKED: readonly (readonly [octets: number, rows: Layout])[] = [
  [
    4,
    [
      ['tis.param1', 2],
      ['tis.param2', 2],
    ],
  ],
  [
    20,
    [
      ['tis.param3', 2],
      ['tis.answersize', 2],
      ['tis.param5', 2],
      ['tis.param6', 2],
      ['tis.param7', 2],
      ['tis.param8', 2],
      ['tis.param9', 2],
      ['varstat.trgevent', 2],
    ],
  ],
  [
    26,
    [
      ['diagdata.req.blocktype', 2],
      ['diagdata.req.blocknumber', 2],
      ['diagdata.req.startaddr_awl', 2],
    ],
  ],
  [28, [['diagdata.req.saz', 2]]],
];
const asked = (octets: number): Layout => ASKED.flatMap(([least, rows]) => (octets >= least ? rows : []));

const JOB: Layout = [
  ['tis.job.function', 1],
  ['tis.job.response_seq_num', 1],
];
const RESERVED: Layout = [['tis.job.reserved', 2]];
const job = (r: Reader) => r.rows(JOB);

function jobs(r: Reader): void {
  for (let i = 1; r.left >= 4; i++) {
    r.node(
      'data.item',
      () => {
        r.rows([...JOB, ...RESERVED]);
        return 'Job';
      },
      i,
    );
  }
}

/** Memory areas: the high digit says where, the low one in what unit; 0 is a bit. */
const PLACES: Readonly<Record<number, string>> = { 0: 'M', 1: 'I', 2: 'Q', 3: 'PI' };
const UNITS = ['', 'BYTE', 'WORD', 'DWORD'];
const DATA_BLOCK = 7;
const [TIMER, COUNTER] = [0x54, 0x64];

/** `M0.0 BYTE 6`, `DB1.DBX4.2`, `T 5`. */
function words(area: number, count: number, block: number, at: number): string | undefined {
  if (area === TIMER || area === COUNTER) {
    return `(${area === TIMER ? 'T' : 'C'} ${at}${count > 1 ? `..${at + count - 1}` : ''})`;
  }
  const place = area >> 4 === DATA_BLOCK ? `DB${block}.DBX` : PLACES[area >> 4];
  const unit = UNITS[area & 15];
  if (place === undefined || unit === undefined) return undefined;
  return unit === '' ? `(${place}${at}.${count})` : `(${place}${at}.0 ${unit} ${count})`;
}

function variables(r: Reader): number {
  const count = r.take('varstat.item_count', 2) ?? 0;
  for (let i = 1; i <= count && r.left > 0; i++) {
    r.node(
      'param.item',
      () => {
        const [area, number, block, at] = [r.peek(1), r.peek(1, 1), r.peek(2, 2), r.peek(2, 4)];
        const complete = r.left >= 6;
        r.take('varstat.req.memory_area', 1);
        r.take((area & 15) === 0 ? 'varstat.req.bitpos' : 'varstat.req.repetition_factor', 1);
        r.take('varstat.req.db_number', 2);
        r.take('varstat.req.startaddress', 2);
        return complete ? words(area, number, block, at) : undefined;
      },
      i,
    );
  }
  return count;
}

const watched = (r: Reader) => {
  values(r, r.take('varstat.item_count', 2) ?? 0, true);
};
/** Where they stand, and what they are to be. */
const changed = (r: Reader) => {
  values(r, variables(r), true);
};
const outcomes = (r: Reader) => {
  const count = r.take('varstat.item_count', 2) ?? 0;
  for (let i = 1; i <= count && r.left > 0; i++) {
    r.node(
      'data.item',
      () => {
        const code = r.take('data.returncode', 1) ?? 0;
        if (i === count && count % 2 === 1) r.take('data.fillbyte', 1);
        return outcome(code);
      },
      i,
    );
  }
};

const REGISTERS: readonly Part[] = [
  ['diagdata.register.stw', 0, 1],
  ['diagdata.register.accu1', 1, 1],
  ['diagdata.register.accu2', 2, 1],
  ['diagdata.register.ar1', 3, 1],
  ['diagdata.register.ar2', 4, 1],
  ['diagdata.register.db1', 5, 1],
  ['diagdata.register.db2', 6, 1],
];
const registers = (r: Reader) => r.take('diagdata.register', 1, undefined, REGISTERS);

/** Which registers are wanted, of which lines of a block. */
function lines(r: Reader): void {
  r.take('tis.blockstat.flagsunknown', 1);
  const count = r.take('tis.blockstat.number_of_lines', 1) ?? 0;
  r.take('tis.blockstat.reserved', 1);
  registers(r);
  for (let i = 1; i <= count && r.left > 0; i++) {
    r.node(
      'data.item',
      () => {
        r.take('tis.blockstat.line_address', 2);
        r.take('tis.blockstat.reserved', 1);
        registers(r);
        return undefined;
      },
      i,
    );
  }
}

/** What the registers hold has no form that can be told without the request. */
function status(r: Reader): void {
  r.take('diagdata.req.startaddr_awl', 2);
  r.take('tis.blockstat.data', r.left);
}

interface Ways {
  readonly request?: (r: Reader) => void;
  readonly response?: (r: Reader) => void;
  readonly push?: (r: Reader) => void;
}

const DATA: Readonly<Record<number, Ways>> = {
  1: { push: status },
  2: { request: r => void variables(r), push: watched },
  8: { request: changed, push: outcomes },
  9: { request: changed, push: outcomes },
  13: { request: job },
  14: { request: job },
  15: { request: r => r.rows([...RESERVED, ...JOB]) },
  16: { request: r => r.rows([...RESERVED, ...RESERVED]), response: jobs },
  17: { request: job },
  19: { request: lines, push: status },
};
