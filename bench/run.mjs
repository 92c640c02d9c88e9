// `npm run bench`: mtascope beside the peers that are installed, whole processes, in turn, medians of interleaved rounds on a warm
// page cache. Checks the counts against the generator's truth first. Writes bench/data/results.json and the table of
// docs/performance.md.
//
//   node bench/run.mjs [--rounds 7] [--quick] [--seed 1] [--only mixed,iso,…] [--no-docs]
//
// --quick takes smaller captures and fewer rounds; what it measures is told apart in the table.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { capture, wrong } from './captures.mjs';
import { median, once } from './measure.mjs';
import { writePart } from './page.mjs';

const { values: asked } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    'no-docs': { type: 'boolean', default: false },
  },
});
const { quick } = asked;
const ROUNDS = quick ? 3 : Number(asked.rounds);
/** tshark takes half a minute for what others do in a third of a second. */
const SLOW = quick ? 1 : 3;
const BIN = `${process.execPath} ${join(import.meta.dirname, '../bin/mtascope.js')}`;
const data = join(import.meta.dirname, 'data');
mkdirSync(data, { recursive: true });

const has = program => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const made = (profile, size) => {
  const found = capture(profile, size, { seed: Number(asked.seed) });
  if (found !== null) return found;
  console.error('../shared/bench is missing: no captures to measure with');
  process.exit(1);
};
const mixed = made('mixed', quick ? '256m' : '1g');
const iso = made('iso', quick ? '64m' : '256m');
const small = made('small', '1g');

/** The same packets in another wrapping, made once; null without the program that makes it. */
function wrapped(file, suffix, program, line) {
  const out = `${file}${suffix}`;
  if (existsSync(out)) return out;
  if (!has(program)) return null;
  once(line(file, out));
  return out;
}
const pcapng = wrapped(mixed.file, 'ng', 'editcap', (from, to) => `editcap -F pcapng ${from} ${to}`);
const gzip = wrapped(mixed.file, '.gz', 'gzip', (from, to) => `gzip -1 -c ${from} > ${to}`);
const [COPIES, COPY] = quick ? [8, '16m'] : [64, '64m'];

const fields = list => list.map(field => `-e ${field}`).join(' ');
const TPKT = `-Y tpkt -T fields ${fields(['frame.number', 'tcp.stream', 'tpkt.length', 'cotp.type'])}`;
/** What a row of `messages` holds: identifiers, names, recipients and what they ask for, priority, types, heading, activity. */
const X400 = [
  ...['local_identifier', 'iso_3166_alpha2_code', 'printable', 'private_domain_name', 'organization_name', 'surname'],
  ...[
    'OrganizationalUnitName',
    'originally_specified_recipient_number',
    'per_recipient_indicators',
    'priority',
    'content_type',
  ],
].map(name => `p1.${name}`);
const P22 = ['p22.user_relative_identifier', 'p22.subject', 'p22.body', 'ses.activity_identifier', 'ses.serial_number'];
const P1 = `-o tcp.reassemble_out_of_order:TRUE -Y p1 -T fields ${fields(['frame.number', 'frame.time', 'tcp.stream', ...X400, ...P22])}`;
const analyze = file => `${BIN} analyze ${file} --format json`;
const MOST_MB = 120;

/** `goal` is ours divided by the peer's: smaller is better. `needs` are the programs of the peer's line. */
const ROWS = [
  {
    name: 'mixed',
    work: 'mixed',
    ours: analyze(mixed.file),
    peer: '`capinfos -c`',
    needs: ['capinfos'],
    theirs: `capinfos -c ${mixed.file}`,
    goal: 1,
  },
  {
    name: 'mixed',
    work: 'the same',
    ours: analyze(mixed.file),
    peer: "`tcpdump 'tcp port 102'`",
    needs: ['tcpdump'],
    theirs: `tcpdump -r ${mixed.file} -w /dev/null 'tcp port 102'`,
    goal: 1.2,
  },
  {
    name: 'mixed',
    work: 'the same',
    ours: analyze(mixed.file),
    peer: '`tshark -q -z conv,tcp`',
    needs: ['tshark'],
    theirs: `tshark -n -r ${mixed.file} -q -z conv,tcp`,
    goal: 1 / 80,
    rounds: SLOW,
  },
  {
    name: 'mixed',
    work: 'the same',
    ours: analyze(mixed.file),
    peer: '`tcpdump | tshark -T fields`',
    needs: ['tcpdump', 'tshark'],
    theirs: `tcpdump -r ${mixed.file} -w - 'tcp port 102' | tshark -n -r - ${TPKT}`,
    goal: 1 / 7,
    rounds: SLOW,
  },
  {
    name: 'iso',
    work: 'all on port 102',
    ours: analyze(iso.file),
    peer: '`tshark -T fields`',
    needs: ['tshark'],
    theirs: `tshark -n -r ${iso.file} ${TPKT}`,
    goal: 1 / 35,
    rounds: SLOW,
  },
  {
    name: 'iso',
    work: 'the same',
    ours: analyze(iso.file),
    peer: "`tcpdump 'tcp port 102'`",
    needs: ['tcpdump'],
    theirs: `tcpdump -r ${iso.file} -w /dev/null 'tcp port 102'`,
    goal: 2.5,
  },
  {
    name: 'messages',
    work: '`messages` on it',
    ours: `${BIN} messages ${iso.file} --format json`,
    peer: '`tshark -T fields` of P1 and P22',
    needs: ['tshark'],
    theirs: `tshark -n -r ${iso.file} ${P1}`,
    goal: 1 / 25,
    rounds: SLOW,
  },
  {
    name: 'pcapng',
    work: 'mixed, pcapng',
    ours: pcapng && analyze(pcapng),
    peer: 'ourselves on pcap',
    needs: [],
    theirs: analyze(mixed.file),
    goal: 1.15,
  },
  {
    name: 'gzip',
    work: 'mixed, .pcap.gz',
    ours: gzip && analyze(gzip),
    peer: '`zcat`',
    needs: ['zcat'],
    theirs: `zcat ${gzip}`,
    goal: 1.1,
    rounds: SLOW,
  },
  {
    name: 'annotate',
    work: '`annotate` on mixed',
    ours: `${BIN} annotate ${mixed.file} -o ${join(data, 'annotated.pcapng')}`,
    peer: '`editcap`',
    needs: ['editcap'],
    theirs: `editcap -F pcapng ${mixed.file} ${join(data, 'copied.pcapng')}`,
    goal: 2,
    rounds: SLOW,
  },
  {
    name: 'small',
    work: '200 packets',
    ours: `${BIN} analyze ${small.file}`,
    peer: '`tshark -T fields`',
    needs: ['tshark'],
    theirs: `tshark -n -r ${small.file} ${TPKT}`,
    goal: 0.45,
    rounds: ROUNDS * 3,
  },
  {
    name: 'help',
    work: '`--help`',
    ours: `${BIN} --help`,
    peer: '`node -e 0`',
    needs: [],
    theirs: `${process.execPath} -e 0`,
    goal: 1.25,
    rounds: ROUNDS * 3,
  },
  {
    name: 'files',
    work: `${COPIES} × ${COPY}, two threads`,
    files: true,
    peer: 'ourselves, one thread',
    needs: [],
    goal: 1 / 1.7,
    rounds: SLOW,
  },
];

function check({ file, truth }) {
  const report = join(data, 'result.json');
  once(`${analyze(file)} -o ${report}`);
  const errors = wrong(JSON.parse(readFileSync(report, 'utf8')), truth);
  if (errors.length > 0) throw new Error(`${file}: ${errors.join('; ')}`);
}

/** Many files with two threads and with one; what both print has to be the same, octet by octet. */
function manyFiles() {
  const one = made('mixed', COPY).file;
  const folder = join(dirname(one), 'many');
  mkdirSync(folder, { recursive: true });
  const files = Array.from({ length: COPIES }, (_, i) => join(folder, `${String(i).padStart(2, '0')}.pcap`));
  for (const file of files) if (!existsSync(file)) copyFileSync(one, file);
  const line = (jobs, out) => `${BIN} analyze ${files.join(' ')} --format json --jobs ${jobs} -o ${join(data, out)}`;
  once(line(2, 'two.json'));
  once(line(1, 'one.json'));
  if (!readFileSync(join(data, 'two.json')).equals(readFileSync(join(data, 'one.json'))))
    throw new Error('two threads print something else than one');
  return [line(2, 'two.json'), line(1, 'one.json'), () => rmSync(folder, { recursive: true })];
}

for (const one of [mixed, iso, small]) check(one);
const results = [];
for (const row of ROWS) {
  if (asked.only !== '' && !asked.only.split(',').includes(row.name)) continue;
  if (!row.files && (row.ours === null || !row.needs.every(has))) {
    console.log(`${row.work}, ${row.name}: ${row.needs.join(', ')} not installed, or the capture could not be made`);
    continue;
  }
  const [ours, theirs, done] = row.files ? manyFiles() : [`${row.ours} > /dev/null`, `${row.theirs} > /dev/null 2>&1`];
  const [a, b] = [[], []];
  once(ours);
  once(theirs);
  for (let i = 0; i < (row.rounds ?? ROUNDS); i++) {
    a.push(once(ours));
    b.push(once(theirs));
  }
  done?.();
  const of = (list, key) => median(list.map(run => run[key]));
  const result = {
    work: row.work,
    peer: row.peer,
    rounds: a.length,
    seconds: of(a, 'wall'),
    theirs: of(b, 'wall'),
    ratio: of(a, 'wall') / of(b, 'wall'),
    processor: of(a, 'cpu') / of(b, 'cpu'),
    goal: row.goal,
    mb: Math.max(...a.map(run => run.memory)),
  };
  results.push(result);
  console.log(line(result));
}

/** 0.0125 as "80 × faster", in every cell of a row whose goal is to be faster. */
function times(ratio, goal) {
  const digits = x => (x >= 10 ? x.toFixed(0) : x.toFixed(2));
  return goal < 0.4 ? `${digits(1 / ratio)} × faster` : `${digits(ratio)} ×`;
}

function line(r) {
  const met = r.ratio <= r.goal ? 'yes' : 'no';
  const memory = r.mb === 0 ? '–' : `${r.mb.toFixed(0)}${r.mb > MOST_MB ? ' (!)' : ''}`;
  return `| ${r.work} | ${r.peer.replaceAll('|', '\\|')} | ${r.seconds.toFixed(3)} | ${r.theirs.toFixed(3)} | ${times(r.ratio, r.goal)} | ${times(r.processor, r.goal)} | ${times(r.goal, r.goal)} | ${met} | ${memory} |`;
}

const table = [
  `Node ${process.version}, ${cpus().length} × ${cpus()[0].model.trim()}, seed ${asked.seed}, medians of up to ${ROUNDS} rounds in turn${quick ? ', **quick** sizes' : ''}; the counts were those of the generator.`,
  '',
  '| work | beside | ours, s | peer, s | ratio (clock) | ratio (processor) | goal | met | peak MB |',
  '|---|---|---:|---:|---:|---:|---:|---|---:|',
  ...results.map(line),
].join('\n');
writeFileSync(join(data, 'results.json'), `${JSON.stringify(results, null, 1)}\n`);
if (!asked['no-docs'] && asked.only === '') writePart('peers', table);
console.log(`\n${table}`);
