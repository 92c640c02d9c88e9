import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Association, Message } from '../model/message.ts';
import type { Stamp } from '../model/tsdu.ts';
import { duration, frameRange, moment, secondsBetween, thousands } from '../report/format.ts';
import { originatorText, outcomes } from '../report/message-words.ts';
import { useShared } from './state.ts';
import { Breakable, SortTable, type TableColumn } from './table.tsx';
import { safe } from './text.ts';

const STATE: Readonly<Record<Message['state'], string>> = {
  complete: '✔ complete',
  discarded: '! discarded',
  interrupted: '✖ interrupted',
  resumed: '✔ resumed',
  damaged: '! damaged',
};

/** The colour of a transfer on the time line; that of its direction where nothing is wrong with it. */
const GRADE: Readonly<Record<Message['state'], string>> = {
  complete: '',
  discarded: 'warning',
  interrupted: 'error',
  resumed: '',
  damaged: 'warning',
};

/** What was transferred, each transfer on the time line of the capture. */
export function Messages(): JSX.Element {
  const { summary, selection, goto } = useShared();
  const { report, left } = summary;
  // The time line runs from the first transfer to the end of the last one.
  const line = useMemo(() => {
    let first: Stamp | null = null;
    let last: Stamp | null = null;
    for (const m of report.messages) {
      if (first === null || secondsBetween(first, m.start) < 0) first = m.start;
      if (last === null || secondsBetween(last, m.end) > 0) last = m.end;
    }
    const start = first ?? { sec: 0, nsec: 0 };
    const whole = last === null ? 1 : Math.max(1e-6, secondsBetween(start, last));
    return { start: first, whole, at: (stamp: Stamp): number => secondsBetween(start, stamp) };
  }, [report]);
  const columns = useMemo((): readonly TableColumn<Message>[] => {
    return [
      {
        key: 'id',
        head: 'Message',
        value: m => m.mtsIdentifier ?? m.localIdentifier,
        long: true,
        show: m => <Breakable text={named(m)} />,
      },
      { key: 'kind', head: 'Kind', value: m => m.kind },
      {
        key: 'from',
        head: 'Originator',
        value: m => m.originator,
        long: true,
        show: m => <Breakable text={safe(originatorText(m))} />,
      },
      {
        key: 'to',
        head: 'Recipients',
        value: m => m.recipients.map(r => r.address).join(' '),
        long: true,
        show: m => <Recipients message={m} />,
      },
      {
        key: 'subject',
        head: 'Subject',
        value: m => m.ipm?.subject ?? null,
        show: m => safe(m.ipm?.subject ?? '–'),
        long: true,
      },
      { key: 'octets', head: 'Octets', value: m => m.octets, show: m => thousands(m.octets), right: true },
      { key: 'took', head: 'Took', value: m => m.seconds, show: m => duration(m.seconds), right: true },
      {
        key: 'frames',
        head: 'Frames',
        value: m => m.firstFrame,
        show: m => frameRange(m.firstFrame, m.lastFrame),
      },
      {
        key: 'line',
        head: 'Time line',
        value: m => line.at(m.start),
        show: m => <TimeBar message={m} from={line.at(m.start) / line.whole} to={line.at(m.end) / line.whole} />,
      },
      {
        key: 'state',
        head: 'Transfer',
        value: m => m.state,
        long: true,
        show: m => `${STATE[m.state]}${m.why === null ? '' : `: ${safe(m.why, 600)}`}`,
      },
    ];
  }, [line]);
  const { kept, of } = left.messages;
  return (
    <section class="messages" aria-label="Messages">
      <SortTable
        id="messages"
        caption="Messages"
        unit="message"
        rows={report.messages}
        columns={columns}
        isSelected={m =>
          selection.frame !== null &&
          m.stream === selection.stream &&
          m.firstFrame <= selection.frame &&
          m.lastFrame >= selection.frame
        }
        action={m => `Select message ${named(m)} at frame ${m.firstFrame}`}
        onSelect={m => goto(m.lastFrame, { stream: m.stream })}
        note={kept < of ? `${thousands(of - kept)} of ${thousands(of)} messages are left out of this page` : ''}
      />
      {line.start === null ? (
        <p>No message, probe or report was transferred.</p>
      ) : (
        <p class="hint">
          The time line begins at {moment(line.start)} UTC and is {duration(line.whole)} long.
        </p>
      )}
      <Associations associations={report.associations} />
    </section>
  );
}

function named({ mtsIdentifier, localIdentifier }: Message): string {
  return safe(mtsIdentifier ?? localIdentifier ?? '(no identifier)');
}

function Recipients({ message }: { message: Message }): JSX.Element {
  const { recipients } = message;
  const failed = recipients.some(r => r.outcome !== null && !r.outcome.delivered);
  const told = outcomes(recipients);
  return (
    <>
      <Breakable text={safe(recipients[0]?.address ?? '–')} />
      {recipients.length > 1 && ` and ${thousands(recipients.length - 1)} more`}
      {told !== '' && ` (${failed ? '!' : '✔'} ${safe(told)})`}
    </>
  );
}

function TimeBar({ message, from, to }: { message: Message; from: number; to: number }): JSX.Element {
  const width = Math.max(2, (to - from) * 120);
  return (
    <svg
      class="timebar"
      viewBox="0 0 124 14"
      width="124"
      height="14"
      role="img"
      aria-label={`${duration(message.seconds)}, state ${message.state}`}
    >
      <line class="grid" x1="0" x2="124" y1="7" y2="7" />
      <rect
        class={`bars d${message.direction} ${GRADE[message.state]}`}
        x={Math.min(from * 120, 122)}
        y="2"
        width={width}
        height="10"
        rx="2"
      />
    </svg>
  );
}

function Associations({ associations }: { associations: readonly Association[] }): JSX.Element {
  const { selection, select } = useShared();
  return (
    <SortTable
      id="associations"
      caption="Associations"
      unit="association"
      rows={associations}
      columns={[
        { key: 'id', head: '#', value: a => a.id, right: true },
        { key: 'initiator', head: 'Initiator', value: a => a.initiator, show: a => safe(a.initiator ?? '–', 60) },
        { key: 'responder', head: 'Responder', value: a => a.responder, show: a => safe(a.responder ?? '–', 60) },
        { key: 'protocol', head: 'Protocol', value: a => a.protocol },
        { key: 'mode', head: 'Mode', value: a => a.mode },
        {
          key: 'messages',
          head: 'Messages',
          value: a => a.messages[0] + a.messages[1],
          show: a => `${a.messages[0]} → ${a.messages[1]} ←`,
        },
        {
          key: 'frames',
          head: 'Frames',
          value: a => a.firstFrame,
          show: a => frameRange(a.firstFrame, a.lastFrame),
        },
        { key: 'ended', head: 'Ended', value: a => a.ended, show: a => safe(a.ended, 200), long: true },
      ]}
      isSelected={a => a.stream === selection.stream}
      action={a => `Show association ${a.id} as a ladder`}
      onSelect={a => select({ view: 'ladder', stream: a.stream, frame: a.firstFrame, mark: null })}
    />
  );
}
