import type { Finding } from '../model/finding.ts';
import type { Association, Message } from '../model/message.ts';
import {
  type CaptureReport,
  type EmulatedEvent,
  SCHEMA_VERSION,
  type Section,
  type StreamReport,
} from '../model/report.ts';
import type { Rows, RowText, Text } from '../model/rows.ts';
import type { Stamp } from '../model/tsdu.ts';
import { octets } from './chunks.ts';
import { iso, stampOf } from './format.ts';
import { json } from './safe.ts';

/** What stands at the head of every JSON document. `schema/report.schema.json` and docs/json.md describe it. */
export interface Head {
  readonly version: string;
  readonly profile: { readonly name: string; readonly overrides: Readonly<Record<string, string>> };
}

export function toolOf(head: Head): { readonly name: string; readonly version: string } {
  return { name: 'mtascope', version: head.version };
}

export const ALL_SECTIONS: readonly Section[] = ['streams', 'findings', 'events', 'hosts', 'associations', 'messages'];

/** A finding as the contract names it: what a 9404 claim says in addition stands beside the other fields. */
export function findingJson(finding: Finding): Record<string, unknown> {
  const { request, event, ...rest } = finding;
  if (request === undefined && event === undefined) return rest;
  return { ...rest, ...request, event: event ?? request?.event };
}

function eventJson(event: EmulatedEvent): Record<string, unknown> {
  return { ...event, time: iso(event.time) };
}

export function streamJson(stream: StreamReport): Record<string, unknown> {
  return { ...stream, start: iso(stream.start), end: iso(stream.end) };
}

export function messageJson(message: Message): Record<string, unknown> {
  return { ...message, start: iso(message.start), end: iso(message.end) };
}

export function associationJson(association: Association): Record<string, unknown> {
  return { ...association, start: iso(association.start), end: iso(association.end) };
}

/** A row of something that took time, and its text as a report has it. */
function timed<T extends { readonly start: Stamp; readonly end: Stamp }>(
  write: (row: T) => Record<string, unknown>,
): RowText<T> {
  return {
    text: row => json(write(row)),
    row(text) {
      const read = JSON.parse(text);
      return { ...read, start: stampOf(read.start), end: stampOf(read.end) };
    },
  };
}

export const STREAM_TEXT: RowText<StreamReport> = timed(streamJson);
export const MESSAGE_TEXT: RowText<Message> = timed(messageJson);
export const ASSOCIATION_TEXT: RowText<Association> = timed(associationJson);

function* written<T>(rows: Rows<T>, write: (row: T) => unknown): Generator<string> {
  for (const row of rows) yield json(write(row));
}

/** The rows of a section, each as the text of a JSON object. */
const ROWS: { readonly [S in Section]: (report: CaptureReport) => Iterable<Text> } = {
  streams: ({ streams }) => streams.texts?.() ?? written(streams, streamJson),
  findings: report => written(report.findings, findingJson),
  events: report => written(report.events, eventJson),
  hosts: report => written(report.hosts, row => row),
  associations: ({ associations }) => associations.texts?.() ?? written(associations, associationJson),
  messages: ({ messages }) => messages.texts?.() ?? written(messages, messageJson),
};

/** The fields of a capture that are not arrays of a section. */
export function captureHead(report: CaptureReport): Record<string, unknown> {
  return {
    file: report.file,
    format: report.format,
    linkTypes: report.linkTypes,
    frames: report.frames,
    selectedFrames: report.selectedFrames,
    bytes: report.bytes,
    first: report.first === null ? null : iso(report.first),
    last: report.last === null ? null : iso(report.last),
    warnings: report.warnings,
  };
}

/**
 * The whole document in parts, one row of a section a line, so that nothing larger than a row is ever held as text. A capture may come
 * as the octets that `captureText` has of it, made in another thread. A part is valid until the next one is asked for.
 */
export async function* jsonDocument(
  head: Head,
  captures: AsyncIterable<CaptureReport | Uint8Array[]> | Iterable<CaptureReport>,
  sections: readonly Section[],
): AsyncGenerator<string | Uint8Array> {
  yield `{\n  "schemaVersion": ${json(SCHEMA_VERSION)},\n`;
  yield `  "tool": ${json(toolOf(head))},\n`;
  yield `  "profile": ${json(head.profile)},\n  "captures": [`;
  let first = true;
  for await (const report of captures) {
    yield first ? '\n' : ',\n';
    first = false;
    if (Array.isArray(report)) yield* report;
    else yield* octets(captureText(report, sections));
  }
  yield first ? ']\n}\n' : '\n  ]\n}\n';
}

/** One capture of a document; it begins and ends without a comma. */
export function* captureText(
  report: CaptureReport,
  sections: readonly Section[],
  extra: Record<string, unknown> = {},
): Generator<Text> {
  const fields = Object.entries({ ...captureHead(report), ...extra });
  yield `    {\n${fields.map(([key, value]) => `      ${json(key)}: ${json(value)}`).join(',\n')}`;
  for (const section of sections) {
    yield `,\n      ${json(section)}: [`;
    let between = '\n        ';
    for (const row of ROWS[section](report)) {
      // By itself: put together with anything, all of it would be copied once more.
      yield between;
      yield row;
      between = ',\n        ';
    }
    yield between.startsWith(',') ? '\n      ]' : ']';
  }
  yield '\n    }';
}

const KINDS: Readonly<Record<Section, string>> = {
  streams: 'stream',
  findings: 'finding',
  events: 'event',
  hosts: 'host',
  associations: 'association',
  messages: 'message',
};

/** One object a line: `type` says what it is, `file` which capture it belongs to. */
export function* ndjson(head: Head, report: CaptureReport, sections: readonly Section[]): Generator<Text> {
  const { file, ...rest } = captureHead(report);
  yield `${json({ type: 'capture', file, schemaVersion: SCHEMA_VERSION, profile: head.profile, ...rest })}\n`;
  for (const section of sections) {
    const head = `${json({ type: KINDS[section], file }).slice(0, -1)},`;
    for (const row of ROWS[section](report)) {
      yield head;
      yield typeof row === 'string' ? row.slice(1) : row.subarray(1);
      yield '\n';
    }
  }
}
