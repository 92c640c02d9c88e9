import type { Finding } from '../model/finding.ts';
import type { CaptureReport, StreamReport } from '../model/report.ts';
import { markdownTable } from './columns.ts';
import { ordered } from './findings.ts';
import { count, frameList, moment, thousands } from './format.ts';
import { cleanLines, markdown } from './safe.ts';
import { STREAM_COLUMNS, STREAM_COLUMNS_WIDE, streamRows } from './streams.ts';
import { bareMessage } from './verdict.ts';

const MARKS = { error: '❌', warning: '⚠️', note: 'ℹ️' } as const;

/** More than this many findings or streams are counted, not listed: the reader is a person. */
const LISTED = 100;

/** A capture as a section of a Markdown document: file, streams, findings. */
export function* captureMarkdown(report: CaptureReport, profile: string, wide: boolean): Generator<string> {
  yield `## ${markdown(report.file, 400)}\n\n`;
  const from = report.first === null ? '' : `, from ${moment(report.first, 0)} UTC`;
  yield `${markdown([report.format, ...report.linkTypes].join(', '))}, ${count(report.frames, 'frame')}${from}, judged as ${markdown(profile)}.\n\n`;
  for (const warning of report.warnings) yield `- ${MARKS.warning} ${markdown(warning.message, 600)}\n`;
  if (report.warnings.length > 0) yield '\n';
  if (report.streams.length === 0) yield 'No ISO transport stream: nothing was checked.\n\n';
  else {
    const shown: StreamReport[] = [];
    for (const stream of report.streams) {
      if (shown.push(stream) === LISTED) break;
    }
    yield* markdownTable(wide ? STREAM_COLUMNS_WIDE : STREAM_COLUMNS, streamRows({ ...report, streams: shown }));
    if (shown.length < report.streams.length)
      yield `\n${thousands(report.streams.length - shown.length)} more streams.\n`;
    yield '\n';
  }
  yield* findingsMarkdown(report);
}

function* findingsMarkdown(report: CaptureReport): Generator<string> {
  const { length } = report.findings;
  if (length === 0 && report.streams.length > 0) yield 'No findings.\n';
  let left = LISTED;
  for (const { finding } of ordered(report)) {
    if (left-- === 0) break;
    yield findingMarkdown(finding);
  }
  if (length > LISTED) yield `\n${thousands(length - LISTED)} more findings.\n`;
}

function findingMarkdown(finding: Finding): string {
  const where = [
    finding.frame === null ? null : `frame ${thousands(finding.frame)}`,
    finding.stream === null ? null : `stream ${finding.stream}`,
  ].filter(part => part !== null);
  const head = `- ${MARKS[finding.severity]} ${finding.severity} **${markdown(finding.code)}**${where.length > 0 ? `, ${where.join(', ')}` : ''}: ${markdown(bareMessage(finding), 600)}\n`;
  if (finding.request === undefined) return head;
  const { request } = finding;
  const parts = [
    markdown(cleanLines(request.event.text).replaceAll('\n', ' '), 600),
    markdown(cleanLines(finding.explanation).replaceAll('\n', ' '), 2000),
    request.hits === null ? '' : `Hits ${markdown(request.hits, 400)}.`,
    `Header in frame ${frameList(request.headerFrames)}; fatal under ${request.models} of the admissible models of ${markdown(request.profile)}.`,
  ];
  return `${head}${parts
    .filter(part => part !== '')
    .map(part => `  - ${part}\n`)
    .join('')}`;
}
