import type { JSX } from 'preact';
import { endpoint } from '../report/format.ts';
import { useShared } from './state.ts';

/** Chooses the stream that a view is about; the choice is everywhere's. Nothing where there is none to choose. */
export function StreamPicker({ streams, stream }: { streams: readonly number[]; stream: number }): JSX.Element | null {
  const { summary, select } = useShared();
  if (streams.length === 0) return null;
  const byId = new Map(summary.report.streams.map(s => [s.id, s]));
  const name = (id: number): string => {
    const s = byId.get(id);
    return s === undefined
      ? `${id}`
      : `${id}: ${endpoint(s.client.address, s.client.port)} → ${endpoint(s.server.address, s.server.port)} ${s.protocol}`;
  };
  return (
    <label class="pick">
      Stream{' '}
      <select
        value={stream}
        onChange={event => select({ stream: Number(event.currentTarget.value), frame: null, mark: null })}
      >
        {streams.map(id => (
          <option key={id} value={id}>
            {name(id)}
          </option>
        ))}
      </select>
    </label>
  );
}
