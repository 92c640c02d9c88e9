import type { Association, Message } from '../model/message.ts';
import type { CaptureReport } from '../model/report.ts';
import { type Column, counts } from './columns.ts';
import { count, duration, frameRange, iso, secondsBetween, thousands } from './format.ts';
import { mark } from './look.ts';
import {
  answerText,
  MODES,
  OUTCOME_MARKS,
  originatorText,
  outcomes,
  STATE_MARKS,
  shortState,
} from './message-words.ts';
import { orDash } from './verdict.ts';

export interface MessageRow {
  readonly file: string;
  readonly index: number;
  readonly message: Message;
  /** The report that answers it. */
  readonly answer: Message | null;
}

export function* messageRows(report: CaptureReport): Generator<MessageRow> {
  let index = 0;
  for (const message of report.messages) {
    const answer = message.answeredBy === null ? null : (report.messages.at(message.answeredBy) ?? null);
    yield { file: report.file, index: index++, message, answer };
  }
}

function recipients(message: Message): string {
  const first = message.recipients[0];
  if (first === undefined) return '–';
  return message.recipients.length === 1
    ? first.address
    : `${first.address} (+${thousands(message.recipients.length - 1)})`;
}

function transfer(row: MessageRow): string {
  const { message, answer } = row;
  const parts = [message.state as string];
  if (message.why !== null) parts.push(message.why);
  if (message.kind === 'report' && message.recipients.length > 0) parts.push(outcomes(message.recipients));
  if (answer !== null) parts.push(answerText(answer));
  return parts.join(': ').replace(/^complete: /, '');
}

export const MESSAGE_COLUMNS: readonly Column<MessageRow>[] = [
  {
    key: 'localIdentifier',
    head: 'Identifier',
    value: row => row.message.localIdentifier,
    text: row => orDash(row.message.localIdentifier),
    shrink: true,
    least: 16,
    // Those of one MTA tell themselves apart by their last characters.
    keepsEnd: true,
  },
  { key: 'kind', head: 'Kind', value: row => row.message.kind, drop: 0 },
  {
    key: 'originator',
    head: 'From',
    value: row => row.message.originator,
    text: row => originatorText(row.message),
    shrink: true,
    least: 10,
    keepsEnd: true,
    drop: 2,
  },
  {
    key: 'recipients',
    head: 'To',
    value: row => row.message.recipients.map(r => r.address).join(' '),
    text: row => recipients(row.message),
    shrink: true,
    least: 10,
    keepsEnd: true,
    drop: 1,
  },
  {
    key: 'priority',
    head: 'Prio',
    value: row => row.message.priority,
    text: row => orDash(row.message.priority),
    drop: 6,
  },
  {
    key: 'contentType',
    head: 'Content',
    value: row => row.message.contentType,
    text: row => orDash(row.message.contentType),
    drop: 7,
  },
  counts('octets', 'Octets', row => row.message.octets, 3),
  {
    key: 'seconds',
    head: 'Took',
    value: row => row.message.seconds,
    text: row => duration(row.message.seconds),
    right: true,
    drop: 5,
  },
  {
    key: 'frames',
    head: 'Frames',
    value: row => `${row.message.firstFrame}-${row.message.lastFrame}`,
    text: row => frameRange(row.message.firstFrame, row.message.lastFrame),
  },
  { key: 'stream', head: 'Stream', value: row => row.message.stream, right: true, drop: 8 },
  {
    key: 'state',
    head: 'Transfer',
    value: row => row.message.state,
    text: transfer,
    short: row => shortState(row.message),
    decorate: (row, text, look) => {
      const grade = STATE_MARKS[row.message.state];
      return grade === 'ok' ? text : `${mark(look, grade)} ${text}`;
    },
    shrink: true,
    least: 20,
    wrap: true,
  },
];

const raw = <K extends keyof Message>(key: K, head: string, right = false): Column<MessageRow> => ({
  key,
  head,
  value: row => row.message[key] as string | number | null,
  right,
});

export const MESSAGE_COLUMNS_WIDE: readonly Column<MessageRow>[] = [
  { key: 'file', head: 'File', value: row => row.file },
  { key: 'index', head: '#', value: row => row.index, right: true },
  raw('kind', 'Kind'),
  raw('mtsIdentifier', 'MTS-identifier'),
  raw('localIdentifier', 'Local identifier'),
  raw('subjectMtsIdentifier', 'Subject'),
  raw('originator', 'From'),
  { key: 'recipients', head: 'To', value: row => row.message.recipients.map(r => r.address).join(' ') },
  { key: 'outcomes', head: 'Outcomes', value: row => outcomes(row.message.recipients) },
  raw('priority', 'Prio'),
  raw('contentType', 'Content'),
  raw('size', 'Content size', true),
  raw('octets', 'Octets', true),
  raw('stream', 'Stream', true),
  raw('association', 'Association', true),
  raw('direction', 'Direction', true),
  raw('firstFrame', 'First', true),
  raw('lastFrame', 'Last', true),
  { key: 'start', head: 'Start', value: row => iso(row.message.start) },
  raw('seconds', 'Seconds', true),
  raw('octetsPerSecond', 'Octets/s', true),
  raw('activity', 'Activity'),
  raw('checkpoints', 'Checkpoints', true),
  raw('confirmedCheckpoint', 'Confirmed', true),
  raw('state', 'State'),
  raw('why', 'Why'),
  raw('answeredBy', 'Answered by', true),
  { key: 'subject', head: 'IPM subject', value: row => row.message.ipm?.subject ?? null },
];

export interface AssociationRow {
  readonly file: string;
  readonly association: Association;
}

export function* associationRows(report: CaptureReport): Generator<AssociationRow> {
  for (const association of report.associations) yield { file: report.file, association };
}

export const DIALOGUES: Readonly<Record<string, string>> = { monologue: 'monologue', 'two-way-alternate': 'TWA' };

function rtseText({ rtse }: Association): string | null {
  if (rtse === null) return null;
  const parts: string[] = [];
  if (rtse.checkpointSize !== null)
    parts.push(rtse.checkpointSize === 0 ? 'no checkpoints' : `${thousands(rtse.checkpointSize)} K`);
  if (rtse.windowSize !== null) parts.push(`window ${rtse.windowSize}`);
  if (rtse.dialogueMode !== null) parts.push(DIALOGUES[rtse.dialogueMode]!);
  if (rtse.connection === 'recover') parts.push('recovery');
  return parts.join(', ') || null;
}

export const ASSOCIATION_COLUMNS: readonly Column<AssociationRow>[] = [
  { key: 'id', head: '#', value: row => row.association.id, right: true },
  { key: 'stream', head: 'Stream', value: row => row.association.stream, right: true, drop: 5 },
  {
    key: 'initiator',
    head: 'Initiator',
    value: row => row.association.initiator,
    text: row => orDash(row.association.initiator),
    shrink: true,
    least: 12,
  },
  {
    key: 'responder',
    head: 'Responder',
    value: row => row.association.responder,
    text: row => orDash(row.association.responder),
    shrink: true,
    least: 12,
  },
  {
    key: 'protocol',
    head: 'Protocol',
    value: row => row.association.protocol,
    text: row => orDash(row.association.protocol),
    drop: 1,
  },
  {
    key: 'applicationContext',
    head: 'Application context',
    value: row => row.association.applicationContext,
    text: row => orDash(row.association.applicationContextName ?? row.association.applicationContext),
    shrink: true,
    least: 18,
    drop: 4,
  },
  {
    key: 'mode',
    head: 'Mode',
    value: row => row.association.mode,
    text: row => orDash(row.association.mode === null ? null : MODES[row.association.mode]!),
    drop: 3,
  },
  {
    key: 'rtse',
    head: 'RTSE',
    value: row => rtseText(row.association),
    text: row => orDash(rtseText(row.association)),
    drop: 6,
  },
  counts('messages0', 'Msgs →', row => row.association.messages[0], 0),
  { ...counts<AssociationRow>('messages1', '←', row => row.association.messages[1], 0), called: 'Msgs ←' },
  {
    key: 'seconds',
    head: 'Took',
    value: row => Number(secondsBetween(row.association.start, row.association.end).toFixed(6)),
    text: row => duration(secondsBetween(row.association.start, row.association.end)),
    right: true,
    drop: 7,
  },
  {
    key: 'ended',
    head: 'Ended',
    value: row => row.association.ended,
    decorate: (row, text, look) => {
      const grade = OUTCOME_MARKS[row.association.outcome];
      return grade === 'ok' ? text : `${mark(look, grade)} ${text}`;
    },
    shrink: true,
    least: 24,
    wrap: true,
  },
];

export const ASSOCIATION_COLUMNS_WIDE: readonly Column<AssociationRow>[] = [
  { key: 'file', head: 'File', value: row => row.file },
  ...ASSOCIATION_COLUMNS,
  { key: 'firstFrame', head: 'First', value: row => row.association.firstFrame, right: true },
  { key: 'lastFrame', head: 'Last', value: row => row.association.lastFrame, right: true },
  { key: 'start', head: 'Start', value: row => iso(row.association.start) },
  { key: 'outcome', head: 'Outcome', value: row => row.association.outcome },
  { key: 'endedBy', head: 'Ended by', value: row => row.association.endedBy, right: true },
  { key: 'applicationContextName', head: 'Context name', value: row => row.association.applicationContextName },
];

/** `3 messages, 1 probe, 2 reports; 1 not complete`, or `No messages`. */
export function messageSummary(list: Iterable<Message>): string {
  const of = { message: 0, probe: 0, report: 0 };
  let broken = 0;
  for (const { kind, state } of list) {
    of[kind]++;
    if (state !== 'complete' && state !== 'resumed') broken++;
  }
  const parts = (['message', 'probe', 'report'] as const)
    .filter(kind => of[kind] > 0)
    .map(kind => count(of[kind], kind));
  return `${parts.join(', ') || 'No messages'}${broken > 0 ? `; ${thousands(broken)} not complete` : ''}`;
}
