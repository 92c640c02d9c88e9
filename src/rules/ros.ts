import type { Rule } from './rule.ts';

/** Remote operations, X.229 (X.880). */
export const ROS_RULES: readonly Rule[] = [
  {
    code: 'ros.unmatched',
    severity: 'warning',
    title: 'A result or error that answers no invocation',
    clause: 'X.229 §7.2 (unrecognized invocation)',
    certain: 'Both directions are in the capture since the CONNECT, without a hole.',
    help: 'The invoke identifier of the answer is not among the outstanding ones: answered twice, or mixed up. The invoker rejects it as an unrecognized invocation, and its own operation stays open until a timeout.',
  },
  {
    code: 'ros.invoke-id',
    severity: 'warning',
    title: 'An invoke identifier is used again before it was answered',
    clause: 'X.229 §7.1 (duplicate invocation)',
    certain:
      'Both directions are in the capture since the CONNECT, without a hole. An operation that reports nothing on success may never be answered.',
    help: 'The performer may reject the second invocation as a duplicate, and its answers cannot be told apart. Operations without an answer by design make this harmless.',
  },
];
