import type { KnownId, LogRecord } from './record.ts';

/*
 * The texts of 9404, 9215 and 9156, as logs and letters carry them: with line wraps anywhere, with spaces lost ("BASE ILTCP/IP DRVR",
 * Q182619) and with the bracket tail cut off.
 */

/** The facts of one message, without time and source text. */
export type Facts = Omit<LogRecord, 'time' | 'raw'>;

export interface FoundMessage {
  readonly from: number;
  readonly to: number;
  readonly facts: Facts;
}

/** Words in this order with any white space, or none, between them. */
function words(template: string): string {
  return template
    .split(' ')
    .map(word => word.replace(/[.[\]/]/g, String.raw`\$&`))
    .join(String.raw`\s*`);
}

/** `[BASE IL TCP/IP DRVR 10 274] (12)`, or nothing: pasted texts often end before it. */
const TAIL = String.raw`(?:(?:\s*\.)?\s*\[\s*[A-Z][A-Z0-9/:\-\s]{0,60}?\s*(?<thread>\d{1,5})(?:\s+(?<procedure>\d{1,5}))?\s*\]\s*\(\s*(?<severity>\d{1,2})\s*\))?`;

const NO_FACTS = {
  headers: null,
  elements: null,
  winsock: null,
  controlBlock: null,
  configured: null,
  thread: null,
  procedure: null,
  severity: null,
} as const;

const MESSAGES: readonly { readonly id: KnownId; readonly pattern: RegExp }[] = [
  {
    id: 9404,
    pattern: new RegExp(
      // People often quote the second sentence alone.
      String.raw`(?:${words('illegal buffer request has been made')}(?:\s*\.)?\s*)?${words('The request was for')}\s*(?<headers>\d{1,5})\s*${words('headers and')}\s*(?<elements>\d{1,5})\s*elements(?:\s*\.)?${TAIL}`,
      'gi',
    ),
  },
  {
    id: 9215,
    pattern: new RegExp(
      String.raw`${words('sockets error')}\s*(?<winsock>\d{1,5})\s*${words('on a connect() call was detected').replace('()', String.raw`\(\s*\)`)}(?:\s*\.)?(?:\s*${words('The MTA will attempt to recover the sockets connection')}(?:\s*\.)?)?(?:\s*${words('Control block index')}\s*:?\s*(?<controlBlock>\d{1,5})(?:\s*\.)?)?${TAIL}`,
      'gi',
    ),
  },
  {
    id: 9156,
    pattern: new RegExp(
      String.raw`${words('no free control blocks available for network type')}\s*\d{1,3}(?:\s*\.)?\s*${words('The configured count is')}\s*(?<configured>\d{1,5})(?:\s*\.)?${TAIL}`,
      'gi',
    ),
  },
];

/** Every message in `text`, in order. */
export function findMessages(text: string): FoundMessage[] {
  const out: FoundMessage[] = [];
  for (const { id, pattern } of MESSAGES) {
    for (const match of text.matchAll(pattern)) {
      out.push({
        from: match.index,
        to: match.index + match[0].length,
        facts: { ...NO_FACTS, id, ...numbers(match.groups) },
      });
    }
  }
  return out.sort((a, b) => a.from - b.from);
}

/**
 * The facts out of insertion strings, where the message file was not at hand and only these were kept: 30, 30, BASE, TCP/IP DRVR, 10.
 * Their order is that of the text (Q195731 shows it for a neighbour event); null when they do not fit.
 */
export function factsFromInsertions(id: KnownId, strings: readonly string[]): Facts | null {
  const values = strings.map(text => (/^\s*\d{1,5}\s*$/.test(text) ? Number(text) : null));
  if (id === 9404) {
    const [headers, elements] = values;
    if (headers == null || elements == null) return null;
    return { ...NO_FACTS, id, headers, elements, thread: values.slice(2).find(value => value !== null) ?? null };
  }
  const [first, second] = values;
  if (first == null) return null;
  if (id === 9215) return { ...NO_FACTS, id, winsock: first, controlBlock: second ?? null };
  return second == null ? null : { ...NO_FACTS, id, configured: second };
}

/**
 * A record of the MTA's own Ev0.log: `message NMI9236: …, severity 12`, then `(BASE IL TCP/IP DRVR(22) Proc 262) 04-10-96 05:52:10pm`,
 * then lines in "more technical vocabulary" (Q151626, Q163325). The wording of 9404 there is not published, so its two numbers are
 * taken wherever they stand beside the words headers and elements.
 */
export function factsFromEv0(id: KnownId, body: string): Facts {
  const plain = findMessages(body).find(found => found.facts.id === id)?.facts ?? { ...NO_FACTS, id };
  const place = /\(\s*[A-Z][A-Z0-9/:\-\s]{0,60}?\((?<thread>\d{1,5})\)(?:\s*Proc\s*(?<procedure>\d{1,5}))?\s*\)/i.exec(
    body,
  );
  const severity = /severity\s*(?<severity>\d{1,2})/i.exec(body);
  const out: Facts = { ...plain, ...numbers(place?.groups), ...numbers(severity?.groups) };
  if (id === 9404 && out.elements === null) {
    return { ...out, headers: beside(body, 'headers?'), elements: beside(body, 'elements?') };
  }
  if (id === 9215 && out.winsock === null) {
    return {
      ...out,
      winsock: number(/error\s*:?\s*(\d{1,5})/i, body),
      controlBlock: number(/\bCB\s*:?\s*(\d{1,5})/i, body),
    };
  }
  if (id === 9156 && out.configured === null)
    return { ...out, configured: number(/configured\D{0,20}(\d{1,5})/i, body) };
  return out;
}

function beside(body: string, noun: string): number | null {
  return (
    number(new RegExp(String.raw`(\d{1,5})\s*${noun}\b`, 'i'), body) ??
    number(new RegExp(String.raw`\b${noun}\s*[:=]?\s*(\d{1,5})`, 'i'), body)
  );
}

function number(pattern: RegExp, text: string): number | null {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}

function numbers(groups: Record<string, string | undefined> | undefined): Partial<Facts> {
  const out: Record<string, number> = {};
  for (const [name, text] of Object.entries(groups ?? {})) if (text !== undefined) out[name] = Number(text);
  return out as Partial<Facts>;
}
