import type { Direction } from '../../model/finding.ts';
import type { Association } from '../../model/message.ts';
import type { Sighting } from '../../model/tsdu.ts';
import type { Contexts } from './contexts.ts';
import { Tally } from './counted.ts';
import { Extent } from './extent.ts';
import { type Facts, noFacts } from './facts.ts';
import { contextName, contextProtocol, syntaxOf } from './names.ts';
import type { SessionReferences } from './shared.ts';

/** RTORQ's application protocol in X.410-1984 mode (X.228): 1 is the 1984 MTS protocol, 12 the 1988 one without a presentation layer. */
const MTS_84 = 1;
const MTS_TRANSFER = 12;

/** What ends the transport connection: both sides, one of them, or the capture. */
type End = 'fin' | 'rst' | 'eof';

const ENDED: Readonly<Record<End, string>> = {
  fin: 'the transport connection was closed',
  rst: 'the transport connection was reset',
  eof: 'the transport connection was closed',
};

/** Why what was in transfer is not whole. */
export function midTransfer(how: End): string {
  return how === 'eof' ? 'the capture ends in mid-transfer' : `${ENDED[how]} in mid-transfer`;
}

/** One association's row while it is being learnt. */
export class AssociationState extends Extent {
  readonly id: number;
  readonly stream: number;
  readonly facts: Facts = noFacts();
  readonly tally = new Tally();
  readonly messages: [number, number] = [0, 0];
  references: SessionReferences = { calling: '', called: '', common: '', additional: '' };
  initiator: Direction = 0;
  /** Selectors of the CONNECT and the ACCEPT, as text. */
  callingSession: string | null = null;
  calledSession: string | null = null;
  outcome: Association['outcome'] = 'open';
  ended = '';
  endedBy: Direction | null = null;
  /** Sharpened by what the data showed: "IEC 61850 MMS", "P1 (1988)" without a CONNECT … */
  evidence: string | null = null;
  /** Fragments stood bare in their DTs, so that the mode is X.410's, though no CONNECT says so. */
  bare = false;
  /** A CONNECT or ACCEPT was seen. */
  connected = false;
  accepted = false;

  constructor(id: number, stream: number, at: Sighting) {
    super(at.frame, at.time);
    this.id = id;
    this.stream = stream;
  }

  /** Says how it ended, unless that is known already. */
  settle(outcome: Association['outcome'], ended: string, endedBy: Direction | null): void {
    if (this.ended !== '') return;
    this.outcome = outcome;
    this.ended = ended;
    this.endedBy = endedBy;
  }

  /**
   * The transport connection ended, or the capture did.
   *
   * @param whole nothing that was said is missing in the capture
   * @param waiting the CONNECT has no answer yet
   * @param mid what was under way, in words; '' for nothing
   * @param releasing who sent a FINISH
   */
  cease(
    how: End,
    whole: boolean,
    waiting: boolean,
    mid: string,
    releasing: { direction: Direction; name: string } | null,
  ): void {
    const what = ENDED[how];
    if (waiting) {
      const unanswered = 'the CONNECT was not answered';
      this.settle('unanswered', whole ? `${unanswered}: ${what}` : `${unanswered} in the capture`, null);
    } else if (how === 'eof') this.settle('open', `open at the end of the capture${mid}`, null);
    else if (releasing !== null && mid === '') {
      const { name, direction } = releasing;
      this.settle('released', `released by ${name}, without an answer before ${what}`, direction);
    } else this.settle('lost', `${what}${mid}`, null);
  }

  get initiatorName(): string | null {
    const f = this.facts;
    return (
      f.initiatorName ??
      f.callingTitle ??
      label('session selector', this.callingSession) ??
      label('presentation selector', f.callingSelector)
    );
  }

  get responderName(): string | null {
    const f = this.facts;
    const title = f.respondingTitle ?? f.calledTitle;
    return (
      f.responderName ??
      title ??
      label('session selector', this.calledSession) ??
      label('presentation selector', f.calledSelector)
    );
  }

  /** Name of the side that sends in this direction; null when the capture does not give one. */
  sideName(direction: Direction): string | null {
    return direction === this.initiator ? this.initiatorName : this.responderName;
  }

  /** What runs over the association; '' while nothing is known but that it is a session. */
  protocol(contexts: Contexts): string {
    const { facts } = this;
    if (facts.mode === 'x410-1984') {
      if (facts.applicationProtocol === MTS_TRANSFER) return 'P1 (1988, X.410 mode)';
      if (facts.applicationProtocol === MTS_84 || this.evidence === 'P1') return 'P1 (1984)';
      if (facts.applicationProtocol !== null)
        return `RTSE (X.410 mode), application protocol ${facts.applicationProtocol}`;
      return 'RTSE (X.410 mode)';
    }
    const context = facts.applicationContext;
    let named = context === null ? null : contextProtocol(context);
    if (named === null) {
      for (const c of contexts.all) named ??= syntaxOf(c.abstract)?.protocol ?? null;
    }
    if (named === 'MMS' || named === null) {
      // Which of the two application protocols of X.410 mode it is only the CONNECT tells.
      if (this.evidence === 'P1') return this.bare ? 'P1 (X.410 mode)' : 'P1 (1988)';
      if (this.evidence !== null) return this.evidence;
    }
    if (named !== null) return named;
    if (context !== null) return `OSI ${context}`;
    if (facts.rtse) return 'RTSE';
    return 'OSI session';
  }

  /** Whether the hosts may be MTAs: X.400, reliable transfer for we do not know whom, or a session of unknown use. */
  mtaEvidence(contexts: Contexts): boolean {
    const protocol = this.protocol(contexts);
    if (/^(P1|P3|P7|RTSE)/.test(protocol) || protocol === 'OSI session') return true;
    return protocol.startsWith('OSI ') && this.facts.rtse;
  }

  row(contexts: Contexts, at: Sighting): Association {
    const { facts } = this;
    return {
      id: this.id,
      stream: this.stream,
      firstFrame: this.firstFrame,
      lastFrame: Math.max(this.lastFrame, at.frame),
      start: this.start,
      end: at.frame > this.lastFrame ? at.time : this.end,
      initiator: this.initiatorName,
      responder: this.responderName,
      mode: facts.mode,
      applicationContext: facts.applicationContext,
      applicationContextName: facts.applicationContext === null ? null : contextName(facts.applicationContext),
      protocol: this.protocol(contexts),
      rtse: facts.rtse
        ? {
            checkpointSize: facts.checkpointSize,
            windowSize: facts.windowSize,
            dialogueMode: facts.dialogueMode,
            connection: facts.connection,
          }
        : null,
      messages: [this.messages[0], this.messages[1]],
      outcome: this.outcome,
      pdus: this.tally.record(),
      ended: this.ended,
      endedBy: this.endedBy,
    };
  }
}

function label(what: string, value: string | null): string | null {
  return value === null ? null : `${what} ${value}`;
}
