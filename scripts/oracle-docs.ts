/** Writes docs/oracle.md from the tables in test/oracle. `npm run docs:oracle` */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CONVENTIONS, DEVIATIONS, type Deviation } from '../test/oracle/deviations.ts';
import { EXPLAINED, type Explained } from '../test/oracle/explained.ts';

export const FILE = fileURLToPath(new URL('../docs/oracle.md', import.meta.url));

const METHOD = `Wireshark's \`tshark\` 4.0 is the outside judge of mtascope's dissection. \`npm run test:oracle\` reads every capture of the
bundled collection, and of the shared one when it is there, by both programs, and counts each field with each value: TPKT, COTP, session,
presentation, ACSE, RTSE, ROSE, MMS, P1, P7, P22, P772 and S7comm, under Wireshark's own field names. Values are compared as numbers, times, object
identifiers, octets or text, whichever tshark prints; fields that tshark computes itself (reassembly, links between frames) are left out.

What tshark prints and mtascope does not, or prints with another value, fails the run, unless a row of the first table below covers it.
A row that explains nothing any more fails the run too: it would only hide the next defect. What only mtascope prints is counted and not
judged, since most of it is what tshark cannot put together.

Captures of two to eight streams are split first and compared stream by stream, because tshark keeps one reassembly for a whole file
(R6, R15 below). Captures above 1 MiB are left out: their PDML takes minutes.

The absence of an expert message in tshark proves nothing, and no finding of mtascope is tested by it.`;

export function page(): string {
  const parts = [
    '<!-- Made by scripts/oracle-docs.ts from test/oracle; edit the tables there. -->',
    '# mtascope and tshark',
    METHOD,
    '## Differences that the comparison allows',
    'Patterns are regular expressions on the path of the capture and on the field.',
    ['| id | captures | fields | wrong | why |', '|---|---|---|---|---|', ...EXPLAINED.map(row)].join('\n'),
    '## What tshark does otherwise',
    'Each number says how often a field is printed: by tshark with `tcp.reassemble_out_of_order` off and on, and by mtascope.',
    ...DEVIATIONS.flatMap(deviation),
    '## Where the two count otherwise',
    ...CONVENTIONS.map(([title, text]) => `**${title}.** ${text}`),
  ];
  return `${parts.join('\n\n')}\n`;
}

const WRONG: Readonly<Record<Explained['who'], string>> = { tshark: 'tshark', mtascope: 'mtascope', both: 'neither' };

function row(e: Explained): string {
  return `| ${e.id} | ${code(e.files)} | ${code(e.fields)} | ${WRONG[e.who]} | ${e.why} |`;
}

function code(pattern: RegExp): string {
  return pattern.source === '.' ? 'all' : `\`${pattern.source.replaceAll('|', '\\|')}\``;
}

function deviation(d: Deviation): string[] {
  return [
    `### ${d.id}: ${d.title}`,
    `tshark: ${d.tshark}`,
    `mtascope: ${d.mtascope}`,
    [
      '| capture | field | tshark, off | tshark, on | mtascope |',
      '|---|---|---|---|---|',
      ...d.measured.map(x => `| ${x.capture} | ${x.field} | ${x.off} | ${x.on} | ${x.ours} |`),
    ].join('\n'),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(FILE, page());
  console.log('docs/oracle.md');
}
