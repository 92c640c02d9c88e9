import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Lines } from '../model/rows.ts';
import { noRoom, ownFolder } from './temporary.ts';

/** Octets of lines that are kept in memory before any goes into a file: the rows of most captures are less. */
const MOST_HELD = 1 << 20;
/** Where there is no room for the file: a folder that nobody may write to is no reason to give up a report of this size. */
const MOST_HELD_WITHOUT_FILE = 32 << 20;
const BLOCK = 1 << 18;
/** Octets that are read back at once: lines are mostly asked for in the order in which they came. */
const WINDOW = 1 << 16;
const LINE_END = 0x0a;
/** What can't be put aside where there is no room. */
const ROWS = 'rows of the report';

interface Block {
  /** Where its first octet stands. */
  readonly at: number;
  readonly bytes: Buffer;
  used: number;
}

/** A place for lines of text: a few megabytes of memory, then a temporary file, which has no name as soon as it is open. */
export class TemporaryLines implements Lines {
  /** Behind what the file holds. */
  private blocks: Block[] = [];
  private fileEnd = 0;
  private fd = -1;
  /** Where the file could not be unlinked while it is open. */
  private folder: string | null = null;
  private window = Buffer.alloc(0);
  private windowAt = 0;

  put(line: string): number {
    let block = this.blocks.at(-1);
    const most = line.length * 3 + 1;
    if (block === undefined || block.used + most > block.bytes.length) {
      const at = block === undefined ? this.fileEnd : block.at + block.used;
      if (at - this.fileEnd >= MOST_HELD) this.flush(at - this.fileEnd);
      block = { at, bytes: Buffer.allocUnsafeSlow(Math.max(BLOCK, most)), used: 0 };
      this.blocks.push(block);
    }
    const at = block.at + block.used;
    block.used += block.bytes.write(line, block.used);
    block.bytes[block.used++] = LINE_END;
    return at;
  }

  get(at: number): string {
    return this.octets(at).toString('utf8');
  }

  octets(at: number): Buffer {
    if (at >= this.fileEnd) {
      let i = this.blocks.length - 1;
      while (this.blocks[i]!.at > at) i--;
      const { at: start, bytes } = this.blocks[i]!;
      return bytes.subarray(at - start, bytes.indexOf(LINE_END, at - start));
    }
    for (let room = WINDOW; ; room *= 2) {
      const from = at - this.windowAt;
      const end = from >= 0 && from < this.window.length ? this.window.indexOf(LINE_END, from) : -1;
      if (end >= 0) return this.window.subarray(from, end);
      this.read(at, Math.min(room, this.fileEnd - at));
    }
  }

  /** The lines are needed no more. */
  close(): void {
    this.blocks = [];
    this.fileEnd = 0;
    if (this.fd >= 0) closeSync(this.fd);
    this.fd = -1;
    if (this.folder !== null) rmSync(this.folder, { recursive: true, force: true });
    this.folder = null;
  }

  /** @param held octets that are in memory */
  private flush(held: number): void {
    try {
      if (this.fd < 0) this.open();
      for (let block = this.blocks[0]; block !== undefined; block = this.blocks[0]) {
        const { at, bytes, used } = block;
        for (let done = 0; done < used; ) done += writeSync(this.fd, bytes, done, used - done, at + done);
        this.fileEnd = at + used;
        this.blocks.shift();
      }
    } catch (error) {
      if (held < MOST_HELD_WITHOUT_FILE) return;
      throw noRoom(ROWS, error);
    }
  }

  private open(): void {
    this.folder ??= ownFolder(ROWS);
    this.fd = openSync(join(this.folder, 'rows'), 'wx+', 0o600);
    if (process.platform === 'win32') return;
    rmSync(this.folder, { recursive: true });
    this.folder = null;
  }

  private read(at: number, octets: number): void {
    if (this.window.length !== octets) this.window = Buffer.allocUnsafeSlow(octets);
    let done = 0;
    while (done < octets) {
      const n = readSync(this.fd, this.window, done, octets - done, at + done);
      if (n === 0) throw new Error('a temporary file is shorter than what was written into it');
      done += n;
    }
    this.windowAt = at;
  }
}
