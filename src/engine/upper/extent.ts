import type { Stamp } from '../../model/tsdu.ts';

/**
 * From which frame to which something stands in the capture, and their times. What one direction brings may be read after what the other
 * brought later: where framing is found late, and in a capture whose frames are not in order.
 */
export class Extent {
  firstFrame: number;
  start: Stamp;
  lastFrame: number;
  end: Stamp;

  constructor(frame: number, time: Stamp) {
    this.firstFrame = frame;
    this.start = time;
    this.lastFrame = frame;
    this.end = time;
  }

  touch(frame: number, time: Stamp): void {
    if (frame < this.firstFrame) {
      this.firstFrame = frame;
      this.start = time;
    }
    if (frame >= this.lastFrame) {
      this.lastFrame = frame;
      this.end = time;
    }
  }
}
