import { RULES } from '../rules/catalogue.ts';
import type { Rule } from '../rules/rule.ts';

/** What a policy itself asks for, beyond the rules of the layers. They only speak when the policy sets the limit. */
export const GATE_RULES: readonly Rule[] = [
  {
    code: 'gate.max-tpkt-length',
    severity: 'error',
    title: 'A TPKT is longer than the policy allows',
    clause: 'policy: limits.maxTpktLength',
    certain: 'The length is the one that the header declares and the framing accepted.',
    help: 'The policy sets the longest TPKT that may occur (limits.maxTpktLength). An association with 2,048-octet TPDUs needs 2,052. Look at the TPDU size that the CR and CC negotiated on this stream; correct the sender, or raise the limit.',
  },
  {
    code: 'gate.max-peak-elements',
    severity: 'error',
    title: 'The emulated MTA held more buffer elements than the policy allows',
    clause: 'policy: limits.maxPeakElements',
    certain:
      'Counted by the emulated buffer manager under the profile that is named; how long buffers are held is an assumption of the profile.',
    help: 'The policy sets how many buffer elements one direction of a stream may hold at once (limits.maxPeakElements). `mtascope buffers` draws how they filled.',
  },
  {
    code: 'gate.max-control-blocks',
    severity: 'error',
    title: 'The emulated MTA used more control blocks than the policy allows',
    clause: 'policy: limits.maxControlBlocks',
    certain:
      'One control block listens and each open connection takes one; connections that the capture does not show are not counted.',
    help: 'The policy sets how many control blocks one host may use at once (limits.maxControlBlocks). `mtascope streams` shows which connections were open together.',
  },
  {
    code: 'gate.min-tpkts',
    severity: 'error',
    title: 'The capture holds fewer TPKTs than the policy asks for',
    clause: 'policy: limits.minTpkts',
    certain: 'Counts the whole TPKTs of all streams on the ports looked at.',
    help: 'The policy asks for a minimum of TPKTs (limits.minTpkts), so that a capture in which nothing was recorded does not pass. Was the capture started before the test, on the right interface and port? `ports` and `anyPort` say where to look.',
  },
  {
    code: 'gate.expected',
    severity: 'error',
    title: 'A finding that the policy expects did not occur',
    clause: 'policy: expect',
    certain:
      'The policy names the code, and possibly frame, stream or profile; nothing in the capture fits all of them.',
    help: 'The policy lists a finding that this capture must reproduce (expect). Either the capture changed, or the behaviour did: run `mtascope analyze` on it and correct the entry or the system under test.',
  },
];

/** Every rule that a gate can fail by. */
export const ALL_RULES: readonly Rule[] = [...RULES, ...GATE_RULES];
