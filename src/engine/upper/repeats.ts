import { hashOf, sameOctets } from '../../base/known.ts';
import type { Contexts, PresentationContext } from './contexts.ts';
import { type Facts, noFacts } from './facts.ts';

/** PPDUs that are remembered, and the longest of them: a capture of a thousand partners fills no memory with what they said. */
const MOST_KNOWN = 512;
const LONGEST = 4096;

/** What an association knew once this PPDU was read, and which PPDUs came next. */
interface Step {
  readonly kind: string;
  readonly octets: Uint8Array;
  readonly facts: Facts;
  readonly contexts: readonly PresentationContext[] | null;
  readonly next: Map<number, Step[]>;
}

/**
 * PPDUs of the handshake that were read before. Two MTAs open association after association with the same octets, and octets that follow
 * the same octets say the same: what the first time told is taken over. Only PPDUs without any fault are remembered. One per capture.
 */
export class Repeats {
  private readonly root: Step = {
    kind: '',
    octets: new Uint8Array(0),
    facts: noFacts(),
    contexts: null,
    next: new Map(),
  };
  private known = 0;

  begin(facts: Facts, contexts: Contexts): Retelling {
    return new Retelling(this, this.root, facts, contexts);
  }

  find(after: Step, kind: string, hash: number, bytes: Uint8Array, start: number, end: number): Step | null {
    const list = after.next.get(hash);
    if (list === undefined) return null;
    return list.find(s => s.kind === kind && sameOctets(s.octets, bytes, start, end)) ?? null;
  }

  add(after: Step, hash: number, step: Step): void {
    if (this.known >= MOST_KNOWN) return;
    this.known++;
    const list = after.next.get(hash);
    if (list === undefined) after.next.set(hash, [step]);
    else list.push(step);
  }
}

/** The way of one association through the PPDUs that are known. */
export class Retelling {
  private readonly repeats: Repeats;
  private readonly facts: Facts;
  private readonly contexts: Contexts;
  /** Null once the association left the known way for good. */
  private at: Step | null;
  private revision: number;

  constructor(repeats: Repeats, root: Step, facts: Facts, contexts: Contexts) {
    this.repeats = repeats;
    this.at = root;
    this.facts = facts;
    this.contexts = contexts;
    this.revision = contexts.revision;
  }

  /**
   * Does what `read` would do, or lets it do it.
   *
   * @param read changes `facts` and `contexts` by these octets and by what both held before, and nothing else; false when it did more,
   * such as telling a fault
   */
  tell(kind: string, bytes: Uint8Array, start: number, end: number, read: () => boolean): void {
    const { at, facts, contexts } = this;
    const following = at !== null && contexts.revision === this.revision && sameFacts(facts, at.facts);
    this.at = null;
    if (!following || end - start > LONGEST) {
      read();
      return;
    }
    const hash = hashOf(bytes, start, end);
    const known = this.repeats.find(at, kind, hash, bytes, start, end);
    if (known !== null) {
      Object.assign(facts, known.facts);
      if (known.contexts !== null) contexts.restore(known.contexts);
      this.at = known;
    } else {
      if (!read()) return;
      const step: Step = {
        kind,
        octets: bytes.slice(start, end),
        facts: { ...facts },
        contexts: contexts.revision === this.revision ? null : contexts.copy(),
        next: new Map(),
      };
      this.repeats.add(at, hash, step);
      this.at = step;
    }
    this.revision = contexts.revision;
  }

  /** Something else than PPDUs of the known way had its say. */
  leave(): void {
    this.at = null;
  }
}

/** Written out: a loop over the keys costs ten times as much. */
export function sameFacts(a: Facts, b: Facts): boolean {
  return (
    a.mode === b.mode &&
    a.applicationContext === b.applicationContext &&
    a.otherContexts === b.otherContexts &&
    a.respondingContext === b.respondingContext &&
    a.callingTitle === b.callingTitle &&
    a.calledTitle === b.calledTitle &&
    a.respondingTitle === b.respondingTitle &&
    a.callingSelector === b.callingSelector &&
    a.calledSelector === b.calledSelector &&
    a.initiatorName === b.initiatorName &&
    a.responderName === b.responderName &&
    a.checkpointSize === b.checkpointSize &&
    a.windowSize === b.windowSize &&
    a.proposedCheckpointSize === b.proposedCheckpointSize &&
    a.proposedWindowSize === b.proposedWindowSize &&
    a.dialogueMode === b.dialogueMode &&
    a.connection === b.connection &&
    a.recovers === b.recovers &&
    a.applicationProtocol === b.applicationProtocol &&
    a.rtse === b.rtse &&
    a.refusal === b.refusal &&
    a.abort === b.abort
  );
}
