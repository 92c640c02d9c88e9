import type { Finding } from '../model/finding.ts';
import type { CaptureReport } from '../model/report.ts';
import { GATE_RULES } from './gate-rules.ts';
import type { Policy } from './policy.ts';

/** What the policy's limits find in a report. */
export function limitFindings(report: CaptureReport, policy: Policy): Finding[] {
  const { maxTpktLength, maxPeakElements, maxControlBlocks, minTpkts } = policy.limits;
  const findings: Finding[] = [];
  let tpkts = 0;
  for (const stream of report.streams) {
    for (const direction of [0, 1] as const) {
      const side = stream.directions[direction];
      tpkts += side.tpkts;
      const where = { stream: stream.id, direction };
      if (maxTpktLength !== undefined && side.maxTpktLength > maxTpktLength) {
        const message = `a TPKT of ${side.maxTpktLength} octets from ${side.from}; the policy allows ${maxTpktLength}`;
        findings.push(gateFinding('gate.max-tpkt-length', message, where, stream.firstFrame, `${direction}`));
      }
      if (maxPeakElements !== undefined && side.peakElements > maxPeakElements) {
        const message = `${side.to} would hold ${side.peakElements} buffer elements for this direction; the policy allows ${maxPeakElements}`;
        findings.push(gateFinding('gate.max-peak-elements', message, where, stream.firstFrame, `${direction}`));
      }
    }
  }
  for (const host of report.hosts) {
    if (maxControlBlocks === undefined || host.controlBlocksPeak <= maxControlBlocks) continue;
    const message = `${host.address} uses ${host.controlBlocksPeak} control blocks at once; the policy allows ${maxControlBlocks}`;
    findings.push(gateFinding('gate.max-control-blocks', message, null, null, ''));
  }
  if (minTpkts !== undefined && tpkts < minTpkts) {
    findings.push(
      gateFinding('gate.min-tpkts', `${tpkts} TPKTs in this capture; the policy asks for ${minTpkts}`, null, null, ''),
    );
  }
  return findings;
}

/** A finding of the policy itself. `subject` tells it from others of its code in every capture of the same conversation. */
export function gateFinding(
  code: string,
  message: string,
  where: { readonly stream: number; readonly direction: 0 | 1 } | null,
  frame: number | null,
  subject: string,
): Finding {
  const rule = GATE_RULES.find(known => known.code === code)!;
  return {
    code,
    severity: rule.severity,
    stream: where?.stream ?? null,
    direction: where?.direction ?? null,
    // The stream's first frame is where to start looking; the limit itself has no frame.
    frame: null,
    frames: [],
    message: frame === null ? message : `${message} (the stream starts at frame ${frame})`,
    explanation: rule.help,
    filter: '',
    clause: rule.clause,
    count: 1,
    fingerprint: `${code} ${subject}`.trim(),
  };
}
