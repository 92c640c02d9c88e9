import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bookOf } from '../kit/book.ts';
import { Conversation } from '../kit/conversation.ts';
import { Section } from '../kit/pcapng.ts';
import { tsharkAvailable, tsharkFields } from '../kit/tshark.ts';
import { Wire } from '../kit/wire.ts';
import { folder, mtascope } from './kit.ts';

const HOSTILE = 'two\nlines \u001b[31m\u202e';

/** A connect: a comment on the SYN, two on the SYN-ACK, none on the rest; and one on a frame of other traffic. */
function commented() {
  const wire = new Wire('1998-06-19T09:00:00Z');
  const tcp = new Conversation(wire, { address: '192.0.2.1', port: 1040 }, { address: '192.0.2.2', port: 102 });
  tcp.open();
  const section = new Section().interface({ linkType: 1 });
  const comments: Record<number, string[]> = { 0: ['who is this?'], 1: ['übel', HOSTILE] };
  for (const [i, { time, bytes }] of wire.frames.entries())
    section.enhanced(time, bytes, { comments: comments[i] ?? [] });
  section.enhanced(wire.frames.at(-1)!.time, new Uint8Array(60), { comments: ['not ours', 'y'.repeat(60_000)] });
  const file = join(folder(), 'commented.pcapng');
  writeFileSync(file, section.bytes());
  return { file, wire };
}

describe('comments of frames', () => {
  const { file, wire } = commented();

  it('are shown with the frame, also with one of other traffic', async () => {
    const first = await mtascope(['show', '1', file]);
    expect(first.out).toContain('\n Packet comment: who is this?\n');
    const second = await mtascope(['show', '2', file]);
    expect(second.out).toContain('\n Packet comment: übel\n Packet comment: two lines ');
    expect(second.out).not.toContain('\u001b');
    expect(second.out).not.toContain('\u202e');
    expect((await mtascope(['show', '3', file])).out).not.toContain('Packet comment');
    expect((await mtascope(['show', '4', file])).out).toContain('\n Packet comment: not ours\n');
    expect((await mtascope(['show', '4', file])).out).toContain('y… (40000 more)\n');
    const { frame } = JSON.parse((await mtascope(['show', '2', file, '--format', 'json'])).out);
    expect(frame.comments).toEqual(['übel', HOSTILE]);
  });

  it('are in the rows of packets that have some, and a field of filters', async () => {
    const rows = async (...more: string[]) =>
      (await mtascope(['packets', file, '--format', 'ndjson', ...more])).out
        .split('\n')
        .filter(line => line.startsWith('{"type":"packet"'))
        .map(line => JSON.parse(line));
    expect((await rows()).map(row => row.comments)).toEqual([['who is this?'], ['übel', HOSTILE], undefined]);
    for (const filter of FILTERS) expect((await rows('--filter', filter)).map(row => row.no)).toEqual(SELECTED[filter]);
  });

  it('are in the page and the viewer, and their filters know them', async () => {
    const { table, book } = await bookOf(file, wire);
    expect((await book.detail(2))!.comments).toEqual(['übel', HOSTILE]);
    expect((await book.detail(3))!.comments).toEqual([]);
    for (const filter of FILTERS) {
      const matched = await book.match(filter);
      expect(Array.from(table.frames).filter((_, i) => matched[i] === 1)).toEqual(SELECTED[filter]);
    }
  });

  it.skipIf(!tsharkAvailable())('are selected by the filters that select them in tshark', () => {
    for (const filter of FILTERS) {
      const theirs = tsharkFields(file, ['frame.number'], [], `tcp.port == 102 && (${filter})`);
      expect(theirs.map(row => Number(row['frame.number']![0]))).toEqual(SELECTED[filter]);
    }
  });
});

const SELECTED: Readonly<Record<string, number[]>> = {
  'frame.comment': [1, 2],
  '!frame.comment': [3],
  'frame.comment == "who is this?"': [1],
  'frame.comment contains "lines"': [2],
  'frame.comment matches "^WHO"': [1],
};
const FILTERS = Object.keys(SELECTED);
