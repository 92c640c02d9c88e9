import { describe, expect, it } from 'vitest';
import { analyzeBytes, analyzeOptions } from '../../kit/analysis.ts';
import { Conversation } from '../../kit/conversation.ts';
import { MtaPair } from '../../kit/mta.ts';
import { ses } from '../../kit/session.ts';
import { Transport } from '../../kit/transport.ts';
import { Wire } from '../../kit/wire.ts';
import { activity, bind, Capture, type Line, message, release, rttr, transfer, wrapped } from './kit.ts';

const SIZE = 1024;
const apdu = wrapped(message('M1', 3 * SIZE));
const fragment = (n: number) => ses.dt(rttr(apdu.subarray(n * SIZE, (n + 1) * SIZE)));
const last = Math.ceil(apdu.length / SIZE) - 1;

/** Two fragments and their checkpoints, the third on the way. */
function begin(line: Line): Line {
  bind(line).c(ses.as(activity(1)));
  for (const n of [0, 1]) {
    line
      .c(fragment(n))
      .c(ses.mip(n + 1))
      .s(ses.mia(n + 1));
  }
  return line;
}

/** The rest, from checkpoint 2 on. */
function resume(line: Line): Line {
  bind(line).c(ses.ar({ activity: activity(2), old: activity(1), point: 2 }));
  line.c(fragment(2)).c(ses.mip(3)).s(ses.mia(3));
  return line.c(fragment(last)).c(ses.ae(4)).s(ses.aea(4));
}

const rows = (capture: Capture) => capture.messages.map(m => [m.localIdentifier, m.state]);

describe('a transfer whose connection has ended', () => {
  it('is resumed on another one while late segments of the first are still awaited', () => {
    for (const how of ['rst', 'fin'] as const) {
      const capture = new Capture();
      const first = begin(capture.connect()).ended(how);
      expect(rows(capture)).toEqual([['M1', 'interrupted']]);
      const second = resume(capture.connect());
      // What comes late was sent before, and is behind the checkpoint.
      first.c(fragment(2)).c(ses.ae(3)).close(how);
      release(second);
      expect(rows(capture)).toEqual([['M1', 'resumed']]);
      expect(capture.messages[0]).toMatchObject({ stream: 1, octets: apdu.length });
      expect(capture.faults).toEqual([]);
      expect(capture.associations.map(a => a.ended)).toEqual([
        `the transport connection was ${how === 'rst' ? 'reset' : 'closed'} in mid-activity`,
        'released by MTA-A',
      ]);
    }
  });

  it('is damaged where it goes on from a checkpoint that the capture does not show', () => {
    const capture = new Capture();
    bind(capture.connect())
      .c(ses.as(activity(1)))
      .c(fragment(0))
      .c(ses.mip(1))
      .s(ses.mia(1))
      .ended();
    release(resume(capture.connect()));
    expect(rows(capture)).toEqual([['M1', 'damaged']]);
    expect(capture.messages[0]!.why).toBe('resumed from checkpoint 2, which the capture does not show');
    expect(capture.faults).toEqual([]);
  });

  it('has the last checkpoint of its activity confirmed, not the number of those that were sent', () => {
    const capture = new Capture();
    // Checkpoint 3 is sent twice: nobody acknowledged it the first time.
    begin(capture.connect()).c(fragment(2)).c(ses.mip(3)).ended();
    release(resume(capture.connect()));
    expect(capture.messages).toMatchObject([{ state: 'resumed', checkpoints: 4, confirmedCheckpoint: 3 }]);
  });

  it('goes back to a checkpoint behind which nothing counts as confirmed', () => {
    const capture = new Capture();
    begin(capture.connect()).ended();
    const second = bind(capture.connect()).c(ses.ar({ activity: activity(2), old: activity(1), point: 1 }));
    second.c(fragment(1)).close('rst');
    expect(capture.messages).toMatchObject([{ state: 'interrupted', octets: 2 * SIZE, confirmedCheckpoint: 1 }]);
  });

  it('goes the way of the connection that it is resumed on', () => {
    const capture = new Capture();
    begin(capture.connect()).ended();
    const second = bind(capture.connect('10.0.0.2', '10.0.0.1')).c(ses.gtc()).s(ses.gta());
    second.s(ses.ar({ activity: activity(2), old: activity(1), point: 2 })).s(fragment(2));
    second.s(ses.ad(1)).c(ses.ada());
    second
      .s(ses.as(activity(3)))
      .s(ses.dt(rttr(wrapped(message('M2')))))
      .s(ses.ae(1))
      .c(ses.aea(1));
    second.close();
    expect(capture.messages).toMatchObject([
      { localIdentifier: 'M1', state: 'discarded', stream: 1, direction: 1 },
      { localIdentifier: 'M2', state: 'complete', stream: 1, direction: 1 },
    ]);
    expect(capture.associations.at(-1)!.messages).toEqual([0, 1]);
  });

  it('takes octets that come late before anybody resumes it', () => {
    const capture = new Capture();
    const first = begin(capture.connect()).ended().c(fragment(2)).c(ses.mip(3)).s(ses.mia(3));
    const second = bind(capture.connect()).c(ses.ar({ activity: activity(2), old: activity(1), point: 3 }));
    for (let n = 3; n <= last; n++) second.c(fragment(n));
    second.c(ses.ae(4)).s(ses.aea(4));
    first.close('rst');
    release(second);
    expect(capture.messages).toMatchObject([{ localIdentifier: 'M1', state: 'resumed', octets: apdu.length }]);
  });

  it('is complete when its end comes late, and cannot be resumed then', () => {
    const capture = new Capture();
    const first = begin(capture.connect()).ended();
    for (let n = 2; n <= last; n++) first.c(fragment(n));
    first.c(ses.ae(3)).s(ses.aea(3)).close('rst');
    expect(rows(capture)).toEqual([['M1', 'complete']]);
    release(resume(capture.connect()));
    expect(rows(capture)).toEqual([
      ['M1', 'complete'],
      [null, 'damaged'],
    ]);
  });

  it('is one row where its rest stands behind a hole, which is given up when all is over', () => {
    for (const end of [ses.dn(), ses.ab(3)]) {
      const capture = new Capture();
      const line = begin(capture.connect()).s(ses.aea(3)).s(ses.mia(1)).s(ses.aea(2)).s(end).ended('fin').gap(0);
      line
        .c(fragment(last))
        .c(ses.ae(3))
        .c(ses.as(activity(2)));
      line
        .c(ses.dt(rttr(wrapped(message('M2')))))
        .c(ses.ae(1))
        .close();
      expect(rows(capture)).toEqual([
        ['M1', 'damaged'],
        ['M2', 'complete'],
      ]);
    }
  });

  it('says that the association was released, when nothing came late', () => {
    const capture = new Capture();
    begin(capture.connect()).s(ses.dn()).ended('fin').close();
    expect(capture.messages).toMatchObject([
      { state: 'interrupted', why: 'the association was released; checkpoint 2 was confirmed' },
    ]);
  });

  it('has its row in the order of that end', () => {
    const capture = new Capture();
    const first = begin(capture.connect()).ended();
    release(transfer(bind(capture.connect('10.0.0.3')), 7, message('M2')));
    first.close('rst');
    expect(rows(capture)).toEqual([
      ['M1', 'interrupted'],
      ['M2', 'complete'],
    ]);
  });
});

describe('an interrupted activity', () => {
  /** Interrupts it, resumes it from `point` on the same association, and sends the rest from there. */
  function again(line: Line, point: number): Line {
    line
      .c(ses.ai(5))
      .s(ses.aia())
      .c(ses.ar({ activity: activity(2), old: activity(1), point }));
    for (let n = point; n <= last; n++) line.c(fragment(n));
    return line.c(ses.ae(point + 1)).s(ses.aea(point + 1));
  }

  it('is whole when what was lost of it comes again', () => {
    const capture = new Capture();
    const line = begin(capture.connect()).gap(0).c(ses.mip(3)).c(fragment(3));
    release(again(line, 2));
    expect(capture.messages).toMatchObject([{ localIdentifier: 'M1', state: 'resumed', octets: apdu.length }]);
  });

  it('is one damaged row when what was lost of it does not', () => {
    const capture = new Capture();
    const line = begin(capture.connect()).gap(0).c(ses.mip(3)).s(ses.mia(3));
    release(again(line, 3));
    expect(rows(capture)).toEqual([['M1', 'damaged']]);
  });

  it('is whole when it was interrupted before any data', () => {
    const capture = new Capture();
    const line = bind(capture.connect()).c(ses.as(activity(1)));
    release(again(line, 0));
    expect(capture.messages).toMatchObject([{ localIdentifier: 'M1', state: 'resumed', octets: apdu.length }]);
  });
});

it('an activity that a RST or FINs interrupt is one row of a capture with its resumption', async () => {
  const ends: ((tcp: Conversation) => void)[] = [tcp => void tcp.reset(0), tcp => void tcp.close(0)];
  for (const end of ends) {
    const wire = new Wire('1998-06-19T09:00:00Z');
    const pair = (port: number, reference: string) => {
      const from = { address: '192.0.2.10', port };
      const tcp = new Conversation(wire, from, { address: '192.0.2.20', port: 102 });
      tcp.open();
      const transport = new Transport(tcp);
      transport.connect();
      const mtas = new MtaPair(transport, { mode: 'normal', names: ['MTA-A', 'MTA-B'], checkpointSize: 1, reference });
      mtas.bind();
      return { tcp, mtas };
    };
    const first = pair(1025, '980619090000Z');
    first.mtas.transfer(0, message('M1', 5000), { end: 'cut', checkpoints: 2 });
    end(first.tcp);
    const second = pair(1026, '980619090100Z');
    second.mtas.transfer(0, message('M1', 5000), { resume: { old: 1, point: 2, reference: '980619090000Z' } });
    second.mtas.release();
    second.tcp.close(0);
    const { messages, findings } = await analyzeBytes(wire.pcap(), analyzeOptions());
    expect(messages).toMatchObject([{ localIdentifier: 'M1', state: 'resumed', stream: 1 }]);
    expect(findings.filter(f => f.severity === 'error')).toEqual([]);
  }
});
