/**
 * Writes the bundled captures, what is to be found in each, and the table in captures/README.md. Run by `npm run captures`.
 * Nothing in here reads a clock, a random source or the analyzer: a second run gives the same octets.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { expectedName, expectedText, SAMPLES } from './captures/samples.ts';

const folder = new URL('../captures/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const old of readdirSync(folder)) rmSync(new URL(old, folder));

const rows: string[] = [];
let total = 0;
for (const sample of SAMPLES) {
  const { bytes, expected } = sample.build();
  writeFileSync(new URL(sample.file, folder), bytes);
  writeFileSync(new URL(expectedName(sample.file), folder), expectedText(sample));
  rows.push(`| [${sample.file}](${sample.file}) | ${expected.profile} | ${sample.shows} | ${sample.says} |`);
  total += bytes.length;
}

writeFileSync(
  new URL('README.md', folder),
  `# Bundled captures

Each capture shows one thing. All of them are made by \`npm run captures\` (a second run gives the same octets); addresses and
names are invented (RFC 5737, RFC 3849). Beside each capture stands \`<name>.expected.json\`: what the generator knows about what
it sent (frames, streams, counts, findings, messages), not what mtascope said about it. The tests compare the two.

\`\`\`sh
npx mtascope analyze --profile exchange-5.0 captures/q182619-5.0.pcap
\`\`\`

| capture | profile | what it shows | what mtascope says |
|---|---|---|---|
${rows.join('\n')}

A finding is listed in \`findings\` when its severity is error or warning, and a note when the capture is about it. \`frame\` of a
9404 is the request frame: its arrival makes the fourth octet of the header readable. \`headerFrames\` carry the four octets,
in \`disturbanceFrame\` the header begins of the TPKT that declared another length than it had (null when none did).
`,
);
console.log(`${SAMPLES.length} captures, ${total} octets`);
