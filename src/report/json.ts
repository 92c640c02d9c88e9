import type { Finding } from '../model/finding.ts';
import type { Association, Message } from '../model/message.ts';
import { type CaptureReport, type EmulatedEvent, SCHEMA_VERSION } from '../model/report.ts';
import { chunks } from './chunks.ts';
import { iso } from './format.ts';
import { json } from './safe.ts';

/** What stands at the head of every JSON document. `schema/report.schema.json` and docs/json.md describe it. */
export interface Head {
  readonly version: string;
  readonly profile: { readonly name: string; readonly overrides: Readonly<Record<string, string>> };
}

export function toolOf(head: Head): { readonly name: string; readonly version: string } {
  return { name: 'mtascope', version: head.version };
}

/** The arrays of a capture that a document holds. */
export type Section = 'streams' | 'findings' | 'events' | 'hosts' | 'associations' | 'messages';

export const ALL_SECTIONS: readonly Section[] = ['streams', 'findings', 'events', 'hosts', 'associations', 'messages'];

/** A finding as the contract names it: what a 9404 claim says in addition stands beside the other fields. */
export function findingJson(finding: Finding): Record<string, unknown> {
  const { request, event, ...rest } = finding;
  const out: Record<string, unknown> = { ...rest };
  if (request !== undefined) Object.assign(out, request);
  const logged = event ?? request?.event;
  if (logged !== undefined) out.event = logged;
  return out;
}

export function eventJson(event: EmulatedEvent): Record<string, unknown> {
  return { ...event, time: iso(event.time) };
}

export function messageJson(message: Message): Record<string, unknown> {
  return { ...message, start: iso(message.start), end: iso(message.end) };
}

export function associationJson(association: Association): Record<string, unknown> {
  return { ...association, start: iso(association.start), end: iso(association.end) };
}

const ROWS: { readonly [S in Section]: (report: CaptureReport) => Iterable<unknown> } = {
  *streams(report) {
    for (const stream of report.streams) yield { ...stream, start: iso(stream.start), end: iso(stream.end) };
  },
  *findings(report) {
    for (const finding of report.findings) yield findingJson(finding);
  },
  *events(report) {
    for (const event of report.events) yield eventJson(event);
  },
  hosts: report => report.hosts,
  *associations(report) {
    for (const association of report.associations) yield associationJson(association);
  },
  *messages(report) {
    for (const message of report.messages) yield messageJson(message);
  },
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
 * as the octets that `captureText` has of it, made in another thread.
 */
export async function* jsonDocument(
  head: Head,
  captures: AsyncIterable<CaptureReport | Uint8Array[]> | Iterable<CaptureReport>,
  sections: readonly Section[],
  extra: (report: CaptureReport) => Record<string, unknown> = () => ({}),
): AsyncGenerator<string | Uint8Array> {
  yield `{\n  "schemaVersion": ${json(SCHEMA_VERSION)},\n`;
  yield `  "tool": ${json(toolOf(head))},\n`;
  yield `  "profile": ${json(head.profile)},\n  "captures": [`;
  let first = true;
  for await (const report of captures) {
    yield first ? '\n' : ',\n';
    first = false;
    if (Array.isArray(report)) yield* report;
    else yield* chunks(captureText(report, sections, extra(report)));
  }
  yield first ? ']\n}\n' : '\n  ]\n}\n';
}

/** One capture of a document; it begins and ends without a comma. */
export function* captureText(
  report: CaptureReport,
  sections: readonly Section[],
  extra: Record<string, unknown>,
): Generator<string> {
  const fields = Object.entries({ ...captureHead(report), ...extra });
  yield `    {\n${fields.map(([key, value]) => `      ${json(key)}: ${json(value)}`).join(',\n')}`;
  for (const section of sections) {
    yield `,\n      ${json(section)}: [`;
    let first = true;
    for (const row of ROWS[section](report)) {
      yield `${first ? '' : ','}\n        ${json(row)}`;
      first = false;
    }
    yield first ? ']' : '\n      ]';
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
export function* ndjson(head: Head, report: CaptureReport, sections: readonly Section[]): Generator<string> {
  const { file, ...rest } = captureHead(report);
  yield `${json({ type: 'capture', file, schemaVersion: SCHEMA_VERSION, profile: head.profile, ...rest })}\n`;
  for (const section of sections) {
    for (const row of ROWS[section](report)) yield `${json({ type: KINDS[section], file, ...(row as object) })}\n`;
  }
}
