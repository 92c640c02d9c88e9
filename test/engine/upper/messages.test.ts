import { describe, expect, it } from 'vitest';
import { findAll } from '../../../src/asn1/tree.ts';
import { ctxc, integer, sequence, tlv, utcTime } from '../../kit/ber.ts';
import { latin1 as text } from '../../kit/bytes.ts';
import { ses } from '../../kit/session.ts';
import { activity, bind, Capture, message, release, report, rttr, transfer, wrapped } from './kit.ts';

describe('a message over reliable transfer', () => {
  it('becomes one row with its identifiers, its octets, its frames and its checkpoints', () => {
    const capture = new Capture();
    const line = bind(capture.connect());
    transfer(line, 1, message('M1', 3000));
    release(line);
    expect(capture.faults).toEqual([]);
    const [row] = capture.messages;
    expect(capture.messages).toHaveLength(1);
    const apdu = wrapped(message('M1', 3000));
    expect(row).toMatchObject({
      kind: 'message',
      localIdentifier: 'M1',
      mtsIdentifier: '[/C=GB/ADMD=GOLD/PRMD=ACME/;M1]',
      contentType: 'P2 (2)',
      octets: apdu.length,
      state: 'complete',
      why: null,
      activity: '020101',
      checkpoints: 3,
      confirmedCheckpoint: 3,
      direction: 0,
      firstFrame: 3,
    });
    // AS, then four fragments with three checkpoints and their acknowledgements, then AE.
    expect(row!.lastFrame).toBe(3 + 4 + 6 + 1);
    expect(row!.seconds).toBe(row!.lastFrame - row!.firstFrame);
    expect(capture.associations).toMatchObject([
      {
        initiator: 'MTA-A',
        responder: 'MTA-B',
        protocol: 'P1 (1988)',
        outcome: 'released',
        messages: [1, 0],
        mode: 'normal',
      },
    ]);
    expect(capture.associations[0]!.ended).toBe('released by MTA-A');
  });

  it('hands over the APDU and the content as they were sent', () => {
    const capture = new Capture();
    const apdu = message('M1', 5000);
    release(transfer(bind(capture.connect()), 1, apdu));
    expect(capture.apdus.map(a => a.kind)).toEqual(['apdu', 'content']);
    expect(capture.apdus[0]!.bytes).toEqual(apdu);
    expect(text('A'.repeat(5000))).toEqual(capture.apdus[1]!.bytes.subarray(-5000));
    expect(capture.apdus[1]!.message).toBe(capture.messages[0]);
  });

  it('is answered by the report that names it', () => {
    const capture = new Capture();
    const line = bind(capture.connect());
    transfer(line, 1, message('M1'));
    transfer(line, 2, message('M2'));
    transfer(line, 3, report('R1', 'M1'));
    release(line);
    expect(capture.messages.map(m => [m.kind, m.localIdentifier, m.answeredBy])).toEqual([
      ['message', 'M1', 2],
      ['message', 'M2', null],
      ['report', 'R1', null],
    ]);
    expect(capture.messages[2]!.subjectLocalIdentifier).toBe('M1');
    expect(capture.messages[2]!.recipients[0]!.outcome?.delivered).toBe(true);
  });

  it('is not answered by a report whose transfer was discarded, but by the one that is sent again', () => {
    const capture = new Capture();
    const line = bind(capture.connect());
    transfer(line, 1, message('M1'));
    line
      .c(ses.as(activity(2)))
      .c(ses.dt(rttr(wrapped(report('R1', 'M1')))))
      .c(ses.ad(0))
      .s(ses.ada());
    expect(capture.messages.map(m => [m.kind, m.state, m.answeredBy])).toEqual([
      ['message', 'complete', null],
      ['report', 'discarded', null],
    ]);
    transfer(line, 3, report('R1', 'M1'));
    expect(capture.messages[0]!.answeredBy).toBe(2);
  });

  it('is answered by a report that was interrupted, once that is resumed', () => {
    const capture = new Capture();
    const line = bind(capture.connect());
    transfer(line, 1, message('M1'));
    const bytes = wrapped(report('R1', 'M1'));
    line.c(ses.as(activity(2))).c(ses.dt(rttr(bytes.subarray(0, bytes.length - 10))));
    line.c(ses.mip(1)).s(ses.mia(1)).c(ses.ai(0)).s(ses.aia());
    expect(capture.messages[0]!.answeredBy).toBeNull();
    line.c(ses.ar({ activity: activity(2), old: activity(2), point: 1 }));
    line
      .c(ses.dt(rttr(bytes.subarray(bytes.length - 10))))
      .c(ses.ae(2))
      .s(ses.aea(2));
    expect(capture.messages.map(m => [m.kind, m.state, m.answeredBy])).toEqual([
      ['message', 'complete', 1],
      ['report', 'resumed', null],
    ]);
  });

  it('keeps apart what is transferred over several associations at once', () => {
    const capture = new Capture();
    const lines = [bind(capture.connect()), bind(capture.connect('10.0.0.3'))];
    const apdus = [wrapped(message('A', 1500)), wrapped(message('B', 1500))];
    for (const [i, line] of lines.entries()) {
      line.c(ses.as(activity(1))).c(ses.dt(rttr(apdus[i]!.subarray(0, 1024))));
      line.c(ses.mip(1));
    }
    for (const [i, line] of lines.entries()) {
      line.s(ses.mia(1)).c(ses.dt(rttr(apdus[i]!.subarray(1024))));
      line.c(ses.ae(2)).s(ses.aea(2));
    }
    for (const line of lines) release(line);
    expect(capture.messages.map(m => [m.localIdentifier, m.stream, m.state])).toEqual([
      ['A', 0, 'complete'],
      ['B', 1, 'complete'],
    ]);
    expect(capture.faults).toEqual([]);
  });

  it('is thrown away by ACTIVITY DISCARD, and nothing of it gets into the next one', () => {
    const capture = new Capture();
    const line = bind(capture.connect());
    line
      .c(ses.as(activity(1)))
      .c(ses.dt(rttr(wrapped(message('GONE', 3000)).subarray(0, 1024))))
      .c(ses.ad(5))
      .s(ses.ada());
    transfer(line, 2, message('NEXT'));
    release(line);
    expect(capture.messages.map(m => [m.localIdentifier, m.state])).toEqual([
      ['GONE', 'discarded'],
      ['NEXT', 'complete'],
    ]);
    expect(capture.messages[0]!.why).toBe('the activity was discarded: local ss-user error');
    expect(capture.messages[1]!.octets).toBe(wrapped(message('NEXT')).length);
    expect(capture.associations[0]!.messages).toEqual([1, 0]);
  });

  it('goes on from the confirmed checkpoint when its activity is resumed on the same association', () => {
    const capture = new Capture();
    const line = bind(capture.connect());
    const apdu = message('M1', 3500);
    const bytes = wrapped(apdu);
    line
      .c(ses.as(activity(1)))
      .c(ses.dt(rttr(bytes.subarray(0, 1024))))
      .c(ses.mip(1))
      .s(ses.mia(1));
    line
      .c(ses.dt(rttr(bytes.subarray(1024, 2048))))
      .c(ses.ai(1))
      .s(ses.aia());
    expect(capture.messages).toMatchObject([{ localIdentifier: 'M1', state: 'interrupted', confirmedCheckpoint: 1 }]);
    line.c(ses.ar({ activity: activity(2), old: activity(1), point: 1 }));
    line
      .c(ses.dt(rttr(bytes.subarray(1024, 2048))))
      .c(ses.mip(2))
      .s(ses.mia(2))
      .c(ses.dt(rttr(bytes.subarray(2048, 3072))));
    line
      .c(ses.mip(3))
      .s(ses.mia(3))
      .c(ses.dt(rttr(bytes.subarray(3072))))
      .c(ses.ae(4))
      .s(ses.aea(4));
    release(line);
    expect(capture.messages).toHaveLength(1);
    expect(capture.messages[0]).toMatchObject({ state: 'resumed', octets: bytes.length, firstFrame: 3 });
    expect(capture.messages[0]!.why).toMatch(/resumed on the same connection at frame \d+ from checkpoint 1/);
    expect(capture.apdus[0]!.bytes).toEqual(apdu);
    expect(capture.codes).toEqual([]);
  });

  it('goes on from an earlier checkpoint when the acknowledgement of the last one did not reach its sender', () => {
    const capture = new Capture();
    const line = bind(capture.connect());
    const bytes = wrapped(message('M1', 3500));
    const piece = (n: number) => ses.dt(rttr(bytes.subarray(n * 1024, (n + 1) * 1024)));
    line
      .c(ses.as(activity(1)))
      .c(piece(0))
      .c(ses.mip(1))
      .s(ses.mia(1))
      .c(piece(1))
      .c(ses.mip(2))
      .s(ses.mia(2));
    line.c(ses.ai(1)).s(ses.aia());
    line.c(ses.ar({ activity: activity(1), old: activity(1), point: 1 }));
    line.c(piece(1)).c(ses.mip(2)).s(ses.mia(2)).c(piece(2)).c(ses.mip(3)).s(ses.mia(3));
    line.c(piece(3)).c(ses.ae(4)).s(ses.aea(4));
    release(line);
    expect(capture.messages).toMatchObject([{ state: 'resumed', octets: bytes.length, confirmedCheckpoint: 3 }]);
    expect(capture.codes).toEqual([]);
  });

  it('is resumed again by the identifier that it was resumed under, or by its first one', () => {
    for (const old of [1, 2]) {
      const capture = new Capture();
      const line = bind(capture.connect());
      const bytes = wrapped(message('M1', 1500));
      line.c(ses.as(activity(1))).c(ses.dt(rttr(bytes.subarray(0, 1024))));
      line.c(ses.mip(1)).s(ses.mia(1)).c(ses.ai(1)).s(ses.aia());
      line
        .c(ses.ar({ activity: activity(2), old: activity(1), point: 1 }))
        .c(ses.ai(1))
        .s(ses.aia());
      line.c(ses.ar({ activity: activity(3), old: activity(old), point: 1 }));
      line
        .c(ses.dt(rttr(bytes.subarray(1024))))
        .c(ses.ae(2))
        .s(ses.aea(2));
      release(line);
      expect(capture.messages).toMatchObject([{ state: 'resumed', octets: bytes.length, activity: '020101' }]);
      expect(capture.codes).toEqual([]);
    }
  });

  it('goes on over another association that recovers the lost one', () => {
    const capture = new Capture();
    const references = { callingReference: text('PERCIVAL'), commonReference: utcTime('051001145108Z') };
    const first = bind(capture.connect(), references);
    const apdu = message('M1', 2500);
    const bytes = wrapped(apdu);
    first
      .c(ses.as(activity(7)))
      .c(ses.dt(rttr(bytes.subarray(0, 1024))))
      .c(ses.mip(1))
      .s(ses.mia(1));
    first.c(ses.dt(rttr(bytes.subarray(1024, 1500)))).close('rst');
    expect(capture.messages[0]).toMatchObject({ state: 'interrupted' });
    expect(capture.associations[0]).toMatchObject({
      outcome: 'lost',
      ended: 'the transport connection was reset in mid-activity',
    });
    const recover = [tlv(0x14, text('PERCIVAL')), utcTime('051001145108Z')];
    const second = bind(capture.connect(), { recover });
    second.c(
      ses.ar({
        activity: activity(1),
        old: activity(7),
        point: 1,
        linking: { calling: text('PERCIVAL'), common: utcTime('051001145108Z') },
      }),
    );
    second
      .c(ses.dt(rttr(bytes.subarray(1024))))
      .c(ses.ae(2))
      .s(ses.aea(2));
    release(second);
    expect(capture.messages).toHaveLength(1);
    expect(capture.messages[0]).toMatchObject({ state: 'resumed', localIdentifier: 'M1', octets: bytes.length });
    expect(capture.apdus[0]!.bytes).toEqual(apdu);
    expect(capture.associations.map(a => a.rtse!.connection)).toEqual(['open', 'recover']);
  });

  it('is damaged, not complete, when it is resumed from an activity that the capture does not hold', () => {
    const capture = new Capture();
    const line = bind(capture.connect());
    const bytes = wrapped(message('M1', 1500));
    line.c(ses.ar({ activity: activity(1), old: activity(9), point: 4 }));
    line
      .c(ses.dt(rttr(bytes.subarray(1024))))
      .c(ses.ae(5))
      .s(ses.aea(5));
    release(line);
    expect(capture.messages).toMatchObject([{ state: 'damaged', mtsIdentifier: null }]);
    expect(capture.messages[0]!.why).toContain('the capture does not hold');
    expect(capture.codes).toEqual([]);
  });

  it('is damaged where the session was resynchronized under it: what came twice is not judged', () => {
    const capture = new Capture();
    const line = bind(capture.connect());
    const bytes = wrapped(message('M1', 2500));
    line.c(ses.as(activity(1)));
    line
      .c(ses.dt(rttr(bytes.subarray(0, 1024))))
      .c(ses.mip(1))
      .s(ses.mia(1));
    line.c(ses.dt(rttr(bytes.subarray(1024, 2048))));
    line.c(ses.rs({ tokens: 0, type: 0, serial: 1 })).s(ses.ra({ tokens: 0, serial: 1 }));
    line
      .c(ses.dt(rttr(bytes.subarray(1024, 2048))))
      .c(ses.mip(2))
      .s(ses.mia(2));
    line
      .c(ses.dt(rttr(bytes.subarray(2048))))
      .c(ses.ae(3))
      .s(ses.aea(3));
    release(line);
    expect(capture.messages).toMatchObject([
      { localIdentifier: 'M1', state: 'damaged', why: expect.stringContaining('resynchronized') },
    ]);
    expect(capture.codes.filter(code => !code.startsWith('ses.'))).toEqual([]);
  });

  it('is damaged when octets of it were lost, and keeps what was read before', () => {
    const capture = new Capture();
    const line = bind(capture.connect());
    const bytes = wrapped(message('M1', 4000));
    line
      .c(ses.as(activity(1)))
      .c(ses.dt(rttr(bytes.subarray(0, 1024))))
      .c(ses.mip(1))
      .s(ses.mia(1))
      .gap(0);
    line
      .c(ses.dt(rttr(bytes.subarray(2048))))
      .c(ses.ae(3))
      .s(ses.aea(3));
    transfer(line, 2, message('M2'));
    release(line);
    expect(capture.messages.map(m => [m.localIdentifier, m.state])).toEqual([
      ['M1', 'damaged'],
      ['M2', 'complete'],
    ]);
    expect(capture.messages[0]!.why).toBe('octets of it were lost in the capture');
    expect(capture.associations[0]!.messages).toEqual([1, 0]);
    expect(capture.codes).toEqual([]);
  });

  it('is not damaged by a hole in the acknowledgements', () => {
    const capture = new Capture();
    const line = bind(capture.connect());
    const bytes = wrapped(message('M1', 2000));
    line
      .c(ses.as(activity(1)))
      .c(ses.dt(rttr(bytes.subarray(0, 1024))))
      .c(ses.mip(1))
      .gap(1);
    line
      .c(ses.dt(rttr(bytes.subarray(1024, 2048))))
      .c(ses.mip(2))
      .s(ses.mia(2))
      .c(ses.dt(rttr(bytes.subarray(2048))))
      .c(ses.ae(3));
    release(line);
    expect(capture.messages).toMatchObject([{ state: 'complete', localIdentifier: 'M1' }]);
    expect(capture.codes).toEqual([]);
  });

  it('is damaged when the capture begins in its middle, and the next one is whole', () => {
    const capture = new Capture();
    const line = capture.connect();
    const bytes = wrapped(message('M1', 4000));
    line
      .c(ses.mip(2))
      .s(ses.mia(2))
      .c(ses.dt(rttr(bytes.subarray(2048))))
      .c(ses.ae(3))
      .s(ses.aea(3));
    transfer(line, 2, message('M2'));
    line.close('eof');
    expect(capture.messages.map(m => [m.localIdentifier, m.state])).toEqual([
      [null, 'damaged'],
      ['M2', 'complete'],
    ]);
    expect(capture.associations).toMatchObject([
      { protocol: 'P1 (1988)', mode: null, outcome: 'open', initiator: null },
    ]);
    expect(capture.codes).toEqual([]);
  });

  it('is told in words while it is on its way', () => {
    const capture = new Capture();
    const line = bind(capture.connect());
    const bytes = wrapped(message('M1', 4000));
    expect(line.user.inTransfer(0, 0)).toBe('MTA-A → MTA-B, no message in transfer');
    line.c(ses.as(activity(1))).c(ses.dt(rttr(bytes.subarray(0, 1024))));
    expect(line.user.inTransfer(0, 0)).toBe(
      `MTA-A → MTA-B, message [/C=GB/ADMD=GOLD/PRMD=ACME/;M1], 1,024 of ${bytes.length.toLocaleString('en-US')} octets transferred, no checkpoint confirmed`,
    );
    line
      .c(ses.mip(1))
      .s(ses.mia(1))
      .c(ses.dt(rttr(bytes.subarray(1024, 2048))));
    expect(line.user.inTransfer(0, 0)).toContain('2,048 of ');
    expect(line.user.inTransfer(0, 0)).toContain('last confirmed checkpoint 1');
    expect(line.user.inTransfer(1, 0)).toBe('MTA-B → MTA-A, no message in transfer');
  });

  it('shows its tree where its activity ends, and every field leads to the frames of the fragments', () => {
    const capture = new Capture({}, true);
    const line = bind(capture.connect());
    transfer(line, 1, message('M1', 3000));
    const apdu = line.trees.filter(t => t.layer === 'p1').at(-1)!;
    const [local] = findAll(apdu.fields, 'p1.local_identifier');
    expect(local!.value).toBe('M1');
    const pieces = apdu.origin!.locate(local!.start, local!.end);
    // The first fragment is the fourth TSDU: two for the connection, ACTIVITY START, then data.
    expect(pieces.map(p => p.frame)).toEqual([4]);
    const [content] = findAll(apdu.fields, 'p1.content');
    const frames = apdu.origin!.locate(content!.start, content!.end).map(p => p.frame);
    expect(frames).toEqual([4, 7, 10, 13]);
    expect(line.trees.some(t => t.layer === 'p22')).toBe(true);
  });

  it('at level light keeps the head and counts the rest', () => {
    const capture = new Capture({ level: 'light' });
    const line = bind(capture.connect());
    transfer(line, 1, message('M1', 60_000));
    release(line);
    expect(capture.messages).toMatchObject([
      { localIdentifier: 'M1', octets: wrapped(message('M1', 60_000)).length, state: 'complete' },
    ]);
    expect(capture.apdus).toEqual([]);
  });

  it('above maxApduBytes is read from what is kept', () => {
    const capture = new Capture({ maxApduBytes: 2000 });
    release(transfer(bind(capture.connect()), 1, message('M1', 60_000)));
    expect(capture.messages).toMatchObject([{ localIdentifier: 'M1', size: expect.any(Number), state: 'complete' }]);
    expect(capture.apdus).toEqual([]);
    expect(capture.codes).toEqual([]);
  });
});

describe('X.410-1984 mode', () => {
  it('carries the octets of the APDU without anything around them', async () => {
    const upper = await import('../../kit/upper.ts');
    const p1 = await import('../../kit/p1.ts');
    const capture = new Capture({}, true);
    const line = capture.connect();
    const open = p1.mtaName('MTA-A', 'tops3cret');
    line.c(
      ses.cn(
        { tokens: 0, versions: 1 },
        upper.x410(upper.rtorqComponents({ checkpointSize: 1, windowSize: 3, open, applicationProtocol: 1 })),
      ),
    );
    line.s(
      ses.ac(
        { tokens: 0, versions: 1 },
        upper.x410(upper.rtoacComponents({ checkpointSize: 1, windowSize: 3, open: p1.mtaName('MTA-B', 'tops3cret') })),
      ),
    );
    const apdu = message('M84', 1500);
    line
      .c(ses.as(activity(1)))
      .c(ses.dt(apdu.subarray(0, 1024)))
      .c(ses.mip(1))
      .s(ses.mia(1))
      .c(ses.dt(apdu.subarray(1024)))
      .c(ses.ae(2))
      .s(ses.aea(2));
    // RTTP: the responder asks for the turn.
    line.s(ses.pt(1, integer(5)));
    line.c(ses.fn()).s(ses.dn()).close();
    expect(
      findAll(
        line.trees.flatMap(t => t.fields),
        'rtse.rttp_apdu',
      ).map(f => f.value),
    ).toEqual([5]);
    expect(capture.associations[0]!.pdus).toMatchObject({ RTTP: 1 });
    expect(capture.messages).toMatchObject([{ localIdentifier: 'M84', octets: apdu.length, state: 'complete' }]);
    expect(capture.associations).toMatchObject([
      { protocol: 'P1 (1984)', mode: 'x410-1984', initiator: 'MTA-A', responder: 'MTA-B' },
    ]);
    expect(capture.codes).toEqual([]);
    expect(JSON.stringify(line.trees.map(t => t.fields))).not.toContain('tops3cret');
  });

  it.each<[string, string, (apdu: Uint8Array) => Uint8Array]>([
    ['bare fragments', 'P1 (X.410 mode)', apdu => ses.dt(apdu)],
    ['fragments in PDV-lists', 'P1 (1988)', apdu => ses.dt(rttr(wrapped(apdu)))],
  ])('is told from normal mode in mid-stream: %s', (_name, protocol, fragment) => {
    const capture = new Capture();
    const line = capture.connect();
    line.c(ses.as(activity(1))).c(fragment(message('M84', 100)));
    line.c(ses.ae(1)).s(ses.aea(1)).close('eof');
    expect(capture.messages).toMatchObject([{ localIdentifier: 'M84', state: 'complete' }]);
    expect(capture.associations).toMatchObject([{ protocol, mode: null }]);
  });

  it('lists a message as damaged whose beginning was lost, though no application protocol says that it is one', async () => {
    const upper = await import('../../kit/upper.ts');
    const p1 = await import('../../kit/p1.ts');
    const capture = new Capture();
    const line = capture.connect();
    const open = p1.mtaName('MTA-A', 'tops3cret');
    line.c(
      ses.cn({ tokens: 0, versions: 1 }, upper.x410(upper.rtorqComponents({ checkpointSize: 1, windowSize: 3, open }))),
    );
    line.s(
      ses.ac({ tokens: 0, versions: 1 }, upper.x410(upper.rtoacComponents({ checkpointSize: 1, windowSize: 3, open }))),
    );
    line.c(ses.as(activity(1))).gap(0);
    line
      .c(ses.dt(message('M84', 100)))
      .c(ses.ae(1))
      .s(ses.aea(1))
      .close();
    expect(capture.messages).toMatchObject([{ localIdentifier: null, state: 'damaged' }]);
  });
});

describe('the same octets in another encoding', () => {
  it('a constructed RTTR, several PDV-lists and indefinite lengths give the same message', async () => {
    const { indefinite, integer, octetString } = await import('../../kit/ber.ts');
    const capture = new Capture();
    const line = bind(capture.connect());
    const bytes = wrapped(message('M1', 500));
    const half = bytes.length >> 1;
    line.c(ses.as(activity(1)));
    const constructed = tlv(0x24, octetString(bytes.subarray(0, 100)), octetString(bytes.subarray(100, half)));
    const list = indefinite(0x30, integer(3), indefinite(0xa0, octetString(bytes.subarray(half, half + 200))));
    line.c(ses.dt(tlv(0x61, sequence(integer(3), ctxc(0, constructed)), list)));
    line.c(ses.dt(indefinite(0x61, sequence(integer(3), ctxc(0, octetString(bytes.subarray(half + 200)))))));
    line.c(ses.ae(1)).s(ses.aea(1));
    release(line);
    expect(capture.messages).toMatchObject([{ localIdentifier: 'M1', octets: bytes.length, state: 'complete' }]);
    expect(capture.codes).toEqual([]);
  });

  it('values in octet-aligned strings and in ones of whole octets', async () => {
    const { integer, octetString } = await import('../../kit/ber.ts');
    const apdu = message('M1');
    for (const [tag, before] of [
      [0x81, []],
      [0x82, [0]],
    ] as const) {
      const capture = new Capture();
      const line = bind(capture.connect());
      const bytes = tlv(0x28, integer(5), tlv(tag, before, apdu));
      line.c(ses.as(activity(1)));
      line.c(ses.dt(tlv(0x61, sequence(integer(3), tlv(tag, before, octetString(bytes))))));
      line.c(ses.ae(1)).s(ses.aea(1));
      release(line);
      expect(capture.messages).toMatchObject([{ localIdentifier: 'M1', octets: bytes.length, state: 'complete' }]);
      expect(capture.apdus[0]!.bytes).toEqual(apdu);
      expect(capture.codes).toEqual([]);
    }
  });
});

describe('reliable access (P3 over RTSE)', () => {
  it('operations that reliable transfer carries are counted, and submissions become rows', async () => {
    const upper = await import('../../kit/upper.ts');
    const p1 = await import('../../kit/p1.ts');
    const { ia5String, integer, octetString, set } = await import('../../kit/ber.ts');
    const contexts: (readonly [number, string])[] = [
      [1, upper.OID.acse],
      [3, '2.6.0.2.8'],
      [5, '2.6.0.2.6'],
    ];
    const capture = new Capture({}, true);
    const line = capture.connect();
    const bindValue = set(tlv(0x80, text('UA')), ctxc(2, ia5String('pw')));
    const rtorq = upper.rtorq({ checkpointSize: 1, windowSize: 3, twoWay: true, open: ctxc(16, bindValue) });
    line.c(ses.cn({ tokens: 0 }, upper.cp(contexts, upper.userData([1, upper.aarq('2.6.0.1.2', rtorq)]))));
    const rtoac = upper.rtoac({ checkpointSize: 1, windowSize: 3, open: ctxc(17, bindValue) });
    line.s(ses.ac({ tokens: 0 }, upper.cpa(contexts, upper.userData([1, upper.aare('2.6.0.1.2', rtoac)]))));
    const originator = p1.orName({ country: 'GB', admd: 'GOLD', surname: 'Smith' });
    const envelope = set(originator, integer(2, 0x46), ctxc(1, set(originator, tlv(0x80, [3, 0x10]))));
    const invoke = tlv(0xa1, integer(1), integer(3), sequence(envelope, octetString(text('content'))));
    const carry = (direction: 'c' | 's', n: number, apdu: Uint8Array) => {
      line[direction](ses.as(activity(n)));
      line[direction](ses.dt(rttr(upper.external(5, apdu))));
      line[direction](ses.ae(1));
      line[direction === 'c' ? 's' : 'c'](ses.aea(1));
    };
    carry('c', 1, invoke);
    line.c(ses.gtc()).s(ses.gta());
    const identifier = p1.mtsIdentifier({ country: 'GB', admd: 'GOLD' }, 'S1');
    carry('s', 1, tlv(0xa2, integer(1), sequence(integer(3), set(identifier, tlv(0x80, text('260301091500Z'))))));
    line.close();
    expect(capture.associations).toMatchObject([
      { protocol: 'P3', pdus: { 'message-submission': 1, 'message-submission result': 1 }, messages: [1, 0] },
    ]);
    expect(capture.messages).toMatchObject([{ kind: 'message', localIdentifier: 'S1', size: 7, state: 'complete' }]);
    expect(line.trees.some(t => t.layer === 'ros' && findAll(t.fields, 'ros.invoke_element').length > 0)).toBe(true);
  });
});
