import type { Message } from '../model/message.ts';

/** What an MTS-APDU says about itself: the fields of `Message` that need no transport. */
export interface ApduSummary
  extends Pick<
    Message,
    | 'localIdentifier'
    | 'mtsIdentifier'
    | 'subjectLocalIdentifier'
    | 'subjectMtsIdentifier'
    | 'originator'
    | 'recipients'
    | 'priority'
    | 'contentType'
    | 'size'
    | 'ipm'
  > {
  /** Null when the octets are no MTS-APDU. */
  readonly kind: Message['kind'] | null;
  /** The octets end before the APDU does (or before anything says where it ends). What stands before the cut was read. */
  readonly truncated: boolean;
}

/** A summary while it is made. */
export type Draft = { -readonly [K in keyof ApduSummary]: ApduSummary[K] };

/** Nothing is known but the kind. */
export function emptySummary(kind: Draft['kind']): Draft {
  return {
    kind,
    localIdentifier: null,
    mtsIdentifier: null,
    subjectLocalIdentifier: null,
    subjectMtsIdentifier: null,
    originator: null,
    recipients: [],
    priority: null,
    contentType: null,
    size: null,
    ipm: null,
    truncated: false,
  };
}
