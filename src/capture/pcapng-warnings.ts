import { numbered } from '../base/numbers.ts';
import type { CaptureWarning } from '../model/report.ts';
import { RepeatedWarnings } from './repeated.ts';

/** Unknown link types that are told one by one. */
const MOST_LINK_TYPES = 8;

/** `frame` is the first one with that link type, null before there is one. */
export interface UnreadLink extends CaptureWarning {
  frame: number | null;
}

/** What is told of the blocks of a pcapng file. `at` is where in it a block begins, `frame` the number of the packet in it. */
export class BlockWarnings {
  private readonly repeated = new RepeatedWarnings();
  private readonly warn: (warning: CaptureWarning) => void;
  /** By link type. */
  private readonly unread = new Map<number, UnreadLink>();
  /** The last block with two lengths, and where the first of them leads. */
  private led = { from: -1, to: -1 };

  constructor(warn: (warning: CaptureWarning) => void) {
    this.warn = warn;
  }

  oddLength(at: number, length: number): void {
    this.oddBlock('length', at, `has a length of ${length}, which is no multiple of 4: it was rounded up`);
  }

  /** @param frame number of the packet in it; null where there is none */
  oddTrailer(at: number, length: number, trailer: number, frame: number | null): void {
    const what = `begins with a length of ${length} and ends with ${trailer}: where the first is false, blocks behind it are missing`;
    this.oddBlock('trailer', at, frame === null ? what : `(frame ${frame}) ${what}`, frame);
    this.led = { from: at, to: at + length };
  }

  /** Only its second length leads to another block. @param frame number of the packet in it; null where there is none */
  mended(at: number, said: number, length: number, frame: number | null): void {
    const what = `claims a length of ${said} octets, but its second length is ${length}, ${length} octets on, and the next block begins behind it: that was taken; Wireshark reads no further than here`;
    this.oddBlock('mended', at, frame === null ? what : `(frame ${frame}) ${what}`, frame);
  }

  /** No length of it leads to another block; one was found at `next`. @param frame number of the first packet that is read behind it */
  lost(at: number, what: string, frame: number, next: number): void {
    const between = `what stands between (${numbered(next - at, 'octet')}) was not read`;
    const numbers = `the numbers of frames from ${frame} on may differ from Wireshark's, which reads no further than the damage`;
    this.oddBlock(
      'lost',
      at,
      `${this.ledTo(at)}${what}; reading went on at byte ${next}, ${between}; ${numbers}`,
      frame,
    );
  }

  timeless(frame: number, at: number): void {
    this.repeated.add('time', () => ({
      code: 'capture.time',
      message: `frame ${frame} at byte ${at} has no time (a simple packet block): it gets that of the frame before it, or of the first that has one, or 1970`,
      // A comment on this one would give it a time.
      frame: null,
      offset: at,
    }));
  }

  badPacket(frame: number, captured: number, at: number): void {
    this.repeated.add('packet', () => ({
      code: 'capture.record-length',
      message: `packet block at byte ${at} (frame ${frame}) claims ${captured} captured octets, more than the block holds; it was passed over`,
      frame,
      offset: at,
    }));
  }

  unknownInterface(frame: number, index: number, at: number): void {
    this.repeated.add('interface', () => ({
      code: 'capture.interface',
      message: `frame ${frame} at byte ${at} names interface ${index}, which the section does not describe; such frames are counted, not analyzed`,
      frame,
      offset: at,
    }));
  }

  /**
   * The one warning of a link type that nobody reads.
   * @param index the first interface that has it
   * @param known link types that the file had before
   */
  unreadLink(linkType: number, index: number, known: number, at: number): UnreadLink {
    const told = this.unread.get(linkType);
    if (told !== undefined) return told;
    const warning = {
      code: 'capture.link-type',
      message: `interface ${index}, at byte ${at}, has link type ${linkType}, which mtascope does not read: its frames are counted, not analyzed`,
      frame: null,
      offset: at,
    };
    this.unread.set(linkType, warning);
    this.repeated.add(known < MOST_LINK_TYPES ? `link type ${linkType}` : 'link types', () => warning);
    return warning;
  }

  /** The file ends within a block. @param frames how many stand before it; `length` is null where not even that is there */
  truncated(frames: number, at: number, there: number, length: number | null): void {
    const of = length === null ? '' : ` (${there} of the ${length} octets that it claims are there)`;
    this.warn({
      code: 'capture.truncated',
      message: `the file is cut inside the block that begins at byte ${at}${of}; what stands before it (${numbered(frames, 'frame')}) was analyzed`,
      frame: frames + 1,
      offset: at,
    });
  }

  /** Behind this block no other is found. @param what is wrong with it */
  stopped(frames: number, at: number, what: string): void {
    this.warn({
      code: 'capture.block',
      message: `block at byte ${at} ${this.ledTo(at)}${what}; what stands before it (${numbered(frames, 'frame')}) was analyzed, what follows cannot be found`,
      frame: frames + 1,
      offset: at,
    });
  }

  /** Once nothing is to come: those that may be called for at each block. */
  tell(): void {
    this.repeated.tell(this.warn);
  }

  private ledTo(at: number): string {
    return this.led.to === at ? `(to which the length of the block at byte ${this.led.from} leads) ` : '';
  }

  private oddBlock(kind: string, at: number, what: string, frame: number | null = null): void {
    this.repeated.add(kind, () => ({
      code: 'capture.block',
      message: `block at byte ${at} ${what}`,
      frame,
      offset: at,
    }));
  }
}
