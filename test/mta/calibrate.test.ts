import { describe, expect, it } from 'vitest';
import { calibrate, lengthWindow, type SeenTpkt } from '../../src/mta/calibrate.ts';
import { clockOffset } from '../../src/mta/clock.ts';
import { parseEventLog } from '../../src/mta/eventlog.ts';
import { illegalBufferRequest } from '../../src/mta/events.ts';
import { applyOverrides, loadProfile } from '../../src/mta/profile.ts';
import { assess } from '../../src/mta/request.ts';

const CAPTURE_START = Date.parse('1998-06-03T07:00:00Z') / 1000;
let next = 1;
const tpkt = (length: number, seconds = 0, streamOffset = next * 100): SeenTpkt => ({
  frame: next++,
  stream: 0,
  direction: 0,
  streamOffset,
  length,
  time: { sec: CAPTURE_START + Math.floor(seconds), nsec: 500_000_000 },
});
const pasted = (n: number, time = '', thread = 8) =>
  parseEventLog(`${time} ${illegalBufferRequest(n, n, thread).text}`).records;

describe('one event, no time', () => {
  const tpkts = [tpkt(44), tpkt(2052), tpkt(2052), tpkt(0xf080)];

  it('names the only TPKT that asks for it', () => {
    const { requests, clock } = calibrate(loadProfile('exchange-5.5'), pasted(29), tpkts);
    expect(requests).toMatchObject([{ elements: 29, candidates: [3], cause: 3 }]);
    const floor = requests[0]!.readings.find(each => each.rounding === 'floor' && each.lengthBasis === 'whole');
    expect(floor).toMatchObject({ lengths: [60088, 62159], tpkts: [3] });
    const ceil = requests[0]!.readings.find(each => each.rounding === 'ceil' && each.lengthBasis === 'whole');
    expect(ceil).toMatchObject({ lengths: [58017, 60088], tpkts: [] });
    expect(clock).toBeNull();
  });

  it('says what element size that implies and whether 2072 is in it', () => {
    const { implied } = calibrate(loadProfile('exchange-5.5'), pasted(29), tpkts).requests[0]!;
    const whole = implied.filter(each => each.lengthBasis === 'whole');
    expect(whole).toEqual([
      { rounding: 'floor', lengthBasis: 'whole', sizes: [2053, 2123], attestedInside: true },
      { rounding: 'ceil', lengthBasis: 'whole', sizes: [2124, 2198], attestedInside: false },
    ]);
  });

  it('makes a profile that --profile takes, narrowed to what fits', () => {
    const file = JSON.parse(JSON.stringify(calibrate(loadProfile('exchange-5.5'), pasted(29, '', 36), tpkts).profile));
    const profile = loadProfile(file);
    expect(profile.name).toBe('exchange-5.5-calibrated');
    expect(profile.fields.rounding).toMatchObject({ value: 'floor', range: ['floor'], provenance: 'I' });
    expect(profile.fields.threadNumber.value).toBe(36);
    expect(assess(profile, 0xf080, 3)).toMatchObject({ elements: 29, models: 'all' });
  });

  it('lowers the limit by a smaller refused request, and then judges what was only possible before', () => {
    const small = [tpkt(2052), tpkt(41000)];
    expect(assess(loadProfile('exchange-5.0'), 43000, 3).models).toBe('some');
    const profile = loadProfile(calibrate(loadProfile('exchange-5.0'), pasted(20), small).profile);
    expect(profile.fields.maxElements).toMatchObject({ value: 19, range: { min: 15, max: 19 } });
    expect(assess(profile, 43000, 3).models).toBe('all');
  });

  it('raises the limit by what the same receiver took before', () => {
    const before = [tpkt(2052), tpkt(20 * 2072 + 500), tpkt(0xf080)];
    const profile = loadProfile(calibrate(loadProfile('exchange-5.5'), pasted(29), before).profile);
    expect(profile.fields.maxElements.range).toEqual({ min: 20, max: 28 });
  });

  it('raises it by no more than the largest admissible element makes certain', () => {
    const earlier = [tpkt(60_000, 0, 10), tpkt(65_535, 0, 20)];
    const profile = loadProfile(calibrate(loadProfile('tpkt-64k'), pasted(30), earlier).profile);
    // 60,000 octets are 27 elements of 2,185, and 25 of 2,340.
    expect(profile.fields.maxElements.range).toEqual({ min: 25, max: 28 });
  });

  it('says so when nothing fits, and what the longest TPKT would imply', () => {
    const { requests, notes } = calibrate(loadProfile('exchange-5.0'), pasted(30), [tpkt(2052), tpkt(65535)]);
    expect(requests).toMatchObject([{ candidates: [], cause: null, judged: 1 }]);
    expect(requests[0]!.implied[0]).toMatchObject({ sizes: [2185, 2259], attestedInside: false });
    expect(notes.join()).toContain('no TPKT of the capture asks for 30 headers and 30 elements');
    expect(calibrate(loadProfile('tpkt-64k'), pasted(30), [tpkt(65535)]).requests[0]!.cause).toBe(0);
  });

  it('works from nothing', () => {
    expect(calibrate(loadProfile('exchange-5.0'), [], []).notes).toHaveLength(1);
    expect(calibrate(loadProfile('exchange-5.0'), pasted(30), []).requests).toMatchObject([
      { judged: null, implied: [] },
    ]);
    expect(lengthWindow(loadProfile('exchange-5.0'), [])).toBeNull();
  });

  it('tells a caller which lengths matter', () => {
    expect(lengthWindow(loadProfile('exchange-5.0'), pasted(30))).toEqual([60089, 62167]);
    const whole = applyOverrides(loadProfile('exchange-5.5'), ['lengthBasis=whole']);
    expect(lengthWindow(whole, pasted(29))).toEqual([58017, 62159]);
  });
});

describe('several events with times', () => {
  it('chooses by the clocks and finds their difference', () => {
    const tpkts = [tpkt(0xf080, 100), tpkt(0xf000, 700), tpkt(0xf080, 1900)];
    // The server's clock is local (two hours ahead) and 42 seconds fast.
    const log = [...pasted(29, '6/13/1998 9:12:23 AM'), ...pasted(29, '6/13/1998 9:32:23 AM')];
    const shifted = tpkts.map(each => ({ ...each, time: { ...each.time, sec: each.time.sec + 10 * 86400 } }));
    const { requests, clock } = calibrate(loadProfile('exchange-5.5'), log, shifted);
    expect(requests.map(each => each.cause)).toEqual([1, 2]);
    expect(clock).toMatchObject({ unique: true, offset: 7200 + 43 - 0.5 });
  });

  it('does not choose when another difference fits as well', () => {
    const tpkts = [tpkt(0xf080, 100), tpkt(0xf080, 1900)];
    const { requests, clock } = calibrate(loadProfile('exchange-5.5'), pasted(29, '6/13/1998 9:12:23 AM'), tpkts);
    expect(requests[0]).toMatchObject({ candidates: [0, 1], cause: null });
    expect(clock?.unique).toBe(false);
  });

  it('lets a refused connect settle it', () => {
    const tpkts = [tpkt(0xf080, 100), tpkt(0xf080, 1900)];
    const refused = parseEventLog(
      '6/13/1998 9:31:50 AM A sockets error 10061 on a connect() call was detected. The MTA will attempt to recover the sockets connection. Control block index: 6. [BASE IL TCP/IP DRVR 10 274] (12)',
    ).records;
    const events = [{ id: 9215 as const, winsock: 10061, frame: 3, time: { sec: CAPTURE_START + 1867, nsec: 0 } }];
    const log = [...refused, ...pasted(29, '6/13/1998 9:32:23 AM')];
    const { requests, clock } = calibrate(loadProfile('exchange-5.5'), log, tpkts, events);
    expect(requests[0]?.cause).toBe(1);
    expect(clock?.pairs).toHaveLength(2);
  });
});

describe('the clock', () => {
  it('has nothing to say without a common kind', () => {
    expect(clockOffset([{ kind: 'a', seconds: 1 }], [{ kind: 'b', seconds: 1 }])).toBeNull();
  });

  it('prefers the difference that explains most entries', () => {
    const log = [10, 20, 35].map(seconds => ({ kind: 'x', seconds: seconds + 3600 }));
    const capture = [1, 10, 20, 35, 90].map(seconds => ({ kind: 'x', seconds: seconds + 0.4 }));
    const found = clockOffset(log, capture)!;
    expect(found.offset).toBeCloseTo(3599.6);
    expect(found.unique).toBe(true);
    expect(found.pairs).toEqual([
      { log: 0, capture: 1 },
      { log: 1, capture: 2 },
      { log: 2, capture: 3 },
    ]);
  });
});
