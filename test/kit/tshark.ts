import { spawnSync } from 'node:child_process';

/** tshark as an independent judge. Preferences are `name:value` as its `-o` takes them. */

/** These claim TSDUs of other protocols by their first octet. */
const HEURISTICS = ['t125_cotp', 'smb_cotp'].flatMap(name => ['--disable-heuristic', name]);

let available: boolean | undefined;

export function tsharkAvailable(): boolean {
  available ??= spawnSync('tshark', ['-v']).status === 0;
  return available;
}

function tshark(file: string, args: readonly string[], preferences: readonly string[]): string {
  const options = preferences.flatMap(p => ['-o', p]);
  const run = spawnSync('tshark', ['-n', '-r', file, ...HEURISTICS, ...options, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  // 2: the capture is cut in a record; the frames before the cut were printed all the same.
  if (run.status !== 0 && run.status !== 2) throw new Error(`tshark on ${file}: ${run.error?.message ?? run.stderr}`);
  return run.stdout;
}

/** One record per frame (of those that pass `filter`): every occurrence of each field, in order. */
export function tsharkFields(
  file: string,
  fields: readonly string[],
  preferences: readonly string[] = [],
  filter = '',
): Record<string, string[]>[] {
  const args = ['-T', 'fields', '-E', 'separator=\x1f', '-E', 'occurrence=a', '-E', 'aggregator=\x1e'];
  if (filter !== '') args.push('-Y', filter);
  const out = tshark(file, [...args, ...fields.flatMap(f => ['-e', f])], preferences);
  return out
    .split('\n')
    .slice(0, -1)
    .map(line => {
      const cells = line.split('\x1f');
      return Object.fromEntries(fields.map((f, i) => [f, cells[i] ? cells[i].split('\x1e') : []]));
    });
}

export interface PdmlField {
  readonly name: string;
  readonly show: string;
  readonly showname: string;
  /** Hex octets, empty for generated fields. */
  readonly value: string;
  /** Relative to the reassembled buffer when there is one, else to the frame. */
  readonly pos: number;
  readonly size: number;
  readonly children: PdmlField[];
}

/** Frames in order, each with its protocols (as fields whose children are the protocol's own) in document order. */
export function tsharkPdml(file: string, preferences: readonly string[] = [], filter = ''): PdmlField[][] {
  const xml = tshark(file, ['-T', 'pdml', ...(filter === '' ? [] : ['-Y', filter])], preferences);
  const packets: PdmlField[][] = [];
  let stack: PdmlField[][] = [];
  for (const tag of xml.matchAll(/<(\/?)(packet|proto|field)\b([^>]*?)(\/?)>/g)) {
    const [, closing, kind, text = '', empty] = tag;
    if (kind === 'packet') {
      if (closing) continue;
      const protocols: PdmlField[] = [];
      packets.push(protocols);
      stack = [protocols];
    } else if (closing) {
      stack.pop();
    } else {
      const field = pdmlField(text);
      stack.at(-1)!.push(field);
      if (!empty) stack.push(field.children);
    }
  }
  return packets;
}

function pdmlField(text: string): PdmlField {
  const at: Record<string, string> = {};
  for (const m of text.matchAll(/(\w+)="([^"]*)"/g)) at[m[1]!] = unescapeXml(m[2]!);
  return {
    name: at.name ?? '',
    show: at.show ?? '',
    showname: at.showname ?? '',
    value: at.value ?? '',
    pos: Number(at.pos ?? 0),
    size: Number(at.size ?? 0),
    children: [],
  };
}

const unescapeXml = (text: string) =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#x([0-9a-f]+);/gi, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 16)))
    .replace(/&amp;/g, '&');
