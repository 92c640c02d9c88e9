import type { CaptureReport, EmulatedEvent } from '../model/report.ts';
import { type Column, counts } from './columns.ts';
import { iso, moment } from './format.ts';

export interface EventRow {
  readonly file: string;
  readonly event: EmulatedEvent;
}

export function* eventRows(report: CaptureReport): Generator<EventRow> {
  for (const event of report.events) yield { file: report.file, event };
}

export const EVENT_COLUMNS: readonly Column<EventRow>[] = [
  { key: 'time', head: 'Time (UTC)', value: row => iso(row.event.time), text: row => moment(row.event.time, 3) },
  counts('frame', 'Frame', row => row.event.frame),
  { key: 'stream', head: 'Stream', value: row => row.event.stream, right: true, drop: 2 },
  { key: 'host', head: 'Host', value: row => row.event.host, drop: 1 },
  { key: 'id', head: 'Event', value: row => row.event.event.id, right: true },
  {
    key: 'text',
    head: 'Text',
    value: row => row.event.event.text,
    text: row => row.event.event.text.replace(/\s+/g, ' '),
    shrink: true,
    wrap: true,
  },
];

export const EVENT_COLUMNS_WIDE: readonly Column<EventRow>[] = [
  { key: 'file', head: 'File', value: row => row.file },
  ...EVENT_COLUMNS,
  { key: 'illustrative', head: 'Illustrative', value: row => row.event.illustrative.join('; ') },
];
