import type { Direction } from '../../model/finding.ts';
import type { Message, MessageState } from '../../model/message.ts';
import type { Sighting, Tsdu } from '../../model/tsdu.ts';
import { summarizeApdu } from '../../x400/message.ts';
import { handOver, isOneApdu, judgeApdu, looksLikeMts } from './apdu.ts';
import type { AssociationState } from './association.ts';
import type { Contexts } from './contexts.ts';
import { apduTrees, type Reading } from './layers.ts';
import type { UserData } from './osi.ts';
import { messageRow } from './row.ts';
import type { Owner, TransferUser } from './rts.ts';
import type { Transfer } from './transfer.ts';
import type { Mutable, Surroundings } from './types.ts';

/** Protocols of associations that transfer reliably for we do not know whom: most likely MTAs. */
const UNKNOWN_USER: ReadonlySet<string> = new Set(['RTSE', 'RTSE (X.410 mode)', 'OSI session']);

/** The parts of an association that what it transferred is read with. */
export interface MessageParts {
  readonly owner: Owner;
  readonly state: AssociationState;
  readonly contexts: Contexts;
  readonly reading: Reading;
  /** Takes an operation that was transferred; true when its octets are handed over with a row of its own. */
  carried(own: UserData, direction: Direction, at: Sighting): boolean;
}

/** What the transfers of one association come to: the rows of messages, held against the standards, and their octets. */
export class Messages implements TransferUser {
  /** The TSDU at hand, whose trees those of what completes with it belong to. */
  current: Tsdu | null = null;
  private readonly around: Surroundings;
  private readonly parts: MessageParts;

  constructor(around: Surroundings, parts: MessageParts) {
    this.around = around;
    this.parts = parts;
  }

  row(transfer: Transfer, state: MessageState, why: string | null): Mutable<Message> | null {
    const { owner, state: association, contexts } = this.parts;
    const protocol = association.protocol(contexts);
    const headless = transfer.activity === null || transfer.held === 0;
    const summary = headless ? null : summarizeApdu(transfer.apdu);
    const isMts = protocol.startsWith('P1') || (summary !== null && looksLikeMts(summary));
    if (!isMts && !(headless && UNKNOWN_USER.has(protocol))) return null;
    if (summary !== null && looksLikeMts(summary)) association.evidence ??= 'P1';
    const whole = state === 'complete' || state === 'resumed';
    if (whole && owner.sound && transfer.whole && !isOneApdu(transfer.apdu)) {
      const detail = `the ${transfer.octets} octets of activity ${transfer.activity} are not exactly one APDU`;
      owner.fault('rtse.apdu', transfer.direction, transfer.lastFrame, detail);
    }
    if (whole) {
      association.messages[transfer.direction]++;
      association.tally.add(summary?.kind ?? 'message');
    }
    const span = {
      direction: transfer.direction,
      firstFrame: transfer.firstFrame,
      lastFrame: transfer.lastFrame,
      start: transfer.start,
      end: transfer.end,
      octets: transfer.octets,
      activity: transfer.activity,
      checkpoints: transfer.checkpoints,
      confirmed: transfer.confirmed,
    };
    return messageRow(summary, span, this.around.stream, owner.id, state, why);
  }

  completed(transfer: Transfer, row: Mutable<Message> | null): void {
    const { owner, reading, carried } = this.parts;
    const t = this.current;
    const bytes = transfer.apdu;
    if (t !== null && t.trees !== null && transfer.whole && transfer.damaged === null && bytes.length > 0) {
      for (const tree of apduTrees(reading, bytes, transfer.provenance)) t.trees.push(tree);
    }
    let taken = false;
    if (transfer.whole && transfer.damaged === null && row === null) {
      const own = { bytes, start: 0, end: bytes.length, origin: transfer.provenance };
      taken = carried(own, transfer.direction, { frame: transfer.lastFrame, time: transfer.end });
    }
    if (transfer.whole && transfer.damaged === null && this.around.options.level === 'full') {
      if (row !== null)
        judgeApdu(bytes, (code, detail) => owner.fault(code, transfer.direction, transfer.lastFrame, detail));
      if (!taken) handOver(this.around, row, bytes, transfer.direction);
    }
    // Where somebody shows packets or takes the APDUs, what was handed out still stands in these octets.
    if ((t === null || t.trees === null) && this.around.sink.apdu === undefined) transfer.release();
  }
}
