import { alarm, queried } from './alarms.ts';
import { blockInfo } from './blocks.ts';
import { diagnosticMessage } from './diagnostics.ts';
import { addresses, values } from './items.ts';
import { blockName, blockType, withWords } from './job.ts';
import { command } from './programmer.ts';
import type { Part, Reader } from './reader.ts';
import { statusList, statusListAsked } from './szl.ts';
import { clock } from './time.ts';
import type { Userdata } from './userdata.ts';
import { ALARM_TYPES, FILE_SYSTEMS } from './values.ts';
import { number16 } from './words.ts';

/** Data of userdata PDUs, by function group and subfunction. */

/** `return-code transport-size length`, in front of the data. */
export interface DataHead {
  readonly code: number;
  readonly size: number;
  readonly length: number;
}

export function dataHead(r: Reader): DataHead {
  const code = r.take('data.returncode', 1) ?? 0;
  const size = r.take('data.transportsize', 1) ?? 0;
  return { code, size, length: r.take('data.length', 2) ?? 0 };
}

type Body = (r: Reader, said: Userdata, head: DataHead) => void;

interface Ways {
  readonly request?: Body;
  readonly response?: Body;
  readonly push?: Body;
}

const PUSH = 0;
const REQUEST = 4;
const RESPONSE = 8;
const SUCCESS = 0xff;
const PROGRAMMER = 1;
const SECURITY = 5;
/** Groups whose data is shown as it is where nothing more is known of it. */
const SHOWN: ReadonlySet<number> = new Set([2, 3, 4, 7]);

/** What stands behind the head. */
export function dataBody(r: Reader, said: Userdata, head: DataHead): void {
  const group = said.kind & 15;
  const type = said.kind >> 4;
  if (group === PROGRAMMER) return command(r, type, said.subfunction);
  const ways = BODIES[(group << 8) | said.subfunction];
  const body =
    type === REQUEST ? ways?.request : type === RESPONSE ? ways?.response : type === PUSH ? ways?.push : undefined;
  if (body !== undefined) body(r, said, head);
  else if (group === SECURITY) r.secret('data.userdata', r.left);
  else if (SHOWN.has(group)) r.take('data.userdata', r.left);
}

/** `DB 1`: a block that is asked for by its type and number. */
const blockAsked: Body = (r, _, { size }) => {
  if (size === 0) return;
  const [type, number, system] = [r.characters(2), r.characters(5, 2), r.characters(1, 7)];
  r.take('blockinfo.blocktype', 2, withWords(type, blockType(type)));
  if (r.take('data.blockinfo.block_number', 5) === null) return;
  r.take('data.blockinfo.filesys', 1, withWords(system, FILE_SYSTEMS[system] ?? 'Unknown filesys'));
  r.info += ` -> Block:[${blockName(type, number, ' ')}]`;
};

const typeAsked: Body = (r, _, { size }) => {
  if (size === 0) return;
  const type = r.characters(2);
  if (r.take('blockinfo.blocktype', 2, withWords(type, blockType(type))) === null) return;
  r.info += ` Type:[${blockType(type)}]`;
};

const blockCounts: Body = r => {
  for (let i = 1; r.left >= 4; i++) {
    r.node(
      'data.item',
      () => {
        const type = r.characters(2);
        r.take('blockinfo.blocktype', 2, withWords(type, blockType(type)));
        r.take('blockinfo.block_count', 2);
        return `(Block type ${blockType(type)})`;
      },
      i,
    );
  }
};

const blockNumbers: Body = (r, _, { size }) => {
  if (size === 0) return;
  for (let i = 1; r.left >= 4; i++) {
    r.node(
      'data.item',
      () => {
        const number = r.take('blockinfo.block_num', 2);
        r.take('blockinfo.flags', 1);
        r.take('blockinfo.block_lang', 1);
        return `(Block number ${number})`;
      },
      i,
    );
  }
};

/** The count stands in the second of two octets. */
const itemCount = (r: Reader): number => {
  const items = r.peek(1, 1);
  r.computed('param.itemcount', 2, items);
  return items;
};

const cyclicRequest: Body = r => {
  const items = itemCount(r);
  r.take('cyclic.interval_timebase', 1);
  r.take('cyclic.interval_time', 1);
  addresses(r, items);
};

const cyclicValues: Body = (r, { sequence }) => {
  r.info += ` JobID=${sequence}`;
  values(r, itemCount(r));
};
const cyclic: Ways = { request: cyclicRequest, response: cyclicValues, push: cyclicValues };

const unsubscribe: Body = r => {
  r.take('cyclic.function', 1);
  const job = r.take('cyclic.job_id', 1);
  if (job !== null) r.info += ` JobID=${job}`;
};

/** What is told without being asked, from the lowest bit on; the last comes with a kind of alarm. */
const EVENT_BITS = ['MODE', 'SYS', 'USR', '-4-', '-5-', '-6-', '-7-', 'ALM'];
const EVENT_PARTS: readonly Part[] = [
  ['cpu.msg.events.modetrans', 0, 1],
  ['cpu.msg.events.system', 1, 1],
  ['cpu.msg.events.userdefined', 2, 1],
  ['cpu.msg.events.alarms', 7, 1],
];
const alarmType = (r: Reader): void => {
  const type = r.take('cpu.msg.almtype', 1);
  if (type !== null) r.info += ` AlmType=${ALARM_TYPES[type] ?? `Unknown type: ${number16(type, 1)}`}`;
};

const subscribe: Body = r => {
  const events = r.take('cpu.msg.events', 1, undefined, EVENT_PARTS);
  if (events === null) return;
  r.info += ` SubscribedEvents=(${EVENT_BITS.filter((_, bit) => (events >> bit) & 1).join()})`;
  r.take('cpu.msg.req_reserved1', 1);
  r.take('cpu.msg.username', 8);
  if (events < 0x80) return;
  alarmType(r);
  r.take('cpu.msg.req_reserved2', 1);
};

const subscribed: Body = r => {
  r.take('cpu.msg.res_result', 1);
  r.take('cpu.msg.res_reserved1', 1);
  alarmType(r);
  r.take('cpu.msg.res_reserved2', 1);
  r.take('cpu.msg.res_reserved3', 1);
};

const time: Body = (r, _, { code }) => {
  if (code === SUCCESS) clock(r);
};
/** Where nothing is to be read. */
const nothing: Body = () => {};
const read: Ways = { response: time };
const set: Ways = { request: time };
const indication: Ways = { request: alarm, response: alarm, push: alarm };

const BODIES: Readonly<Record<number, Ways>> = {
  0x201: cyclic,
  0x204: { request: unsubscribe },
  0x205: cyclic,
  0x207: cyclic,
  0x301: { request: nothing, response: blockCounts },
  0x302: { request: typeAsked, response: blockNumbers },
  0x303: { request: blockAsked, response: (r, _, { code }) => code === SUCCESS && blockInfo(r) },
  0x401: { request: statusListAsked, response: (r, _, { code }) => code === SUCCESS && statusList(r) },
  0x402: { request: subscribe, response: subscribed, push: nothing },
  0x403: { request: diagnosticMessage, response: diagnosticMessage, push: diagnosticMessage },
  ...Object.fromEntries([0x05, 0x07, 0x08, 0x0b, 0x0c, 0x0d, 0x0e, 0x11, 0x12].map(code => [0x400 | code, indication])),
  0x413: { request: alarm, response: queried, push: alarm },
  0x701: read,
  0x702: set,
  0x703: read,
  0x704: set,
};
