import { analyzeFile } from '../../src/app/analyze.ts';
import type { AnalyzeOptions } from '../../src/app/analyzer.ts';
import type { Field } from '../../src/model/field.ts';
import type { Endpoint, WholeReport } from '../../src/model/report.ts';
import { loadProfile } from '../../src/mta/profile.ts';
import { MMS_TIMES } from '../../src/osi/mms-values.ts';
import { type PdmlField, streamPdml } from '../kit/tshark.ts';

/** Layers that are compared, by tshark's names. `ros` fields of P3 and P7 stand under their own prefixes. */
export const LAYERS = 'tpkt cotp ses pres acse rtse ros mms p1 p7 p22 p772 s7comm'.split(' ');
const PREFIX = new RegExp(`^(${LAYERS.join('|')})\\.`);

/** tshark's own book-keeping of reassembly: no octets of a PDU. */
const GENERATED =
  /^(cotp|ses|rtse|s7comm)\.(segments?|segment_data|segment\..*|fragments?|fragment\..*|reassembled.*)$/;

/** Field and value to how often it stands in the capture. */
export type Tally = Map<string, number>;

function add(tally: Tally, name: string, value: string): void {
  const key = `${name}=${value}`;
  tally.set(key, (tally.get(key) ?? 0) + 1);
}

/** What tshark prints of a capture. */
export async function theirs(file: string, preferences: readonly string[]): Promise<Tally> {
  const tally: Tally = new Map();
  await streamPdml(file, preferences, LAYERS, packet => {
    for (const layer of packet) walk(tally, layer);
  });
  return tally;
}

function walk(tally: Tally, node: PdmlField): void {
  // size 0 marks what tshark computed (reassembly, links between frames): no octets of the capture stand behind it.
  for (const child of node.children) {
    if (PREFIX.test(child.name) && !GENERATED.test(child.name) && (child.size > 0 || child.value !== '')) {
      // One selector under two of tshark's names: where it does not print as text, its octets stand under the other name.
      if (/-tsap$/.test(child.name) && child.show.startsWith('0x')) continue;
      add(tally, child.name, plain(child));
    }
    walk(tally, child);
  }
}

const DATE = /^(\w{3} [ \d]\d, \d{4} \d\d:\d\d:\d\d)\.(\d{9}) UTC$/;

/** tshark's text of a value in the form of ours. */
function plain(f: PdmlField): string {
  const { show } = f;
  // Text of its own, of which ours has the octets as the value.
  if (MMS_TIMES.has(f.name)) return f.value;
  const date = DATE.exec(show);
  if (date !== null) return String(BigInt(Date.parse(`${date[1]} UTC`)) * 1_000_000n + BigInt(date[2]!));
  if (/^0x[0-9a-f]+$/.test(show)) return String(Number.parseInt(show, 16));
  if (/^[0-9a-f]{2}(:[0-9a-f]{2})+$/.test(show)) return show.replaceAll(':', '');
  if (show === 'True') return '1';
  if (show === 'False') return '0';
  return show.replace(/\\x([0-9a-f]{1,2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** What mtascope prints of the same capture, and its report. */
export async function ours(file: string): Promise<{ tally: Tally; report: WholeReport }> {
  const tally: Tally = new Map();
  const options: AnalyzeOptions = {
    ports: [102],
    anyPort: false,
    mta: [],
    profile: loadProfile('exchange-5.5'),
    keepGoing: true,
    level: 'full',
    crossCheck: false,
  };
  const report = await analyzeFile(file, options, {
    showCredentials: true,
    onPdu: pdu => {
      for (const tree of pdu.trees) count(tally, tree.fields);
    },
  });
  return { tally, report };
}

/**
 * Display filters for the streams of a capture, one each; empty when the capture is compared as it is. tshark keeps one reassembly of
 * RTSE and of COTP for a whole file (R6, R15), so that transfers at the same time are only judged stream by stream. Above `MOST` the
 * split would cost minutes and say nothing new.
 */
export function split(report: WholeReport): string[] {
  const pairs = new Set(
    report.streams.filter(s => s.directions.some(d => d.tpkts > 0)).map(s => `${side(s.client)} && ${side(s.server)}`),
  );
  return pairs.size > 1 && pairs.size <= MOST ? [...pairs] : [];
}

const MOST = 8;

function side({ address, port }: Endpoint): string {
  return `${address.includes(':') ? 'ipv6' : 'ip'}.addr==${address} && tcp.port==${port}`;
}

function count(tally: Tally, fields: readonly Field[]): void {
  for (const f of fields) {
    if (PREFIX.test(f.name))
      add(tally, f.name, f.value === undefined ? '' : String(typeof f.value === 'boolean' ? Number(f.value) : f.value));
    count(tally, f.children);
  }
}

export interface Difference {
  readonly field: string;
  readonly value: string;
  readonly ours: number;
  readonly tshark: number;
}

export function differences(mine: Tally, other: Tally): Difference[] {
  const out: Difference[] = [];
  for (const key of new Set([...mine.keys(), ...other.keys()])) {
    const a = mine.get(key) ?? 0;
    const b = other.get(key) ?? 0;
    if (a === b) continue;
    const at = key.indexOf('=');
    out.push({ field: key.slice(0, at), value: key.slice(at + 1), ours: a, tshark: b });
  }
  return out;
}
