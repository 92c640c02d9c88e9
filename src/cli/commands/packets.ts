import { type PacketSelection, type PacketTotals, packets } from '../../app/packets.ts';
import { SCHEMA_VERSION } from '../../model/report.ts';
import { captureLine, noteLine, warningLine } from '../../report/capture.ts';
import { csv, markdownTable } from '../../report/columns.ts';
import { count } from '../../report/format.ts';
import { captureHead, type Head, toolOf } from '../../report/json.ts';
import type { Look } from '../../report/look.ts';
import { otherPorts } from '../../report/other-ports.ts';
import {
  PACKET_COLUMNS,
  PACKET_COLUMNS_MARKDOWN,
  type PacketRow,
  PacketText,
  packetJson,
} from '../../report/packets.ts';
import { clean, json, markdown } from '../../report/safe.ts';
import { analyzeOptions, headOf, tell } from '../analysis.ts';
import type { Io } from '../io.ts';
import { lookFor } from '../listing.ts';
import { writeResult } from '../output.ts';
import { progressOf } from '../progress.ts';
import { filterOf } from '../selection.ts';
import type { Range } from '../values.ts';

type Batches = AsyncGenerator<PacketRow[], PacketTotals>;

export async function run(files: string[], options: Record<string, unknown>, io: Io): Promise<number> {
  const asked = analyzeOptions(options, io, 'full');
  const selection: PacketSelection = {
    streams: (options.stream as number[] | undefined) ?? [],
    frames: (options.frames as Range[] | undefined) ?? [],
    filter: await filterOf(options.filter, 'packet'),
  };
  const look = lookFor(options.output, io);
  const write = WRITERS[String(options.format)] ?? textOf;
  let exit = 0;
  async function* parts(): AsyncGenerator<string> {
    const writer = write({
      look,
      wide: options.wide === true,
      anyPort: asked.anyPort,
      files: files.length,
      head: headOf(asked.profile, io),
      io,
    });
    yield writer.begin;
    for (const [i, file] of files.entries()) {
      const onProgress = progressOf(io, file, i, files.length);
      try {
        yield* writer.capture(
          file,
          packets(file, { ...asked, ...(onProgress === null ? {} : { onProgress }) }, selection),
        );
      } catch (error) {
        exit = Math.max(exit, tell(file, error, io));
      } finally {
        io.progress('');
      }
    }
    yield writer.end;
  }
  await writeResult(io, options.output, parts(), files);
  return exit;
}

interface Context {
  readonly look: Look;
  readonly wide: boolean;
  readonly anyPort: boolean;
  readonly files: number;
  readonly head: Head;
  readonly io: Io;
}

interface Writer {
  readonly begin: string;
  readonly end: string;
  capture(file: string, list: Batches): AsyncGenerator<string>;
}

/** Walks the batches; `each` makes text of one, `after` of what is known at the end. */
async function* walk(
  list: Batches,
  each: (rows: PacketRow[]) => Iterable<string>,
  after: (totals: PacketTotals, listed: number) => Iterable<string>,
): AsyncGenerator<string> {
  let listed = 0;
  for (;;) {
    const next = await list.next();
    if (next.done) {
      yield* after(next.value, listed);
      return;
    }
    listed += next.value.length;
    yield [...each(next.value)].join('');
  }
}

const WRITERS: Readonly<Record<string, (context: Context) => Writer>> = {
  json: jsonOf,
  ndjson: ndjsonOf,
  csv: csvOf,
  markdown: markdownOf,
};

function textOf({ look, wide, files, anyPort }: Context): Writer {
  let first = true;
  return {
    begin: '',
    end: '',
    async *capture(file, list) {
      const text = new PacketText(look, wide);
      let head = false;
      const heading = (row: PacketRow | undefined): string[] => {
        if (head || row === undefined) return [];
        const between = first ? [] : ['\n'];
        head = true;
        first = false;
        return [...between, ...(files > 1 ? [`${clean(file, 400)}\n`] : []), text.head(row)];
      };
      yield* walk(
        list,
        rows => [...heading(rows[0]), ...rows.map(row => text.row(row))],
        function* (totals, listed) {
          const left = listed > 0 ? text.left() : null;
          if (left !== null) yield noteLine(left, look);
          if (listed > 0) yield '\n';
          if (totals.report !== null) {
            if (files > 1 && listed === 0) yield `${first ? '' : '\n'}${captureLine(totals.report, look)}`;
            first = false;
            for (const warning of totals.report.warnings) yield warningLine(warning, look);
          }
          yield noteLine(closing(totals, listed, anyPort), look);
        },
      );
    },
  };
}

function closing({ report, seen, told, late, firstLate }: PacketTotals, listed: number, anyPort: boolean): string {
  const of = seen === listed ? '' : ` of ${count(seen, 'frame')} of ISO transport streams`;
  const others = report === null ? 0 : report.frames - report.selectedFrames - told;
  const rest = others > 0 ? `; ${count(others, 'frame')} of other traffic` : '';
  const first = late === 1 ? `in frame ${firstLate}` : `the first in frame ${firstLate}`;
  const behind =
    late > 0
      ? `; ${count(late, 'TPKT')} (${first}) became readable too late for this list, but \`mtascope show ${firstLate}\` has it`
      : '';
  const hint = seen === 0 ? otherPorts(anyPort) : '';
  return `${count(listed, 'packet')}${of}${rest}${behind}.${hint === '' ? '' : ` ${hint}.`}`;
}

function jsonOf({ head }: Context): Writer {
  let first = true;
  return {
    begin: `{\n  "schemaVersion": ${json(SCHEMA_VERSION)},\n  "tool": ${json(toolOf(head))},\n  "profile": ${json(head.profile)},\n  "captures": [`,
    end: '\n  ]\n}\n',
    async *capture(file, list) {
      let open = false;
      const start = (): string => {
        if (open) return '';
        const comma = first ? '\n' : ',\n';
        open = true;
        first = false;
        return `${comma}    {\n      "file": ${json(file)},\n      "packets": [`;
      };
      let comma = '';
      try {
        yield* walk(
          list,
          function* (rows) {
            yield start();
            for (const row of rows) {
              yield `${comma}\n        ${json(packetJson(row))}`;
              comma = ',';
            }
          },
          function* ({ report, late }) {
            yield `${start()}${comma === '' ? ']' : '\n      ]'}`;
            const rest = report === null ? {} : captureHead(report);
            for (const [key, value] of Object.entries({ ...rest, late })) {
              if (key !== 'file') yield `,\n      ${json(key)}: ${json(value)}`;
            }
            yield '\n    }';
          },
        );
      } catch (error) {
        // The document goes on with the next capture.
        if (open) yield '\n      ]\n    }';
        throw error;
      }
    },
  };
}

function ndjsonOf({ head }: Context): Writer {
  return {
    begin: '',
    end: '',
    capture: (file, list) =>
      walk(
        list,
        rows => rows.map(row => `${json({ type: 'packet', file, ...packetJson(row) })}\n`),
        function* ({ report, late }) {
          if (report === null) return;
          const { file: name, ...rest } = captureHead(report);
          yield `${json({ type: 'capture', file: name, schemaVersion: SCHEMA_VERSION, profile: head.profile, ...rest, late })}\n`;
        },
      ),
  };
}

function csvOf({ io }: Context): Writer {
  return {
    begin: [...csv(PACKET_COLUMNS, [])].join(''),
    end: '',
    capture: (_file, list) =>
      walk(
        list,
        rows => csv(PACKET_COLUMNS, rows, false),
        ({ report }) => {
          // A table of rows has no place for what is said about the file.
          for (const warning of report?.warnings ?? []) io.warn(`${report!.file}: ${warning.message}`);
          return [];
        },
      ),
  };
}

function markdownOf({ anyPort }: Context): Writer {
  return {
    begin: '# Packets\n',
    end: '',
    async *capture(file, list) {
      let head = false;
      // Of a capture that cannot be read there is nothing to say here.
      const heading = (): string[] => {
        if (head) return [];
        head = true;
        return [`\n## ${markdown(file, 400)}\n\n`, ...markdownTable(PACKET_COLUMNS_MARKDOWN, [])];
      };
      yield* walk(
        list,
        rows => [...heading(), ...[...markdownTable(PACKET_COLUMNS_MARKDOWN, rows)].slice(2)],
        function* (totals, listed) {
          yield* heading();
          for (const warning of totals.report?.warnings ?? []) yield `\n- ${markdown(warning.message, 600)}\n`;
          yield `\n${markdown(closing(totals, listed, anyPort))}\n`;
        },
      );
    },
  };
}
