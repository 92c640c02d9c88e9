import { type CaptureReport, SCHEMA_VERSION } from '../model/report.ts';
import type { Text } from '../model/rows.ts';
import { ALL_SECTIONS, captureHead, captureText, findingJson, type Head, toolOf } from './json.ts';
import { type CaptureVerdict, countBy, type GateResult, type Judged, toldByAll, unchecked } from './judged.ts';
import { json } from './safe.ts';

/** The gate's verdict on a capture, as it stands beside the report. */
function verdictJson(verdict: CaptureVerdict): Record<string, unknown> {
  return {
    status: verdict.status,
    failOn: verdict.failOn,
    profiles: verdict.profiles,
    seconds: Number(verdict.seconds.toFixed(3)),
    error: verdict.error,
    unchecked: unchecked(verdict),
    judged: verdict.judged.map(judgedJson),
  };
}

function judgedJson(entry: Judged): Record<string, unknown> {
  const { severity, profiles, accepted, fails } = entry;
  const { code, stream, direction, frame, fingerprint } = entry.finding;
  const message = toldByAll(entry, finding => finding.message);
  const rest = { fingerprint, profiles, accepted, fails, ...tellingsJson(entry) };
  return { code, severity, stream, direction, frame, message, ...rest };
}

/** What each profile says, where they do not say the same. */
export function tellingsJson({ tellings }: Judged): object {
  if (tellings.length === 1) return {};
  return {
    tellings: tellings.map(({ profiles, finding: { message, event, request } }) => ({
      profiles,
      message,
      ...(event === undefined && request === undefined ? {} : { event: event ?? request?.event }),
      ...(request === undefined ? {} : { headers: request.headers, elements: request.elements }),
    })),
  };
}

export function gateHead(head: Head): string {
  const profile = json(head.profile);
  return `{\n  "schemaVersion": ${json(SCHEMA_VERSION)},\n  "tool": ${json(toolOf(head))},\n  "profile": ${profile},\n  "captures": [`;
}

/** A capture in the gate's JSON: the report under its first profile, and the verdict. */
export function* gateCapture(verdict: CaptureVerdict, report: CaptureReport | null, first: boolean): Generator<Text> {
  yield first ? '\n' : ',\n';
  const extra = { verdict: verdictJson(verdict) };
  if (report !== null) yield* captureText(report, ALL_SECTIONS, extra);
  else yield `    ${json({ file: verdict.file, ...extra })}`;
}

export function gateTail(result: GateResult, exitCode: number): string {
  const count = (status: CaptureVerdict['status']) => countBy(result.captures, status);
  const gate = {
    policy: result.policy,
    baseline: result.baseline,
    exitCode,
    captures: result.captures.length,
    clean: count('clean'),
    warned: count('warned'),
    failed: count('failed'),
    unreadable: count('unreadable'),
    crashed: count('crashed'),
    unchecked: result.captures.filter(capture => unchecked(capture) !== null).length,
    staleBaseline: result.staleBaseline,
    notices: result.notices,
  };
  return `${result.captures.length === 0 ? '' : '\n  '}],\n  "gate": ${json(gate)}\n}\n`;
}

/** One line for the capture, one for each finding judged. */
export function* gateNdjson(verdict: CaptureVerdict, report: CaptureReport | null): Generator<string> {
  const rest = verdictJson({ ...verdict, judged: [] });
  delete rest.judged;
  const { file } = verdict;
  yield `${json({ type: 'capture', schemaVersion: SCHEMA_VERSION, ...(report === null ? {} : captureHead(report)), file, ...rest })}\n`;
  for (const entry of verdict.judged)
    yield `${json({ type: 'finding', file, ...findingJson(entry.finding), ...judgedJson(entry) })}\n`;
}
