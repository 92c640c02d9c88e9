import { expect, it } from 'vitest';
import { captureText } from '../../src/report/capture.ts';
import { PLAIN } from '../../src/report/look.ts';
import { capture, refused, stream } from './fixtures.ts';

const OPTIONS = { look: PLAIN, wide: false, profile: 'exchange-5.5', rules: 3, anyPort: false, carried: () => '' };
const warning = { code: 'capture.truncated', message: 'the file is cut inside record 30', frame: 30, offset: 3868 };
const finding = refused({ code: warning.code, message: warning.message, stream: null, direction: null, frame: 30 });

it('tells what is wrong with a file once: as a finding where it is one', () => {
  const text = (findings: (typeof finding)[]): string =>
    [...captureText(capture({ warnings: [warning], findings }), OPTIONS)].join('');
  expect(text([finding]).match(/.*cut inside.*/g)).toEqual([
    '! capture.truncated at frame 30: the file is cut inside record 30',
  ]);
  expect(text([]).match(/.*cut inside.*/g)).toEqual(['! frame 30: the file is cut inside record 30']);
});

it('says that no claim is made only where none is: the machine is followed behind framing that was lost', () => {
  const doubt = (unanchoredBecause: 'framing' | 'gap' | 'no-syn'): string => {
    const streams = [stream(0, { anchored: false, unanchoredFrom: 8, unanchoredBecause })];
    return [...captureText(capture({ streams }), OPTIONS)].join('').match(/\? stream .*/)![0];
  };
  expect(doubt('framing')).toContain(
    'the framing is a guess; what is claimed rests on the lengths that the machine reads.',
  );
  for (const because of ['gap', 'no-syn'] as const) expect(doubt(because)).toContain('and no claim is made there.');
});

it('claims nothing either way of hosts that count as no MTAs', () => {
  const host = capture().hosts[0]!;
  const closing = (mta: string | null): string =>
    [...captureText(capture({ streams: [stream(0)], findings: [], hosts: [{ ...host, mta }] }), OPTIONS)].at(-1)!;
  expect(closing('P1 (1988) on stream 0')).toContain('; no illegal buffer request (exchange-5.5).');
  expect(closing(null)).toContain('; no host counts as an MTA: no buffer request was judged (exchange-5.5).');
});

it('does not say that rules were checked where there is no TPKT to hold them against', () => {
  const { directions } = stream(0);
  const none = stream(0, {
    directions: [
      { ...directions[0], tpkts: 0 },
      { ...directions[1], tpkts: 0 },
    ],
  });
  const closing = [...captureText(capture({ streams: [none], findings: [] }), OPTIONS)].at(-1)!;
  expect(closing).toMatch(/^\? 1 stream, 0 TPKTs.* Without a TPKT only the connections were checked\.\n$/);
});
