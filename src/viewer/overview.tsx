import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Finding } from '../model/finding.ts';
import type { StreamReport } from '../model/report.ts';
import { count, duration, endpoint, frameList, moment, secondsBetween, thousands } from '../report/format.ts';
import { shortCode, verdictOf, worstByStream } from '../report/verdict.ts';
import { BufferChart } from './buffers.tsx';
import { CopyButton } from './copy.tsx';
import { Grade } from './grade.tsx';
import { MisreadHeader } from './misread.tsx';
import { useShared } from './state.ts';
import { SortTable, type TableColumn } from './table.tsx';
import { safe } from './text.ts';

const MODELS = {
  all: 'fatal under all admissible models of',
  some: 'fatal under some admissible models of',
  none: 'fatal under no admissible model of',
} as const;

export function Overview(): JSX.Element {
  const { summary, selection } = useShared();
  const { report } = summary;
  const chosen = selection.finding === null ? undefined : report.findings[selection.finding];
  // What the machine does is the verdict; a finding of a lower layer is one only when it is asked for.
  const main = chosen ?? report.findings.find(f => f.code.startsWith('mta.'));
  const index = main === undefined ? -1 : report.findings.indexOf(main);
  const misread = summary.misread.find(m => m.finding === index);
  const line = summary.buffers.find(l => l.stream === main?.stream && l.direction === main?.direction);
  return (
    <section class="overview" aria-label="Overview">
      <Verdict finding={main} index={index} />
      {misread !== undefined && main?.request !== undefined && <MisreadHeader misread={misread} finding={main} />}
      {line !== undefined && main?.request !== undefined && (
        <figure>
          <figcaption>
            <h2>
              Buffers of the MTA at {safe(main.request.victim, 60)}, stream {line.stream}
            </h2>
          </figcaption>
          <BufferChart line={line} height={190} />
        </figure>
      )}
      <Findings />
      <Streams />
      <Hosts />
      <CaptureFacts />
    </section>
  );
}

function Verdict({ finding, index }: { finding: Finding | undefined; index: number }): JSX.Element {
  const { summary, source, goto, select } = useShared();
  const { report } = summary;
  if (finding === undefined) {
    const others = report.findings.filter(f => f.severity !== 'note').length;
    const first = report.findings[0];
    const tpkts = report.streams.reduce((n, s) => n + s.directions[0].tpkts + s.directions[1].tpkts, 0);
    const longest = Math.max(
      0,
      ...report.streams.map(s => Math.max(s.directions[0].maxTpktLength, s.directions[1].maxTpktLength)),
    );
    const doubt = report.streams.filter(s => !s.anchored).length;
    return (
      <article class="verdict ok">
        <h1>
          <span aria-hidden="true">✔ </span>
          {report.streams.length === 0 ? 'No ISO transport stream in this capture' : 'No illegal buffer request'}
        </h1>
        <p>
          {count(report.streams.length, 'stream')}, {count(tpkts, 'TPKT')}, longest {thousands(longest)} octets (
          {source.profile.name}).
          {doubt > 0 && ` In ${count(doubt, 'stream')} the framing is a guess in part; no claim is made there.`}
        </p>
        {others > 0 && first !== undefined && (
          <p>
            <Grade severity={first.severity} />
            {count(others, 'other finding')}, the first:{' '}
            <button
              type="button"
              class="link"
              onClick={() => select({ finding: 0, frame: first.frame, stream: first.stream })}
            >
              {safe(first.message, 300)}
            </button>
          </p>
        )}
      </article>
    );
  }
  const { request, event } = finding;
  const logged = event ?? request?.event;
  const head =
    request === undefined
      ? safe(finding.message, 600)
      : finding.code === 'mta.9404'
        ? `9404 at frame ${thousands(finding.frame!)}: the MTA at ${safe(request.victim, 60)} would stop here`
        : safe(finding.message, 600);
  const show = (frame: number): JSX.Element => (
    <button
      key={frame}
      type="button"
      class="primary"
      onClick={() =>
        goto(frame, { view: 'packets', stream: finding.stream, finding: index, mark: markOf(finding, frame) })
      }
    >
      Show frame {thousands(frame)}
    </button>
  );
  const frames =
    request === undefined
      ? finding.frames.slice(0, 3)
      : [...new Set([finding.frame!, ...(request.disturbanceFrame === null ? [] : [request.disturbanceFrame])])];
  return (
    <article class={`verdict ${finding.severity}`}>
      <h1>
        <Grade severity={finding.severity} />
        {head}
      </h1>
      {logged !== undefined && (
        <blockquote>
          <span class="event">Event {logged.id}</span> {safe(logged.text, 1000)}
        </blockquote>
      )}
      <dl>
        <Entry term="Why">{safe(finding.explanation, 4000)}</Entry>
        {request !== undefined && (
          <>
            <Entry term="Request">
              {thousands(request.declaredLength)} octets: {count(request.headers, 'header')},{' '}
              {count(request.elements, 'element')}
              {request.elementsRange[0] !== request.elementsRange[1] &&
                ` (${thousands(request.elementsRange[0])} to ${thousands(request.elementsRange[1])} over the admissible models)`}
              ; stream {finding.stream}, offset {thousands(request.streamOffset)}
            </Entry>
            {request.hits !== null && <Entry term="Hits">{safe(request.hits, 1000)}</Entry>}
            <Entry term="How sure">
              {MODELS[request.models]} {request.profile}, {count(request.margin, 'octet')} from the edge.
              {request.assumptions.length > 0 && (
                <details>
                  <summary>Rests on {count(request.assumptions.length, 'assumption')}</summary>
                  <ul>
                    {request.assumptions.map(a => (
                      <li key={a}>{safe(a, 600)}</li>
                    ))}
                  </ul>
                </details>
              )}
            </Entry>
          </>
        )}
        {finding.clause !== null && <Entry term="Source">{safe(finding.clause, 300)}</Entry>}
        {finding.filter !== '' && (
          <Entry term="Wireshark">
            <code>{safe(finding.filter, 400)}</code>{' '}
            <CopyButton label="Copy" what="Wireshark filter" text={() => finding.filter} />
          </Entry>
        )}
      </dl>
      <p class="actions">
        {frames.map(show)}
        {finding.stream !== null && (
          <button
            type="button"
            onClick={() => select({ view: 'ladder', stream: finding.stream, frame: finding.frame, finding: index })}
          >
            Ladder of stream {finding.stream}
          </button>
        )}
      </p>
    </article>
  );
}

/** In the request frame, the octets that were taken for a header. */
export function markOf(
  finding: Finding,
  frame: number,
): { space: number; start: number; end: number; name: string } | null {
  const pieces = finding.request?.headerPieces.filter(p => p.frame === frame) ?? [];
  const piece = pieces[0];
  return piece === undefined ? null : { space: 0, start: piece.offset, end: piece.offset + piece.length, name: '' };
}

function Entry({ term, children }: { term: string; children: preact.ComponentChildren }): JSX.Element {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}

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

function Findings(): JSX.Element {
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
      action={r =>
        `Show finding ${shortCode(r.finding.code)}${r.finding.frame === null ? '' : ` at frame ${r.finding.frame}`}`
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

function Streams(): JSX.Element {
  const { summary, selection, select } = useShared();
  const { report } = summary;
  const worst = useMemo(() => worstByStream(report), [report]);
  const columns = useMemo((): readonly TableColumn<StreamReport>[] => {
    const both = (
      s: StreamReport,
      key: 'tpkts' | 'maxTpktLength' | 'peakElements',
      how: (a: number, b: number) => number,
    ): number => how(s.directions[0][key], s.directions[1][key]);
    const add = (a: number, b: number): number => a + b;
    return [
      { key: 'id', head: '#', value: s => s.id, right: true },
      { key: 'client', head: 'Client', value: s => endpoint(s.client.address, s.client.port) },
      { key: 'server', head: 'Server', value: s => endpoint(s.server.address, s.server.port) },
      { key: 'protocol', head: 'Protocol', value: s => s.protocol, show: s => s.protocol || '–' },
      { key: 'frames', head: 'Frames', value: s => s.frames, show: s => thousands(s.frames), right: true },
      {
        key: 'tpkts',
        head: 'TPKTs',
        value: s => both(s, 'tpkts', add),
        show: s => thousands(both(s, 'tpkts', add)),
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
        value: s => both(s, 'maxTpktLength', Math.max),
        show: s => thousands(both(s, 'maxTpktLength', Math.max)),
        right: true,
      },
      { key: 'elements', head: 'Elements', value: s => both(s, 'peakElements', Math.max), right: true },
      { key: 'state', head: 'Ended', value: s => s.state },
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
      action={s => `Select stream ${s.id}`}
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

function Hosts(): JSX.Element | null {
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

function CaptureFacts(): JSX.Element {
  const { summary, source } = useShared();
  const { report } = summary;
  const other = report.frames - report.selectedFrames;
  const overrides = Object.entries(source.profile.overrides).map(([k, v]) => `${k}=${v}`);
  return (
    <div class="facts">
      <h2>Capture</h2>
      <dl>
        <Entry term="File">
          {safe(report.file, 300)}, {report.format}, {report.linkTypes.join(', ')}
        </Entry>
        <Entry term="Frames">
          {count(report.frames, 'frame')}
          {other > 0 && `, ${count(other, 'frame')} of other traffic`}
          {report.selectedFrames > 0 && ` (ISO transport: ${thousands(report.selectedFrames)})`}
        </Entry>
        {report.first !== null && report.last !== null && (
          <Entry term="Time">
            {moment(report.first)} UTC, {duration(secondsBetween(report.first, report.last))}
          </Entry>
        )}
        <Entry term="Emulated">
          {source.profile.name}: {safe(source.profile.title, 200)}
          {overrides.length > 0 && ` with ${safe(overrides.join(', '), 300)}`}
        </Entry>
        {report.warnings.map((w, i) => (
          <Entry key={i} term="Warning">
            ! {safe(w.message, 600)}
            {w.frame !== null && ` (frame ${frameList([w.frame])})`}
          </Entry>
        ))}
      </dl>
    </div>
  );
}
