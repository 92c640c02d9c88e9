import type { FrameEdit } from '../capture/write.ts';
import type { Finding, RequestEvidence } from '../model/finding.ts';
import { cleanLines } from '../report/safe.ts';

/** Wireshark shows comments in its tree and list: long enough for a verdict, short enough to be read. */
const LONGEST = 4_000;

/**
 * The packet comments of a capture: one for each finding on each frame that it names. The frame to look at first gets the whole
 * text, the others what part they play in it.
 */
export function commentsOf(findings: readonly Finding[]): Map<number, FrameEdit & { readonly comments: string[] }> {
  const edits = new Map<number, { comments: string[] }>();
  for (const finding of findings) {
    for (const frame of finding.frames) {
      const edit = edits.get(frame) ?? { comments: [] };
      const comment = commentOn(finding, frame);
      if (!edit.comments.includes(comment)) edit.comments.push(comment);
      edits.set(frame, edit);
    }
  }
  return edits;
}

function commentOn(finding: Finding, frame: number): string {
  const head = `mtascope ${finding.code} (${finding.severity}): `;
  if (frame !== finding.frame && finding.frame !== null) {
    return cleanLines(`${head}${partOf(finding, frame)}: ${finding.message}`, LONGEST);
  }
  const lines = [finding.message];
  if (finding.event !== undefined) lines.push(`Event ${finding.event.id}: ${finding.event.text}`);
  if (finding.explanation !== '') lines.push(finding.explanation);
  if (finding.clause !== null) lines.push(`Clause: ${finding.clause}`);
  if (finding.request !== undefined) lines.push(...assumed(finding.request));
  return cleanLines(head + lines.join('\n'), LONGEST);
}

function assumed(request: RequestEvidence): string[] {
  return [`Profile ${request.profile}. ${request.assumptions.map(each => `It is assumed that ${each}.`).join(' ')}`];
}

function partOf(finding: Finding, frame: number): string {
  const { request } = finding;
  const main = `frame ${finding.frame}`;
  if (request?.disturbanceFrame === frame) return `here begins the TPKT whose length leads to ${main}`;
  if (request?.headerFrames.includes(frame)) return `octets of the header that is complete in ${main}`;
  return finding.count > 1 ? `again, as in ${main}` : `see ${main}`;
}
