import { expect, test } from 'vitest';
import { ctxc, integer } from '../kit/ber.ts';
import { columns } from '../kit/columns.ts';
import { ses } from '../kit/session.ts';
import * as upper from '../kit/upper.ts';

const CONTEXTS: readonly upper.Context[] = [
  [1, upper.OID.acse],
  [3, upper.OID.mms],
];
const opens = (tag: number) => ctxc(tag, integer(1));
const READ = ses.dt(upper.userData([3, ctxc(0, integer(7), ctxc(4, ctxc(0)))]));
const ANSWER = ses.dt(upper.userData([3, ctxc(1, integer(7), ctxc(4, ctxc(1)))]));

test('MMS above a session is named, in the PDUs that open the association too', async () => {
  const cn = ses.cn({ units: 2 }, upper.cp(CONTEXTS, upper.userData([1, upper.aarq(upper.OID.mmsContext, opens(8))])));
  const ac = ses.ac({ units: 2 }, upper.cpa(CONTEXTS, upper.userData([1, upper.aare(upper.OID.mmsContext, opens(9))])));
  expect(await columns(cn, ac, READ, ANSWER)).toEqual([
    'MMS initiate-RequestPDU',
    'MMS initiate-ResponsePDU',
    'MMS confirmed-RequestPDU: read',
    'MMS confirmed-ResponsePDU: read',
  ]);
});

test('and in mid-stream, where nobody has said which contexts there are', async () => {
  expect(await columns(READ, ANSWER, READ, ANSWER)).toEqual([
    'MMS confirmed-RequestPDU: read',
    'MMS confirmed-ResponsePDU: read',
    'MMS confirmed-RequestPDU: read',
    'MMS confirmed-ResponsePDU: read',
  ]);
});
