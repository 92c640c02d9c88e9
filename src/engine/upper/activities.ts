import { readTlv } from '../../asn1/ber.ts';
import { hex } from '../../base/text.ts';
import type { Sighting, Tsdu } from '../../model/tsdu.ts';
import { EXCEPTION_REASONS, findParameter, numberOf, type Spdu, serialOf } from '../../osi/session.ts';
import { type Facts, reference, referencesOf } from './facts.ts';
import type { Owner, ReliableTransfer } from './rts.ts';
import type { SessionReferences } from './shared.ts';

/** Who is told of activities and synchronization points. */
export type ActivityTaker = Pick<
  ReliableTransfer,
  'start' | 'resume' | 'mark' | 'confirm' | 'finish' | 'confirmEnd' | 'discard' | 'interrupt' | 'resynchronize'
>;

/** What the SPDUs of activities, synchronization points and tokens mean for the reliable transfer (X.228; X.225 §7.18 to 7.33). */
export class Activities {
  private readonly transfer: ActivityTaker;
  private readonly facts: Facts;
  private readonly owner: Pick<Owner, 'sound' | 'fault'>;
  /** ACTIVITY ENDs that wait for their acknowledgement. */
  private endings = 0;

  constructor(transfer: ActivityTaker, facts: Facts, owner: Pick<Owner, 'sound' | 'fault'>) {
    this.transfer = transfer;
    this.facts = facts;
    this.owner = owner;
  }

  get awaitsEndAck(): boolean {
    return this.endings > 0;
  }

  /** Others mean nothing for it. */
  spdu(spdu: Spdu, t: Tsdu, at: Sighting): void {
    const { bytes, direction } = t;
    const { transfer } = this;
    switch (spdu.name) {
      case 'AS':
        transfer.start(direction, activityOf(bytes, spdu, 0), at);
        break;
      case 'AR':
        this.resume(spdu, t, at);
        break;
      case 'MIP':
        transfer.mark(direction, serialOf(bytes, findParameter(spdu, 42)), at);
        break;
      case 'MIA':
        transfer.confirm(direction, serialOf(bytes, findParameter(spdu, 42)));
        break;
      case 'AE':
        this.endings++;
        transfer.finish(direction, at);
        break;
      case 'MAA':
        if (this.endings > 0) this.endings--;
        transfer.confirmEnd(direction);
        break;
      case 'AD':
        transfer.discard(direction, reasonOf(bytes, spdu, 'by its sender'), at);
        break;
      case 'AI': {
        const why = reasonOf(bytes, spdu, 'no reason given');
        transfer.interrupt(direction, `the activity was interrupted: ${why}`, at);
        break;
      }
      case 'RS':
        transfer.resynchronize();
        break;
      case 'GT':
      case 'GTC':
        this.turn(spdu, t);
        break;
      default:
    }
  }

  private resume(spdu: Spdu, t: Tsdu, at: Sighting): void {
    const activity = activityOf(t.bytes, spdu, 0);
    const old = findParameter(spdu, 41, 33) === null ? activity : activityOf(t.bytes, spdu, 33);
    let references: SessionReferences | null = referencesOf(t.bytes, spdu, 33);
    // Linking information without references means this session connection, or the one that RTORQ recovers.
    if (references.calling === '' && references.called === '' && references.common === '')
      references = this.facts.recovers;
    this.transfer.resume(t.direction, activity, old, serialOf(t.bytes, findParameter(spdu, 42, 33)), references, at);
  }

  /** X.228: in a monologue the turn stays with the side that opened the association. */
  private turn(spdu: Spdu, t: Tsdu): void {
    const { facts, owner } = this;
    if (!owner.sound || !facts.rtse || facts.dialogueMode !== 'monologue') return;
    const item = numberOf(t.bytes, findParameter(spdu, 16)) ?? 0;
    if (spdu.name === 'GTC' || (item & 1) !== 0) {
      const detail = `${spdu.name} gives the turn, but the dialogue mode is monologue`;
      owner.fault('rtse.turn', t.direction, t.lastFrame, detail);
    }
  }
}

/** The activity identifier in hex, the way it stands in the SPDU: a BER INTEGER with X.228, anything else with others. */
function activityOf(bytes: Uint8Array, spdu: Spdu, group: number): string {
  const p = findParameter(spdu, 41, group);
  if (p === null) return '';
  const tlv = readTlv(bytes, p.valueStart, p.valueEnd);
  const wrapped = tlv !== null && tlv.cls === 0 && tlv.tag === 2 && tlv.fault === null;
  return wrapped ? hex(bytes, p.valueStart, p.valueEnd) : reference(bytes, p.valueStart, p.valueEnd);
}

function reasonOf(bytes: Uint8Array, spdu: Spdu, otherwise: string): string {
  const code = numberOf(bytes, findParameter(spdu, 50));
  return code === null ? otherwise : (EXCEPTION_REASONS[code] ?? `reason ${code}`).toLowerCase();
}
