import { readTlv, type Tlv } from '../../asn1/ber.ts';
import { integer, oid } from '../../asn1/contents.ts';
import type { Direction } from '../../model/finding.ts';
import type { Sighting } from '../../model/tsdu.ts';
import { errorName, isConfirmed, operationName } from './names.ts';

/** Invocations that wait for their answer; more than this is a capture that lost the answers. */
const MOST_OUTSTANDING = 4096;

export interface Invocation {
  readonly id: number;
  readonly operation: number | string;
  /** In words. */
  readonly name: string;
  readonly frame: number;
}

export interface RosPdu {
  readonly kind: 'invoke' | 'result' | 'error' | 'reject' | 'bind' | 'unbind' | 'unknown';
  /** For the table of PDUs: "message-submission", "message-submission result". */
  readonly type: string;
  readonly invokeId: number | null;
  /** Error or problem in words, for errors and rejects. */
  readonly detail: string | null;
  /** Operation or error code. */
  readonly code: number | string | null;
  /** The invocation that a result, error or reject answers, when it was seen. */
  readonly answers: Invocation | null;
  /** Argument, result or parameter; empty when there is none. */
  readonly start: number;
  readonly end: number;
}

interface Judge {
  readonly sound: boolean;
  fault(code: string, direction: Direction, frame: number, detail: string, onPeer?: boolean): void;
}

const BINDS: Readonly<Record<number, string>> = {
  16: 'bind',
  17: 'bind result',
  18: 'bind error',
  19: 'unbind',
  20: 'unbind result',
  21: 'unbind error',
};

/** Remote operations of one association (X.229): invocations and what answers them, by direction of the invocation. */
export class Operations {
  private readonly waiting: [Map<number, Invocation>, Map<number, Invocation>] = [new Map(), new Map()];
  private readonly judge: Judge;

  constructor(judge: Judge) {
    this.judge = judge;
  }

  /** @param byUser the MTS user sends, not the MTS */
  read(
    protocol: string,
    byUser: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
    direction: Direction,
    at: Sighting,
  ): RosPdu {
    const pdu = readTlv(bytes, start, end);
    const nothing = { code: null, answers: null, start: end, end, invokeId: null, detail: null };
    if (pdu === null || pdu.cls !== 2) return { kind: 'unknown', type: 'unknown ROSE APDU', ...nothing };
    const bind = BINDS[pdu.tag];
    if (bind !== undefined) {
      const kind = pdu.tag < 19 ? 'bind' : 'unbind';
      return { ...nothing, kind, type: bind, start: pdu.content, end: pdu.contentEnd };
    }
    const parts = elements(bytes, pdu);
    const id = parts[0]?.cls === 0 && parts[0].tag === 2 ? numberOf(bytes, parts[0]) : null;
    switch (pdu.tag) {
      case 1:
        return this.invoke(protocol, byUser, bytes, parts, id, direction, at);
      case 2:
        return this.answer('result', protocol, bytes, parts, id, direction, at);
      case 3:
        return this.answer('error', protocol, bytes, parts, id, direction, at);
      case 4:
        return this.answer('reject', protocol, bytes, parts, id, direction, at);
      default:
        return { kind: 'unknown', type: `ROSE APDU ${pdu.tag}`, ...nothing };
    }
  }

  private invoke(
    protocol: string,
    byUser: boolean,
    bytes: Uint8Array,
    parts: Tlv[],
    id: number | null,
    direction: Direction,
    at: Sighting,
  ): RosPdu {
    const rest = parts.slice(1).filter(p => !(p.cls === 2 && p.tag === 0 && !p.constructed));
    const [opcode, argument] = rest;
    const code = opcode === undefined ? null : codeOf(bytes, opcode);
    const name = code === null ? 'invoke' : operationName(protocol, code, byUser);
    const outstanding = this.waiting[direction];
    if (id !== null && code !== null && isConfirmed(protocol, code)) {
      if (this.judge.sound && outstanding.has(id)) {
        this.judge.fault(
          'ros.invoke-id',
          direction,
          at.frame,
          `invocation ${id} is used again before it was answered`,
          true,
        );
      }
      if (outstanding.size >= MOST_OUTSTANDING) outstanding.delete(outstanding.keys().next().value!);
      outstanding.set(id, { id, operation: code, name, frame: at.frame });
    }
    return {
      kind: 'invoke',
      type: name,
      code,
      answers: null,
      invokeId: id,
      detail: null,
      start: argument?.start ?? 0,
      end: argument?.end ?? 0,
    };
  }

  private answer(
    kind: 'result' | 'error' | 'reject',
    protocol: string,
    bytes: Uint8Array,
    parts: Tlv[],
    id: number | null,
    direction: Direction,
    at: Sighting,
  ): RosPdu {
    const outstanding = this.waiting[direction === 0 ? 1 : 0];
    const answers = id === null ? null : (outstanding.get(id) ?? null);
    if (id !== null && answers === null && this.judge.sound && kind !== 'reject') {
      this.judge.fault(
        'ros.unmatched',
        direction,
        at.frame,
        `a ${kind} answers invocation ${id}, which was not made`,
        true,
      );
    }
    if (id !== null) outstanding.delete(id);
    let [, second, third] = parts;
    if (kind === 'result' && second !== undefined && second.cls === 0 && second.tag === 16) {
      [second, third] = elements(bytes, second);
    }
    const code = kind === 'reject' || second === undefined ? null : codeOf(bytes, second);
    const name = answers === null ? '' : `${answers.name} `;
    let detail: string | null = null;
    if (kind === 'error') detail = errorName(protocol, code, answers?.operation ?? null);
    else if (kind === 'reject') detail = rejectName(bytes, second);
    return {
      kind,
      type: `${name}${kind}`,
      code,
      answers,
      invokeId: id,
      detail,
      start: third?.start ?? 0,
      end: third?.end ?? 0,
    };
  }
}

function elements(bytes: Uint8Array, outer: Tlv): Tlv[] {
  const out: Tlv[] = [];
  for (let at = outer.content; at < outer.contentEnd && out.length < 8; ) {
    const inner = readTlv(bytes, at, outer.contentEnd)!;
    out.push(inner);
    at = inner.end;
  }
  return out;
}

const PROBLEMS: readonly (readonly [string, readonly string[]])[] = [
  ['general', ['unrecognized PDU', 'mistyped PDU', 'badly structured PDU']],
  [
    'invoke',
    [
      ...[
        'duplicate invocation',
        'unrecognized operation',
        'mistyped argument',
        'resource limitation',
        'release in progress',
      ],
      ...['unrecognized linked id', 'linked response unexpected', 'unexpected linked operation'],
    ],
  ],
  ['result', ['unrecognized invocation', 'result response unexpected', 'mistyped result']],
  [
    'error',
    [
      'unrecognized invocation',
      'error response unexpected',
      'unrecognized error',
      'unexpected error',
      'mistyped parameter',
    ],
  ],
];

function rejectName(bytes: Uint8Array, problem: Tlv | undefined): string {
  const table = problem?.cls === 2 ? PROBLEMS[problem.tag] : undefined;
  if (problem === undefined || table === undefined) return 'reject';
  const code = numberOf(bytes, problem);
  return `${table[0]} problem, ${(code === null ? undefined : table[1][code]) ?? `code ${code}`}`;
}

function numberOf(bytes: Uint8Array, tlv: Tlv): number | null {
  const value = integer(bytes, tlv.content, tlv.contentEnd);
  return typeof value === 'number' ? value : null;
}

function codeOf(bytes: Uint8Array, tlv: Tlv): number | string | null {
  if (tlv.cls !== 0) return null;
  if (tlv.tag === 2) return numberOf(bytes, tlv);
  return tlv.tag === 6 ? oid(bytes, tlv.content, tlv.contentEnd) : null;
}
