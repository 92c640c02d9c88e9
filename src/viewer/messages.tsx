import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Association, Message } from '../model/message.ts';
import type { Stamp } from '../model/tsdu.ts';
import { duration, frameRange, moment, secondsBetween, thousands } from '../report/format.ts';
import type { Mark } from '../report/look.ts';
import { answerText, MODES, OUTCOME_MARKS, originatorText, outcomes, STATE_MARKS } from '../report/message-words.ts';
import { useShared } from './state.ts';
import { Breakable, SortTable, type TableColumn } from './table.tsx';
import { safe } from './text.ts';

/** The symbols of the marks that transfers and associations can have. */
const SIGNS: Readonly<Partial<Record<Mark, string>>> = { ok: '✔', warning: '!', unknown: '?' };

function state(message: Message, answer: Message | undefined): string {
  const parts = [`${SIGNS[STATE_MARKS[message.state]]} ${message.state}`];
  if (message.why !== null) parts.push(safe(message.why, 600));
  if (answer !== undefined) parts.push(answerText(answer));
  return parts.join(': ');
}

function ending({ outcome, ended }: Association): string {
  const grade = OUTCOME_MARKS[outcome];
  return `${grade === 'ok' ? '' : `${SIGNS[grade]} `}${safe(ended, 200)}`;
}

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
        words: m => `${m.recipients.map(r => r.address).join(' ')} ${outcomes(m.recipients)}`,
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
        whole: true,
      },
      {
        key: 'line',
        head: 'Time line',
        value: m => line.at(m.start),
        show: m => <TimeBar message={m} from={line.at(m.start) / line.whole} to={line.at(m.end) / line.whole} />,
        words: () => '',
      },
      {
        key: 'state',
        head: 'Transfer',
        value: m => m.state,
        long: true,
        show: m => state(m, m.answeredBy === null ? undefined : report.messages[m.answeredBy]),
      },
    ];
  }, [line, report]);
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
        class={`bars d${message.direction} ${STATE_MARKS[message.state] === 'ok' ? '' : 'warning'}`}
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
        {
          key: 'initiator',
          head: 'Initiator',
          value: a => a.initiator,
          show: a => <Breakable text={safe(a.initiator ?? '–', 60)} />,
          long: true,
        },
        {
          key: 'responder',
          head: 'Responder',
          value: a => a.responder,
          show: a => <Breakable text={safe(a.responder ?? '–', 60)} />,
          long: true,
        },
        { key: 'protocol', head: 'Protocol', value: a => a.protocol, whole: true },
        {
          key: 'mode',
          head: 'Mode',
          value: a => a.mode,
          show: a => (a.mode === null ? '–' : MODES[a.mode]),
          whole: true,
        },
        {
          key: 'messages',
          head: 'Messages',
          value: a => a.messages[0] + a.messages[1],
          show: a => `${thousands(a.messages[0])} → ${thousands(a.messages[1])} ←`,
          whole: true,
        },
        {
          key: 'frames',
          head: 'Frames',
          value: a => a.firstFrame,
          show: a => frameRange(a.firstFrame, a.lastFrame),
          whole: true,
        },
        { key: 'ended', head: 'Ended', value: a => a.ended, show: ending, long: true },
      ]}
      isSelected={a => a.stream === selection.stream}
      action={a => `Show association ${a.id} as a ladder`}
      onSelect={a => select({ view: 'ladder', stream: a.stream, frame: a.firstFrame, mark: null })}
    />
  );
}
