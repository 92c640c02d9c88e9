import { type FieldIndex, PACKET_INDEX } from './fields.ts';
import { parseFilter } from './parse.ts';

export interface Completion {
  /** What to put in place of `from`…`to`. */
  readonly text: string;
  /** What it is, for people. */
  readonly label: string;
}

export interface Completions {
  readonly from: number;
  readonly to: number;
  readonly items: readonly Completion[];
}

const MOST = 50;
const RELATIONS: readonly (readonly [string, string])[] = [
  ['==', 'equal'],
  ['!=', 'not equal'],
  ['<', 'less'],
  ['<=', 'less or equal'],
  ['>', 'greater'],
  ['>=', 'greater or equal'],
  ['contains', 'contains text or octets'],
  ['matches', 'matches a regular expression'],
  ['in', 'one of a set: {1, 2, 8..15}'],
];
const LOGIC: readonly (readonly [string, string])[] = [
  ['&&', 'and'],
  ['||', 'or'],
];

/** What may stand at `cursor`: fields, relations, values or && and ||. */
export function completions(text: string, cursor: number, fields: FieldIndex = PACKET_INDEX): Completions {
  const before = text.slice(0, cursor);
  const word = /[\p{L}\p{N}_.-]*$/u.exec(before)![0];
  const from = cursor - word.length;
  const to = cursor + /^[\p{L}\p{N}_.-]*/u.exec(text.slice(cursor))![0].length;
  const head = before.slice(0, from);
  const result = (items: readonly Completion[]): Completions => ({ from, to, items: items.slice(0, MOST) });
  const starting = (list: readonly (readonly [string, string])[]): Completion[] =>
    list.filter(([item]) => item.startsWith(word.toLowerCase())).map(([item, label]) => ({ text: item, label }));
  // The parser says what is missing where the word begins. A whole filter before it leaves a relation or logic.
  const parsed = parseFilter(head, fields);
  if (parsed.ok) {
    const endsInField =
      /[\p{L}\p{N}_-]\s+$/u.test(head) &&
      fields.resolve(
        head
          .trim()
          .split(/[\s(!]+/)
          .at(-1)!,
      ) !== null;
    return result([...(endsInField ? starting(RELATIONS) : []), ...starting(LOGIC)]);
  }
  if (parsed.position < head.trimEnd().length) return result([]);
  if (parsed.expected.includes('field')) {
    const items: Completion[] = [];
    for (const info of fields.starting(word)) {
      items.push({ text: info.name, label: info.label ?? '' });
      if (items.length >= MOST * 4) break;
    }
    return result(items.sort((a, b) => (a.text < b.text ? -1 : 1)));
  }
  if (parsed.expected.includes('value') && parsed.field !== null) {
    const values = fields.info(parsed.field)?.values ?? [];
    return result(
      values
        .filter(v => v.startsWith(word))
        .map(v => ({ text: /^[\w.-]+$/.test(v) ? v : JSON.stringify(v), label: '' })),
    );
  }
  if (parsed.expected.includes('set')) return result([{ text: '{', label: 'a set' }]);
  if (parsed.expected.includes('close')) return result([...starting(LOGIC), { text: ')', label: '' }]);
  return result([]);
}
