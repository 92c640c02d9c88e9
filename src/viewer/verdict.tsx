import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { Finding } from '../model/finding.ts';
import { count, thousands } from '../report/format.ts';
import { otherPorts } from '../report/other-ports.ts';
import { checked, doubtful, quiet, survey, totals } from '../report/survey.ts';
import { RULES } from '../rules/catalogue.ts';
import { CopyButton } from './copy.tsx';
import { Grade } from './grade.tsx';
import { type Mark, useShared } from './state.ts';
import { safe } from './text.ts';

const MODELS = {
  all: 'fatal under all admissible models of',
  some: 'fatal under some admissible models of',
  none: 'fatal under no admissible model of',
} as const;

/** What the machine does, or what the chosen finding says. */
export function Verdict({ finding, index }: { finding: Finding | undefined; index: number }): JSX.Element {
  const { goto, select } = useShared();
  if (finding === undefined) return <Clean />;
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
  // The one that the finding is known by comes first.
  const others = request === undefined ? finding.frames : [request.disturbanceFrame];
  const known = finding.frames.filter(frame => frame === finding.frame);
  const frames = [...new Set([...known, ...others])].filter(frame => frame !== null).slice(0, 3);
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
        <Entry term="Why">{withCode(safe(finding.explanation, 4000))}</Entry>
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
              {request.assumptions.length > 0 && <Assumptions list={request.assumptions} />}
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

/** What is said when the machine does nothing worth a finding: what was looked at, and where no claim is made. */
function Clean(): JSX.Element {
  const { summary, source, select } = useShared();
  const { report, left } = summary;
  const { streams } = report;
  const others = report.findings.filter(f => f.severity !== 'note').length;
  const first = report.findings[0];
  const seen = useMemo(() => survey(streams), [streams]);
  const hint = otherPorts(source.anyPort, source.add === null ? '--port' : '--capture-port');
  const [grade, sign] = others > 0 ? ['note', '·'] : streams.length === 0 || seen.partial ? ['note', '?'] : ['ok', '✔'];
  return (
    <article class={`verdict ${grade}`}>
      <h1>
        <span aria-hidden="true">{sign} </span>
        {report.frames === 0
          ? 'An empty capture: nothing was checked'
          : streams.length === 0
            ? 'No ISO transport stream in this capture: nothing was checked'
            : quiet(report.hosts).replace(/^n/, 'N')}
      </h1>
      {streams.length > 0 ? (
        <p>
          {count(left.streams.of, 'stream')}
          {left.streams.kept < left.streams.of && `; of the ${thousands(left.streams.kept)} in this page`},{' '}
          {totals(seen)} ({source.profile.name}). {checked(seen, RULES.length)}
        </p>
      ) : (
        report.frames > 0 && hint !== '' && <p>{hint}.</p>
      )}
      {[...doubtful(seen)].map(sentence => (
        <p key={sentence}>? {sentence}</p>
      ))}
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

/** What a claim rests on. It belongs to the claim: on paper, where nobody can open it, it is shown. */
function Assumptions({ list }: { list: readonly string[] }): JSX.Element {
  const box = useRef<HTMLDetailsElement>(null);
  // With what is drawn, not behind it: who prints at once is heard too.
  useLayoutEffect(() => {
    const open = (): void => box.current?.setAttribute('open', '');
    addEventListener('beforeprint', open);
    return () => removeEventListener('beforeprint', open);
  }, []);
  return (
    <details ref={box}>
      <summary>Rests on {count(list.length, 'assumption')}</summary>
      <ul>
        {list.map(a => (
          <li key={a}>{safe(a, 600)}</li>
        ))}
      </ul>
    </details>
  );
}

/** Words of a command line stand between backticks. */
function withCode(text: string): ComponentChildren[] {
  return text.split('`').map((part, i) => (i % 2 === 0 ? part : <code key={i}>{part}</code>));
}

/** In the request frame, the octets that were taken for a header. */
export function markOf(finding: Finding, frame: number): Mark | null {
  const pieces = finding.request?.headerPieces.filter(p => p.frame === frame) ?? [];
  const piece = pieces[0];
  return piece === undefined ? null : { space: 0, start: piece.offset, end: piece.offset + piece.length, name: '' };
}

/** A term of a list, and what is said of it. */
export function Entry({ term, children }: { term: string; children: ComponentChildren }): JSX.Element {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}
