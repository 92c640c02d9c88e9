import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SAMPLES } from '../../scripts/captures/samples.ts';
import { analyzeFile } from '../../src/app/analyze.ts';
import { ClosedPipe } from '../../src/cli/io.ts';
import { main } from '../../src/cli/main.ts';
import { parseFilter } from '../../src/filter/index.ts';
import type { Field } from '../../src/model/field.ts';
import { packetFields } from '../../src/report/filter-fields.ts';
import { analyzeOptions } from '../kit/analysis.ts';
import { tsharkAvailable, tsharkFields } from '../kit/tshark.ts';
import { fakeIo, mtascope } from './kit.ts';

const bundled = (file: string) => fileURLToPath(new URL(`../../captures/${file}`, import.meta.url));
const SHARED = join(import.meta.dirname, '../../../shared/captures');
const shared = (file: string) => join(SHARED, file);
/** Said when the outside captures are missing: then only the bundled ones are looked at. */
const without = existsSync(SHARED) ? '' : ' (skipped: ../shared/captures is not there)';

interface Listed {
  no: number;
  protocol: string;
  info: string;
  stream: number;
  tcp: object | null;
}

async function list(file: string, ...argv: string[]): Promise<Listed[]> {
  const { code, out, err } = await mtascope(['packets', file, '--format', 'ndjson', ...argv]);
  expect([code, err]).toEqual([0, '']);
  return out
    .trim()
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))
    .filter(row => row.type === 'packet');
}

const P772 = 'x400/wsamples__p772-transfer-success.pcap';
const RDP = 'tpkt-other-port/ndpi__rdp3.pcap';

describe('the packet list', () => {
  it('lists every frame of the streams, in order, once', async () => {
    for (const { file } of SAMPLES) {
      const report = JSON.parse((await mtascope(['streams', bundled(file), '--format', 'json'])).out).captures[0];
      const rows = await list(bundled(file));
      // Beside the frames of the streams it has the ICMP messages about their SYNs.
      expect(
        rows.filter(row => row.tcp !== null),
        file,
      ).toHaveLength(report.selectedFrames);
      expect(rows.map(row => row.no)).toEqual([...rows.map(row => row.no)].sort((a, b) => a - b));
    }
  });

  it('has its heads above the cells, of both ways of a conversation', async () => {
    for (const file of ['q182619-5.0.pcap', 'ipv6.pcap']) {
      const [head, ...lines] = (await mtascope(['packets', bundled(file), '--frames', '1-2'])).out.split('\n');
      for (const line of lines.slice(0, 2)) {
        const [, , source, destination] = line.trim().split(/ +/);
        expect(line.indexOf(source!)).toBe(head!.indexOf('Source'));
        expect(line.lastIndexOf(destination!, head!.indexOf('Protocol'))).toBe(head!.indexOf('Destination'));
        expect(line.indexOf('TCP')).toBe(head!.indexOf('Protocol'));
      }
    }
  });

  it("marks the frame that stops the machine, and says what is no PDU's end", async () => {
    const { out } = await mtascope(['packets', bundled('q182619-5.0.pcap'), '--frames', '73-77']);
    expect(out).toMatch(/^ +74 .*\[TCP segment of a reassembled PDU\]$/m);
    expect(out).toMatch(/^ +76 .*✖ 9404 /m);
  });

  it('tells reports of delivery from those of non-delivery', async () => {
    const said = async (file: string) => (await list(bundled(file), '--filter', 'p1.report_type'))[0]!.info;
    expect(await said('clean-association.pcap')).toMatch(/^Delivery report \[\/C=GB\/.*R01\]$/);
    expect(await said('clean-association-1984.pcap')).toMatch(/^Non-delivery report \[\/C=GB\/.*R03\]$/);
  });

  it('selects by stream and by frames, and stops reading behind the last one asked for', async () => {
    expect((await list(bundled('q182619-5.0.pcap'), '--stream', '0')).every(row => row.stream === 0)).toBe(true);
    expect((await list(bundled('q182619-5.0.pcap'), '--frames', '3,10-12,70-')).map(row => row.no)).toEqual([
      3, 10, 11, 12, 70, 71, 72, 73, 74, 75, 76, 77, 78,
    ]);
  });

  it('refuses a stream that is not there, as follow does, and lists the other captures', async () => {
    const [file, other] = [bundled('q182619-5.0.pcap'), bundled('clean-association.pcap')];
    for (const format of ['table', 'json', 'csv']) {
      const { code, err } = await mtascope(['packets', file, '--stream', '1', '--stream', '2', '--format', format]);
      expect(code).toBe(2);
      expect(err).toBe(`${file}: stream 2: the capture has streams 0 to 1 (\`mtascope streams\` lists them)\n`);
    }
    const both = await mtascope(['packets', other, file, '--stream', '1']);
    expect([both.code, both.err]).toEqual([2, `${other}: stream 1: the capture has stream 0 only\n`]);
    expect(both.out).toContain('70 packets of 78 frames');
  });

  it('writes documents that parse, and one head line of CSV', async () => {
    const file = bundled('clean-association.pcap');
    const document = JSON.parse((await mtascope(['packets', file, file, '--format', 'json'])).out);
    expect(document.captures.map((c: { packets: unknown[]; frames: number }) => [c.packets.length, c.frames])).toEqual([
      [document.captures[0].frames, document.captures[0].frames],
      [document.captures[0].frames, document.captures[0].frames],
    ]);
    const csv = (await mtascope(['packets', file, file, '--format', 'csv'])).out.trimEnd().split('\r\n');
    expect(csv.filter(line => line.startsWith('file,'))).toHaveLength(1);
    expect(csv).toHaveLength(1 + 2 * document.captures[0].frames);
    const markdown = (await mtascope(['packets', file, '--format', 'markdown'])).out;
    expect(markdown.split('\n').filter(line => line.startsWith('| '))).toHaveLength(2 + document.captures[0].frames);
  });

  it('says in JSON and in NDJSON what became readable too late for the list', async () => {
    const file = bundled('q182619-version3.pcap');
    const [capture] = JSON.parse((await mtascope(['packets', file, '--format', 'json'])).out).captures;
    const { packets: _, ...rest } = capture;
    expect(rest.late).toBe(1);
    const lines = (await mtascope(['packets', file, '--format', 'ndjson'])).out.trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ type: 'capture', ...rest });
  });

  it('makes no empty table of a capture that cannot be read', async () => {
    const argv = ['packets', 'gone.pcap', bundled('clean-association.pcap'), '--format', 'markdown'];
    const { code, out } = await mtascope(argv);
    expect(code).toBe(2);
    expect(out.match(/^## .*/gm)).toHaveLength(1);
  });

  it('keeps within the terminal, and leaves the others alone when one capture cannot be read', async () => {
    const file = bundled('q182619-5.5.pcap');
    for (const columns of [60, 80, 120]) {
      const look = { color: false, unicode: true, width: columns };
      const { out } = await mtascope(['packets', file], { look });
      for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(columns);
    }
    const both = await mtascope(['packets', 'missing.pcap', file]);
    expect(both.code).toBe(2);
    expect(both.err).toContain('missing.pcap: no such file');
    expect(both.out).toContain('✖ 9404');
  });

  it('ends quietly when the reader has gone', async () => {
    const { io } = fakeIo();
    let parts = 0;
    const code = await main(['packets', bundled('clean-association.pcap')], {
      ...io,
      out: async () => {
        if (++parts > 1) throw new ClosedPipe('gone');
      },
    });
    expect(code).toBe(0);
  });

  it('does not let octets of a capture reach the terminal as they are', async () => {
    for (const { file } of SAMPLES) {
      const { out } = await mtascope(['packets', bundled(file), '--wide']);
      expect(out).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
    }
  });
});

describe('filters', () => {
  it('say where they are wrong, in one place, with exit code 2', async () => {
    const { code, out, err } = await mtascope(['packets', 'x.pcap', '--filter', 'tcp && cotp.tpye == 3']);
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(
      '--filter: there is no field cotp.tpye; did you mean cotp.type? (at character 8)\n  tcp && cotp.tpye == 3\n         ^^^^^^^^^\n',
    );
  });

  it.each([
    [
      'packets',
      'cotp.type == DT',
      'cotp.type has no value DT; did you mean "DT Data"? It has numbers, or "CR Connect Request"',
    ],
    [
      'packets',
      'ses.type == AS',
      'ses.type has no value AS; did you mean "ACTIVITY START (AS) SPDU"? It has numbers, or ',
    ],
    ['packets', 'tpkt.length > "2000"', 'tpkt.length compares with a number, which stands without quotes: 2000'],
    ['packets', 'p1.priority == urgend', 'p1.priority has no value urgend; did you mean urgent? It has numbers, or '],
    ['packets', 'cotp.eot == maybe', 'cotp.eot compares with true or false (or 1 or 0) or "Yes" or "No"'],
    [
      'messages',
      'message.kind == mesage',
      'message.kind has no value mesage; did you mean message? It has message, probe, report',
    ],
    [
      'streams',
      'stream.state == gone',
      'stream.state has no value gone; it has refused, unanswered, opening, open, half-closed',
    ],
    [
      'associations',
      'association.outcome in {refused, abort}',
      'association.outcome has no value abort; did you mean aborted?',
    ],
  ])('refuse in %s what can never hold: %s', async (command, filter, error) => {
    const { code, out, err } = await mtascope([command, 'x.pcap', '--filter', filter]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`--filter: ${error}`);
  });

  it('take the words that tables show, and names in any case', async () => {
    const count = async (command: string, filter: string) =>
      (await mtascope([command, bundled('q182619-5.0.pcap'), '--filter', filter, '--format', 'csv'])).out.split('\r\n')
        .length - 2;
    expect(await count('streams', 'stream.state == RST')).toBe(1);
    expect(await count('streams', 'stream.state == rst')).toBe(await count('streams', 'stream.state == reset'));
    expect(await count('associations', 'association.mode == X.410-1984 or association.mode == normal')).toBe(1);
    expect(await count('packets', 'cotp.type == "dt data"')).toBe(await count('packets', 'cotp.type == 0x0f'));
    expect(await count('packets', 'tcp.flags.syn == "Set"')).toBe(await count('packets', 'tcp.flags.syn == 1'));
  });

  it('say how many frames and rows are left of a table, and that none is', async () => {
    const file = bundled('q182619-5.0.pcap');
    const last = async (...argv: string[]) => (await mtascope(argv)).out.trimEnd().split('\n').at(-1);
    expect(await last('streams', file)).toBe('2 streams in 78 frames of 78 frames.');
    expect(await last('streams', file, '--filter', 'stream.state == reset')).toBe(
      '1 stream in 70 frames of 78 frames.',
    );
    expect(await last('streams', file, '--filter', 'stream.id == 7')).toBe('No stream for which the filter holds.');
    expect(await last('messages', file, '--filter', 'message.kind == probe')).toBe(
      'No message for which the filter holds.',
    );
    expect(await last('associations', file, '--filter', 'association.id == 7')).toBe(
      'No association for which the filter holds.',
    );
    const lookalike = bundled('s7-lookalike.pcap');
    expect(await last('messages', lookalike, '--filter', 'message.kind == probe')).toBe('No messages.');
  });

  it('find a TPKT that was framed later in the packet that completed it', async () => {
    const { out } = await mtascope([
      'packets',
      bundled('q182619-5.0.pcap'),
      '--filter',
      'ses.type == 49 && frame.number > 70',
    ]);
    expect(out).toMatch(/^ +76 .*MINOR SYNC POINT/m);
    expect(out.trimEnd().split('\n').at(-1)).toMatch(/^1 packet of 78 frames/);
  });

  it('know every field that the captures show', async () => {
    const index = packetFields();
    const files = [...SAMPLES.map(s => bundled(s.file)), ...(without === '' ? [shared(P772), shared(RDP)] : [])];
    const missing = new Set<string>();
    /** What is known of a field's values has to be true of each that is met: a filter is refused by it. */
    const wrong = ({ name, value, text }: Field): string[] => {
      const { kind, values } = index.about([name]);
      const type = { number: ['number', 'bigint'], boolean: ['boolean'], text: ['string'] }[kind as string];
      const bad =
        value === undefined || type === undefined || type.includes(typeof value) ? [] : [`${name} is no ${kind}`];
      const known = text === undefined || values.length === 0 ? null : text.replace(/ \((0x[0-9a-f]+|-?\d+)\)$/, '');
      return known === null || value === undefined || values.includes(known) ? bad : [...bad, `${name}: ${known}`];
    };
    const walk = (fields: readonly Field[]): void => {
      for (const field of fields) {
        if (index.resolve(field.name)?.includes(field.name) !== true) missing.add(field.name);
        for (const text of wrong(field)) missing.add(text);
        walk(field.children);
      }
    };
    for (const file of files) {
      await analyzeFile(
        file,
        { ...analyzeOptions(), anyPort: true },
        {
          onPdu: pdu => {
            for (const tree of pdu.trees) {
              if (index.resolve(tree.layer) === null) missing.add(tree.layer);
              walk(tree.fields);
            }
          },
        },
      );
    }
    expect([...missing]).toEqual([]);
  });

  it.each(['(a+)+$', '(x|x|x)*y'])('are not held up by %s', async pattern => {
    const started = performance.now();
    await list(bundled('clean-association.pcap'), '--filter', `cotp matches "${pattern}"`);
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe('the fields of packets', () => {
  const resolved = (name: string) => packetFields().resolve(name);
  const kind = (name: string) => packetFields().about(resolved(name) ?? []).kind;

  it('are taken by their own names first, and without the end of them where there is no such field', () => {
    expect(resolved('p1.content')).toEqual(['p1.content']);
    expect(resolved('p1.content_element')).toEqual(['p1.content_element']);
    expect(resolved('p1.message')).toEqual(['p1.message_element']);
    expect(resolved('p1.MTS_APDU_element')).toBeNull();
  });

  it('have the kinds of their types', () => {
    const octets = ['p1.content', 'p1.per_recipient_indicators', 'cotp.src-tsap-bytes', 'ses.activity_identifier'];
    for (const name of octets) expect(kind(name), name).toBe('octets');
    for (const name of ['p1.MTS_APDU', 'pres.cprtype', 's7comm.param.func']) expect(kind(name), name).toBe('number');
    expect(parseFilter('s7comm.param.func == "setup communication"', packetFields()).ok).toBe(true);
    expect(parseFilter('ses.transport_flags.user_abort == "Yes"', packetFields()).ok).toBe(true);
  });
});

/** Filters that both understand; tshark's names are those of 4.0. */
const BOTH = [
  'cotp.type == 0x0e',
  'cotp.type in {0x0d, 0x0e}',
  'cotp.type == "DT Data"',
  'ses.type == "ACTIVITY START (AS) SPDU"',
  'tcp.flags.syn == "Set"',
  'cotp.eot == "No"',
  'cotp contains 0d',
  'cotp && tcp.len > 200',
  'tpkt.length > 30 && tpkt.length <= 205',
  'ses.type == 13 || ses.type == 14',
  'tcp.flags.syn == 1 && !(tcp.flags.ack == 1)',
  'tcp.srcport == 102',
  'tcp.port == 2289',
  'ip.addr == 192.168.0.4 and ip.src != 192.168.0.4',
  'ip.src == 192.168.0.0/30',
  'frame.number in {3..7, 20}',
  'frame.len > 200',
  'tcp.seq == 1',
  'tcp.ack > 200 && tcp.flags.ack == 1',
  'tcp.window_size_value < 17000',
  'acse',
  'rtse.checkpointSize == 63',
  'pres.presentation_context_identifier == 5',
  'p1.authenticated.initiator-name contains "percival"',
  'p22.subject matches "p772"',
  'p772',
  '!tpkt',
  'frame.time_relative > 1.5',
  'cotp contains 70:65:72:63',
  // A layer below TPKT has its octets with all that it carries; the frame with its link header.
  'frame contains 70:65:72:63',
  'frame contains "percival"',
  'frame matches "PERCIVAL"',
  'ip contains 45:00',
  'frame contains 08:00:45',
  'tcp contains 02:f0:80',
  'tcp matches "percival" && !(frame contains "P772")',
  // Octets in all their ways of being written; those in quotes are what the characters are.
  'frame contains 0800.45',
  'frame contains "\\xf0\\x80"',
  'cotp matches "\\xf0\\x80"',
  'cotp contains 0x0d',
  'cotp.src-tsap-bytes >= 01',
  'ses.calling_ss_user_reference matches "^."',
  'p1.content contains "percival"',
  'tcp.port == 0146',
  'tcp.srcport > tcp.flags.syn && tcp.flags.push <= "Not set"',
  'frame matches "p772.*\\n" || frame matches "percival.*p772"',
  'p1.MTS_APDU == "message" && p1.content',
];

describe.skipIf(!tsharkAvailable() || without !== '')(`beside tshark${without}`, () => {
  it.each(BOTH)('the same frames for %s', async filter => {
    const file = shared(P772);
    const rows = tsharkFields(file, ['frame.number'], [], filter);
    expect((await list(file, '--filter', filter)).map(row => row.no)).toEqual(
      rows.map(row => Number(row['frame.number']![0])),
    );
    expect(rows.length, 'a filter that selects nothing shows nothing').toBeGreaterThan(0);
  });

  // In one a segment comes as late as the round trip took, to the nanosecond; in the other a SYN comes twice.
  it.each([bundled('reordered.pcap'), shared('crafted/u_span.pcap')])('the same remarks of TCP for %s', async file => {
    for (const remark of ['retransmission', 'out_of_order', 'lost_segment']) {
      const filter = `tcp.analysis.${remark}`;
      const rows = tsharkFields(file, ['frame.number'], [], filter);
      const theirs = rows.map(row => Number(row['frame.number']![0]));
      expect(
        (await list(file, '--filter', filter)).map(row => row.no),
        remark,
      ).toEqual(theirs);
    }
  });

  it.each([P772, 'x400/wsamples__x400-ping-success.pcap', 'crafted/n_p1_88.pcap'])(
    'the same list for %s',
    async name => {
      const file = shared(name);
      const theirs = tsharkFields(file, ['frame.number', '_ws.col.Protocol', '_ws.col.Info']);
      const ours = new Map((await list(file)).map(row => [row.no, row]));
      const different = [];
      for (const row of theirs) {
        const no = Number(row['frame.number']![0]);
        const [protocol, info] = [row['_ws.col.Protocol']![0]!, row['_ws.col.Info']![0]!];
        const mine = ours.get(no)!;
        if (mine.protocol === protocol && mine.info === info) continue;
        different.push(`${no}: ${mine.protocol} ${mine.info} | ${protocol} ${info}`);
      }
      expect(different).toEqual(DIFFERENT[name]);
    },
  );
});

/** tshark tells the AP-title behind a Recover, the last of several PDUs only, and AE and MAP by the bare SPDU identifier. */
const DIFFERENT: Record<string, string[]> = {
  [P772]: [
    '6: RTSE Recover | RTSE Recover Percival',
    '20: P772 DT TPDU (0) [COTP fragment, 346 bytes], DT TPDU (0) [COTP fragment, 443 bytes], [RTSE fragment, 774 bytes], Military Message (P772 Message) (primary=immediate) | P772 Military Message (P772 Message) (primary=immediate)',
    '23: SES ACTIVITY END ACK (AEA) SPDU | SES MAJOR SYNC ACK (MAA) SPDU',
  ],
  'x400/wsamples__x400-ping-success.pcap': [],
  'crafted/n_p1_88.pcap': ['17: SES ACTIVITY END ACK (AEA) SPDU | SES MAJOR SYNC ACK (MAA) SPDU'],
};

describe('with the bundled documentation', () => {
  it('docs/filter.md names fields that exist, and its examples are understood', async () => {
    const { parseFilter } = await import('../../src/filter/index.ts');
    const { rowFields, rowInfos } = await import('../../src/report/filter-rows.ts');
    const text = readFileSync(join(import.meta.dirname, '../../docs/filter.md'), 'utf8');
    for (const kind of ['message', 'association', 'stream'] as const) {
      for (const { name } of rowInfos(kind)) expect(text, name).toContain(`\`${name}\``);
      for (const [, name] of text.matchAll(new RegExp(`\`(${kind}\\.[a-z_]+)\``, 'g'))) {
        expect(rowFields(kind).resolve(name!), name).not.toBeNull();
      }
    }
    const examples = [...text.matchAll(/^mtascope (\w+) .*--filter '([^']+)'/gm)];
    expect(examples.length).toBeGreaterThan(5);
    for (const [line, command, filter] of examples) {
      const kinds = { messages: 'message', associations: 'association', streams: 'stream' } as const;
      const kind = (kinds as Record<string, 'message' | 'association' | 'stream' | undefined>)[command!];
      const fields = kind === undefined ? packetFields() : rowFields(kind);
      expect(parseFilter(filter!, fields), line).toMatchObject({ ok: true });
    }
  });
});
