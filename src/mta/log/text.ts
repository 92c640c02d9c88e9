import { type Facts, factsFromEv0, factsFromInsertions, findMessages } from './message.ts';
import { type EventLog, isKnownId, type LogRecord } from './record.ts';
import { type DateOrder, firstTime, lastTime } from './time.ts';

/** `message NMI9236: Internal Operating System Error, severity 12` opens each record of Ev0.log. */
const EV0_RECORD = /message\s+NMI\s*(\d{1,5})\s*:/gi;
/** An event viewer without the MTA's message file prints what the event carried. */
const INSERTIONS =
  /Event\s+ID(?:\s*\()?\s*(\d{1,5})(?:\s*\))?\s*(?:in\s+Source\s*\(\s*MSExchangeMTA\s*\)|from\s+source\s+MSExchangeMTA)[\s\S]{0,600}?(?:insertion\s+string\(?s?\)?|included\s+with\s+the\s+event)\s*:\s*([^\n]{1,200}(?:\n[^\n:]{1,80}){0,6})/gi;

export function isEv0(text: string): boolean {
  return /message\s+NMI\s*\d{1,5}\s*:/i.test(text);
}

/** The MTA's own text log. */
export function readEv0(text: string, order: DateOrder): EventLog {
  const starts = [...text.matchAll(EV0_RECORD)];
  const records: LogRecord[] = [];
  let others = 0;
  for (const [i, start] of starts.entries()) {
    const id = Number(start[1]);
    if (!isKnownId(id)) {
      others++;
      continue;
    }
    const body = text.slice(start.index, starts[i + 1]?.index ?? text.length);
    records.push({ ...factsFromEv0(id, body), time: firstTime(body, order), raw: body.trim() });
  }
  return { format: 'ev0', records, others, problems: [] };
}

/**
 * Pasted lines, copied event details, letters: the known texts wherever they stand, each with the last date and time that stands
 * between the event before and itself.
 */
export function readText(text: string, order: DateOrder): EventLog {
  const unquoted = text.replace(/^[ \t]*>[> \t]*/gm, '');
  const records: LogRecord[] = [];
  let before = 0;
  for (const { from, to, facts } of found(unquoted)) {
    records.push({ ...facts, time: lastTime(unquoted.slice(before, from), order), raw: unquoted.slice(from, to) });
    before = to;
  }
  return { format: 'text', records, others: 0, problems: [] };
}

function found(text: string): { from: number; to: number; facts: Facts }[] {
  const out = [...findMessages(text)];
  for (const match of text.matchAll(INSERTIONS)) {
    const id = Number(match[1]);
    const facts = isKnownId(id)
      ? factsFromInsertions(
          id,
          match[2]!.split(/[,\n]/).map(part => part.trim()),
        )
      : null;
    if (facts !== null) out.push({ from: match.index, to: match.index + match[0].length, facts });
  }
  return out.sort((a, b) => a.from - b.from);
}
