import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Finding } from '../model/finding.ts';
import { filterFor } from '../report/copied-filter.ts';
import { count, moment, thousands } from '../report/format.ts';
import type { FrameDetail, ViewTree } from '../report/html/detail.ts';
import { machineTrees } from '../report/html/machine-tree.ts';
import { oneLine } from '../report/safe.ts';
import { CopyButton } from './copy.tsx';
import { HexPane } from './hex.tsx';
import { useShared } from './state.ts';
import { dump, hexText } from './text.ts';
import { LayerTree, lineOf, linesOf } from './tree.tsx';

/** What the machine reads stands before what was sent, since it is what the verdict is about. */
function withMachineTrees(detail: FrameDetail, findings: readonly Finding[]): FrameDetail {
  const { trees } = detail;
  const low = trees.filter(tree => tree.pdu < 0);
  return {
    ...detail,
    trees: [...low, ...machineTrees(findings, detail.no), ...trees.filter(tree => tree.pdu >= 0)],
  };
}

/** Tree and octets of the selected frame. */
export function FramePanes(): JSX.Element {
  const { source, summary, selection, select, goto } = useShared();
  const { capture, frame, mark } = selection;
  const [detail, setDetail] = useState<FrameDetail | null>(null);
  const [state, setState] = useState('');
  useEffect(() => {
    let live = true;
    if (frame === null) {
      setDetail(null);
      setState('Select a packet to see its layers and octets.');
      return;
    }
    setState(`Dissecting frame ${thousands(frame)} …`);
    source
      .detail(capture, frame)
      .then(found => {
        if (!live) return;
        setDetail(found === null ? null : withMachineTrees(found, summary.report.findings));
        const { frames } = summary.report;
        setState(
          found !== null
            ? ''
            : frame < 1 || frame > frames
              ? `There is no frame ${thousands(frame)}: the capture has ${count(frames, 'frame')}.`
              : `The octets of frame ${thousands(frame)} are not in this page.`,
        );
      })
      .catch((error: Error) => {
        if (!live) return;
        setDetail(null);
        setState(`Frame ${thousands(frame)} can't be shown: ${error.message}`);
      });
    return () => {
      live = false;
    };
  }, [source, capture, frame, summary]);
  const lines = useMemo(() => (detail === null ? [] : linesOf(detail)), [detail]);
  if (detail === null || frame === null) return <p class="hint">{state}</p>;
  const current = lineOf(lines, mark);
  const line = current >= 0 ? lines[current]! : null;
  const space = detail.spaces[mark?.space ?? 0] ?? detail.spaces[0]!;
  const octets = mark === null ? detail.spaces[0]!.bytes : space.bytes.subarray(mark.start, mark.end);
  return (
    <>
      <div class="pane-tree">
        <h2>
          Frame {thousands(frame)}{' '}
          <small>
            {moment({ sec: detail.sec, nsec: detail.nsec })} UTC, {thousands(detail.wireLength)} octets
          </small>
        </h2>
        {detail.spaces[0]!.bytes.length < detail.wireLength && (
          <p class="hint">
            ! {thousands(detail.spaces[0]!.bytes.length)} of {thousands(detail.wireLength)} octets were captured.
          </p>
        )}
        {detail.comments.map((comment, i) => (
          <p class="hint" key={i}>
            Packet comment: {oneLine(comment)}
          </p>
        ))}
        {detail.note !== '' && <p class="hint">! {detail.note}</p>}
        {detail.completedIn.map(no => (
          <p class="hint" key={no}>
            Part of a TPKT that ends in{' '}
            <button type="button" class="link" onClick={() => goto(no)}>
              frame {thousands(no)}
            </button>
          </p>
        ))}
        <LayerTree detail={detail} mark={mark} onMark={m => select({ mark: m })} />
      </div>
      <div class="pane-hex">
        <HexPane detail={detail} lines={lines} mark={mark} onMark={m => select({ mark: m })} />
        <div class="named" role="status">
          {line === null
            ? mark === null
              ? 'Nothing selected'
              : `octets ${mark.start}–${mark.end - 1}`
            : `${line.mark.name} [${line.mark.start}–${Math.max(line.mark.start, line.mark.end - 1)}] ${line.text}`}
        </div>
        <div class="copies" role="group" aria-label="Copy">
          Copy{' '}
          <CopyButton
            label="text"
            what={line === null ? 'the frame as text' : 'the field as text'}
            text={() => (line === null ? lines.map(l => `${'  '.repeat(l.depth - 1)}${l.text}`).join('\n') : line.text)}
          />
          <CopyButton
            label="hex"
            what="octets as hex"
            text={() => (octets.length <= 64 ? hexText(octets) : dump(octets))}
          />
          <CopyButton label="filter" what="Wireshark filter" text={() => filterFor(line?.field ?? null, frame)} />
          <CopyButton label="JSON" what="JSON" text={() => jsonFor(detail, line?.tree ?? null, line?.field ?? null)} />
        </div>
      </div>
    </>
  );
}

function jsonFor(detail: FrameDetail, tree: ViewTree | null, field: unknown): string {
  const { no, wireLength, trees } = detail;
  return JSON.stringify(field ?? tree ?? { frame: no, wireLength, trees }, null, 2);
}
