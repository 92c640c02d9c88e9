import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { requestModel } from '../mta/request.ts';
import { count, thousands } from '../report/format.ts';
import type { BufferLine, BufferSample } from '../report/html/buffers.ts';
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

/** Elements that the receiving machine holds, TPKT by TPKT, against the admissible band of the legal limit. */
export function BufferChart({ line, height }: { line: BufferLine; height: number }): JSX.Element {
  const { source, summary, selection, goto } = useShared();
  const box = useRef<HTMLDivElement>(null);
  const width = useRoom(box, LEAST);
  const { samples } = line;
  const limit = source.profile.fields.maxElements.range;
  const peak = Math.max(1, ...samples.map(s => s.held));
  const top = Math.max(limit.max + 2, Math.ceil(peak * 1.08));
  const fatal = summary.report.findings.filter(
    f => f.request !== undefined && f.stream === line.stream && f.direction === line.direction,
  );
  const isFatal = (s: BufferSample): boolean =>
    fatal.some(f => f.frame === s.frame && f.request!.declaredLength === s.length);
  const room = width - LEFT - RIGHT;
  const step = room / Math.max(samples.length, 1);
  const y = (v: number): number => TOP + (height - TOP - BOTTOM) * (1 - v / top);
  const ticks = [0, limit.min, limit.max, peak].filter(
    (v, i, a) => a.indexOf(v) === i && a.every((o, j) => j >= i || Math.abs(y(o) - y(v)) > 11),
  );
  const at = (event: MouseEvent): void => {
    const box = (event.currentTarget as SVGElement).getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * width - LEFT;
    const sample = samples[Math.min(samples.length - 1, Math.max(0, Math.floor(x / step)))];
    if (sample !== undefined) goto(sample.frame, { stream: line.stream });
  };
  const path = samples.map((s, i) => {
    const x = LEFT + i * step;
    return `M${x.toFixed(2)} ${y(0)}V${y(s.held).toFixed(1)}H${(x + Math.max(step - (step > 4 ? 1 : 0), 0.6)).toFixed(2)}V${y(0)}Z`;
  });
  const illegal = samples.map((s, i) => (isFatal(s) ? path[i]! : '')).join('');
  const legal = samples.map((s, i) => (isFatal(s) ? '' : path[i]!)).join('');
  const marked = samples.findLastIndex(
    s => s.frame === selection.frame && (!samples.some(o => o.frame === s.frame && isFatal(o)) || isFatal(s)),
  );
  // Where the drawing is wider than the page, the request that kills is what must be seen.
  const killer = samples.findIndex(isFatal);
  useLayoutEffect(() => {
    if (killer >= 0) box.current!.scrollLeft = LEFT + (killer + 0.5) * step - box.current!.clientWidth / 2;
  }, [line, width]);
  const label = `Elements held for stream ${line.stream} from ${safe(summary.report.streams.find(s => s.id === line.stream)?.directions[line.direction].from ?? '', 60)}: peak ${peak}; the legal limit lies between ${limit.min} and ${limit.max}${fatal.length > 0 ? `; ${count(fatal.length, 'request')} above it` : ''}.`;
  return (
    <div class="chart" role="group" aria-label="Buffer timeline" tabIndex={0} ref={box}>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} onClick={at}>
        <rect
          class="band"
          x={LEFT}
          y={y(limit.max + (limit.max === limit.min ? 0.4 : 0))}
          width={room}
          height={Math.max(2, y(limit.min) - y(limit.max))}
        />
        {ticks.map(v => (
          <g key={v}>
            <line class="grid" x1={LEFT} x2={width - RIGHT} y1={y(v)} y2={y(v)} />
            <text class="tick" x={LEFT - 6} y={y(v) + 4} text-anchor="end">
              {v}
            </text>
          </g>
        ))}
        <path class={`bars d${line.direction}`} d={legal} />
        <path class="bars fatal" d={illegal} />
        {marked >= 0 && (
          <line
            class="here"
            x1={LEFT + (marked + 0.5) * step}
            x2={LEFT + (marked + 0.5) * step}
            y1={TOP - 8}
            y2={y(0)}
          />
        )}
        {samples.map(
          (s, i) =>
            isFatal(s) && (
              <text
                key={i}
                class="fataltext"
                x={Math.min(LEFT + (i + 0.5) * step + 6, width - RIGHT)}
                y={y(s.held) - 5}
                text-anchor={i > samples.length * 0.6 ? 'end' : 'start'}
              >
                ✖ frame {thousands(s.frame)}: {thousands(s.length)} octets, {s.asked} elements
              </text>
            ),
        )}
        <text class="tick" x={LEFT + 6} y={y(limit.max) - 4}>
          legal limit {limit.min === limit.max ? limit.min : `between ${limit.min} and ${limit.max}`}
        </text>
        <text class="tick" x={LEFT} y={height - 8}>
          elements held, TPKT by TPKT
          {samples.length < line.of
            ? ` (${thousands(line.of)} TPKTs in ${thousands(samples.length)} bars, each the peak of its part)`
            : ` (${thousands(line.of)} TPKTs)`}
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
        {kept < of && ` ! ${thousands(of - kept)} of ${thousands(of)} directions are left out of this page.`}
      </p>
      {lines.length === 0 && <p>No TPKT was received on this stream.</p>}
      {lines.map(line => (
        <figure key={line.direction}>
          <figcaption>
            <h2>
              {line.direction === 0 ? '→' : '←'} held by {safe(report?.directions[line.direction].to ?? '', 80)} for{' '}
              {safe(report?.directions[line.direction].from ?? '', 80)}
            </h2>
          </figcaption>
          <BufferChart line={line} height={230} />
        </figure>
      ))}
      <ControlBlocks />
    </section>
  );
}

/** Control blocks in use at each host: one listens, each connection takes one. */
function ControlBlocks(): JSX.Element {
  const { summary } = useShared();
  const { report } = summary;
  const box = useRef<HTMLElement>(null);
  const width = useRoom(box, LEAST_STRIP);
  const start = report.first;
  const hosts = report.hosts.slice(0, 12);
  if (start === null || report.last === null) return <p>No frames.</p>;
  const seconds = (t: { sec: number; nsec: number }): number => t.sec - start.sec + (t.nsec - start.nsec) / 1e9;
  const whole = Math.max(seconds(report.last), 1e-6);
  return (
    <figure ref={box}>
      <figcaption>
        <h2>Control blocks in use</h2>
        <p>One listens, each connection takes one. The emulated machine has as many as the profile says.</p>
      </figcaption>
      {hosts.map(host => {
        const changes: [number, number][] = [];
        for (const s of report.streams) {
          if (s.client.address !== host.address && s.server.address !== host.address) continue;
          if (s.state === 'refused' || s.state === 'unanswered' || s.state === 'opening') continue;
          changes.push([seconds(s.start), 1]);
          if (s.state === 'closed' || s.state === 'reset') changes.push([seconds(s.end), -1]);
        }
        changes.sort((a, b) => a[0] - b[0]);
        const top = Math.max(host.controlBlocksPeak, 2) * 1.15;
        const y = (v: number): number => 50 - (46 * v) / top;
        const x = (t: number): number => LEFT + ((width - LEFT - RIGHT) * t) / whole;
        // One listens. Beyond what is configured a connection holds none.
        let wanted = 1;
        let over = false;
        let path = `M${x(0).toFixed(1)} ${y(1).toFixed(1)}`;
        for (const [t, by] of changes) {
          wanted += by;
          over ||= wanted > host.controlBlocksConfigured;
          path += `H${x(t).toFixed(1)}V${y(Math.min(wanted, host.controlBlocksConfigured)).toFixed(1)}`;
        }
        path += `H${x(whole).toFixed(1)}`;
        return (
          <div key={host.address} class="blocks">
            <span>
              {over ? '! ' : ''}
              {host.address}: peak {host.controlBlocksPeak} of {host.controlBlocksConfigured}
            </span>
            <svg
              viewBox={`0 0 ${width} 54`}
              role="img"
              aria-label={`Control blocks in use at ${host.address}, peak ${host.controlBlocksPeak} of ${host.controlBlocksConfigured}`}
            >
              <line class="grid" x1={LEFT} x2={width - RIGHT} y1={y(0)} y2={y(0)} />
              <path class="step" d={path} />
              <text class="tick" x={LEFT - 6} y={y(host.controlBlocksPeak) + 4} text-anchor="end">
                {host.controlBlocksPeak}
              </text>
            </svg>
          </div>
        );
      })}
      {report.hosts.length > hosts.length && (
        <p class="left">
          ! {thousands(report.hosts.length - hosts.length)} more hosts; the table on the overview has them all.
        </p>
      )}
    </figure>
  );
}
