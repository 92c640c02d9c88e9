import { describe, expect, it } from 'vitest';
import { Contexts } from '../../../src/engine/upper/contexts.ts';
import { type Facts, noFacts } from '../../../src/engine/upper/facts.ts';
import { Repeats, sameFacts } from '../../../src/engine/upper/repeats.ts';

const octets = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('what the octets of a handshake told before', () => {
  it('compares every fact', () => {
    for (const key of Object.keys(noFacts()) as (keyof Facts)[]) {
      const changed = { ...noFacts(), [key]: key === 'rtse' ? true : 'something' } as Facts;
      expect([key, sameFacts(noFacts(), changed)]).toEqual([key, false]);
    }
    expect(sameFacts(noFacts(), noFacts())).toBe(true);
  });

  function association(repeats: Repeats) {
    const facts = noFacts();
    const contexts = new Contexts();
    const retelling = repeats.begin(facts, contexts);
    const reads: string[] = [];
    const read = (kind: string, text: string, change: (f: Facts) => void, plain = true): void => {
      const bytes = octets(`--${text}--`);
      retelling.tell(kind, bytes, 2, bytes.length - 2, () => {
        reads.push(`${kind} ${text}`);
        change(facts);
        return plain;
      });
    };
    return { facts, reads, read, retelling };
  }

  it('is taken over where the same octets follow the same ones', () => {
    const repeats = new Repeats();
    const connect = (f: Facts): void => {
      f.initiatorName = 'MTA-A';
    };
    const accept = (f: Facts): void => {
      f.responderName = 'MTA-B';
    };
    const first = association(repeats);
    first.read('CP', 'hello', connect);
    first.read('CPA', 'welcome', accept);
    const second = association(repeats);
    second.read('CP', 'hello', connect);
    second.read('CPA', 'welcome', accept);
    expect(second.reads).toEqual([]);
    expect(second.facts).toEqual(first.facts);
    const other = association(repeats);
    other.read('CP', 'hallo', connect);
    other.read('CPA', 'welcome', accept);
    expect(other.reads).toEqual(['CP hallo', 'CPA welcome']);
  });

  it('is read again after a fault, after other facts, and for another kind of PPDU', () => {
    const repeats = new Repeats();
    const nothing = (): void => {};
    const faulty = association(repeats);
    faulty.read('CP', 'hello', nothing, false);
    faulty.read('CPA', 'welcome', nothing);
    const again = association(repeats);
    again.read('CP', 'hello', nothing);
    expect(again.reads).toEqual(['CP hello']);
    again.facts.rtse = true;
    again.read('CPA', 'welcome', nothing);
    expect(again.reads).toEqual(['CP hello', 'CPA welcome']);
    const third = association(repeats);
    third.read('TD', 'hello', nothing);
    expect(third.reads).toEqual(['TD hello']);
  });
});
