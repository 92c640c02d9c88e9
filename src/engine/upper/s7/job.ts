import { addresses, outcomes, values } from './items.ts';
import type { Part, Reader } from './reader.ts';
import { BLOCKS, FILE_SYSTEMS, MODULE, SERVICES } from './values.ts';
import { errorInfo, functionName } from './words.ts';

/** Parameter and data of Jobs and of what answers them (Ack_Data), by function. */

/** Reads the parameter behind the function's code. What it returns is told to those of the data: the number of items. */
type Parameter = (r: Reader, length: number) => number | undefined;
type Data = (r: Reader, count: number) => void;

interface Way {
  readonly parameter?: Parameter;
  readonly data?: Data;
}

const STATUS: readonly Part[] = [
  ['param.blockcontrol.functionstatus.more', 0, 1],
  ['param.blockcontrol.functionstatus.error', 1, 1],
];

const all =
  (...steps: readonly ((r: Reader, length: number) => unknown)[]): Parameter =>
  (r, length) => {
    for (const step of steps) step(r, length);
    return undefined;
  };
const status = (r: Reader) => r.take('param.blockcontrol.functionstatus', 1, undefined, STATUS);
const unknown = (octets: number) => (r: Reader) => r.take('data.blockcontrol.unknown1', octets);
const uploadId = (r: Reader) => r.take('data.blockcontrol.uploadid', 4);
const count = (r: Reader) => r.take('param.itemcount', 1) ?? 0;
const asked = (r: Reader) => {
  const items = count(r);
  addresses(r, items);
  return items;
};
const setup = all(r =>
  r.rows([
    ['param.setup_reserved1', 1],
    ['param.maxamq_calling', 2],
    ['param.maxamq_called', 2],
    ['param.pdu_length', 2],
  ]),
);
const acknowledged: Way = { parameter: all(status) };
/** A part of a block: `length unknown octets`. */
const part: Way = {
  parameter: all(status),
  data: r => {
    r.take('data.length', 2);
    r.take('data.blockcontrol.unknown1', 2);
    r.take('resp.data', r.left);
  },
};

const WAYS: Readonly<Record<number, { readonly job: Way; readonly answer: Way }>> = {
  0x04: { job: { parameter: asked }, answer: { parameter: count, data: (r, items) => values(r, items) } },
  0x05: {
    job: { parameter: asked, data: (r, items) => values(r, items) },
    answer: { parameter: count, data: outcomes },
  },
  0xf0: { job: { parameter: setup }, answer: { parameter: setup } },
  0x1a: { job: { parameter: all(status, unknown(2), unknown(4), fileName, lengths) }, answer: acknowledged },
  0x1b: { job: { parameter: all(status, unknown(2), unknown(4), fileName) }, answer: part },
  0x1c: { job: { parameter: ended(unknown(4), fileName) }, answer: acknowledged },
  0x1d: {
    job: { parameter: all(status, unknown(2), uploadId, fileName) },
    answer: { parameter: all(status, unknown(2), uploadId, blockLength) },
  },
  0x1e: { job: { parameter: all(status, unknown(2), uploadId) }, answer: part },
  0x1f: { job: { parameter: ended(uploadId) }, answer: acknowledged },
  0x28: { job: { parameter: all(service) }, answer: acknowledged },
  0x29: { job: { parameter: all(stop) }, answer: {} },
};

/** What is shown of functions that nobody has described. */
const OTHER: Way = {
  parameter: all(r => r.take('param.data', r.left)),
  data: r => void r.take('resp.data', r.left),
};

/** Parameter and data of a Job (`answer`: of an Ack_Data). */
export function job(r: Reader, parameter: number, data: number, answer: boolean): void {
  let way = OTHER;
  let items = 0;
  if (parameter > 0) {
    r.block('param', parameter, () => {
      const code = r.peek(1);
      const ways = WAYS[code];
      if (ways !== undefined) way = answer ? ways.answer : ways.job;
      r.take('param.func', 1);
      items = way.parameter?.(r, parameter) ?? 0;
      return `(${functionName(code)})`;
    });
  }
  if (data > 0 && way.data !== undefined) {
    r.block('data', data, () => {
      way.data!(r, items);
      return undefined;
    });
  }
}

/** What a block is called: its type, two hexadecimal digits, and its number, five decimal ones. */
export function blockName(type: string, number: string, between = ''): string {
  return `${blockType(type)}${between}${/^\d+$/.test(number) ? Number(number) : 'NaN'}`;
}

export function blockType(type: string): string {
  const name = /^0[89A-F]$/.test(type) ? BLOCKS[Number.parseInt(type, 16)] : undefined;
  return name ?? `Unknown Block type: 0x${[...type].map(c => c.charCodeAt(0).toString(16).padStart(2, '0')).join('')}`;
}

/** `0A 00001 P`: type, number and file system of a block. */
function blockFields(r: Reader): void {
  const system = r.characters(1, 7);
  r.take('data.blockcontrol.block_type', 2, withWords(r.characters(2), blockType(r.characters(2))));
  r.take('data.blockcontrol.block_number', 5);
  r.take('data.blockcontrol.dest_filesys', 1, withWords(system, FILE_SYSTEMS[system] ?? 'Unknown filesys'));
}

export const withWords = (written: string, words: string): string => `${written} (${words})`;

/** The name of a file, which names a block when it is of this form: `_0A00001P`. */
function fileName(r: Reader): void {
  const length = r.take('param.blockcontrol.filename_len', 1) ?? 0;
  const name = r.characters(length);
  if (length > r.left) return void r.take('param.blockcontrol.filename', length);
  if (!/^_0[89A-F].{6}$/s.test(name)) {
    r.take('param.blockcontrol.filename', length);
    r.info += ` File:[${name}]`;
    return;
  }
  const block = blockName(name.slice(1, 3), name.slice(3, 8));
  r.computed('param.blockcontrol.filename', length, name, `${name} [${block}]`, () => {
    r.take('data.blockcontrol.file_identifier', 1, withWords('_', MODULE));
    blockFields(r);
  });
  r.info += ` -> Block:[${block}]`;
}

/** How much memory a block asks for, where the Job has it. */
function lengths(r: Reader): void {
  r.rows([
    ['data.blockcontrol.part2_len', 1],
    ['data.blockcontrol.part2_unknown', 1],
    ['data.blockcontrol.loadmem_len', 6],
    ['data.blockcontrol.mc7code_len', 6],
  ]);
}

function blockLength(r: Reader): void {
  const length = r.take('param.blockcontrol.upl_lenstring_len', 1) ?? 0;
  r.take('param.blockcontrol.upl_lenstring', length);
}

/** The end of a transfer, with why it failed if it did. */
function ended(...steps: readonly ((r: Reader) => unknown)[]): Parameter {
  return r => {
    status(r);
    const error = r.take('data.blockcontrol.errorcode', 2) ?? 0;
    for (const step of steps) step(r);
    r.info += errorInfo(error);
    return undefined;
  };
}

/** PI-Service: a service by its name, with arguments in front of it. */
function service(r: Reader): void {
  r.take('param.pistart.unknown1', 7);
  if (r.left === 0) return;
  const length = r.take('param.pistart.parameterblock_len', 2) ?? 0;
  const name = r.characters(r.peek(1, length), length + 1);
  const reader = SERVICE_ARGUMENTS.get(name) ?? (name.startsWith('_N_') ? strings : undefined);
  let said = '';
  r.block('param.pistart.parameterblock', length, () => {
    said = reader?.(r) ?? '';
    return said === '' ? undefined : `(${said})`;
  });
  r.take(
    'param.pistart.servicename',
    r.take('param.pi.n_x.string_len', 1) ?? 0,
    withWords(name, SERVICES.get(name) ?? 'Unknown PI Service'),
  );
  if (name !== '') r.info += reader === undefined ? ` -> [${name}]` : ` -> ${name}(${said})`;
}

/** Names are those of the capture: no property of an object is to be taken for one. */
const SERVICE_ARGUMENTS: ReadonlyMap<string, (r: Reader) => string> = new Map([
  ['_INSE', blocks],
  ['_INS2', blocks],
  ['_DELE', blocks],
  ['P_PROGRAM', argument],
  ['_MODU', argument],
  ['_GARB', argument],
  ['_N_LOGIN_', withheld],
  ['_N_NEWPWD', withheld],
]);

function argument(r: Reader): string {
  const said = r.characters(r.left);
  r.take('param.pistart.argument', r.left);
  return said === '' ? '' : `"${said}"`;
}

/** Services of numerical controls have strings, `length octets`, each filled up so that the next begins at an even octet. */
function strings(r: Reader): string {
  const said: string[] = [];
  while (r.left > 0) {
    const length = r.take('param.pi.n_x.string_len', 1) ?? 0;
    said.push(`"${r.characters(length)}"`);
    r.take('param.pistart.argument', length);
    if (length % 2 === 0 && r.left > 0) r.at++;
  }
  return said.join(', ');
}

/** There is a password among them. */
function withheld(r: Reader): string {
  r.secret('param.pistart.argument', r.left);
  return '…';
}

/** The blocks that are to be linked in or deleted. */
function blocks(r: Reader): string {
  const number = r.take('data.plccontrol.block_cnt', 1) ?? 0;
  r.take('param.pi.inse.unknown', 1);
  const said: string[] = [];
  for (let i = 0; i < number && r.left >= 8; i++) {
    const [type, written] = [r.characters(2), r.characters(5, 2)];
    const name = r.characters(8);
    r.computed('param.blockcontrol.filename', 8, name, `${name} [${blockName(type, written, ' ')}]`, () =>
      blockFields(r),
    );
    said.push(blockName(type, written));
  }
  return said.join(', ');
}

/** PLC Stop names the same service as a start does. */
function stop(r: Reader): void {
  r.take('param.pistart.unknown1', 5);
  r.take('param.pistart.servicename', r.take('data.plccontrol.part2_len', 1) ?? 0);
}
