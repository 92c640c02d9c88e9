import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { FrameDetail, ViewField, ViewTree } from '../report/html/detail.ts';
import { useCursor } from './cursor.ts';
import { useKept } from './kept.ts';
import type { Mark } from './state.ts';
import { safe } from './text.ts';

/** One line of the layer tree. */
export interface Line {
  readonly key: string;
  readonly depth: number;
  readonly parent: number;
  readonly text: string;
  readonly title: boolean;
  readonly fault: string | null;
  readonly mark: Mark;
  readonly children: boolean;
  readonly field: ViewField | null;
  readonly tree: ViewTree;
}

/** All lines of the trees, opened or not, in order. */
export function linesOf(detail: FrameDetail): Line[] {
  const out: Line[] = [];
  const add = (f: ViewField, tree: ViewTree, depth: number, parent: number, key: string): void => {
    const at = out.length;
    const value = f.text ?? (f.value === null ? '' : String(f.value));
    out.push({
      key,
      depth,
      parent,
      text: value === '' ? safe(f.label, 120) : `${safe(f.label, 120)}: ${safe(value, 500)}`,
      title: false,
      fault: f.fault,
      mark: { space: tree.space, start: f.start, end: f.end, name: f.name },
      children: f.children.length > 0,
      field: f,
      tree,
    });
    for (const [i, child] of f.children.entries()) add(child, tree, depth + 1, at, `${key}.${i}`);
  };
  detail.trees.forEach((tree, n) => {
    const at = out.length;
    out.push({
      key: `t${n}`,
      depth: 1,
      parent: -1,
      text: safe(tree.title, 300),
      title: true,
      fault: null,
      mark: { space: tree.space, start: tree.start, end: tree.end, name: tree.layer },
      children: tree.fields.length > 0,
      field: null,
      tree,
    });
    for (const [i, f] of tree.fields.entries()) add(f, tree, 2, at, `t${n}.${i}`);
  });
  return out;
}

/** The line of what is marked: the same place and name, else the smallest one that holds the octets. */
export function lineOf(lines: readonly Line[], mark: Mark | null): number {
  if (mark === null) return -1;
  let best = -1;
  let size = Number.POSITIVE_INFINITY;
  for (const [i, line] of lines.entries()) {
    const m = line.mark;
    if (m.space !== mark.space) continue;
    if (m.start === mark.start && m.end === mark.end && m.name === mark.name) return i;
    if (m.start <= mark.start && m.end >= mark.end && m.end - m.start > 0 && m.end - m.start <= size) {
      best = i;
      size = m.end - m.start;
    }
  }
  return best;
}

export interface TreeProps {
  readonly detail: FrameDetail;
  readonly mark: Mark | null;
  onMark(mark: Mark): void;
}

/** The layers of a frame as Wireshark shows them. Arrow keys walk, open and close (WAI-ARIA tree pattern). */
export function LayerTree({ detail, mark, onMark }: TreeProps): JSX.Element {
  const lines = useMemo(() => linesOf(detail), [detail]);
  const [toggled, setToggled] = useKept<ReadonlyMap<string, boolean>>('layers', new Map());
  const box = useRef<HTMLDivElement>(null);
  const current = lineOf(lines, mark);
  const reached = useCursor(current);
  const isOpen = (line: Line): boolean =>
    toggled.get(`${detail.no}/${line.key}`) ??
    (line.depth === 1
      ? line.tree.pdu >= 0 || line.tree.layer === 'tpkt'
      : line.depth < 5 && line.field!.children.length <= 24);
  const visible: number[] = [];
  const shown = new Array<boolean>(lines.length).fill(false);
  lines.forEach((line, i) => {
    shown[i] = line.parent < 0 || (shown[line.parent]! && isOpen(lines[line.parent]!));
    if (shown[i]) visible.push(i);
  });
  const toggle = (i: number, open: boolean): void => {
    setToggled(new Map(toggled).set(`${detail.no}/${lines[i]!.key}`, open));
  };
  useEffect(() => {
    if (current < 0) return;
    // What is selected elsewhere must be seen here: open what hides it.
    const closed: number[] = [];
    for (let p = lines[current]!.parent; p >= 0; p = lines[p]!.parent) if (!isOpen(lines[p]!)) closed.push(p);
    if (closed.length > 0) {
      const next = new Map(toggled);
      for (const p of closed) next.set(`${detail.no}/${lines[p]!.key}`, true);
      setToggled(next);
    }
    box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [current, detail]);

  const key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = reached.current;
    const at = visible.indexOf(here);
    const line = here >= 0 ? lines[here]! : null;
    let next = -1;
    if (event.key === 'ArrowDown') next = visible[Math.min(visible.length - 1, at + 1)] ?? -1;
    else if (event.key === 'ArrowUp') next = visible[Math.max(0, at - 1)] ?? -1;
    else if (event.key === 'Home') next = visible[0] ?? -1;
    else if (event.key === 'End') next = visible.at(-1) ?? -1;
    else if (event.key === 'ArrowRight' && line !== null) {
      if (line.children && !isOpen(line)) toggle(here, true);
      else if (line.children) next = here + 1;
    } else if (event.key === 'ArrowLeft' && line !== null) {
      if (line.children && isOpen(line)) toggle(here, false);
      else next = line.parent;
    } else if ((event.key === 'Enter' || event.key === ' ') && line !== null) toggle(here, !isOpen(line));
    else return;
    event.preventDefault();
    if (next < 0) return;
    reached.current = next;
    onMark(lines[next]!.mark);
  };
  return (
    <div
      class="tree"
      role="tree"
      aria-label={`Layers of frame ${detail.no}`}
      tabIndex={0}
      ref={box}
      aria-activedescendant={current >= 0 && shown[current] ? `line-${current}` : undefined}
      onKeyDown={key}
    >
      {visible.map(i => {
        const line = lines[i]!;
        return (
          <div
            key={line.key}
            id={`line-${i}`}
            role="treeitem"
            aria-level={line.depth}
            aria-selected={i === current}
            {...(line.children ? { 'aria-expanded': isOpen(line) } : {})}
            class={`line${line.title ? ' title' : ''}${i === current ? ' selected' : ''}${line.fault === null ? '' : ' faulty'}`}
            style={{ paddingInlineStart: `${line.depth * 14 - 6}px` }}
            data-name={line.mark.name}
            data-start={line.mark.start}
            data-end={line.mark.end}
            onClick={() => onMark(line.mark)}
            onDblClick={() => toggle(i, !isOpen(line))}
          >
            <span
              class="twist"
              aria-hidden="true"
              onClick={event => {
                event.stopPropagation();
                if (line.children) toggle(i, !isOpen(line));
              }}
            >
              {line.children ? (isOpen(line) ? '▾' : '▸') : ''}
            </span>
            <span class="text">{line.text}</span>
            {line.fault !== null && <span class="fault">✖ {safe(line.fault, 300)}</span>}
          </div>
        );
      })}
    </div>
  );
}
