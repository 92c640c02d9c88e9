import { failing, type GateResult, toldByAll, unchecked } from './judged.ts';
import { clean, tap as escaped, json } from './safe.ts';

/** TAP 14: one test point a capture, the findings in its YAML block (JSON is YAML). */
export function* tap(result: GateResult): Generator<string> {
  yield 'TAP version 14\n';
  yield `1..${result.captures.length}\n`;
  for (const notice of result.notices) yield `# ${escaped(notice, 600)}\n`;
  for (const [i, capture] of result.captures.entries()) {
    const ok = capture.status === 'clean' || capture.status === 'warned';
    const nothing = unchecked(capture);
    yield `${ok ? 'ok' : 'not ok'} ${i + 1} - ${escaped(capture.file)}${nothing === null ? '' : ` # SKIP ${nothing}`}\n`;
    const shown = ok ? capture.judged.filter(entry => entry.severity !== 'note') : failing(capture);
    if (shown.length === 0 && capture.error === null) continue;
    yield '  ---\n';
    if (capture.error !== null) yield `  error: ${json(clean(capture.error, 1000))}\n`;
    if (shown.length > 0) {
      yield '  findings:\n';
      for (const entry of shown) {
        const { severity, profiles, accepted } = entry;
        const { code, frame, stream } = entry.finding;
        const message = toldByAll(entry, finding => finding.message);
        yield `    - ${json({ code, severity, frame, stream, message: clean(message, 600), profiles, accepted })}\n`;
      }
    }
    yield '  ...\n';
  }
}
