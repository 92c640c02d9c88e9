import type { CaptureReport } from '../../model/report.ts';
import { count } from '../format.ts';
import { html } from '../safe.ts';

export interface PageParts {
  readonly title: string;
  readonly policy: string;
  readonly script: string;
  readonly style: string;
}

/** Everything before the data blocks. */
export function pageHead(parts: PageParts, fallback: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${parts.policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${html(parts.title, 200)}</title>
<link rel="icon" href="data:,">
<style>${parts.style}</style>
</head>
<body>
<div id="app"><main><p>Reading the report …</p></main></div>
<noscript>${fallback}</noscript>
`;
}

export function blockHead(id: string): string {
  return `<script type="application/octet-stream" id="${id}">`;
}

export const BLOCK_END = '</script>\n';

export function pageEnd(script: string): string {
  return `<script>${script}</script>\n</body>\n</html>\n`;
}

/** What a browser without scripts shows: the findings as text. */
export function* withoutScript(reports: readonly CaptureReport[]): Generator<string> {
  yield '<h1>mtascope report</h1><p>The views of this page need JavaScript. The findings without it:</p>';
  for (const report of reports) {
    yield `<h2>${html(report.file, 200)}</h2><p>${count(report.frames, 'frame')}, ${count(report.streams.length, 'stream')}, ${count(report.findings.length, 'finding')}</p><ul>`;
    let left = 100;
    for (const finding of report.findings) {
      if (left-- === 0) break;
      yield `<li>${finding.severity}: ${html(finding.message, 400)}</li>`;
    }
    yield '</ul>';
  }
}
