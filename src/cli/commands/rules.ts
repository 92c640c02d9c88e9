import { ALL_RULES } from '../../app/gate-rules.ts';
import { type Column, csv, markdownTable, table } from '../../report/columns.ts';
import { mark } from '../../report/look.ts';
import { json } from '../../report/safe.ts';
import type { Rule } from '../../rules/rule.ts';
import type { Io } from '../io.ts';
import { lookFor } from '../listing.ts';
import { writeResult } from '../output.ts';

const COLUMNS: readonly Column<Rule>[] = [
  { key: 'code', head: 'Code', value: rule => rule.code },
  {
    key: 'severity',
    head: 'Severity',
    value: rule => rule.severity,
    decorate: (rule, text, look) => (look.unicode ? `${mark(look, rule.severity)} ${text}` : text),
    drop: 1,
  },
  { key: 'title', head: 'What', value: rule => rule.title, shrink: true, wrap: true },
  { key: 'clause', head: 'Clause', value: rule => rule.clause, drop: 2, shrink: true },
];

const LONG: readonly Column<Rule>[] = [
  ...COLUMNS,
  { key: 'certain', head: 'How sure', value: rule => rule.certain },
  { key: 'help', head: 'What to do', value: rule => rule.help },
];

export async function run(_files: string[], options: Record<string, unknown>, io: Io): Promise<number> {
  const wide = options.wide === true;
  const parts: Record<string, () => Iterable<string>> = {
    json: () => [`${json({ rules: ALL_RULES }, 2)}\n`],
    ndjson: () => ALL_RULES.map(rule => `${json({ type: 'rule', ...rule })}\n`),
    csv: () => csv(LONG, ALL_RULES),
    markdown: () => markdownTable(wide ? LONG : COLUMNS, ALL_RULES),
    table: () => table(wide ? LONG : COLUMNS, ALL_RULES, lookFor(options.output, io), wide),
  };
  await writeResult(io, options.output, parts[String(options.format)]!());
  return 0;
}
