import type { CaptureReport } from '../model/report.ts';
import { captureText } from '../report/capture.ts';
import type { Head } from '../report/json.ts';
import type { Look } from '../report/look.ts';
import { captureMarkdown } from '../report/markdown.ts';
import { RULES } from '../rules/catalogue.ts';
import { readOnce } from '../source/once.ts';
import { carried } from './carried.ts';

/** What `analyze` tells people of a capture. */
export function text(
  report: CaptureReport,
  head: Head,
  look: Look,
  options: Readonly<Record<string, unknown>>,
): Iterable<string> {
  return captureText(report, {
    look,
    wide: options.wide === true,
    profile: head.profile.name,
    rules: RULES.length,
    anyPort: options.anyPort === true,
    carried: readOnce(report.file) ? null : command => carried(options, command),
  });
}

/** The same as a section of a Markdown document. */
export function markdown(report: CaptureReport, head: Head, wide: boolean): Iterable<string> {
  return captureMarkdown(report, head.profile.name, wide);
}
