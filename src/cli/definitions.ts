/**
 * Every command and option in one place: the parser, `--help`, the shell completions and the man page are made from it.
 * Data only, since this is loaded at every start.
 */

/** What a value stands for, so that a shell can complete it. */
export type ValueKind = 'capture' | 'file' | 'directory' | 'profile' | 'rule' | 'command' | 'shell' | 'text';

export type Parse = 'text' | 'integer' | 'natural' | 'port' | 'address' | 'ranges';

export interface OptionDefinition {
  /** As commander takes it: `-o, --output <file>`. */
  readonly flags: string;
  readonly description: string;
  readonly group: string;
  /** May be given several times: the value is then a list (empty when not given). */
  readonly repeat?: boolean;
  readonly choices?: readonly string[];
  readonly parse?: Parse;
  readonly kind?: ValueKind;
  readonly fallback?: string | number;
}

export interface ArgumentDefinition {
  /** Captures are handed to the command as its list of files; any other goes into the options under its name. */
  readonly name: string;
  readonly description: string;
  readonly kind: ValueKind;
  readonly required: boolean;
  readonly variadic: boolean;
  readonly parse?: Parse;
}

export interface CommandDefinition {
  readonly name: string;
  readonly summary: string;
  /** Paragraphs of the command's own help. */
  readonly description: string;
  readonly group: string;
  readonly args: readonly ArgumentDefinition[];
  readonly options: readonly OptionDefinition[];
  /** Command line (without the program's name) and what it does. */
  readonly examples: readonly (readonly [string, string])[];
}

export const NAME = 'mtascope';
export const SUMMARY = 'Finds the exact frame of a capture that makes an Exchange MTA stop with event 9404.';

export const EXAMPLES: readonly (readonly [string, string])[] = [
  ['analyze capture.pcap', 'the verdict'],
  ['show 233 capture.pcap', 'one frame, field by field'],
  ['gate captures/ --junit junit.xml', 'in a build: exit code 1 when a capture fails'],
  ['explain mta.9404', 'what a finding means'],
];

/** Examples leave the program's name out, except where they are a pipe. */
export function exampleLine(command: string): string {
  return command.includes(`${NAME} `) ? command : `${NAME} ${command}`;
}

const READING = 'Reading';
const JUDGING = 'Judging';
const OUTPUT = 'Output';

const FILES: ArgumentDefinition = {
  name: 'files',
  description: 'captures: pcap, pcapng, also gzipped; - is standard input',
  kind: 'capture',
  required: true,
  variadic: true,
};
const ONE_FILE: ArgumentDefinition = { ...FILES, name: 'file', description: 'a capture', variadic: false };

const port: OptionDefinition = {
  flags: '--port <number>',
  description: 'TCP port of ISO transport, repeatable (102 unless given)',
  group: READING,
  repeat: true,
  parse: 'port',
};
const anyPort: OptionDefinition = {
  flags: '--any-port',
  description: 'find ISO transport on other ports too, by evidence',
  group: READING,
};
const crossCheck: OptionDefinition = {
  flags: '--cross-check',
  description: 'read classic pcap with pcap-parser too and prove that both readers agree',
  group: READING,
};
const reading = [port, anyPort] as const;
const jobs: OptionDefinition = {
  flags: '--jobs <number>',
  description: 'captures to analyze at once (as many as there are processors, where that pays)',
  group: READING,
  parse: 'integer',
};

const mta: OptionDefinition = {
  flags: '--mta <address>',
  description:
    'address of an MTA host, repeatable (otherwise: hosts with X.400 evidence); ::ffff:192.0.2.1 is 192.0.2.1',
  group: JUDGING,
  repeat: true,
  parse: 'address',
};
const profile: OptionDefinition = {
  flags: '--profile <name|file>',
  description: 'the emulated MTA: see `mtascope profiles`, or a .json file (exchange-5.5 unless given)',
  group: JUDGING,
  kind: 'profile',
};
const set: OptionDefinition = {
  flags: '--set <field=value>',
  description: 'override one field of the profile, repeatable',
  group: JUDGING,
  repeat: true,
};
const keepGoing: OptionDefinition = {
  flags: '--keep-going',
  description: 'list what would follow a fatal request, as if the MTA had not stopped',
  group: JUDGING,
};
const judging = [mta, profile, set, keepGoing] as const;

export const FORMATS = ['table', 'json', 'ndjson', 'csv', 'markdown'] as const;
const output: OptionDefinition = {
  flags: '-o, --output <file>',
  description: 'write the result there instead of to standard output',
  group: OUTPUT,
  kind: 'file',
};
const wide: OptionDefinition = {
  flags: '--wide',
  description: 'keep every column, however narrow the terminal',
  group: OUTPUT,
};
const format = (choices: readonly string[]): OptionDefinition => ({
  flags: '--format <format>',
  description: 'how to write the result',
  group: OUTPUT,
  choices,
  fallback: choices[0]!,
});
const listing = [format(FORMATS), output, wide] as const;
const streamFilter: OptionDefinition = {
  flags: '--stream <number>',
  description: 'only this stream, repeatable',
  group: 'Selection',
  repeat: true,
  parse: 'natural',
};
const filter: OptionDefinition = {
  flags: '--filter <expression>',
  description: "only what matches, by field names as in Wireshark: 'cotp.type == 0x0f && tpkt.length > 2048'",
  group: 'Selection',
};
const rowFilter = (example: string): OptionDefinition => ({
  ...filter,
  description: `only rows for which this holds: '${example}' (docs/filter.md lists the fields)`,
});
const credentials: OptionDefinition = {
  flags: '--show-credentials',
  description: 'print passwords and other credentials, of binds, EDI interchanges and S7comm (left out otherwise)',
  group: OUTPUT,
};

const ANALYSIS = 'Analysis';
const LOOKING = 'Looking closer';
const GATE = 'Continuous integration';
const REFERENCE = 'Reference';

export const COMMANDS: readonly CommandDefinition[] = [
  {
    name: 'analyze',
    summary: 'the verdict: streams, findings, the exact frame of a 9404',
    description:
      'Reads each capture, reassembles its ISO transport streams and replays them through the buffer manager of an emulated Exchange MTA. ' +
      'Prints the streams and what was found, the worst first. Judges nothing: the exit code is 0 whatever was found (see `mtascope gate`).',
    group: ANALYSIS,
    args: [FILES],
    options: [...reading, crossCheck, jobs, ...judging, ...listing],
    examples: [
      ['analyze capture.pcap', 'streams, findings, the frame that stops the MTA'],
      ['analyze capture.pcap --profile exchange-5.0', 'the same for an MTA of Exchange 5.0'],
      ['analyze *.pcap.gz --format json -o report.json', 'the whole report for a program'],
      ['tcpdump -U -w - tcp port 102 | mtascope analyze -', 'from a live pipe: ^C ends it, and the verdict follows'],
    ],
  },
  {
    name: 'streams',
    summary: 'one row a stream, with the counts of both directions',
    description: 'The stream table alone, with the counts of both directions.',
    group: ANALYSIS,
    args: [FILES],
    options: [
      rowFilter('stream.longest > 2048 || stream.state == reset'),
      ...reading,
      jobs,
      ...judging,
      {
        flags: '--sparkline',
        description: 'draw the requests of each stream, a full bar being illegal',
        group: OUTPUT,
      },
      ...listing,
    ],
    examples: [
      ['streams capture.pcap', 'the stream table'],
      ['streams capture.pcap --format csv -o streams.csv', 'for a spreadsheet'],
    ],
  },
  {
    name: 'events',
    summary: 'the application log that the emulated MTA would have written',
    description: 'The events of the emulated MTA in time order, in the wording of the event log: 9404, 9215, 9156.',
    group: ANALYSIS,
    args: [FILES],
    options: [...reading, jobs, ...judging, ...listing],
    examples: [
      ['events capture.pcap', 'the emulated log'],
      ['events capture.pcap --keep-going', 'also what would follow the fatal one'],
    ],
  },
  {
    name: 'associations',
    summary: 'who bound to whom, how, and how it ended',
    description:
      'One row an association: names, application context, mode, RTSE parameters, messages each way, how it ended and by whom.',
    group: ANALYSIS,
    args: [FILES],
    options: [
      rowFilter('association.outcome == refused || association.messages == 0'),
      ...reading,
      jobs,
      ...judging,
      ...listing,
    ],
    examples: [
      ['associations capture.pcap', 'the associations'],
      ['associations capture.pcap --format json', 'with every field'],
    ],
  },
  {
    name: 'messages',
    summary: 'messages, probes and reports that were transferred',
    description:
      'One row a message, probe or report, in the order of transfer: identifier, originator, recipients, size, frames, time taken, ' +
      'and whether it is complete. One that spans a lost segment is listed as damaged.',
    group: ANALYSIS,
    args: [FILES],
    options: [
      rowFilter('message.state != complete && message.size > 100000'),
      ...reading,
      jobs,
      ...judging,
      ...listing,
    ],
    examples: [
      ['messages capture.pcap', 'what was transferred'],
      ['messages capture.pcap --format ndjson', 'one JSON object a line'],
    ],
  },
  {
    name: 'packets',
    summary: "a packet list like Wireshark's",
    description:
      'One row a frame of the ISO transport streams, or ICMP message about a SYN of them, in capture order, with everything that it completes. `docs/filter.md` describes filters. ' +
      'What comes through a pipe is listed as it comes: without findings and messages that stand before their SYN, and with --any-port every TCP stream.',
    group: LOOKING,
    args: [FILES],
    options: [
      ...reading,
      ...judging,
      streamFilter,
      {
        flags: '--frames <ranges>',
        description: 'only these frames: 12,40-60,100-',
        group: 'Selection',
        parse: 'ranges',
      },
      filter,
      ...listing,
    ],
    examples: [
      ['packets capture.pcap --stream 2', 'the packets of stream 2'],
      ['packets capture.pcap --frames 225-240', 'around frame 233'],
      ["packets capture.pcap --filter 'cotp.type == 0x0e'", 'connect requests'],
    ],
  },
  {
    name: 'show',
    summary: 'one frame: the layer tree with byte ranges, and the octets',
    description:
      "The layers of one frame as Wireshark's tree prints them, each field with its byte range, then the octets.",
    group: LOOKING,
    args: [
      {
        name: 'frame',
        description: 'frame number, as in Wireshark',
        kind: 'text',
        required: true,
        variadic: false,
        parse: 'integer',
      },
      ONE_FILE,
    ],
    options: [
      {
        flags: '--select <field>',
        description: 'mark the octets of this field, by its name as filters take it; repeatable',
        group: 'Selection',
        repeat: true,
      },
      ...reading,
      ...judging,
      credentials,
      { flags: '--expand', description: 'link, IP and TCP field by field too', group: OUTPUT },
      { flags: '--names', description: "the fields' names, as filters take them from TPKT upwards", group: OUTPUT },
      format(['text', 'json']),
      output,
      wide,
    ],
    examples: [
      ['show 233 capture.pcap', 'frame 233, field by field'],
      ['show 233 capture.pcap --select tpkt.length', 'where the length stands'],
      ['show 233 capture.pcap --format json', 'the tree for a program'],
    ],
  },
  {
    name: 'follow',
    summary: 'one stream: the PDUs both ways',
    description: 'The PDUs of one stream in both directions, at the layer asked for.',
    group: LOOKING,
    args: [
      {
        name: 'stream',
        description: 'stream number, as `mtascope streams` prints it',
        kind: 'text',
        required: true,
        variadic: false,
        parse: 'natural',
      },
      ONE_FILE,
    ],
    options: [
      ...reading,
      {
        flags: '--layer <layer>',
        description: 'which PDUs to print',
        group: 'Selection',
        choices: ['cotp', 'session', 'rtse', 'p1', 'content'],
        fallback: 'cotp',
      },
      filter,
      ...judging,
      credentials,
      format(['text', 'json', 'ndjson']),
      output,
      wide,
    ],
    examples: [
      ['follow 2 capture.pcap', 'the TPDUs of stream 2'],
      ['follow 2 capture.pcap --layer rtse', 'turns, transfers, checkpoints'],
    ],
  },
  {
    name: 'buffers',
    summary: 'how the buffers of the emulated MTA filled, drawn as text',
    description: 'Headers and elements that the emulated MTA holds for one stream over time, against the legal limit.',
    group: LOOKING,
    args: [
      {
        name: 'stream',
        description: 'stream number, as `mtascope streams` prints it',
        kind: 'text',
        required: true,
        variadic: false,
        parse: 'natural',
      },
      ONE_FILE,
    ],
    options: [...reading, ...judging, format(['text', 'json', 'csv']), output],
    examples: [['buffers 2 capture.pcap', 'the buffer timeline of stream 2']],
  },
  {
    name: 'report',
    summary: 'one self-contained HTML page to look at and to pass on',
    description: 'Writes a page that opens from disk without a network: overview, packets, ladder, buffers, messages.',
    group: LOOKING,
    args: [FILES],
    options: [...reading, ...judging, { ...output, description: 'the page (report.html unless given)' }],
    examples: [['report capture.pcap -o report.html', 'a page for the build job or the vendor']],
  },
  {
    name: 'serve',
    summary: 'the same page as a local viewer, for large captures',
    description:
      "Serves the viewer on this machine only, under an address with a random token. ^C ends it. A file that can't be read is told, and looked at again when it has changed.",
    group: LOOKING,
    args: [{ ...FILES, required: false, description: 'captures, or a folder of captures' }],
    options: [
      {
        flags: '--port <number>',
        description: 'port to listen on (a free one unless given)',
        group: 'Server',
        parse: 'port',
      },
      { flags: '--host <address>', description: 'address to listen on (loopback unless given)', group: 'Server' },
      { flags: '--open', description: 'open the browser', group: 'Server' },
      {
        flags: '--max-upload <MiB>',
        description: 'largest capture taken by drag and drop (1024 unless given)',
        group: 'Server',
        parse: 'integer',
      },
      { ...port, flags: '--capture-port <number>' },
      anyPort,
      ...judging,
    ],
    examples: [['serve captures/ --open', 'look at a folder of captures']],
  },
  {
    name: 'annotate',
    summary: 'the same capture as pcapng, with the findings as packet comments',
    description:
      'Writes the same packets with a comment on every frame that a finding names. In Wireshark, frame.comment finds them.',
    group: LOOKING,
    args: [ONE_FILE],
    options: [...reading, ...judging, { ...output, description: 'the pcapng to write' }],
    examples: [['annotate capture.pcap -o annotated.pcapng', 'open it in Wireshark, filter on frame.comment']],
  },
  {
    name: 'extract',
    summary: 'the smallest capture that still shows a finding; or the messages as sent',
    description:
      'Cuts a stream or the frames behind one finding out of a capture and proves the result by analyzing it again. Exit code 1: it was written, and the proof failed.',
    group: LOOKING,
    args: [ONE_FILE],
    options: [
      { ...streamFilter, description: 'the packets of this stream, repeatable' },
      {
        flags: '--finding <number>',
        description:
          'what finding number N needs (1 is the first of `analyze --format json`; `analyze` prints the number behind Next)',
        group: 'Selection',
        parse: 'integer',
      },
      {
        flags: '--messages <directory>',
        description: 'write each APDU and content that was transferred there, as it was sent',
        group: 'Selection',
        kind: 'directory',
      },
      { flags: '--content', description: 'with --messages: the contents only', group: 'Selection' },
      {
        flags: '--anonymize',
        description: 'rewrite addresses, selectors, names and content, keeping every length',
        group: OUTPUT,
      },
      { ...output, description: 'the capture to write' },
      ...reading,
      ...judging,
    ],
    examples: [
      ['extract capture.pcap --finding 1 -o small.pcapng', 'a minimal capture of the first finding'],
      ['extract capture.pcap --finding 1 --anonymize -o public.pcapng', 'for a public bug report'],
      ['extract capture.pcap --messages out/', 'each APDU (.p1.ber, .p3.ber) and content (.p22.ber …), as it was sent'],
    ],
  },
  {
    name: 'calibrate',
    summary: 'match events of a real log with the frames that caused them',
    description:
      'Takes 9404, 9215 and 9156 events as text or exported logs, lists the TPKTs that would have asked for exactly that request, ' +
      'and says what element size the observation implies. Writes a profile that --profile takes.',
    group: LOOKING,
    args: [FILES],
    options: [
      { flags: '--event <text>', description: 'an event as pasted, repeatable', group: 'Observation', repeat: true },
      {
        flags: '--log <file>',
        description: 'an exported application log or Ev0.log, repeatable',
        group: 'Observation',
        repeat: true,
        kind: 'file',
      },
      ...reading,
      ...judging,
      format(['text', 'json']),
      { ...output, description: 'the profile to write' },
    ],
    examples: [
      ["calibrate capture.pcap --event 'The request was for 30 headers and 30 elements.'", 'which TPKT was it'],
      ['calibrate capture.pcap --log app.csv -o site.json', 'a profile for this MTA'],
    ],
  },
  {
    name: 'gate',
    summary: 'judge captures by a policy: 0 clean, 1 failed, 2 unreadable',
    description:
      'Judges captures by a policy (mtascope.config.json, looked for upward from the working directory). ' +
      'Exit code 0: clean; 1: at least one capture failed; 2: wrong usage or unreadable input.',
    group: GATE,
    args: [
      {
        ...FILES,
        required: false,
        description: 'captures, folders or glob patterns (the policy names them otherwise)',
      },
    ],
    options: [
      { flags: '--config <file>', description: 'the policy', group: 'Policy', kind: 'file' },
      { flags: '--no-config', description: 'no policy file, only the options', group: 'Policy' },
      {
        flags: '--fail-on <severity>',
        description: 'fail at this severity and above (error unless given)',
        group: 'Policy',
        choices: ['error', 'warning', 'note', 'never'],
      },
      {
        flags: '--rule <code=severity>',
        description: 'switch a rule off or grade it anew (tcp.*=off), repeatable',
        group: 'Policy',
        repeat: true,
        kind: 'rule',
      },
      {
        ...profile,
        description: 'a profile to test against, repeatable: the capture must survive all of them',
        group: 'Policy',
        repeat: true,
      },
      { ...set, group: 'Policy' },
      { ...mta, group: 'Policy' },
      {
        flags: '--min-tpkts <number>',
        description: 'fail captures with fewer TPKTs',
        group: 'Policy',
        parse: 'natural',
      },
      {
        flags: '--baseline <file>',
        description: 'findings that are known and accepted (mtascope.baseline.json where there is one)',
        group: 'Policy',
        kind: 'file',
      },
      { flags: '--no-baseline', description: 'accept nothing', group: 'Policy' },
      {
        flags: '--update-baseline',
        description: 'write what fails in this run to the baseline and pass: from then on only new findings fail',
        group: 'Policy',
      },
      ...reading,
      jobs,
      { flags: '--junit <file>', description: 'JUnit XML', group: 'Outputs', kind: 'file' },
      { flags: '--sarif <file>', description: 'SARIF 2.1.0', group: 'Outputs', kind: 'file' },
      { flags: '--json <file>', description: 'the report, with the verdicts', group: 'Outputs', kind: 'file' },
      { flags: '--ndjson <file>', description: 'one verdict or finding a line', group: 'Outputs', kind: 'file' },
      { flags: '--tap <file>', description: 'TAP 14', group: 'Outputs', kind: 'file' },
      { flags: '--markdown <file>', description: 'a summary for people', group: 'Outputs', kind: 'file' },
      { flags: '--github', description: 'workflow annotations and job summary', group: 'Outputs' },
      { flags: '--quiet', description: 'print only captures that fail', group: 'Outputs' },
      { flags: '--summary', description: 'print only the closing line', group: 'Outputs' },
    ],
    examples: [
      ['gate captures/', 'judge a folder by the policy found upward'],
      ["gate 'test/**/*.pcap' --junit junit.xml --sarif mtascope.sarif", 'for the build server'],
      ['gate captures/ --profile exchange-4.0 --profile exchange-5.5', 'must survive both'],
      ['gate captures/ --update-baseline', 'accept what is known today'],
    ],
  },
  {
    name: 'profiles',
    summary: 'the emulated MTAs: every number with its source',
    description: 'Lists the profiles, or prints one: each field with value, provenance, source and admissible range.',
    group: REFERENCE,
    args: [
      { name: 'name', description: 'profile, or a .json file', kind: 'profile', required: false, variadic: false },
    ],
    options: [set, format(['table', 'json', 'markdown']), output, wide],
    examples: [
      ['profiles', 'all of them'],
      ['profiles exchange-5.0', 'its fields, and how each is known'],
      ['profiles exchange-5.5 --format json -o mine.json', 'a file to edit and pass to --profile'],
    ],
  },
  {
    name: 'rules',
    summary: 'every rule, with its severity',
    description: 'Lists every rule that a finding can come from.',
    group: REFERENCE,
    args: [],
    options: [format(FORMATS), output, wide],
    examples: [['rules', 'the list']],
  },
  {
    name: 'explain',
    summary: 'what a finding means, how sure it is, what to do',
    description: 'Prints the page of a rule: what it means, how sure, which clause, what to do.',
    group: REFERENCE,
    args: [
      {
        name: 'code',
        description: 'code of a finding, such as mta.9404',
        kind: 'rule',
        required: true,
        variadic: false,
      },
    ],
    options: [],
    examples: [['explain mta.9404', 'the illegal buffer request']],
  },
  {
    name: 'completion',
    summary: 'completion for bash, zsh or fish',
    description: 'Prints a script that teaches the shell the commands and options.',
    group: REFERENCE,
    args: [{ name: 'shell', description: 'bash, zsh or fish', kind: 'shell', required: true, variadic: false }],
    options: [],
    examples: [
      ['completion bash > /etc/bash_completion.d/mtascope', 'for everybody on this machine'],
      ['completion fish > ~/.config/fish/completions/mtascope.fish', 'for yourself'],
    ],
  },
  {
    name: 'man',
    summary: 'the manual page',
    description: 'Prints the manual page in roff.',
    group: REFERENCE,
    args: [],
    options: [output],
    examples: [['man -o mtascope.1 && man ./mtascope.1', 'read it']],
  },
];
