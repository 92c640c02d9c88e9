import { ACSE_RULES } from './acse.ts';
import { CAPTURE_RULES } from './capture.ts';
import { COTP_RULES } from './cotp.ts';
import { MTA_RULES } from './mta.ts';
import { P1_RULES } from './p1.ts';
import { P22_RULES } from './p22.ts';
import { P772_RULES } from './p772.ts';
import { PRES_RULES } from './pres.ts';
import { ROS_RULES } from './ros.ts';
import { RTSE_RULES } from './rtse.ts';
import type { Rule } from './rule.ts';
import { S7_RULES } from './s7.ts';
import { SES_RULES } from './ses.ts';
import { TCP_RULES } from './tcp.ts';
import { TPKT_RULES } from './tpkt.ts';

/** Every rule, in the order of the layers. */
export const RULES: readonly Rule[] = [
  ...MTA_RULES,
  ...CAPTURE_RULES,
  ...TCP_RULES,
  ...TPKT_RULES,
  ...COTP_RULES,
  ...SES_RULES,
  ...PRES_RULES,
  ...ACSE_RULES,
  ...RTSE_RULES,
  ...ROS_RULES,
  ...P1_RULES,
  ...P22_RULES,
  ...P772_RULES,
  ...S7_RULES,
];

const BY_CODE: ReadonlyMap<string, Rule> = new Map(RULES.map(rule => [rule.code, rule]));

/** The rule behind a finding's code; undefined for a code that no layer declares. */
export function ruleOf(code: string): Rule | undefined {
  return BY_CODE.get(code);
}

/** What every finding of the rule says, put together once: a capture may have hundreds of thousands of findings. */
export function explanationOf(rule: Rule | undefined): string {
  if (rule === undefined) return '';
  let text = explanations.get(rule);
  if (text === undefined) {
    text = `${rule.certain} ${rule.help}`;
    explanations.set(rule, text);
  }
  return text;
}

const explanations = new Map<Rule, string>();
