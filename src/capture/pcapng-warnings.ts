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

  constructor(warn: (warning: CaptureWarning) => void) {
    this.warn = warn;
  }

  oddLength(at: number, length: number): void {
    this.oddBlock('length', at, `has a length of ${length}, which is no multiple of 4: it was rounded up`);
  }

  oddTrailer(at: number): void {
    this.oddBlock('trailer', at, 'ends with another length than it begins with');
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

  /** The file ends within a block. @param frames how many stand before it */
  truncated(frames: number, at: number): void {
    this.warn({
      code: 'capture.truncated',
      message: `the file is cut inside the block that begins at byte ${at}; what stands before it (${numbered(frames, 'frame')}) was analyzed`,
      frame: frames + 1,
      offset: at,
    });
  }

  /** Behind this block no other is found. @param what is wrong with it */
  stopped(frames: number, at: number, what: string): void {
    this.warn({
      code: 'capture.block',
      message: `block at byte ${at} ${what}; what stands before it (${numbered(frames, 'frame')}) was analyzed, what follows cannot be found`,
      frame: frames + 1,
      offset: at,
    });
  }

  /** Once nothing is to come: those that may be called for at each block. */
  tell(): void {
    this.repeated.tell(this.warn);
  }

  private oddBlock(kind: string, at: number, what: string): void {
    this.repeated.add(kind, () => ({
      code: 'capture.block',
      message: `block at byte ${at} ${what}`,
      frame: null,
      offset: at,
    }));
  }
}
