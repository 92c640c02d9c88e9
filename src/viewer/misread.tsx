import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Finding } from '../model/finding.ts';
import { frameList, thousands } from '../report/format.ts';
import type { Misread, OctetCell } from '../report/html/misread.ts';
import { useShared } from './state.ts';

interface Column {
  readonly offset: number;
  readonly cell: OctetCell | null;
  /** Octets that a gap column stands for. */
  readonly gap: number;
}

function columnsOf(misread: Misread): Column[] {
  const out: Column[] = [];
  let next = misread.cells[0]?.offset ?? 0;
  for (const cell of misread.cells) {
    if (cell.offset > next) out.push({ offset: next, cell: null, gap: cell.offset - next });
    out.push({ offset: cell.offset, cell, gap: 0 });
    next = cell.offset + 1;
  }
  return out;
}

/** What an octet is part of, for those who can't see the drawing. */
const KINDS = {
  asked: ', of the header that asked',
  taken: ', taken for a header',
  real: ', header as sent',
  before: ', header of the TPKT before',
  other: '',
};

/** The header that killed the machine, octet by octet: what the TPKT before declared, what was there, which four were taken. */
export function MisreadHeader({ misread, finding }: { misread: Misread; finding: Finding }): JSX.Element | null {
  const { goto } = useShared();
  const box = useRef<HTMLDivElement>(null);
  // Where the drawing is wider than the page, what was taken for a header is what must be seen.
  useLayoutEffect(() => {
    const taken = box.current?.querySelector<HTMLElement>('.octet:is(.taken, .asked)');
    if (taken != null) box.current!.scrollLeft = taken.offsetLeft - box.current!.clientWidth / 2;
  }, [misread]);
  const request = finding.request!;
  const columns = columnsOf(misread);
  if (columns.length === 0) return null;
  const { previous, trueBoundary, header } = misread;
  const last = columns.at(-1)!.offset + 1;
  // A header that was sent as such asked by the length that it declares; nothing else was taken for one.
  const sent = previous === null ? trueBoundary === null : previous.offset === header;
  /** Along the octets from `from` up to `to`, those that are drawn. */
  const along = (row: number, from: number, to: number, style: string, text: string): JSX.Element | null => {
    const first = columns.findIndex(c => c.offset + Math.max(c.gap, 1) > from);
    if (first < 0) return null;
    let end = columns.findIndex(c => c.offset >= to);
    if (end < 0) end = columns.length;
    const gridColumn = `${first + 1} / ${Math.max(end, first + 1) + 1}`;
    return (
      <span class={style} style={{ gridRow: `${row}`, gridColumn }}>
        {text}
      </span>
    );
  };
  const kind = (offset: number): keyof typeof KINDS => {
    if (offset >= header && offset < header + 4) return sent ? 'asked' : 'taken';
    if (trueBoundary !== null && offset >= trueBoundary && offset < trueBoundary + 4) return 'real';
    if (previous !== null && offset >= previous.offset && offset < previous.offset + 4) return 'before';
    return 'other';
  };
  const declaredEnd = previous === null ? 0 : previous.offset + previous.declared;
  const octets = request.headerOctets.toUpperCase().replace(/(..)(?!$)/g, '$1 ');
  const words = [
    previous === null
      ? ''
      : `The TPKT at stream offset ${thousands(previous.offset)} declares ${thousands(previous.declared)} octets, up to ${thousands(declaredEnd)}.`,
    trueBoundary === null ? '' : `The next TPKT was sent at ${thousands(trueBoundary)}.`,
    !sent
      ? `The machine takes ${octets} at ${thousands(header)} for a header: a length of ${thousands(request.declaredLength)}.`
      : previous !== null
        ? 'The machine asks by the declared length.'
        : `The header at stream offset ${thousands(header)} is ${octets}: a length of ${thousands(request.declaredLength)}.`,
  ].join(' ');
  return (
    <figure class="misread">
      <figcaption>
        <h2>{sent ? 'The header that asked' : 'The misread header'}</h2>
        <p>{words}</p>
      </figcaption>
      <div class="wide" ref={box} role="group" tabIndex={0} aria-label="The octets around the header, drawn">
        <div
          class="cells"
          style={{
            gridTemplateColumns: columns.map(c => (c.gap > 0 ? 'minmax(3.6em, max-content)' : '2.1em')).join(' '),
          }}
        >
          {previous !== null &&
            along(
              1,
              previous.offset,
              Math.min(declaredEnd, last),
              'brace declared',
              `declared: ${thousands(previous.declared)} octets`,
            )}
          {!sent && along(1, header, header + 4, 'brace taken', 'taken for a header')}
          {columns.map((c, i) =>
            c.cell === null ? (
              <span key={c.offset} class="gap" style={{ gridRow: '2', gridColumn: `${i + 1}` }}>
                … {thousands(c.gap)}
              </span>
            ) : (
              <button
                key={c.offset}
                type="button"
                class={`octet ${kind(c.offset)}`}
                style={{ gridRow: '2', gridColumn: `${i + 1}` }}
                title={`stream offset ${c.offset}, frame ${c.cell.frame}, octet ${c.cell.at}`}
                aria-label={`${c.cell.octet.toString(16).padStart(2, '0')} at stream offset ${c.offset}, frame ${c.cell.frame}${KINDS[kind(c.offset)]}`}
                onClick={() =>
                  goto(c.cell!.frame, {
                    view: 'packets',
                    stream: finding.stream,
                    mark: { space: 0, start: c.cell!.at, end: c.cell!.at + 1, name: '' },
                  })
                }
              >
                {c.cell.octet.toString(16).padStart(2, '0').toUpperCase()}
              </button>
            ),
          )}
          {previous !== null &&
            trueBoundary !== null &&
            along(
              3,
              previous.offset,
              trueBoundary,
              'brace there',
              `${trueBoundary < declaredEnd ? 'carried' : 'up to the next TPKT'}: ${thousands(trueBoundary - previous.offset)} octets`,
            )}
          {trueBoundary !== null && along(3, trueBoundary, last, 'brace real', 'next TPKT, as sent')}
          {along(
            4,
            header,
            last,
            'reading',
            `version ${request.headerOctets.slice(0, 2).toUpperCase()}${request.headerOctets.startsWith('03') ? '' : ' (not 03)'} · reserved ${request.headerOctets.slice(2, 4).toUpperCase()} · length ${request.headerOctets.slice(4).toUpperCase()} = ${thousands(request.declaredLength)}`,
          )}
        </div>
      </div>
      <p class="key">
        {previous !== null && !sent && (
          <>
            <span class="swatch before" aria-hidden="true" /> header of the TPKT before{' '}
          </>
        )}
        {trueBoundary !== null && (
          <>
            <span class="swatch real" aria-hidden="true" /> header as sent{' '}
          </>
        )}
        <span class={`swatch ${sent ? 'asked' : 'taken'}`} aria-hidden="true" />{' '}
        {sent ? 'the header that asked' : 'octets taken for a header'}, in frame {frameList(request.headerFrames)}
      </p>
    </figure>
  );
}
