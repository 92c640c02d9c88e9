import type { Direction } from '../model/finding.ts';
import {
  type CotpContext,
  DEFAULT_TPDU_SIZE,
  parameter,
  type SizeOffer,
  sizeOffer,
  type Tpdu,
  tsapText,
} from '../osi/cotp.ts';
import { TPKT_HEADER } from '../osi/tpkt.ts';

type Tell = (code: string, detail: string) => void;

/** What CR and CC settled on one transport connection, and what each side announced (X.224 6.5). */
export class ConnectState {
  context: CotpContext = { class: 0, extended: false };
  /** Largest TPDU in octets; null until a CC was seen. */
  tpduSize: number | null = null;
  callingTsap: string | null = null;
  calledTsap: string | null = null;
  /** Longest TPKT with a class 0 DT that no check is left to make of: the fast path may take it. 0 while there is none. */
  plainLength = 0;
  /** A DR or ER has ended it; another one may follow on the same network connection (X.224 6.1). */
  released = false;
  /** A CR came from the side that is taken for the client, or a CC from the other one (RFC 1006 section 5): the sides are no guess. */
  sidesTold = false;
  private offered: number | null = null;
  private crSeen = false;
  private ccSeen = false;
  private crFrom: Direction = 0;
  private crClass = 0;
  private crAlternatives: number[] = [];
  private crSource = 0;
  private crPreferred = false;
  private ccSource = 0;
  private readonly expedited: [boolean, boolean] = [false, false];

  get established(): boolean {
    return this.crSeen && this.ccSeen;
  }

  confirmSeen(): boolean {
    return this.ccSeen;
  }

  requestSeen(): boolean {
    return this.crSeen;
  }

  /** Whether a CR or CC was seen already for the transport connection that this one is of. */
  isSecond(type: 'CR' | 'CC'): boolean {
    return type === 'CC' ? this.ccSeen : this.crSeen && !this.released;
  }

  get expeditedAgreed(): boolean {
    return this.expedited[0] && this.expedited[1];
  }

  peerReference(direction: Direction): number | null {
    if (direction === this.crFrom) return this.ccSeen ? this.ccSource : null;
    return this.crSeen ? this.crSource : null;
  }

  /** Takes a CR or CC, whose octets are in `b`. */
  take(t: Tpdu, b: Uint8Array, direction: Direction, tell: Tell): void {
    if (t.type === 'CR' && this.released) this.begin();
    if ((t.type === 'CR') === (direction === 0)) this.sidesTold = true;
    const offer = sizeOffer(b, t);
    for (const fault of offer.faults) tell(fault.code, fault.detail);
    const options = parameter(t, 0xc6);
    if (options !== null && options.end > options.valueStart)
      this.expedited[direction] = (b[options.valueStart]! & 1) !== 0;
    this.callingTsap ??= tsapText(b, t, 0xc1);
    this.calledTsap ??= tsapText(b, t, 0xc2);
    if (t.type === 'CR') this.request(t, b, direction, offer);
    else this.confirm(t, offer, tell);
  }

  private request(t: Tpdu, b: Uint8Array, direction: Direction, offer: SizeOffer): void {
    const alternatives = parameter(t, 0xc7);
    if (alternatives !== null)
      this.crAlternatives = Array.from(b.subarray(alternatives.valueStart, alternatives.end), octet => octet >> 4);
    this.offered = offer.size;
    this.crSeen = true;
    this.crFrom = direction;
    this.crClass = t.classOrReason >> 4;
    this.crSource = t.srcRef;
    this.crPreferred = offer.preferred;
  }

  /** Another transport connection. */
  private begin(): void {
    this.released = false;
    this.ccSeen = false;
    this.plainLength = 0;
    this.crAlternatives = [];
    this.expedited.fill(false);
  }

  private confirm(t: Tpdu, offer: SizeOffer, tell: Tell): void {
    if (this.crSeen) this.answer(t, offer, tell);
    const chosen = t.classOrReason >> 4;
    // RFC 1006 section 5: a CC without the parameter leaves the default, 65531 octets.
    this.tpduSize = offer.size ?? DEFAULT_TPDU_SIZE;
    this.ccSeen = true;
    this.ccSource = t.srcRef;
    this.context = { class: chosen, extended: (t.classOrReason & 2) !== 0 && chosen >= 2 };
    this.plainLength = this.crSeen && chosen === 0 ? this.tpduSize + TPKT_HEADER : 0;
  }

  /** The CC's answer to what the CR asked (X.224 6.5.4 i, j, k; RFC 2126 6.4). */
  private answer(t: Tpdu, offer: SizeOffer, tell: Tell): void {
    const chosen = t.classOrReason >> 4;
    const allowed = chosen === this.crClass || this.crAlternatives.includes(chosen) || impliedBy(this.crClass, chosen);
    if (!allowed) tell('cotp.class-raised', `CC chooses class ${chosen}, the CR offered class ${this.crClass}`);
    if (offer.preferred && !this.crPreferred) {
      tell('cotp.preferred-size', 'CC carries a preferred maximum TPDU size that the CR did not propose');
    }
    if (offer.preferred && offer.standard) {
      tell('cotp.preferred-size', 'CC carries both TPDU size parameters');
    }
    if (this.offered === null) return;
    if (offer.size === null) {
      tell(
        'cotp.size-defaulted',
        `CC states no TPDU size, so that ${DEFAULT_TPDU_SIZE} holds though the CR proposed ${this.offered}`,
      );
    } else if (offer.size > this.offered) {
      tell('cotp.size-raised', `CC states ${offer.size} octets, the CR proposed ${this.offered}`);
    }
  }
}

/** X.224 Table 3: what a preferred class allows without being named as an alternative. */
function impliedBy(preferred: number, chosen: number): boolean {
  if (preferred === 4) return chosen === 2;
  if (preferred === 3) return chosen === 2;
  if (preferred === 1) return chosen === 0;
  // RFC 2126 6.1: a class 2 request over TCP may be answered with class 0.
  return preferred === 2 && chosen === 0;
}
