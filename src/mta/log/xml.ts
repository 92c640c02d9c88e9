import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { factsFromInsertions, findMessages } from './message.ts';
import { type EventLog, isKnownId, type LogRecord } from './record.ts';
import { dateOrderOf, firstTime } from './time.ts';

/*
 * Windows event XML: `wevtutil qe … /f:xml` (events one after the other without a root), Event Viewer's "Save as XML", and what
 * Get-WinEvent's ToXml(), ConvertTo-Xml or Export-Clixml give. With a RenderingInfo the text is there, otherwise the insertion strings.
 */

/** Tree nodes as the parser gives them: text, or children and attributes by name. */
type Node = string | { readonly [name: string]: Node | readonly Node[] } | undefined;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  removeNSPrefix: true,
  // Numeric character references, which line ends in messages are written as.
  htmlEntities: true,
  isArray: name => name === 'Event' || name === 'Data',
});

export function isXml(text: string): boolean {
  return /^\s*<(?:\?xml|!DOCTYPE|[A-Za-z])/i.test(text);
}

export function readXml(text: string): EventLog {
  const problems: string[] = [];
  if (/<!DOCTYPE/i.test(text)) return failed('the XML has a DOCTYPE, which event logs never have; it is not read');
  const rooted = `<log>${text.replace(/<\?xml[^>]*\?>/g, '')}</log>`;
  // The parser takes what it can get, which suits a log that was cut off; the validator says that it was.
  const sound = XMLValidator.validate(rooted);
  if (sound !== true) problems.push(`the XML is not well-formed: line ${sound.err.line}: ${sound.err.msg}`);
  let tree: Node;
  try {
    tree = parser.parse(rooted) as Node;
  } catch (error) {
    return failed(`the XML is not well-formed: ${(error as Error).message}`);
  }
  const events = [...eventsIn(tree).map(readEvent), ...nodesIn(tree).flatMap(readSerialized)];
  const records: LogRecord[] = [];
  let others = 0;
  for (const event of events) {
    if (typeof event === 'string') problems.push(event);
    else if (event === null) others++;
    else records.push(event);
  }
  return { format: 'xml', records, others, problems };
}

/** One Event element: the record, null for another event, or what is wrong with it. */
function readEvent(event: Node): LogRecord | null | string {
  const system = child(event, 'System');
  const id = Number(textOf(child(system, 'EventID')));
  if (!isKnownId(id)) return null;
  const message = textOf(child(child(event, 'RenderingInfo'), 'Message'));
  const data = list(child(event, 'EventData'), 'Data').map(textOf);
  const facts = findMessages(message).find(found => found.facts.id === id)?.facts ?? factsFromInsertions(id, data);
  if (facts === null) return `an event ${id} whose text and data are none that is known`;
  const created = textOf(child(child(system, 'TimeCreated'), '@SystemTime'));
  const written = firstTime(created, dateOrderOf(created));
  // SystemTime is UTC by definition, with or without the Z.
  const time = written === null ? null : { ...written, zone: 'utc' as const };
  return { ...facts, time, raw: message || data.join(', ') };
}

/**
 * What PowerShell makes of an event record when asked for XML (ConvertTo-Xml: Property elements with a Name; Export-Clixml: elements with
 * an N, partly inside Props and MS). Nothing for any other node.
 */
function readSerialized(node: Node): LogRecord[] {
  const named = namedIn(node, true);
  const message = findMessages(named.get('Message') ?? '')[0];
  if (message === undefined) return [];
  const created = named.get('TimeCreated') ?? named.get('TimeGenerated') ?? '';
  return [{ ...message.facts, time: firstTime(created, dateOrderOf(created)), raw: named.get('Message')! }];
}

function namedIn(node: Node, deeper: boolean): Map<string, string> {
  const out = new Map<string, string>();
  if (node === undefined || typeof node === 'string') return out;
  for (const [element, value] of Object.entries(node)) {
    for (const each of (Array.isArray(value) ? value : [value]) as Node[]) {
      const name = textOf(child(each, '@Name')) || textOf(child(each, '@N'));
      if (name !== '') out.set(name, textOf(each));
      else if (deeper && (element === 'Props' || element === 'MS'))
        for (const [k, v] of namedIn(each, false)) out.set(k, v);
    }
  }
  return out;
}

function failed(problem: string): EventLog {
  return { format: 'xml', records: [], others: 0, problems: [problem] };
}

/** Event elements at any depth: exports wrap them in Events, tools in elements of their own. */
function eventsIn(root: Node): Node[] {
  return nodesIn(root).flatMap(node => list(node, 'Event'));
}

/** Elements that are read through the one above them. */
const READ_WITH_PARENT: ReadonlySet<string> = new Set(['Event', 'Props', 'MS']);

/** Every element with children that lies outside those, in document order. */
function nodesIn(root: Node): Node[] {
  const out: Node[] = [];
  const waiting: Node[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (typeof node === 'string') continue;
    out.push(node);
    const below: Node[] = [];
    for (const [name, value] of Object.entries(node)) {
      if (READ_WITH_PARENT.has(name)) continue;
      for (const each of (Array.isArray(value) ? value : [value]) as Node[]) below.push(each);
    }
    for (const each of below.reverse()) if (each !== undefined && typeof each !== 'string') waiting.push(each);
  }
  return out;
}

function child(node: Node, name: string): Node {
  if (node === undefined || typeof node === 'string') return undefined;
  const value = node[name];
  return (Array.isArray(value) ? value[0] : value) as Node;
}

function list(node: Node, name: string): Node[] {
  if (node === undefined || typeof node === 'string') return [];
  const value = node[name];
  return (value === undefined ? [] : Array.isArray(value) ? value : [value]) as Node[];
}

function textOf(node: Node): string {
  if (node === undefined) return '';
  if (typeof node === 'string') return node;
  const text = node['#text'];
  return typeof text === 'string' ? text : '';
}
