import { describe, expect, it } from 'vitest';
import { failedFindings } from '../../src/engine/connects.ts';
import { endsOf, refusals } from '../../src/mta/refusals.ts';
import { analyzeBytes, analyzeOptions } from '../kit/analysis.ts';
import { hex } from '../kit/bytes.ts';
import { Conversation } from '../kit/conversation.ts';
import { CODE, CODE6, leastQuote, unreachable } from '../kit/icmp.ts';
import { MtaPair } from '../kit/mta.ts';
import { Transport } from '../kit/transport.ts';
import { Wire } from '../kit/wire.ts';

const CLIENT = { address: '192.0.2.80', port: 1080 };
const SERVER = { address: '192.0.2.90', port: 102 };

/** The 9215 and possible 9215 of what `play` sends. */
async function refused(play: (wire: Wire, tcp: Conversation) => void): Promise<string[]> {
  const wire = new Wire('1998-06-19T09:00:00Z');
  play(wire, new Conversation(wire, { ...CLIENT, isn: 1000 }, SERVER));
  const options = { ...analyzeOptions('exchange-5.5'), mta: [CLIENT.address] };
  const { findings } = await analyzeBytes(wire.pcap(), options);
  return findings.filter(f => f.code.startsWith('mta.9215')).map(f => `${f.code} ${f.frames.join(' ')}`);
}

/** One incarnation of the four-tuple after the other; what becomes of each is one word. */
async function incarnations(words: readonly ('refused' | 'accepted')[], pause = 500): Promise<(number | null)[]> {
  const wire = new Wire('1998-06-19T09:00:00Z');
  words.forEach((word, i) => {
    const tcp = new Conversation(wire, { ...CLIENT, isn: 1000 + i * 100_000 }, SERVER);
    if (word === 'refused') {
      tcp.syn();
      tcp.refuse();
    } else {
      tcp.open();
      const transport = new Transport(tcp);
      transport.connect();
      new MtaPair(transport, { mode: 'x410', names: ['EXCH4', 'MTA-SE-01'] }).bind();
      tcp.close(0);
    }
    wire.wait(pause);
  });
  wire.wait(600_000);
  const last = new Conversation(wire, { ...CLIENT, port: 2000 }, SERVER);
  last.open();
  last.close(0);
  const options = { ...analyzeOptions('exchange-5.5'), mta: [CLIENT.address] };
  const { findings } = await analyzeBytes(wire.pcap(), options);
  return findings.filter(f => f.code.startsWith('mta.9215')).map(f => f.stream);
}

describe('connects that are tried again from the same port', () => {
  it('are no failure when one of them is accepted in the end', async () => {
    expect(await incarnations(['refused', 'refused', 'accepted'])).toEqual([]);
  });

  it('are one when none is', async () => {
    expect(await incarnations(['refused', 'refused'])).toEqual([0]);
  });

  it('are a new one behind a connection that came up', async () => {
    expect(await incarnations(['accepted', 'refused'])).toEqual([1]);
    expect(await incarnations(['accepted', 'refused', 'accepted', 'accepted'])).toEqual([]);
  });

  it('are others when they are a minute apart', async () => {
    expect(await incarnations(['refused', 'accepted'], 60_000)).toEqual([0]);
  });
});

describe('a connect of which the capture has the SYN and then nothing for megabytes', () => {
  const later = (play: (tcp: Conversation) => void) =>
    refused((wire, tcp) => {
      tcp.syn();
      wire.wait(100_000);
      play(new Conversation(wire, { ...CLIENT, isn: 5_000_000 }, { ...SERVER, isn: 7_000_000 }));
    });

  it('was accepted where both sides go on', async () => {
    const goesOn = (tcp: Conversation) => {
      for (let i = 0; i < 5; i++) tcp.send(1, hex('0300000702f080'));
    };
    expect(await later(goesOn)).toEqual([]);
  });

  it('was not where one segment of an old connection is sent again and again', async () => {
    const again = (tcp: Conversation) => {
      const at = tcp.queue(0, hex('0300000702f080'));
      for (let i = 0; i < 9; i++) tcp.segment(0, at, 7);
    };
    expect(await later(again)).toEqual(['mta.9215 1']);
  });
});

it('one SYN is one', async () => {
  const wire = new Wire('1998-06-19T09:00:00Z');
  const tcp = new Conversation(wire, CLIENT, SERVER);
  tcp.syn();
  tcp.refuse();
  const { findings } = await analyzeBytes(wire.pcap(), analyzeOptions());
  expect(findings[0]!.message).toBe('9215 at frame 2: 192.0.2.90:102 refused the connection (Winsock 10061), 1 SYN');
});

describe('a SYN behind the answer', () => {
  const talk = (wire: Wire, tcp: Conversation) => {
    wire.wait(100_000);
    tcp.send(0, hex('0300000702f080'));
    tcp.close(0);
  };

  it('is a repetition when its answer was lost on the way, or stands twice in the capture', async () => {
    for (const pause of [1, 3000]) {
      const found = await refused((wire, tcp) => {
        tcp.syn();
        tcp.synAck();
        wire.wait(pause);
        tcp.syn();
        tcp.synAck();
        tcp.ack(0);
        talk(wire, tcp);
      });
      expect(found).toEqual([]);
    }
  });

  /** A client that forgot its connection opens it again from the same port and is answered with a challenge ACK (RFC 5961 4.2). */
  const challenged = (wire: Wire, tcp: Conversation) => {
    tcp.open();
    wire.wait(50_000);
    const again = new Conversation(wire, { ...CLIENT, isn: 900_000 }, SERVER);
    again.syn();
    tcp.ack(1);
    tcp.reset(0);
    wire.wait(2990);
    again.syn();
    return again;
  };

  it('with another number is a connect of its own, accepted where the same SYN is after the old connection was reset', async () => {
    const accepted = (wire: Wire, tcp: Conversation) => {
      const again = challenged(wire, tcp);
      again.synAck();
      again.ack(0);
      talk(wire, again);
    };
    expect(await refused(accepted)).toEqual([]);
    expect(await refused((wire, tcp) => challenged(wire, tcp).refuse())).toEqual(['mta.9215 4 7 8']);
    const silent = (wire: Wire, tcp: Conversation) => void challenged(wire, tcp);
    expect(await refused(silent)).toEqual(['mta.9215-possible 4 7']);
  });

  it('with another number is no connect where it stands alone, or where the connection goes on', async () => {
    const stray = (wire: Wire) => new Conversation(wire, { ...CLIENT, isn: 900_000 }, SERVER);
    const alone = (wire: Wire, tcp: Conversation) => {
      tcp.open();
      wire.wait(50_000);
      stray(wire).syn();
    };
    expect(await refused(alone)).toEqual([]);
    const within = (wire: Wire, tcp: Conversation) => {
      tcp.open();
      stray(wire).syn();
      wire.wait(3000);
      stray(wire).syn();
      talk(wire, tcp);
    };
    expect(await refused(within)).toEqual([]);
  });

  it('with another number that is accepted on its second try is no failure either', async () => {
    const found = await refused((wire, tcp) => {
      tcp.open();
      wire.wait(50_000);
      const again = new Conversation(wire, { ...CLIENT, isn: 900_000 }, SERVER);
      again.syn();
      wire.wait(3000);
      again.open();
      talk(wire, again);
    });
    expect(found).toEqual([]);
  });
});

describe('a mirror port that shows each frame twice', () => {
  it('makes no second SYN, and no second refusal', async () => {
    const found = await refused((wire, tcp) => {
      for (let i = 0; i < 4; i++) {
        tcp.syn();
        tcp.syn();
        tcp.refuse();
        tcp.refuse();
        wire.wait(500);
      }
    });
    expect(found).toEqual(['mta.9215 1 3 5 7 9 11 13 15']);
  });

  it('is told from a host that tries again at once: what the other side said stands in between', async () => {
    const found = await refused((wire, tcp) => {
      for (let i = 0; i < 4; i++) {
        tcp.syn();
        tcp.refuse();
        wire.wait(10);
      }
    });
    expect(found).toEqual(['mta.9215 1 2 3 4 5 6 7 8']);
  });
});

describe('the same ports again', () => {
  const SERVICE = { ...SERVER, isn: 5_000_000 };

  /** Two connections, the first `isn` long ago; `lost` are the frames that the capture lacks. */
  const streams = async (lost: readonly number[]) => {
    const wire = new Wire('1998-06-19T09:00:00Z');
    for (const isn of [1000, 900_000_000]) {
      const tcp = new Conversation(wire, { ...CLIENT, isn }, { ...SERVICE, isn: SERVICE.isn + isn });
      tcp.open();
      new Transport(tcp).connect();
      tcp.close(0);
      wire.wait(1000);
    }
    wire.frames.splice(0, wire.frames.length, ...wire.frames.filter((_, i) => !lost.includes(i + 1)));
    const report = await analyzeBytes(wire.pcap(), analyzeOptions());
    return { count: report.streams.length, codes: report.findings.map(f => f.code) };
  };

  it('are another connection where a closed one is answered with another SYN-ACK, though the SYN is lost', async () => {
    const whole = await streams([]);
    expect(whole).toEqual({ count: 2, codes: [] });
    const second = 12;
    expect((await streams([second])).count).toBe(2);
  });

  it('are another connection where only the end of the first is in the capture', async () => {
    expect((await streams([1, 2, 3, 4, 5, 6, 7])).count).toBe(2);
  });

  it('say nothing about a second CR where the handshakes are lost', async () => {
    const { codes } = await streams([1, 2, 3, 12, 13, 14]);
    expect(codes).not.toContain('cotp.second-connect');
  });

  it('are not taken over by a forged SYN that has the number of the next octet', async () => {
    const wire = new Wire('1998-06-19T09:00:00Z');
    const tcp = new Conversation(wire, { ...CLIENT, isn: 1000 }, SERVER);
    tcp.open();
    new Transport(tcp).connect();
    const next = tcp.queue(0, hex('0300000702f080'));
    new Conversation(wire, { ...CLIENT, isn: 1001 + next }, SERVER).syn();
    tcp.segment(0, next, 1);
    tcp.segment(0, next + 1, 6);
    tcp.close(0);
    const { streams } = await analyzeBytes(wire.pcap(), analyzeOptions());
    expect(streams.map(s => s.directions[0].tpkts)).toEqual([2]);
  });

  it('and with a forged SYN, a segment that was damaged on its way is dropped all the same', async () => {
    const wire = new Wire('1998-06-19T09:00:00Z');
    const tcp = new Conversation(wire, { ...CLIENT, isn: 1000 }, SERVER);
    tcp.open();
    new Transport(tcp).connect();
    new Conversation(wire, { ...CLIENT, isn: 900_000 }, SERVER).syn();
    const at = tcp.queue(0, hex('0300000702f080'));
    const damaged = tcp.segment(0, at, 7, hex('0300100702f080'));
    wire.frames[damaged - 1]!.bytes[50]! ^= 0x5a;
    tcp.segment(0, at, 7);
    tcp.close(0);
    const { findings } = await analyzeBytes(wire.pcap(), analyzeOptions());
    expect(findings.map(f => f.code)).toEqual(['tcp.checksum']);
  });
});

describe('connects that nobody answers while the capture lasts', () => {
  const silent = async (ends: readonly (readonly [client: string, server: string])[]) => {
    const wire = new Wire('1998-06-19T09:00:00Z');
    ends.forEach(([client, server], i) => {
      new Conversation(wire, { address: client, port: 1024 + i }, { address: server, port: 102 }).syn();
    });
    const { findings, hosts } = await analyzeBytes(wire.pcap(), analyzeOptions());
    expect(hosts).toEqual([]);
    return findings.map(f => ({ code: f.code, stream: f.stream, count: f.count, frames: f.frames.length }));
  };
  const many = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i));
  const host = (net: number, i: number) => `10.${net}.${i >> 8}.${i & 255}`;
  const code = 'mta.9215-possible';

  it('have a finding each up to a hundred, and beyond it one for each pair of hosts', async () => {
    const few = await silent(many(100, () => ['192.0.2.1', '192.0.2.2']));
    expect(few).toHaveLength(100);
    expect(few[99]).toEqual({ code, stream: 99, count: 1, frames: 1 });
    const more = await silent(many(150, i => ['192.0.2.1', i % 2 === 0 ? '192.0.2.2' : '192.0.2.3']));
    expect(more).toEqual([
      { code, stream: null, count: 75, frames: 64 },
      { code, stream: null, count: 75, frames: 64 },
    ]);
  });

  it('have one finding for each server or client where pairs are as many, and one in all where those are', async () => {
    const flood = await silent(many(200, i => [host(1, i), i === 7 ? '192.0.2.3' : '192.0.2.2']));
    expect(flood.map(f => f.count)).toEqual([199, 1]);
    expect(flood.map(f => f.stream)).toEqual([null, 7]);
    const scan = await silent(many(200, i => ['192.0.2.1', host(2, i)]));
    expect(scan).toEqual([{ code, stream: null, count: 200, frames: 64 }]);
    const both = await silent(many(200, i => [host(1, i), host(2, i)]));
    expect(both).toEqual([{ code, stream: null, count: 200, frames: 64 }]);
  });
});

describe('connects that are refused by the thousand', () => {
  /** One event each; `from` and `to` are the hosts of the i-th. */
  const failed = (n: number, unknown: boolean, from: (i: number) => string, to: (i: number) => string) => {
    const at = (frame: number) => ({ frame, time: { sec: frame, nsec: 0 } });
    const connects = new Map(
      Array.from({ length: n }, (_, i) => [
        endsOf(`${from(i)}:${1024 + i}`, `${to(i)}:102`),
        [{ stream: i, syns: [at(2 * i + 1)], accepted: null, resets: [at(2 * i + 2)], unreached: [], abandoned: null }],
      ]),
    );
    return refusals(connects, { sec: 10 ** 6, nsec: 0 }).map(refusal => ({
      refusal,
      unknown,
      event: { id: 9215, text: `${refusal.frame}`, severity: 12, exception: null },
    }));
  };
  const outage = failed(
    10_000,
    false,
    () => '192.0.2.1',
    () => '192.0.2.2',
  );

  it('have a finding each as long as a week of one a minute takes', () => {
    const findings = failedFindings(outage);
    expect(findings).toHaveLength(10_000);
    expect(findings[9999]).toMatchObject({ severity: 'warning', stream: 9999, frame: 20_000, count: 1 });
  });

  it('are told of by their hosts beyond that, which hides no outage of an MTA', () => {
    const scan = failed(
      10_001,
      true,
      () => '198.51.100.7',
      i => `10.0.${i >> 8}.${i & 255}`,
    );
    const findings = failedFindings([...outage, ...scan]);
    expect(findings).toHaveLength(10_001);
    expect(findings.at(-1)).toMatchObject({
      code: 'mta.9215',
      severity: 'note',
      stream: null,
      direction: null,
      frame: 2,
      count: 10_001,
      message: '9215 at frame 2: 10,001 connects from 198.51.100.7 to 10,001 hosts were refused (Winsock 10061)',
    });
    expect(findings.at(-1)!.frames).toHaveLength(64);
    expect(findings.at(-1)!.explanation).toContain('Nothing in the capture says that 198.51.100.7 is an MTA');
  });
});

describe('a connect that the client gives up', () => {
  it('is no refused one: nobody answered it with RST', async () => {
    const wire = new Wire('1998-06-19T09:00:00Z');
    const tcp = new Conversation(wire, CLIENT, SERVER);
    tcp.syn();
    tcp.reset(0);
    const report = await analyzeBytes(wire.pcap(), { ...analyzeOptions('exchange-5.5'), mta: [CLIENT.address] });
    expect(report.streams.map(s => s.state)).toEqual(['reset']);
    expect(report.findings).toEqual([]);
  });
});

describe('a connect that ICMP answers', () => {
  const ROUTER = '198.51.100.9';
  const findings = async (
    play: (wire: Wire, tcp: Conversation) => void,
    [client, server, router]: readonly [string, string, string] = [CLIENT.address, SERVER.address, ROUTER],
    code: number = CODE.host,
    about: Partial<{ to: string; seq: number }> = {},
  ) => {
    const wire = new Wire('1998-06-19T09:00:00Z');
    const tcp = new Conversation(wire, { ...CLIENT, address: client, isn: 1000 }, { ...SERVER, address: server });
    for (const pause of [3000, 6000, 12_000, 24_000]) {
      const packet = tcp.synPacket();
      wire.packet(packet, tcp.version, 0);
      if (pause <= 6000) {
        const quoted =
          about.seq === undefined ? packet : new Conversation(wire, { ...CLIENT, isn: about.seq }, SERVER).synPacket();
        wire.packet(unreachable(router, about.to ?? client, code, quoted, leastQuote(quoted)), tcp.version, 1);
      }
      wire.wait(pause);
    }
    play(wire, tcp);
    wire.wait(60_000);
    const last = new Conversation(wire, { address: '192.0.2.70', port: 2000 }, { address: '192.0.2.71', port: 102 });
    last.open();
    last.close(0);
    const report = await analyzeBytes(wire.pcap(), { ...analyzeOptions('exchange-5.5'), mta: [client] });
    const found = report.findings.filter(f => f.code.startsWith('mta.9215'));
    expect(report.events.map(e => e.event)).toEqual(found.flatMap(f => f.event ?? []));
    return found;
  };
  const nothing = () => {};

  it('names the message and who sent it, and logs the error that is inferred', async () => {
    const [found, ...more] = await findings(nothing);
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      code: 'mta.9215',
      severity: 'warning',
      frame: 6,
      frames: [1, 2, 3, 4, 5, 6],
      filter: 'frame.number in {1, 2, 3, 4, 5, 6}',
      message:
        '9215 at frame 6: 192.0.2.90:102 was not reached: ICMP host unreachable from 198.51.100.9 (Winsock 10065), 4 SYNs',
    });
    expect(found!.event!.text).toContain('A sockets error 10065 on a connect() call');
    expect(found!.explanation).toContain('ICMP host unreachable from 198.51.100.9 (frame 4)');
    expect(found!.explanation).toContain('is inferred (RFC 1122 §4.2.3.9)');
  });

  it.each([
    ['network unreachable', CODE.network, '10051'],
    ['host administratively prohibited', CODE.hostProhibited, '10065'],
    ['fragmentation needed, which ends nothing', CODE.fragmentationNeeded, '10060'],
  ])('%s: its error', async (_what, code, winsock) => {
    const [found] = await findings(nothing, undefined, code);
    expect(found!.message).toContain(`(Winsock ${winsock})`);
  });

  it.each([
    ['port unreachable', CODE.port],
    ['protocol unreachable', CODE.protocol],
    ['communication administratively prohibited', CODE.prohibited],
  ])('%s: no error that could be named, and so no event', async (words, code) => {
    const [found] = await findings(nothing, undefined, code);
    expect(found).toMatchObject({ code: 'mta.9215', severity: 'warning' });
    expect(found!.event).toBeUndefined();
    expect(found!.message).toContain(`ICMP ${words} from ${ROUTER} (Winsock error not known)`);
  });

  it.each([
    ['no route to destination', CODE6.noRoute, '(Winsock 10051)'],
    ['address unreachable', CODE6.address, '(Winsock 10065)'],
    ['port unreachable', CODE6.port, '(Winsock error not known)'],
  ])('ICMPv6 %s', async (words, code, error) => {
    const six = ['2001:db8::80', '2001:db8::90', '2001:db8:1::1'] as const;
    const [found] = await findings(nothing, six, code);
    expect(found!.message).toContain(`ICMP ${words} from 2001:db8:1::1 ${error}`);
  });

  it('is refused where a RST answers the last SYN', async () => {
    const found = await findings((_wire, tcp) => void tcp.refuse());
    expect(found.map(f => f.message)).toEqual([
      '9215 at frame 7: 192.0.2.90:102 refused the connection (Winsock 10061), 4 SYNs',
    ]);
  });

  it('is none that failed where it is accepted in the end', async () => {
    expect(await findings((_wire, tcp) => void [tcp.synAck(), tcp.ack(0), tcp.close(0)])).toEqual([]);
  });

  it('says nothing where the number of the SYN is another, or the message goes to somebody else', async () => {
    for (const about of [{ seq: 1001 }, { to: '192.0.2.81' }]) {
      const [found] = await findings(nothing, undefined, CODE.host, about);
      expect(found).toMatchObject({ frames: expect.not.arrayContaining([2]) });
      expect(found!.message).toContain('(Winsock 10060)');
    }
  });

  it('is not told otherwise by a forged message behind a true one', async () => {
    const forged = new Conversation(new Wire('1998-06-19T09:00:00Z'), { ...CLIENT, isn: 1001 }, SERVER).synPacket();
    const found = await findings(
      wire => void wire.packet(unreachable(ROUTER, CLIENT.address, CODE.port, forged), 4, 1),
    );
    expect(found.map(f => f.frames)).toEqual([[1, 2, 3, 4, 5, 6]]);
    expect(found[0]!.message).toContain('(Winsock 10065)');
  });

  it('says nothing about a connection that is up, nor about the next one of its ports', async () => {
    const wire = new Wire('1998-06-19T09:00:00Z');
    const tcp = new Conversation(wire, { ...CLIENT, isn: 1000 }, SERVER);
    const late = unreachable(ROUTER, CLIENT.address, CODE.host, tcp.synPacket());
    tcp.open();
    wire.packet(late, 4, 1);
    tcp.close(0);
    const again = new Conversation(wire, { ...CLIENT, isn: 900_000 }, SERVER);
    again.syn();
    wire.packet(late, 4, 1);
    wire.wait(3000);
    again.syn();
    const { findings: found, streams } = await analyzeBytes(wire.pcap(), {
      ...analyzeOptions(),
      mta: [CLIENT.address],
    });
    expect(found.map(f => [f.code, f.frames])).toEqual([['mta.9215-possible', [9, 11]]]);
    expect(streams.map(s => s.frames)).toEqual([7, 2]);
  });

  /** Four SYNs, of which ICMP answers the last; `order` says in which order the file has the frames. */
  const disordered = async (order: (frames: Wire['frames']) => Wire['frames']) => {
    const wire = new Wire('1998-06-19T09:00:00Z');
    const tcp = new Conversation(wire, { ...CLIENT, isn: 1000 }, SERVER);
    for (const pause of [3000, 6000, 12_000, 24_000]) {
      const packet = tcp.synPacket();
      wire.packet(packet, 4, 0);
      if (pause === 24_000) wire.packet(unreachable(ROUTER, CLIENT.address, CODE.host, packet), 4, 1);
      wire.wait(pause);
    }
    wire.wait(60_000);
    new Conversation(wire, { ...CLIENT, port: 2000 }, SERVER).open();
    const frames = order(wire.frames.splice(0));
    wire.frames.push(...frames);
    const told: number[] = [];
    const report = await analyzeBytes(
      wire.pcap(),
      { ...analyzeOptions('exchange-5.5'), mta: [CLIENT.address] },
      { onUnreachable: m => void told.push(m.frame) },
    );
    const [found] = report.findings.filter(f => f.code === 'mta.9215');
    return { told, frames: found!.frames, winsock: /Winsock \d+/.exec(found!.message)![0] };
  };

  it('names a message that stands before its SYN: the file has the frames of two threads', async () => {
    const found = { frames: [1, 2, 3, 4, 5], winsock: 'Winsock 10065' };
    expect(await disordered(frames => frames)).toEqual({ ...found, told: [5] });
    const early = await disordered(frames => [frames[4]!, ...frames.slice(0, 4), ...frames.slice(5)]);
    expect(early).toEqual({ ...found, told: [1] });
  });

  it('names a message about a SYN that was sent before the capture begins', async () => {
    const wire = new Wire('1998-06-19T09:00:00Z');
    const tcp = new Conversation(wire, CLIENT, SERVER);
    wire.packet(unreachable(ROUTER, CLIENT.address, CODE.host, tcp.synPacket()), 4, 1);
    wire.wait(100);
    tcp.syn();
    const { findings: found } = await analyzeBytes(wire.pcap(), { ...analyzeOptions(), mta: [CLIENT.address] });
    expect(found.map(f => [f.code, f.frames])).toEqual([['mta.9215-possible', [1, 2]]]);
    expect(found[0]!.message).toContain('but ICMP host unreachable from 198.51.100.9 (frame 1)');
  });

  it('is of the connect whose SYN it follows in time, though one with the same number stands before it in the file', async () => {
    const wire = new Wire('1998-06-19T09:00:00Z');
    const tcp = new Conversation(wire, CLIENT, SERVER);
    for (let i = 0; i < 3; i++) {
      tcp.syn();
      wire.packet(unreachable(ROUTER, CLIENT.address, CODE.host, tcp.synPacket()), 4, 1);
      wire.wait(90_000);
    }
    new Conversation(wire, { ...CLIENT, port: 2000 }, SERVER).open();
    const [syn, message] = wire.frames.splice(2, 2);
    wire.frames.splice(2, 0, message!, syn!);
    const { findings: found } = await analyzeBytes(wire.pcap(), { ...analyzeOptions(), mta: [CLIENT.address] });
    expect(found.filter(f => f.code === 'mta.9215').map(f => f.frames)).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  it('takes an early message for no connect of another time, other ports, or another number', async () => {
    const at = async (port: number, isn: number, wait: number) => {
      const wire = new Wire('1998-06-19T09:00:00Z');
      const quoted = new Conversation(wire, { ...CLIENT, isn: 1000 }, SERVER).synPacket();
      wire.packet(unreachable(ROUTER, CLIENT.address, CODE.host, quoted), 4, 1);
      wire.wait(wait);
      new Conversation(wire, { ...CLIENT, port, isn }, SERVER).syn();
      const options = { ...analyzeOptions(), mta: [CLIENT.address] };
      return (await analyzeBytes(wire.pcap(), options)).findings.map(f => f.frames.join(' '));
    };
    expect(await at(CLIENT.port, 1000, 1000)).toEqual(['1 2']);
    expect(await at(CLIENT.port + 1, 1000, 1000)).toEqual(['2']);
    expect(await at(CLIENT.port, 1001, 1000)).toEqual(['2']);
    expect(await at(CLIENT.port, 1000, 77_000)).toEqual(['2']);
  });

  it('forgets the oldest of many messages about SYNs that never come', async () => {
    const found = async (others: number) => {
      const wire = new Wire('1998-06-19T09:00:00Z');
      for (let i = 0; i <= others; i++) {
        const quoted = new Conversation(wire, { ...CLIENT, isn: 1000 + i }, SERVER).synPacket();
        wire.packet(unreachable(ROUTER, CLIENT.address, CODE.host, quoted), 4, 1);
      }
      new Conversation(wire, { ...CLIENT, isn: 1000 }, SERVER).syn();
      const options = { ...analyzeOptions(), mta: [CLIENT.address] };
      return (await analyzeBytes(wire.pcap(), options)).findings[0]!.frames.length;
    };
    expect([await found(63), await found(64)]).toEqual([2, 1]);
  });

  it('counts a message that a mirror port shows twice once', async () => {
    const found = await refused((wire, tcp) => {
      const packet = tcp.synPacket();
      const message = unreachable(ROUTER, CLIENT.address, CODE.host, packet);
      for (const [each, way] of [
        [packet, 0],
        [packet, 0],
        [message, 1],
        [message, 1],
      ] as const)
        wire.packet(each, 4, way);
    });
    expect(found).toEqual(['mta.9215-possible 1 3']);
  });

  it('is told of with others by its hosts where there are very many', () => {
    const at = (frame: number) => ({ frame, time: { sec: frame, nsec: 0 } });
    const connects = new Map(
      Array.from({ length: 10_001 }, (_, i) => [
        endsOf(`192.0.2.1:${1024 + i}`, '192.0.2.2:102'),
        [
          {
            stream: i,
            syns: [at(2 * i + 1)],
            accepted: null,
            resets: [],
            unreached: [{ ...at(2 * i + 2), from: ROUTER, words: 'host unreachable', scope: 'host' as const }],
            abandoned: null,
          },
        ],
      ]),
    );
    const failed = refusals(connects, { sec: 10 ** 6, nsec: 0 });
    const [found] = failedFindings(failed.map(refusal => ({ refusal, unknown: false, event: null })));
    expect(found!.message).toBe(
      '9215 at frame 1: 10,001 connects from 192.0.2.1 to 192.0.2.2 were answered by ICMP alone (Winsock 10065)',
    );
  });
});

describe('a connect whose answer the capture does not show', () => {
  /** What the client sends; nothing of the server is in the capture. */
  const oneSided = (play: (wire: Wire, tcp: Conversation) => void) =>
    refused((wire, tcp) => {
      play(wire, tcp);
      const kept = wire.frames.filter(({ bytes }) => bytes[29] === Number(CLIENT.address.split('.')[3]));
      wire.frames.splice(0, wire.frames.length, ...kept);
    });
  const talk = (wire: Wire, tcp: Conversation): void => {
    tcp.open();
    new Transport(tcp).connect();
    wire.wait(60_000);
    tcp.close(0);
  };

  it('was answered where the client acknowledges, and where it does not, nobody did', async () => {
    expect(await oneSided(talk)).toEqual([]);
    const silent = (wire: Wire, tcp: Conversation): void => {
      tcp.syn();
      wire.wait(60_000);
      new Conversation(wire, { ...CLIENT, port: 2000 }, SERVER).open();
    };
    expect(await oneSided(silent)).toEqual(['mta.9215 1']);
  });

  it('is told from the next one on the same ports, which nobody answers', async () => {
    const again = (wire: Wire, tcp: Conversation): void => {
      tcp.open();
      new Transport(tcp).connect();
      const next = new Conversation(wire, { ...CLIENT, isn: 77_000_000 }, SERVER);
      for (const pause of [3000, 6000, 60_000]) {
        next.syn();
        wire.wait(pause);
      }
      new Conversation(wire, { ...CLIENT, port: 2000 }, SERVER).open();
    };
    expect(await oneSided(again)).toEqual(['mta.9215 5 6 7']);
  });
});
