import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { WholeReport } from '../model/report.ts';
import type { Stamp } from '../model/tsdu.ts';
import { Machine } from '../mta/machine.ts';
import { requestModel } from '../mta/request.ts';
import { count, duration, secondsBetween, thousands } from '../report/format.ts';
import type { BufferLine } from '../report/html/buffers.ts';
import { StreamPicker } from './pick.tsx';
import { useRoom } from './room.ts';
import { useShared } from './state.ts';
import { safe } from './text.ts';

/** Pixels across below which a chart scrolls (app.css has the same), and below which a strip shrinks. */
const LEAST = 620;
const LEAST_STRIP = 260;
const LEFT = 44;
const RIGHT = 14;
const TOP = 16;
const BOTTOM = 26;

/** What a bar stands for: the elements that one header asked for, or all that were held while its TPKT was being received. */
type Measure = 'asked' | 'held';

const SIGNS = { error: '✖', warning: '!', note: '·' } as const;

/**
 * A timeline of what the receiving machine was asked for or held, TPKT by TPKT. The legal limit is one of a request, so that its
 * admissible band is drawn behind requests only: a machine may hold more than that, TPKT after TPKT.
 */
export function BufferChart({
  line,
  height,
  measure = 'asked',
}: {
  line: BufferLine;
  height: number;
  measure?: Measure;
}): JSX.Element {
  const { source, summary, selection, goto } = useShared();
  const box = useRef<HTMLDivElement>(null);
  const width = useRoom(box, LEAST);
  const { samples } = line;
  const limit = measure === 'asked' ? source.profile.fields.maxElements.range : null;
  const peak = Math.max(1, ...samples.map(s => s[measure]));
  const top = Math.max(limit === null ? 2 : limit.max + 2, Math.ceil(peak * 1.08));
  const judged = summary.report.findings.filter(
    f => f.request !== undefined && f.stream === line.stream && f.direction === line.direction,
  );
  const findings = samples.map(s => judged.find(f => f.frame === s.frame && f.request!.declaredLength === s.length));
  const room = width - LEFT - RIGHT;
  const step = room / Math.max(samples.length, 1);
  const middle = (i: number): number => LEFT + (i + 0.5) * step;
  const y = (v: number): number => TOP + (height - TOP - BOTTOM) * (1 - v / top);
  const ticks = [0, ...(limit === null ? [] : [limit.min, limit.max]), peak].filter(
    (v, i, a) => a.indexOf(v) === i && a.every((o, j) => j >= i || Math.abs(y(o) - y(v)) > 11),
  );
  const at = (event: MouseEvent): void => {
    const box = (event.currentTarget as SVGElement).getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * width - LEFT;
    const sample = samples[Math.min(samples.length - 1, Math.max(0, Math.floor(x / step)))];
    if (sample !== undefined) goto(sample.frame, { stream: line.stream });
  };
  const bars = new Map<string, string>();
  for (const [i, sample] of samples.entries()) {
    const grade = findings[i]?.severity ?? '';
    const x = LEFT + i * step;
    const bar = `M${x.toFixed(2)} ${y(0)}V${y(sample[measure]).toFixed(1)}H${(x + Math.max(step - (step > 4 ? 1 : 0), 0.6)).toFixed(2)}V${y(0)}Z`;
    bars.set(grade, (bars.get(grade) ?? '') + bar);
  }
  const marked = samples.findLastIndex(
    (s, i) =>
      s.frame === selection.frame &&
      (findings[i] !== undefined || !samples.some((o, j) => o.frame === s.frame && findings[j] !== undefined)),
  );
  // Where the drawing is wider than the page, the request that kills is what must be seen.
  const killer = findings.findIndex(f => f !== undefined);
  useLayoutEffect(() => {
    if (killer >= 0) box.current!.scrollLeft = middle(killer) - box.current!.clientWidth / 2;
  }, [line, width]);
  const from = safe(summary.report.streams.find(s => s.id === line.stream)?.directions[line.direction].from ?? '', 60);
  const named = judged.length === 0 ? '' : `; ${count(judged.length, 'request')} named by a finding`;
  const label =
    limit === null
      ? `Elements held for stream ${line.stream} from ${from}: peak ${peak}.`
      : `Elements asked for by TPKTs of stream ${line.stream} from ${from}: at most ${peak}; the legal limit lies between ${limit.min} and ${limit.max}${named}.`;
  /** The band's name stands in it, where no bar that reaches it is. */
  const atEnd = killer >= 0 && killer < samples.length / 2;
  return (
    <div
      class="chart"
      role="group"
      aria-label={measure === 'asked' ? 'Requests' : 'Buffer timeline'}
      tabIndex={0}
      ref={box}
    >
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} onClick={at}>
        {limit !== null && (
          <rect
            class="band"
            x={LEFT}
            y={y(limit.max + (limit.max === limit.min ? 0.4 : 0))}
            width={room}
            height={Math.max(2, y(limit.min) - y(limit.max))}
          />
        )}
        {ticks.map(v => (
          <g key={v}>
            <line class="grid" x1={LEFT} x2={width - RIGHT} y1={y(v)} y2={y(v)} />
            <text class="tick" x={LEFT - 6} y={y(v) + 4} text-anchor="end">
              {thousands(v)}
            </text>
          </g>
        ))}
        {[...bars].map(([grade, d]) => (
          <path key={grade} class={`bars d${line.direction} ${grade}`} d={d} />
        ))}
        {marked >= 0 && <line class="here" x1={middle(marked)} x2={middle(marked)} y1={TOP - 8} y2={y(0)} />}
        {limit !== null &&
          samples.map((s, i) => {
            const severity = findings[i]?.severity;
            if (severity === undefined) return null;
            const right = middle(i) < LEFT + room / 2;
            return (
              <text
                key={i}
                class={`said ${severity}`}
                x={middle(i) + (right ? 6 : -6)}
                y={y(s.asked) - 5}
                text-anchor={right ? 'start' : 'end'}
              >
                {SIGNS[severity]} frame {thousands(s.frame)}: {thousands(s.length)} octets, {count(s.asked, 'element')}
              </text>
            );
          })}
        {limit !== null && (
          <text
            class="tick"
            x={atEnd ? width - RIGHT - 6 : LEFT + 6}
            y={y(limit.max) + (y(limit.min) - y(limit.max) > 16 ? 14 : -4)}
            text-anchor={atEnd ? 'end' : 'start'}
          >
            legal limit of a request, {limit.min === limit.max ? limit.min : `between ${limit.min} and ${limit.max}`}
          </text>
        )}
        <text class="tick" x={LEFT} y={height - 8}>
          elements {measure === 'asked' ? 'asked for' : 'held'}, TPKT by TPKT
          {samples.length < line.of
            ? ` (${thousands(line.of)} TPKTs in ${count(samples.length, 'bar')}, each the peak of its part)`
            : ` (${count(line.of, 'TPKT')})`}
        </text>
      </svg>
    </div>
  );
}

export function Buffers(): JSX.Element {
  const { summary, selection, source } = useShared();
  const streams = useMemo(() => [...new Set(summary.buffers.map(l => l.stream))], [summary]);
  const first = summary.report.findings.find(f => f.request !== undefined)?.stream ?? streams[0];
  const stream = streams.includes(selection.stream ?? -1) ? selection.stream! : (first ?? -1);
  const report = summary.report.streams.find(s => s.id === stream);
  const lines = summary.buffers.filter(l => l.stream === stream);
  const model = requestModel(source.profile);
  const { kept, of } = summary.left.bufferLines;
  return (
    <section class="buffers" aria-label="Buffers">
      <StreamPicker streams={streams} stream={stream} />
      <p class="hint">
        {source.profile.name}: an element holds {thousands(model.payload)} octets,{' '}
        {count(model.headersPerElement, 'header')} each.
        {kept < of && ` ! ${thousands(of - kept)} of ${count(of, 'direction')} left out of this page.`}
      </p>
      {lines.length === 0 && <p>No TPKT was received.</p>}
      {lines.map(line => (
        <figure key={line.direction}>
          <figcaption>
            <h2>
              {line.direction === 0 ? '→' : '←'} buffers of {safe(report?.directions[line.direction].to ?? '', 80)} for{' '}
              {safe(report?.directions[line.direction].from ?? '', 80)}
            </h2>
          </figcaption>
          <BufferChart line={line} height={230} />
          {line.samples.some(s => s.held > s.asked) && <BufferChart line={line} height={150} measure="held" />}
        </figure>
      ))}
      <ControlBlocks />
    </section>
  );
}

/** Hosts whose control blocks are drawn. */
const DRAWN = 12;

/** Connections that came up within the capture take a control block; of others it isn't known when. */
function connections(report: WholeReport, host: string): { at: Stamp; id: number; opens: boolean }[] {
  const out: { at: Stamp; id: number; opens: boolean }[] = [];
  for (const { id, client, server, state, syns, start, end } of report.streams) {
    if (client.address !== host && server.address !== host) continue;
    if (syns === 0 || state === 'refused' || state === 'unanswered' || state === 'opening') continue;
    out.push({ at: start, id, opens: true });
    if (state === 'closed' || state === 'reset') out.push({ at: end, id, opens: false });
  }
  return out.sort((a, b) => secondsBetween(b.at, a.at));
}

/** Control blocks in use at each host, the busiest first: one listens, each connection takes one. */
function ControlBlocks(): JSX.Element | null {
  const { summary, source } = useShared();
  const { report } = summary;
  const box = useRef<HTMLElement>(null);
  const width = useRoom(box, LEAST_STRIP);
  const start = report.first;
  const all = useMemo(() => [...report.hosts].sort((a, b) => b.controlBlocksPeak - a.controlBlocksPeak), [report]);
  const hosts = all.slice(0, DRAWN);
  if (start === null || report.last === null || hosts.length === 0) return null;
  const whole = Math.max(secondsBetween(start, report.last), 1e-6);
  const x = (t: number): number => LEFT + ((width - LEFT - RIGHT) * t) / whole;
  return (
    <figure ref={box}>
      <figcaption>
        <h2>Control blocks in use</h2>
        <p>One listens, each connection takes one. The emulated machine has as many as the profile says.</p>
      </figcaption>
      {hosts.map(host => {
        const top = Math.max(host.controlBlocksPeak, 2) * 1.15;
        const y = (v: number): number => 50 - (46 * v) / top;
        const machine = new Machine(source.profile);
        const slots = new Map<number, number>();
        let over = false;
        let path = `M${x(0).toFixed(1)} ${y(1).toFixed(1)}`;
        for (const { at, id, opens } of connections(report, host.address)) {
          if (opens) slots.set(id, machine.open());
          else machine.close(slots.get(id)!);
          over ||= machine.exhausted;
          path += `H${x(secondsBetween(start, at)).toFixed(1)}V${y(machine.controlBlocksInUse).toFixed(1)}`;
        }
        path += `H${x(whole).toFixed(1)}`;
        return (
          <div key={host.address} class="blocks">
            <span>
              {over ? '! ' : ''}
              {host.address}: peak {host.controlBlocksPeak} of {host.controlBlocksConfigured}
            </span>
            <svg
              viewBox={`0 0 ${width} 58`}
              role="img"
              aria-label={`Control blocks in use at ${host.address}, peak ${host.controlBlocksPeak} of ${host.controlBlocksConfigured}`}
            >
              <line class="grid" x1={LEFT} x2={width - RIGHT} y1={y(0)} y2={y(0)} />
              <path class="step" d={path} />
              {[0, host.controlBlocksPeak].map(v => (
                <text key={v} class="tick" x={LEFT - 6} y={y(v) + 4} text-anchor="end">
                  {v}
                </text>
              ))}
            </svg>
          </div>
        );
      })}
      <div class="blocks">
        <svg viewBox={`0 0 ${width} 16`} role="img" aria-label={`Time, from 0 to ${duration(whole)}`}>
          <text class="tick" x={LEFT} y={12}>
            0 s
          </text>
          <text class="tick" x={width - RIGHT} y={12} text-anchor="end">
            {duration(whole)}
          </text>
        </svg>
      </div>
      {all.length > hosts.length && (
        <p class="left">! {count(all.length - hosts.length, 'more host')}; the table on the overview has them all.</p>
      )}
    </figure>
  );
}
