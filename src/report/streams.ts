import type { CaptureReport, DirectionReport, StreamReport } from '../model/report.ts';
import { type Column, counts } from './columns.ts';
import { duration, endpoint, iso, secondsBetween } from './format.ts';
import { mark } from './look.ts';
import { most } from './survey.ts';
import { ENDED, orDash, type Verdict, verdictOf, worstByStream } from './verdict.ts';

export interface StreamRow {
  readonly file: string;
  readonly stream: StreamReport;
  readonly verdict: Verdict;
  readonly code: string | null;
  readonly frame: number | null;
}

/** The rows of one capture; pure views, made one at a time. */
export function streamRows(report: CaptureReport, only?: (stream: StreamReport) => boolean): Iterable<StreamRow> {
  const worst = worstByStream(report);
  return {
    *[Symbol.iterator]() {
      for (const stream of report.streams) {
        if (only !== undefined && !only(stream)) continue;
        const finding = worst.get(stream.id);
        yield {
          file: report.file,
          stream,
          verdict: verdictOf(stream, finding),
          code: finding?.code ?? null,
          frame: finding?.frame ?? null,
        };
      }
    },
  };
}

function way(index: 0 | 1, arrow: string): Column<StreamRow>[] {
  const side = (row: StreamRow): DirectionReport => row.stream.directions[index];
  const name = index === 0 ? 'clientToServer' : 'serverToClient';
  const one = (key: Exclude<keyof DirectionReport, 'from' | 'to'>, head: string): Column<StreamRow> =>
    counts(`${name}.${key}`, `${head} ${arrow}`, row => side(row)[key]);
  return [
    one('segments', 'Segments'),
    one('bytes', 'Octets'),
    one('tpkts', 'TPKTs'),
    one('tsdus', 'TSDUs'),
    one('retransmissions', 'Retrans.'),
    one('outOfOrder', 'Out of order'),
    one('gaps', 'Holes'),
    one('gapBytes', 'Missing'),
    one('maxTpktLength', 'Longest'),
    one('peakElements', 'Elements'),
  ];
}

/** IPv4 and a port, whole. */
const ENDPOINT = '255.255.255.255:65535'.length;

const client: Column<StreamRow> = {
  key: 'client',
  head: 'Client',
  value: row => endpoint(row.stream.client.address, row.stream.client.port),
  shrink: true,
  floor: ENDPOINT,
};
const server: Column<StreamRow> = {
  key: 'server',
  head: 'Server',
  value: row => endpoint(row.stream.server.address, row.stream.server.port),
  shrink: true,
  floor: ENDPOINT,
  last: true,
};
const id: Column<StreamRow> = { key: 'stream', head: '#', value: row => row.stream.id, right: true };
const protocol: Column<StreamRow> = {
  key: 'protocol',
  head: 'Protocol',
  value: row => row.stream.protocol,
  text: row => orDash(row.stream.protocol),
  drop: 3,
};
const verdict: Column<StreamRow> = {
  key: 'verdict',
  head: 'Verdict',
  value: row => row.verdict.text,
  decorate: (row, text, look) => (row.verdict.mark === 'ok' ? text : `${mark(look, row.verdict.mark)} ${text}`),
};

/** The table of `analyze` and `streams` for people. Columns leave from the highest `drop` on. */
export const STREAM_COLUMNS: readonly Column<StreamRow>[] = [
  id,
  client,
  server,
  protocol,
  counts('frames', 'Frames', row => row.stream.frames, 5),
  counts('tpkts0', 'TPKTs →', row => row.stream.directions[0].tpkts, 1),
  { ...counts<StreamRow>('tpkts1', '←', row => row.stream.directions[1].tpkts, 1), called: 'TPKTs ←' },
  counts('tpduSize', 'TPDU', row => row.stream.tpduSize, 6),
  counts('longest', 'Longest', row => most(row.stream, 'maxTpktLength'), 4),
  counts('elements', 'Elem.', row => most(row.stream, 'peakElements'), 7),
  { key: 'state', head: 'Ended', value: row => row.stream.state, text: row => ENDED[row.stream.state], drop: 2 },
  verdict,
];

/** Everything about a stream: `--wide`, CSV. */
export const STREAM_COLUMNS_WIDE: readonly Column<StreamRow>[] = [
  { key: 'file', head: 'File', value: row => row.file },
  id,
  client,
  server,
  counts('firstFrame', 'First', row => row.stream.firstFrame),
  counts('lastFrame', 'Last', row => row.stream.lastFrame),
  counts('frames', 'Frames', row => row.stream.frames),
  { key: 'start', head: 'Start', value: row => iso(row.stream.start) },
  {
    key: 'seconds',
    head: 'Took',
    value: row => Number(secondsBetween(row.stream.start, row.stream.end).toFixed(6)),
    text: row => duration(secondsBetween(row.stream.start, row.stream.end)),
    right: true,
  },
  { key: 'state', head: 'Ended', value: row => row.stream.state, text: row => ENDED[row.stream.state] },
  {
    key: 'anchored',
    head: 'Anchored',
    value: row => row.stream.anchored,
    text: row => (row.stream.anchored ? 'yes' : 'no'),
  },
  { key: 'unanchoredFrom', head: 'Guess from', value: row => row.stream.unanchoredFrom, right: true },
  { ...protocol },
  counts('tpduSize', 'TPDU', row => row.stream.tpduSize),
  {
    key: 'callingTsap',
    head: 'Calling TSAP',
    value: row => row.stream.callingTsap,
    text: row => orDash(row.stream.callingTsap),
  },
  {
    key: 'calledTsap',
    head: 'Called TSAP',
    value: row => row.stream.calledTsap,
    text: row => orDash(row.stream.calledTsap),
  },
  { key: 'syns', head: 'SYNs', value: row => row.stream.syns, right: true },
  ...way(0, '→'),
  ...way(1, '←'),
  verdict,
  { key: 'code', head: 'Code', value: row => row.code },
  { key: 'findingFrame', head: 'Frame', value: row => row.frame, right: true },
];
