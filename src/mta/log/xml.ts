import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { factsFromInsertions, findMessages } from './message.ts';
import { type EventLog, isKnownId, type LogRecord } from './record.ts';
import { dateOrderOf, firstTime } from './time.ts';

/*
 * Windows event XML: `wevtutil qe … /f:xml` (events one after the other without a root), Event Viewer's "Save as XML", and what
 * Get-WinEvent's ToXml() gives. With a RenderingInfo the text is there, otherwise the insertion strings.
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
  const records: LogRecord[] = [];
  let others = 0;
  for (const event of eventsIn(tree)) {
    const id = Number(textOf(child(child(event, 'System'), 'EventID')));
    if (!isKnownId(id)) {
      others++;
      continue;
    }
    const message = textOf(child(child(event, 'RenderingInfo'), 'Message'));
    const data = list(child(event, 'EventData'), 'Data').map(textOf);
    const facts = findMessages(message).find(found => found.facts.id === id)?.facts ?? factsFromInsertions(id, data);
    if (facts === null) {
      problems.push(`an event ${id} whose text and data are none that is known`);
      continue;
    }
    const created = textOf(child(child(child(event, 'System'), 'TimeCreated'), '@SystemTime'));
    const written = firstTime(created, dateOrderOf(created));
    // SystemTime is UTC by definition, with or without the Z.
    const time = written === null ? null : { ...written, zone: 'utc' as const };
    records.push({ ...facts, time, raw: message || data.join(', ') });
  }
  return { format: 'xml', records, others, problems };
}

function failed(problem: string): EventLog {
  return { format: 'xml', records: [], others: 0, problems: [problem] };
}

/** Event elements at any depth: exports wrap them in Events, tools in elements of their own. */
function eventsIn(root: Node): Node[] {
  const out: Node[] = [];
  const waiting: Node[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (typeof node === 'string') continue;
    for (const [name, value] of Object.entries(node)) {
      const children = (Array.isArray(value) ? value : [value]) as Node[];
      if (name === 'Event') out.push(...children);
      else waiting.push(...children.filter(each => each !== undefined));
    }
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
