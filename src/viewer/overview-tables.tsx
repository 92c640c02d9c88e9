import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Finding } from '../model/finding.ts';
import type { StreamReport } from '../model/report.ts';
import { endpoint, thousands } from '../report/format.ts';
import { both, most } from '../report/survey.ts';
import { ENDED, shortCode, verdictOf, worstByStream } from '../report/verdict.ts';
import { Grade } from './grade.tsx';
import { useShared } from './state.ts';
import { SortTable, type TableColumn } from './table.tsx';
import { safe } from './text.ts';
import { markOf } from './verdict.tsx';

interface FindingRow {
  readonly finding: Finding;
  readonly index: number;
}

const RANK = { error: 0, warning: 1, note: 2 } as const;
const FINDING_COLUMNS: readonly TableColumn<FindingRow>[] = [
  {
    key: 'severity',
    head: 'Finding',
    value: r => `${RANK[r.finding.severity]} ${r.finding.severity} ${r.finding.code}`,
    show: r => (
      <>
        <Grade severity={r.finding.severity} />
        {shortCode(r.finding.code)}
      </>
    ),
    words: r => `${r.finding.severity} ${r.finding.code}`,
    whole: true,
  },
  {
    key: 'frame',
    head: 'Frame',
    value: r => r.finding.frame,
    show: r => (r.finding.frame === null ? '–' : thousands(r.finding.frame)),
    right: true,
  },
  { key: 'stream', head: 'Stream', value: r => r.finding.stream, right: true },
  {
    key: 'count',
    head: 'Times',
    value: r => r.finding.count,
    show: r => thousands(r.finding.count),
    right: true,
  },
  { key: 'message', head: 'What', long: true, value: r => r.finding.message, show: r => safe(r.finding.message, 300) },
];

export function Findings(): JSX.Element {
  const { summary, selection, select } = useShared();
  const rows = useMemo(() => summary.report.findings.map((finding, index) => ({ finding, index })), [summary]);
  const { kept, of } = summary.left.findings;
  return (
    <SortTable
      id="findings"
      caption="Findings"
      unit="finding"
      rows={rows}
      columns={FINDING_COLUMNS}
      isSelected={r => r.index === selection.finding}
      action={({ finding: { severity, code, frame } }) =>
        `Show ${severity} ${shortCode(code)}${frame === null ? '' : ` at frame ${frame}`}`
      }
      onSelect={r => {
        select({
          finding: r.index,
          frame: r.finding.frame,
          stream: r.finding.stream,
          mark: r.finding.frame === null ? null : markOf(r.finding, r.finding.frame),
        });
        window.scrollTo({ top: 0 });
      }}
      note={kept < of ? `${thousands(of - kept)} of ${thousands(of)} findings are left out of this page` : ''}
    />
  );
}

export function Streams(): JSX.Element {
  const { summary, selection, select } = useShared();
  const { report } = summary;
  const worst = useMemo(() => worstByStream(report), [report]);
  const columns = useMemo((): readonly TableColumn<StreamReport>[] => {
    return [
      { key: 'id', head: '#', value: s => s.id, right: true },
      { key: 'client', head: 'Client', value: s => endpoint(s.client.address, s.client.port) },
      { key: 'server', head: 'Server', value: s => endpoint(s.server.address, s.server.port) },
      { key: 'protocol', head: 'Protocol', value: s => s.protocol, show: s => s.protocol || '–', whole: true },
      { key: 'frames', head: 'Frames', value: s => s.frames, show: s => thousands(s.frames), right: true },
      {
        key: 'tpkts',
        head: 'TPKTs',
        value: s => both(s, 'tpkts'),
        show: s => thousands(both(s, 'tpkts')),
        right: true,
      },
      {
        key: 'tpdu',
        head: 'TPDU',
        value: s => s.tpduSize,
        show: s => (s.tpduSize === null ? '–' : thousands(s.tpduSize)),
        right: true,
      },
      {
        key: 'longest',
        head: 'Longest',
        value: s => most(s, 'maxTpktLength'),
        show: s => thousands(most(s, 'maxTpktLength')),
        right: true,
      },
      { key: 'elements', head: 'Elements', value: s => most(s, 'peakElements'), right: true },
      { key: 'state', head: 'Ended', value: s => ENDED[s.state] },
      {
        key: 'verdict',
        head: 'Verdict',
        value: s => verdictOf(s, worst.get(s.id)).text,
        show: s => {
          const finding = worst.get(s.id);
          const { mark, text } = verdictOf(s, finding);
          return (
            <>
              {finding !== undefined ? (
                <Grade severity={finding.severity} />
              ) : (
                <span aria-hidden="true">{mark === 'ok' ? '✔ ' : '? '}</span>
              )}
              {text}
            </>
          );
        },
      },
    ];
  }, [worst]);
  const { kept, of } = summary.left.streams;
  return (
    <SortTable
      id="streams"
      caption="Streams"
      unit="stream"
      rows={report.streams}
      columns={columns}
      isSelected={s => s.id === selection.stream}
      action={s => `Show stream ${s.id} as a ladder`}
      onSelect={s =>
        select({
          stream: s.id,
          frame: worst.get(s.id)?.frame ?? s.firstFrame,
          mark: null,
          finding: null,
          view: 'ladder',
        })
      }
      note={kept < of ? `${thousands(of - kept)} of ${thousands(of)} streams are left out of this page` : ''}
    />
  );
}

export function Hosts(): JSX.Element | null {
  const { hosts } = useShared().summary.report;
  if (hosts.length === 0) return null;
  return (
    <SortTable
      id="hosts"
      caption="Hosts"
      unit="host"
      rows={hosts}
      columns={[
        { key: 'address', head: 'Host', value: h => h.address },
        {
          key: 'mta',
          head: 'Counts as an MTA',
          value: h => h.mta,
          show: h => (h.mta === null ? 'no' : safe(h.mta, 80)),
        },
        {
          key: 'blocks',
          head: 'Control blocks',
          value: h => h.controlBlocksPeak,
          show: h => `${h.controlBlocksPeak} of ${h.controlBlocksConfigured}`,
          right: true,
        },
        { key: 'headers', head: 'Headers', value: h => h.headersPeak, right: true },
        { key: 'elements', head: 'Elements', value: h => h.elementsPeak, right: true },
        {
          key: 'stopped',
          head: 'Stops at frame',
          value: h => h.terminatedAt,
          show: h => (h.terminatedAt === null ? '–' : thousands(h.terminatedAt)),
          right: true,
        },
      ]}
    />
  );
}
