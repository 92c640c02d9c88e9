import type { Direction } from './finding.ts';
import type { Stamp } from './tsdu.ts';

/** One session connection (and what ran over it), as the CONNECT/ACCEPT exchange and the release show it. */
export interface Association {
  readonly id: number;
  readonly stream: number;
  readonly firstFrame: number;
  readonly lastFrame: number;
  readonly start: Stamp;
  readonly end: Stamp;
  /** MTA names or AE titles or selectors: what names itself. Null when the capture does not show it. */
  readonly initiator: string | null;
  readonly responder: string | null;
  /** "normal" (X.226), "x410-1984", or null when the CP was not seen. */
  readonly mode: 'normal' | 'x410-1984' | null;
  readonly applicationContext: string | null;
  readonly applicationContextName: string | null;
  readonly protocol: string;
  readonly rtse: {
    readonly checkpointSize: number | null;
    readonly windowSize: number | null;
    readonly dialogueMode: 'monologue' | 'two-way-alternate' | null;
    /** 'open' or 'recover' (resumes an interrupted activity of another association). */
    readonly connection: 'open' | 'recover' | null;
  } | null;
  /** Completed messages, probes and reports each way: [client to server, server to client]. */
  readonly messages: [number, number];
  readonly outcome: 'refused' | 'aborted' | 'released' | 'open' | 'lost' | 'unanswered';
  /** PDUs by type over both directions ("Job: Read Var": 40, "confirmed-request: read": 12, "message-submission": 2). */
  readonly pdus: Readonly<Record<string, number>>;
  /** In words: "released by MTA-A", "refused: authentication-error", "transport closed by 10.1.2.3 in mid-activity". */
  readonly ended: string;
  readonly endedBy: Direction | null;
}

export type MessageState = 'complete' | 'discarded' | 'interrupted' | 'resumed' | 'damaged';

export interface Recipient {
  /** `/C=GB/ADMD= /PRMD=ACME/O=…/S=…/` */
  readonly address: string;
  readonly number: number | null;
  /** Asked of the MTS: responsibility, reports ("report", "non-delivery-report", "none", …). */
  readonly requested: readonly string[];
  /** In a report: delivered or not, with reason and diagnostic by name. Null in messages and probes. */
  readonly outcome: {
    readonly delivered: boolean;
    readonly time: string | null;
    readonly reason: string | null;
    readonly reasonCode: number | null;
    readonly diagnostic: string | null;
    readonly diagnosticCode: number | null;
    readonly supplementary: string | null;
  } | null;
}

export interface Message {
  readonly kind: 'message' | 'probe' | 'report';
  readonly localIdentifier: string | null;
  /** `[/C=GB/ADMD=GOLD 400/PRMD=ACME/;260301.0915.001]` */
  readonly mtsIdentifier: string | null;
  readonly subjectLocalIdentifier: string | null;
  readonly subjectMtsIdentifier: string | null;
  readonly originator: string | null;
  readonly recipients: Recipient[];
  readonly priority: 'normal' | 'non-urgent' | 'urgent' | null;
  /** "P2 (2)", "P22 (22)", an OID with its name, … */
  readonly contentType: string | null;
  /** Octets of the content (or of the probe's content-length); null when unknown. */
  readonly size: number | null;
  /** Octets of the APDU that were transferred. */
  readonly octets: number;
  readonly stream: number;
  readonly association: number | null;
  readonly direction: Direction;
  readonly firstFrame: number;
  readonly lastFrame: number;
  readonly start: Stamp;
  readonly end: Stamp;
  readonly seconds: number;
  readonly octetsPerSecond: number | null;
  readonly activity: string | null;
  /** Minor synchronization points sent, and the serial number of the last one that the receiver confirmed. */
  readonly checkpoints: number;
  readonly confirmedCheckpoint: number | null;
  readonly state: MessageState;
  /** Why it is not complete, or what was resumed where; of a complete one that the end of its activity was not acknowledged. */
  readonly why: string | null;
  /** Index in `messages` of the first report about it, when the capture holds one; those on other recipients may follow. */
  readonly answeredBy: number | null;
  /** Identifier, subject and body parts, when the content is interpersonal or EDI (which has no subject). */
  readonly ipm: { readonly id: string | null; readonly subject: string | null; readonly bodyParts: string[] } | null;
}
