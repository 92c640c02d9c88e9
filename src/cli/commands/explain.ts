import wrap from 'wrap-ansi';
import { ALL_RULES } from '../../app/gate-rules.ts';
import { UsageError } from '../../base/errors.ts';
import { didYouMean } from '../../base/nearest.ts';
import { type Look, mark, paint, typography } from '../../report/look.ts';
import type { Rule } from '../../rules/rule.ts';
import type { Io } from '../io.ts';

/** Lines longer than this are hard to read, however wide the terminal is. */
const READABLE = 100;

/** options: `code`. A code without its layer (`9404`) is understood when only one rule ends so. */
export async function run(_files: string[], options: Record<string, unknown>, io: Io): Promise<number> {
  const wanted = String(options.code);
  const rule = find(wanted);
  if (rule === undefined) {
    const codes = ALL_RULES.map(known => known.code);
    throw new UsageError(`${wanted}: no such rule${didYouMean(wanted, codes)}; \`mtascope rules\` lists them`);
  }
  await io.out(page(rule, io.look));
  return 0;
}

function find(wanted: string): Rule | undefined {
  const exact = ALL_RULES.find(rule => rule.code === wanted.toLowerCase());
  if (exact !== undefined) return exact;
  const ending = ALL_RULES.filter(rule => rule.code.endsWith(`.${wanted.toLowerCase()}`));
  return ending.length === 1 ? ending[0] : undefined;
}

export function page(rule: Rule, look: Look): string {
  const columns = Math.min(look.width ?? READABLE, READABLE);
  const prose = (text: string): string =>
    wrap(typography(look, text), columns - 2, { hard: true })
      .split('\n')
      .map(line => `  ${line}`)
      .join('\n');
  const section = (head: string, text: string): string => `${paint(look, 'bold', head)}\n${prose(text)}\n`;
  return [
    `${mark(look, rule.severity)} ${paint(look, 'bold', rule.code)} (${rule.severity})\n${prose(rule.title)}\n`,
    section('What it means and what to do', rule.help),
    section('How sure', rule.certain),
    section('Clause', rule.clause),
  ].join('\n');
}
