import type { Rule } from '../rules/rule.ts';
import { tellingsJson } from './gate-json.ts';
import { type CaptureVerdict, type GateResult, type Judged, toldByAll, unchecked } from './judged.ts';
import { cleanLines, json } from './safe.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

/** Rows of frames that one result names as locations. */
const LOCATIONS = 100;

/** SARIF 2.1.0, written in parts: the rule catalogue with help texts, one result a finding, one location a frame. */
export function* sarif(result: GateResult, rules: readonly Rule[]): Generator<string> {
  const index = new Map(rules.map((rule, i) => [rule.code, i]));
  const driver = {
    name: 'mtascope',
    version: result.version,
    semanticVersion: result.version,
    rules: rules.map(ruleObject),
  };
  const broken = result.captures.filter(capture => capture.error !== null);
  const invocation = {
    executionSuccessful: !broken.some(capture => capture.status === 'crashed'),
    toolExecutionNotifications: [
      ...broken.map(capture => notification(capture, 'error', capture.error ?? '', capture.status)),
      ...result.captures.flatMap(capture => {
        const nothing = unchecked(capture);
        return nothing === null ? [] : [notification(capture, 'warning', nothing, 'nothing-checked')];
      }),
    ],
    ...(result.notices.length === 0
      ? {}
      : {
          toolConfigurationNotifications: result.notices.map(notice => ({
            level: 'warning',
            message: { text: cleanLines(notice, 2000) },
          })),
        }),
  };
  yield `{\n  "$schema": ${json(SCHEMA)},\n  "version": "2.1.0",\n  "runs": [\n    {\n`;
  yield `      "tool": { "driver": ${json(driver)} },\n`;
  yield `      "invocations": [${json(invocation)}],\n`;
  yield `      "artifacts": [${result.captures.map(capture => json({ location: artifact(capture.file), roles: ['analysisTarget'] })).join(',\n        ')}],\n`;
  yield '      "results": [';
  let first = true;
  for (const capture of result.captures) {
    const alike = new Map<string, number>();
    for (const entry of capture.judged) {
      const { fingerprint } = entry.finding;
      const nth = (alike.get(fingerprint) ?? 0) + 1;
      alike.set(fingerprint, nth);
      yield `${first ? '' : ','}\n        ${json(resultObject(capture, entry, index, nth))}`;
      first = false;
    }
  }
  yield `${first ? '' : '\n      '}]\n    }\n  ]\n}\n`;
}

function notification({ file }: CaptureVerdict, level: 'error' | 'warning', text: string, id: string): object {
  const locations = [{ physicalLocation: { artifactLocation: artifact(file) } }];
  return { level, message: { text: cleanLines(text, 2000) }, locations, descriptor: { id } };
}

function ruleObject(rule: Rule): object {
  const text = `${rule.help}\n\nHow sure: ${rule.certain}\n\nClause: ${rule.clause}`;
  return {
    id: rule.code,
    name: rule.code.replace(/(?:^|[.-])(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.help },
    help: { text, markdown: `${rule.help}\n\n**How sure:** ${rule.certain}\n\n**Clause:** ${rule.clause}\n` },
    defaultConfiguration: { level: rule.severity },
    properties: { tags: [rule.code.slice(0, rule.code.indexOf('.'))] },
  };
}

/** `nth` counts the capture's results of one fingerprint. */
function resultObject(capture: CaptureVerdict, entry: Judged, index: ReadonlyMap<string, number>, nth: number): object {
  const { finding, severity, profiles, accepted } = entry;
  const ruleIndex = index.get(finding.code);
  const frames = finding.frames.length > 0 ? finding.frames : finding.frame === null ? [] : [finding.frame];
  // A capture is binary and has no lines; GitHub asks for one all the same (region.startLine is required there).
  const physicalLocation = { artifactLocation: artifact(capture.file), region: { startLine: 1 } };
  const locations =
    frames.length === 0
      ? [{ physicalLocation }]
      : ordered(frames, finding.frame)
          .slice(0, LOCATIONS)
          .map((frame, id) => ({
            id,
            physicalLocation,
            // The frame is a place of its own kind.
            logicalLocations: [
              {
                name: `frame ${frame}`,
                fullyQualifiedName: `${finding.stream === null ? '' : `stream ${finding.stream}/`}frame ${frame}`,
                kind: 'frame',
              },
            ],
          }));
  return {
    ruleId: finding.code,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: severity,
    message: {
      text: cleanLines(
        `${toldByAll(entry, ({ message }) => message)}\n${toldByAll(entry, ({ explanation }) => explanation)}`,
        8000,
      ),
    },
    locations,
    partialFingerprints: {
      'mtascope/v1': finding.fingerprint,
      // The only one that GitHub tells alerts apart by; it numbers equal ones in a file as CodeQL does.
      primaryLocationLineHash: `${finding.fingerprint}:${nth}`,
    },
    baselineState: accepted === 'baseline' ? 'unchanged' : 'new',
    ...(accepted === null
      ? {}
      : {
          suppressions: [
            {
              kind: 'external',
              justification: accepted === 'baseline' ? 'known: in the baseline' : 'expected by the policy',
            },
          ],
        }),
    properties: {
      frame: finding.frame,
      stream: finding.stream,
      direction: finding.direction,
      profiles,
      filter: finding.filter,
      clause: finding.clause,
      ...(finding.request === undefined
        ? {}
        : {
            declaredLength: finding.request.declaredLength,
            headers: finding.request.headers,
            elements: finding.request.elements,
            models: finding.request.models,
          }),
      ...tellingsJson(entry),
    },
  };
}

/** The frame to look at first stands first: many readers show only one location. */
function ordered(frames: readonly number[], main: number | null): readonly number[] {
  return main !== null && frames.includes(main) ? [main, ...frames.filter(frame => frame !== main)] : frames;
}

/** A URI reference relative to the checked-out sources, or absolute for a capture outside of them. */
function artifact(file: string): object {
  if (file === '-') return { uri: 'stdin' };
  const uri = file.split('/').map(encodeURIComponent).join('/');
  if (file.startsWith('/')) return { uri: `file://${uri}` };
  return file.startsWith('../') ? { uri } : { uri, uriBaseId: '%SRCROOT%' };
}
