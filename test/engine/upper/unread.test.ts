import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { giveOctets } from '../../../src/base/octets.ts';
import { judgeApdu } from '../../../src/engine/upper/apdu.ts';
import { Transfer } from '../../../src/engine/upper/transfer.ts';
import { summarizeApdu } from '../../../src/x400/message.ts';
import { app, ctx, ctxc, ia5String, indefinite, octetString, oid, sequence, set, tlv } from '../../kit/ber.ts';
import type { Part } from '../../kit/bytes.ts';
import { message } from '../../kit/p1.ts';

const domain = { country: 'IT', admd: 'X400IT', prmd: 'ACME' };
const person = (surname: string) => ({ ...domain, surname });
const text = (size: number) => 'x'.repeat(size);
const none = { sec: 0, nsec: 0 };

/** A P1 message with these body parts; a heading that lacks its identifier, so that there is something to tell. */
function withBody(parts: readonly Part[], long: number, wrap: typeof tlv): Uint8Array {
  const heading = set(
    ctxc(
      8,
      tlv(
        0x14,
        [...text(long)].map(c => c.charCodeAt(0)),
      ),
    ),
  );
  const envelope = {
    domain,
    local: 'M-1',
    originator: person('SENDER'),
    recipients: [person('READER'), person('WRITER')],
    arrival: '980603091300Z',
  };
  return new Uint8Array(message(envelope, wrap(0xa0, heading, wrap(0x30, ...parts))));
}

/** What there is in memory before a message comes: anything. */
function poison(): void {
  for (let order = 12; order <= 20; order++) giveOctets(new Uint8Array(1 << order).fill(0xa0));
}

function transferOf(sparse: boolean): Transfer {
  return new Transfer(0, '01', 1, none, 1 << 24, sparse);
}

/** Adds `apdu` in pieces of these sizes, over and over. */
function send(transfer: Transfer, apdu: Uint8Array, sizes: readonly number[], from = 0, to = apdu.length): void {
  for (let at = from, i = 0; at < to; i++) {
    const end = Math.min(to, at + sizes[i % sizes.length]!);
    transfer.add(apdu, at, end, null);
    at = end;
  }
}

function told(apdu: Uint8Array): unknown {
  const faults: string[] = [];
  judgeApdu(apdu, (code, detail) => faults.push(`${code}: ${detail}`));
  return { summary: summarizeApdu(apdu), faults };
}

const size = fc.oneof(fc.nat(300), fc.nat(20_000));
const leaf = size.map(n => ia5String(text(n)));
const part: fc.Arbitrary<Part> = fc.oneof(
  leaf.map(body => ctxc(0, set(), body)),
  size.map(n => ctx(14, octetString(new Uint8Array(n).fill(0x78)))),
  leaf.map(body => tlv(0xaf, tlv(0x28, oid('2.6.1.4.12'), ctxc(0, body)))),
  leaf.map(body => ctxc(9, sequence(set(app(11, ia5String('id'))), sequence(ctxc(0, set(), body), ctxc(5, body))))),
  // A telex body part, which P22 does not have: a finding that stands behind everything else.
  fc.constant(ctxc(1, ia5String('telex'))),
);

describe('octets of a message that nobody asks for', () => {
  it('are left out, and nothing that is told of it changes', () => {
    let leftOut = 0;
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 5 }),
        fc.oneof(fc.constant(20), fc.nat(9000)),
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 4 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (parts, long, definite, sizes, cut, back) => {
          const apdu = withBody(parts, long, definite ? tlv : (indefinite as typeof tlv));
          poison();
          const [sparse, dense] = [transferOf(true), transferOf(false)];
          const until = Math.floor(cut * apdu.length);
          const again = Math.floor(back * until);
          for (const transfer of [sparse, dense]) {
            send(transfer, apdu, sizes, 0, again);
            transfer.mark(1);
            send(transfer, apdu, sizes, again, until);
          }
          expect(sparse.octets).toBe(until);
          expect(told(sparse.apdu)).toEqual(told(dense.apdu));
          for (const transfer of [sparse, dense]) {
            transfer.rollBack(1);
            send(transfer, apdu, sizes, again);
          }
          expect(sparse.whole && dense.whole).toBe(true);
          expect(sparse.apdu.length).toBe(apdu.length);
          expect(Buffer.compare(dense.apdu, apdu)).toBe(0);
          expect(told(sparse.apdu)).toEqual(told(apdu));
          expect(dense.held).toBe(apdu.length);
          leftOut += dense.held - sparse.held;
          for (const transfer of [sparse, dense]) transfer.release();
        },
      ),
      { seed: 42, numRuns: 200 },
    );
    expect(leftOut).toBeGreaterThan(100_000);
  });

  it('are left out of damaged messages only where that changes nothing either', () => {
    // Octets that mean something in identifiers and lengths, mostly where those stand.
    const octet = fc.oneof(
      fc.constantFrom(0, 0x04, 0x06, 0x1f, 0x24, 0x28, 0x30, 0x31, 0x80, 0x82, 0x84, 0xa0, 0xa1),
      fc.nat(255),
    );
    const place = fc.oneof(fc.nat(400), fc.nat(30_000));
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(place, octet), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 4000 }),
        (parts, changes, step) => {
          const apdu = withBody(parts, 20, tlv);
          for (const [at, value] of changes) apdu[at % apdu.length] = value;
          poison();
          const transfer = transferOf(true);
          send(transfer, apdu, [step]);
          expect(told(transfer.apdu)).toEqual(told(apdu));
          transfer.release();
        },
      ),
      { seed: 7, numRuns: 3000 },
    );
  });

  it('take no memory: of 10 MB of text some thousand octets stay', () => {
    const apdu = withBody([ctxc(0, set(), ia5String(text(10_000_000)))], 20, tlv);
    const transfer = transferOf(true);
    send(transfer, apdu, [2048]);
    expect(transfer.held).toBeLessThan(8192);
    expect(told(transfer.apdu)).toEqual(told(apdu));
  });

  it('stay where the length is not definite, in what is no message, and where somebody takes the octets', () => {
    const body = [ctxc(0, set(), ia5String(text(50_000)))];
    const plain = withBody(body, 20, tlv);
    for (const apdu of [
      withBody(body, 20, indefinite as typeof tlv),
      new Uint8Array(octetString(new Uint8Array(50_000).fill(0x78))),
      new Uint8Array(ctxc(1, plain)),
      new Uint8Array(plain.subarray(0, plain.length - 1)).map((octet, i) => (i === 0 ? 0xa2 : octet)),
    ]) {
      const transfer = transferOf(true);
      send(transfer, apdu, [2048]);
      expect(transfer.held).toBe(apdu.length);
      expect(Buffer.compare(transfer.apdu, apdu)).toBe(0);
    }
  });

  it('stay in an APDU whose outer lengths do not meet', () => {
    const apdu = withBody([ctxc(0, set(), ia5String(text(50_000)))], 20, tlv);
    // The message is said to be one octet longer than its content.
    apdu[4]!++;
    const transfer = transferOf(true);
    send(transfer, apdu, [2048]);
    expect(transfer.held).toBe(apdu.length);
  });
});
