import { spawn, spawnSync } from 'node:child_process';

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
  const packets: PdmlField[][] = [];
  const read = pdmlReader(packet => packets.push(packet));
  read(tshark(file, ['-T', 'pdml', ...(filter === '' ? [] : ['-Y', filter])], preferences));
  return packets;
}

/** The same of some protocols, frame by frame while tshark goes on: it works beside us, and no capture's PDML is held whole. */
export async function streamPdml(
  file: string,
  preferences: readonly string[],
  protocols: readonly string[],
  onPacket: (protocols: PdmlField[]) => void,
): Promise<void> {
  const options = preferences.flatMap(p => ['-o', p]);
  const child = spawn(
    'tshark',
    ['-n', '-r', file, ...HEURISTICS, ...options, '-T', 'pdml', '-J', protocols.join(' ')],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const read = pdmlReader(onPacket);
  let rest = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    // No tag of PDML spans lines.
    const text = rest + chunk;
    const cut = text.lastIndexOf('\n') + 1;
    read(text.slice(0, cut));
    rest = text.slice(cut);
  }
  read(rest);
  const status = await ended;
  if (status !== 0 && status !== 2) throw new Error(`tshark on ${file}: exit status ${status}`);
}

/** Frames of `file` that pass `filter`, as a capture of their own. */
export function tsharkSplit(file: string, filter: string, target: string): void {
  tshark(file, ['-Y', filter, '-F', 'pcapng', '-w', target], []);
}

function pdmlReader(onPacket: (protocols: PdmlField[]) => void): (text: string) => void {
  let protocols: PdmlField[] = [];
  let stack: PdmlField[][] = [];
  return text => {
    for (const tag of text.matchAll(/<(\/?)(packet|proto|field)\b([^>]*?)(\/?)>/g)) {
      const [, closing, kind, attributes = '', empty] = tag;
      if (kind === 'packet') {
        if (closing) onPacket(protocols);
        else {
          protocols = [];
          stack = [protocols];
        }
      } else if (closing) {
        stack.pop();
      } else {
        const field = pdmlField(attributes);
        stack.at(-1)!.push(field);
        if (!empty) stack.push(field.children);
      }
    }
  };
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
