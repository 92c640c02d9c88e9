import { CAPTURE_RULES } from './capture.ts';
import { COTP_RULES } from './cotp.ts';
import { MTA_RULES } from './mta.ts';
import type { Rule } from './rule.ts';
import { TCP_RULES } from './tcp.ts';
import { TPKT_RULES } from './tpkt.ts';

/** Every rule, in the order of the layers. */
export const RULES: readonly Rule[] = [...MTA_RULES, ...CAPTURE_RULES, ...TCP_RULES, ...TPKT_RULES, ...COTP_RULES];

const BY_CODE: ReadonlyMap<string, Rule> = new Map(RULES.map(rule => [rule.code, rule]));

/** The rule behind a finding's code; undefined for a code that no layer declares. */
export function ruleOf(code: string): Rule | undefined {
  return BY_CODE.get(code);
}
