import type { JSX } from 'preact';
import { count, duration, frameList, moment, secondsBetween, thousands } from '../report/format.ts';
import { BufferChart } from './buffers.tsx';
import { MisreadHeader } from './misread.tsx';
import { Findings, Hosts, Streams } from './overview-tables.tsx';
import { useShared } from './state.ts';
import { safe } from './text.ts';
import { Entry, Verdict } from './verdict.tsx';

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

function CaptureFacts(): JSX.Element {
  const { summary, source } = useShared();
  const { report } = summary;
  const other = report.frames - report.selectedFrames;
  // Most of what is wrong with a file is a finding above; only the rest is told here.
  const warnings = report.warnings.filter(w => !report.findings.some(f => f.message === w.message));
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
        {warnings.map((w, i) => (
          <Entry key={i} term="Warning">
            ! {safe(w.message, 600)}
            {w.frame !== null && ` (frame ${frameList([w.frame])})`}
          </Entry>
        ))}
      </dl>
    </div>
  );
}
