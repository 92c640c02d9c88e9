import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SAMPLES } from '../../scripts/captures/samples.ts';
import { hexPane } from '../../src/report/hex.ts';
import type { ViewField, ViewTree } from '../../src/report/html/detail.ts';
import { PLAIN } from '../../src/report/look.ts';
import { type PdmlField, tsharkAvailable, tsharkPdml } from '../kit/tshark.ts';
import { mtascope } from './kit.ts';

const bundled = (file: string) => fileURLToPath(new URL(`../../captures/${file}`, import.meta.url));
const P772 = join(import.meta.dirname, '../../../shared/captures/x400/wsamples__p772-transfer-success.pcap');
const D_OOO = join(import.meta.dirname, '../../../shared/captures/crafted/d_ooo.pcap');
const without = existsSync(P772) ? '' : ' (skipped: ../shared/captures is not there)';

async function show(frame: number, file: string, ...argv: string[]): Promise<string> {
  const { code, out, err } = await mtascope(['show', String(frame), file, ...argv]);
  expect([code, err]).toEqual([0, '']);
  return out;
}

interface Shown {
  readonly layers: ViewTree[];
  readonly machine: ViewTree[];
  readonly carried: { what: string; frame: number; octets: number; of: number; at: number }[];
  readonly loose: { start: number; end: number }[];
  readonly findings: { code: string }[];
  readonly spaces: {
    length: number;
    octets: string;
    pieces: { frame: number; offset: number; length: number }[] | null;
  }[];
}

const shown = async (frame: number, file: string): Promise<Shown> =>
  JSON.parse(await show(frame, file, '--format', 'json'));

describe('show', () => {
  it('puts what was found first, and the header as the machine reads it beside the TPKT as it was sent', async () => {
    const out = await show(76, bundled('q182619-5.0.pcap'));
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^Frame 76 {2}1998-06-15 09:15:10\.060800 UTC {2}68 octets +\[0–67\]$/);
    expect(lines[1]).toMatch(/^ ✖ mta\.9404: .*29 headers and 29 elements$/);
    const machine = out.indexOf(' ▾ TPKT as the machine reads it, stream offset 22,396');
    const sent = out.indexOf(' ▾ TPKT as it was sent (boundary found on evidence), stream offset 22,393');
    expect(machine).toBeGreaterThan(0);
    expect(sent).toBeGreaterThan(machine);
    expect(out.slice(machine)).toMatch(
      /Version: 0x0e {2}✖ not 3 +\[57\]\n +Reserved: 0x02 +\[58\]\n +Length: 61,568 {2}✖ 29 headers, 29 elements +\[59–60\]/,
    );
    expect(out.slice(sent)).toMatch(/Length: 14 +\[56–57\]/);
  });

  it('says in which frame the octets of a mere segment are completed, and what they become', async () => {
    const { layers, carried } = await shown(74, bundled('q182619-5.0.pcap'));
    expect(layers.filter(tree => tree.pdu >= 0)).toEqual([]);
    expect(carried.map(c => [c.frame, c.octets, c.of, c.at])).toEqual([
      [76, 23, 26, 0],
      [76, 16, 8199, 8180],
    ]);
    expect(await show(74, bundled('q182619-5.0.pcap'))).toContain('completed in frame 76');
  });

  it('tells octets that complete nothing from those that do', async () => {
    const stray = await shown(4, bundled('stray-http.pcap'));
    expect(stray.loose).toHaveLength(1);
    expect(await show(4, bundled('stray-http.pcap'))).toContain('no TPKT is framed here');
  });

  it('marks the octets of a field, and refuses one that is not there', async () => {
    const out = await show(4, bundled('clean-association.pcap'), '--select', 'tpkt.length');
    expect(out).toMatch(/03 00 \[[0-9a-f]{2} [0-9a-f]{2}\]/);
    const { code, err } = await mtascope(['show', '4', bundled('clean-association.pcap'), '--select', 'tpkt.lenght']);
    expect(code).toBe(2);
    expect(err).toBe('--select tpkt.lenght: frame 4 has no such field (did you mean tpkt.length?)\n');
  });

  it('expands link, IP and TCP, and prints names, when asked', async () => {
    const out = await show(4, bundled('clean-association.pcap'), '--expand', '--names');
    expect(out).toMatch(/Time to live: \d+ {2}\(ip\.ttl\)/);
    expect(out).toMatch(/Length: \d+ {2}\(tpkt\.length\)/);
    expect(await show(4, bundled('clean-association.pcap'))).not.toContain('Time to live');
  });

  it('shows a frame that is none of ours, and says when there is none of that number', async () => {
    const { code, out, err } = await mtascope(['show', '4', bundled('clean-association.pcap'), '--port', '9']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('no segment of an ISO transport stream');
    const none = await mtascope(['show', '4000', bundled('clean-association.pcap')]);
    expect(none.code).toBe(2);
    expect(none.err).toMatch(/^show: frame 4000: the capture has \d+ frames\n$/);
  });

  it('keeps within the terminal where it can', async () => {
    for (const columns of [60, 80, 110]) {
      const look = { color: false, unicode: true, width: columns };
      const { out } = await mtascope(['show', '76', bundled('q182619-5.0.pcap')], { look });
      for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(columns);
    }
  });

  it('shows every frame of every bundled capture: each octet of a TPKT is in some layer, no range beyond its octets', async () => {
    for (const { file } of SAMPLES) {
      for (const no of [1, 4, 8, 12]) {
        const { code, out, err } = await mtascope(['show', String(no), bundled(file), '--format', 'json']);
        if (code === 2 && /the capture has \d+ frames/.test(err)) continue;
        expect(code, `${file} ${no} ${err}`).toBe(0);
        const view: Shown = JSON.parse(out);
        const walk = (fields: readonly ViewField[], tree: ViewTree): void => {
          for (const field of fields) {
            expect(field.end, `${file} ${no} ${field.name}`).toBeLessThanOrEqual(view.spaces[tree.space]!.length);
            expect(field.start).toBeLessThanOrEqual(field.end);
            walk(field.children, tree);
          }
        };
        for (const tree of [...view.layers, ...view.machine]) walk(tree.fields, tree);
      }
    }
  });
});

describe('the hex pane', () => {
  const bytes = Uint8Array.from({ length: 40 }, (_, i) => i + 0x30);
  const pane = (options: Partial<Parameters<typeof hexPane>[1]> = {}, of = bytes) =>
    [...hexPane(of, { look: PLAIN, marked: [], hidden: [], most: 1000, ...options })].join('');

  it('prints offset, octets and characters', () => {
    expect(pane()).toBe(
      [
        ' 0000  30 31 32 33 34 35 36 37  38 39 3a 3b 3c 3d 3e 3f  0123456789:;<=>?',
        ' 0010  40 41 42 43 44 45 46 47  48 49 4a 4b 4c 4d 4e 4f  @ABCDEFGHIJKLMNO',
        ' 0020  50 51 52 53 54 55 56 57                           PQRSTUVW',
        '',
      ].join('\n'),
    );
  });

  it('marks octets by brackets, over the ends of rows', () => {
    const marked = pane({
      marked: [
        { start: 14, end: 18 },
        { start: 39, end: 40 },
      ],
    });
    expect(marked).toContain('3c 3d[3e 3f]');
    expect(marked).toContain('[40 41]42');
    expect(marked).toContain('56[57]');
  });

  it('hides octets in both columns', () => {
    expect(pane({ hidden: [{ start: 1, end: 3 }] })).toContain(
      ' 0000  30 ** ** 33 34 35 36 37  38 39 3a 3b 3c 3d 3e 3f  0**3456789:;<=>?',
    );
  });

  it('has rows of eight where the terminal is narrow, and bounds what it prints around the mark', () => {
    expect(pane({ look: { ...PLAIN, width: 60 } }).split('\n')[1]).toMatch(
      /^ 0008 {2}38 39 3a 3b {2}3c 3d 3e 3f {2}89:;<=>\?$/,
    );
    const long = pane({ most: 64, marked: [{ start: 500, end: 501 }] }, new Uint8Array(1000));
    expect(long).toContain('octets before these');
    expect(long).toContain('[00]');
    expect(long.split('\n').length).toBeLessThan(10);
    expect(pane({}, new Uint8Array(0))).toBe('');
  });
});

describe.skipIf(without !== '')(`on real captures${without}`, () => {
  it('withholds credentials in the tree and in the octets, unless asked', async () => {
    const hidden = await show(16, P772);
    expect(hidden).toContain('credentials hidden (9 octets)');
    expect(hidden).toContain('** ** **');
    const json = await show(16, P772, '--format', 'json');
    expect(JSON.parse(json).spaces[0].octets).toContain('*'.repeat(22));
    const open = await show(16, P772, '--show-credentials');
    expect(open).not.toContain('credentials hidden');
    expect(open).not.toContain('**');
  });

  it('shows a TPKT in the frame whose arrival completed it, with the frames that it comes from', async () => {
    const view = await shown(10, D_OOO);
    const tpkt = view.layers.find(tree => tree.layer === 'tpkt')!;
    expect(view.spaces[tpkt.space]!.length).toBe(211);
    expect(view.spaces[tpkt.space]!.pieces!.map(p => p.frame)).toEqual([6, 9, 7, 10, 8]);
    expect((await shown(8, D_OOO)).carried[0]).toMatchObject({ frame: 10, octets: 61, of: 211, at: 150 });
  });
});

describe.skipIf(!tsharkAvailable() || without !== '')(`beside tshark -V${without}`, () => {
  it.each([4, 5, 6, 7, 16, 17, 18, 23, 25])(
    'every octet range and value of TPKT, COTP and session in frame %i',
    async no => {
      const view = await shown(no, P772);
      const ours = new Map<string, string[]>();
      const collect = (fields: readonly ViewField[]): void => {
        for (const field of fields) {
          const at = `${field.start}+${field.end - field.start}`;
          ours.set(field.name, [...(ours.get(field.name) ?? []), at]);
          collect(field.children);
        }
      };
      for (const tree of view.layers) if (['tpkt', 'cotp', 'ses'].includes(tree.layer)) collect(tree.fields);
      const wrong: string[] = [];
      let compared = 0;
      const compare = (fields: readonly PdmlField[]): void => {
        for (const field of fields) {
          const mine = ours.get(field.name);
          if (field.size > 0 && mine !== undefined) {
            compared++;
            if (!mine.includes(`${field.pos}+${field.size}`))
              wrong.push(`${field.name} ${field.pos}+${field.size}, here ${mine.join(' ')}`);
          }
          compare(field.children);
        }
      };
      const [frame] = tsharkPdml(P772, [], `frame.number == ${no}`);
      compare(frame!.filter(proto => ['tpkt', 'cotp', 'ses'].includes(proto.name)));
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThan(6);
    },
  );
});
