import { firstPass, packetPass } from '../../src/app/packet-pass.ts';
import { PacketBook } from '../../src/report/html/book.ts';
import { PacketTable } from '../../src/report/html/table.ts';
import { analyzeOptions } from './analysis.ts';
import type { Wire } from './wire.ts';

/** The packet list of a capture as a page carries it, with what the viewer makes of it; the octets are those of `wire`. */
export async function bookOf(file: string, wire: Wire): Promise<{ table: PacketTable; book: PacketBook }> {
  const options = { ...analyzeOptions(), level: 'full' as const };
  const most = Number.MAX_SAFE_INTEGER;
  const bounds = { rows: most, samples: most, findings: most, streams: most, messages: most };
  const first = await firstPass(file, options);
  const pass = await packetPass(file, first, options, { ...bounds, associations: most, lengths: most }, {});
  const table = new PacketTable(JSON.parse(JSON.stringify(pass.rows.columns())));
  const book = new PacketBook({
    table,
    profile: options.profile,
    ports: [102],
    frame(no) {
      const { time, bytes } = wire.frames[no - 1]!;
      return { no, ...time, wireLength: bytes.length, linkType: 1, bytes };
    },
    breathe: () => null,
  });
  return { table, book };
}
