import { FieldIndex, type FieldInfo, type FieldKind, type FieldSource, type FieldValue } from '../filter/index.ts';
import type { Association, Message } from '../model/message.ts';
import type { StreamReport } from '../model/report.ts';
import { nanoseconds } from './format.ts';
import { MODES } from './message-words.ts';
import { DIALOGUES } from './messages.ts';
import { both, most } from './survey.ts';
import { ENDED } from './verdict.ts';

type Value = FieldValue['value'] | null | undefined;

interface RowField<T> {
  readonly name: string;
  readonly kind: FieldKind;
  readonly label: string;
  readonly values?: readonly string[];
  readonly shown?: Readonly<Record<string, string>>;
  readonly fractions?: boolean;
  readonly read: (row: T) => Value | readonly Value[];
}

/** The words of a table for values, the other way round: what the table shows can be written. */
const asValues = (words: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(words).map(([value, word]) => [word, value]));

/** Fields of the rows of `mtascope messages`. */
const MESSAGE: readonly RowField<Message>[] = [
  {
    name: 'message.kind',
    kind: 'text',
    label: 'What it is',
    values: ['message', 'probe', 'report'],
    read: m => m.kind,
  },
  { name: 'message.identifier', kind: 'text', label: 'MTS-identifier', read: m => m.mtsIdentifier },
  { name: 'message.local_identifier', kind: 'text', label: 'Local identifier', read: m => m.localIdentifier },
  {
    name: 'message.subject_identifier',
    kind: 'text',
    label: 'Of a report: what it is about',
    read: m => m.subjectMtsIdentifier,
  },
  { name: 'message.originator', kind: 'text', label: 'Originator', read: m => m.originator },
  { name: 'message.recipient', kind: 'text', label: 'Recipients', read: m => m.recipients.map(r => r.address) },
  { name: 'message.recipients', kind: 'number', label: 'Number of recipients', read: m => m.recipients.length },
  {
    name: 'message.delivered',
    kind: 'boolean',
    label: 'Of a report: what became of each recipient',
    read: m => m.recipients.map(r => r.outcome?.delivered),
  },
  {
    name: 'message.reason',
    kind: 'text',
    label: 'Non-delivery reasons',
    read: m => m.recipients.map(r => r.outcome?.reason),
  },
  {
    name: 'message.diagnostic',
    kind: 'text',
    label: 'Non-delivery diagnostics',
    read: m => m.recipients.map(r => r.outcome?.diagnostic),
  },
  {
    name: 'message.priority',
    kind: 'text',
    label: 'Priority',
    values: ['normal', 'non-urgent', 'urgent'],
    read: m => m.priority,
  },
  { name: 'message.content_type', kind: 'text', label: 'Content type', read: m => m.contentType },
  { name: 'message.subject', kind: 'text', label: 'Subject of an interpersonal message', read: m => m.ipm?.subject },
  { name: 'message.size', kind: 'number', label: 'Octets of the content', read: m => m.size },
  { name: 'message.octets', kind: 'number', label: 'Octets that were transferred', read: m => m.octets },
  { name: 'message.seconds', kind: 'number', label: 'Time taken', fractions: true, read: m => m.seconds },
  { name: 'message.checkpoints', kind: 'number', label: 'Checkpoints', read: m => m.checkpoints },
  {
    name: 'message.state',
    kind: 'text',
    label: 'Transfer',
    values: ['complete', 'discarded', 'interrupted', 'resumed', 'damaged'],
    read: m => m.state,
  },
  { name: 'message.why', kind: 'text', label: 'Why it is not complete', read: m => m.why },
  { name: 'message.answered', kind: 'boolean', label: 'A report answers it', read: m => m.answeredBy !== null },
  { name: 'message.stream', kind: 'number', label: 'Stream', read: m => m.stream },
  { name: 'message.association', kind: 'number', label: 'Association', read: m => m.association },
  { name: 'message.direction', kind: 'number', label: '0 client to server, 1 back', read: m => m.direction },
  { name: 'message.first_frame', kind: 'number', label: 'First frame', read: m => m.firstFrame },
  { name: 'message.last_frame', kind: 'number', label: 'Last frame', read: m => m.lastFrame },
  { name: 'message.start', kind: 'time', label: 'First octet', read: m => nanoseconds(m.start) },
  { name: 'message.end', kind: 'time', label: 'Last octet', read: m => nanoseconds(m.end) },
];

/** Fields of the rows of `mtascope associations`. */
const ASSOCIATION: readonly RowField<Association>[] = [
  { name: 'association.id', kind: 'number', label: 'Number', read: a => a.id },
  { name: 'association.stream', kind: 'number', label: 'Stream', read: a => a.stream },
  { name: 'association.initiator', kind: 'text', label: 'Initiator', read: a => a.initiator },
  { name: 'association.responder', kind: 'text', label: 'Responder', read: a => a.responder },
  {
    name: 'association.mode',
    kind: 'text',
    label: 'Mode',
    values: ['normal', 'x410-1984'],
    shown: asValues(MODES),
    read: a => a.mode,
  },
  {
    name: 'association.context',
    kind: 'text',
    label: 'Application context',
    read: a => [a.applicationContext, a.applicationContextName],
  },
  { name: 'association.protocol', kind: 'text', label: 'Protocol', read: a => a.protocol },
  {
    name: 'association.checkpoint_size',
    kind: 'number',
    label: 'RTSE checkpoint size',
    read: a => a.rtse?.checkpointSize,
  },
  { name: 'association.window_size', kind: 'number', label: 'RTSE window size', read: a => a.rtse?.windowSize },
  {
    name: 'association.dialogue_mode',
    kind: 'text',
    label: 'RTSE dialogue mode',
    values: ['monologue', 'two-way-alternate'],
    shown: asValues(DIALOGUES),
    read: a => a.rtse?.dialogueMode,
  },
  {
    name: 'association.messages',
    kind: 'number',
    label: 'Messages, both ways together',
    read: a => a.messages[0] + a.messages[1],
  },
  {
    name: 'association.outcome',
    kind: 'text',
    label: 'How it ended',
    values: ['refused', 'aborted', 'released', 'open', 'lost', 'unanswered'],
    read: a => a.outcome,
  },
  { name: 'association.ended', kind: 'text', label: 'How it ended, in words', read: a => a.ended },
  { name: 'association.first_frame', kind: 'number', label: 'First frame', read: a => a.firstFrame },
  { name: 'association.last_frame', kind: 'number', label: 'Last frame', read: a => a.lastFrame },
  { name: 'association.start', kind: 'time', label: 'Beginning', read: a => nanoseconds(a.start) },
  { name: 'association.end', kind: 'time', label: 'End', read: a => nanoseconds(a.end) },
];

/** Fields of the rows of `mtascope streams`. */
const STREAM: readonly RowField<StreamReport>[] = [
  { name: 'stream.id', kind: 'number', label: 'Number', read: s => s.id },
  { name: 'stream.client', kind: 'address', label: 'Client address', read: s => s.client.address },
  { name: 'stream.server', kind: 'address', label: 'Server address', read: s => s.server.address },
  { name: 'stream.address', kind: 'address', label: 'Either address', read: s => [s.client.address, s.server.address] },
  { name: 'stream.client_port', kind: 'number', label: 'Client port', read: s => s.client.port },
  { name: 'stream.server_port', kind: 'number', label: 'Server port', read: s => s.server.port },
  { name: 'stream.protocol', kind: 'text', label: 'Protocol', read: s => s.protocol },
  {
    name: 'stream.state',
    kind: 'text',
    label: 'How it ended',
    values: ['refused', 'unanswered', 'opening', 'open', 'half-closed', 'closed', 'reset'],
    shown: asValues(ENDED),
    read: s => s.state,
  },
  { name: 'stream.anchored', kind: 'boolean', label: 'Framed for certain throughout', read: s => s.anchored },
  { name: 'stream.tpdu_size', kind: 'number', label: 'Largest TPDU negotiated', read: s => s.tpduSize },
  { name: 'stream.calling_tsap', kind: 'text', label: 'Calling TSAP-ID', read: s => s.callingTsap },
  { name: 'stream.called_tsap', kind: 'text', label: 'Called TSAP-ID', read: s => s.calledTsap },
  { name: 'stream.frames', kind: 'number', label: 'Frames', read: s => s.frames },
  { name: 'stream.first_frame', kind: 'number', label: 'First frame', read: s => s.firstFrame },
  { name: 'stream.last_frame', kind: 'number', label: 'Last frame', read: s => s.lastFrame },
  { name: 'stream.start', kind: 'time', label: 'First frame', read: s => nanoseconds(s.start) },
  { name: 'stream.end', kind: 'time', label: 'Last frame', read: s => nanoseconds(s.end) },
  { name: 'stream.syns', kind: 'number', label: 'SYNs', read: s => s.syns },
  { name: 'stream.octets', kind: 'number', label: 'Octets, both ways together', read: s => both(s, 'bytes') },
  { name: 'stream.tpkts', kind: 'number', label: 'TPKTs, both ways together', read: s => both(s, 'tpkts') },
  { name: 'stream.tsdus', kind: 'number', label: 'TSDUs, both ways together', read: s => both(s, 'tsdus') },
  { name: 'stream.retransmissions', kind: 'number', label: 'Retransmissions', read: s => both(s, 'retransmissions') },
  { name: 'stream.gaps', kind: 'number', label: 'Holes', read: s => both(s, 'gaps') },
  { name: 'stream.longest', kind: 'number', label: 'Longest TPKT', read: s => most(s, 'maxTpktLength') },
  { name: 'stream.elements', kind: 'number', label: 'Most buffer elements held', read: s => most(s, 'peakElements') },
];

const TABLES = { message: MESSAGE, association: ASSOCIATION, stream: STREAM } as const;
type Tables = { message: Message; association: Association; stream: StreamReport };

/** The names that a filter of these rows may use; `docs/filter.md` lists them. */
export function rowFields(rows: keyof Tables): FieldIndex {
  return new FieldIndex(rowInfos(rows), true);
}

export function rowInfos(rows: keyof Tables): FieldInfo[] {
  const table: readonly RowField<never>[] = TABLES[rows];
  return table.map(({ read: _, ...info }) => info);
}

/** A row as a filter sees it. */
export function rowSource<R extends keyof Tables>(rows: R, row: Tables[R]): FieldSource {
  const table = TABLES[rows] as unknown as readonly RowField<Tables[R]>[];
  return {
    values(name) {
      const read = table.find(field => field.name === name)?.read(row);
      const list = Array.isArray(read) ? (read as readonly Value[]) : [read as Value];
      return list.filter(value => value !== null && value !== undefined).map(value => ({ value }));
    },
  };
}
