/**
 * Writes what is made from other sources: `schema/config.schema.json` from the policy's valibot schema, the tables of
 * `docs/json.md` from `schema/report.schema.json`, and the commands of `docs/cli.md` from the parser's definitions. `--check` writes nothing and fails when a file is stale.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { toJsonSchema } from '@valibot/to-json-schema';
import { CONFIG } from '../src/app/config-schema.ts';
import { COMMANDS, type CommandDefinition, exampleLine } from '../src/cli/definitions.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly $defs?: Readonly<Record<string, Schema>>;
}

const root = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

export function configSchema(): string {
  const { $schema: _, ...schema } = toJsonSchema(CONFIG, { target: 'draft-2020-12', errorMode: 'ignore' }) as Record<
    string,
    unknown
  >;
  const head = { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'urn:mtascope:config:1' };
  return `${JSON.stringify({ ...head, ...schema }, null, 2)}\n`;
}

const BEGIN = '<!-- tables: made from schema/report.schema.json by `npm run schema` -->';
const END = '<!-- end of tables -->';

export function jsonPage(page: string, schema: Schema): string {
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new Error('docs/json.md has lost the marks of its tables');
  return `${page.slice(0, from + BEGIN.length)}\n\n${tables(schema)}${page.slice(to)}`;
}

function tables(schema: Schema): string {
  const parts = [section('document', schema)];
  const order = [
    'capture',
    'stream',
    'direction',
    'finding',
    'event',
    'host',
    'association',
    'message',
    'recipient',
    'outcome',
  ];
  const names = [...order, ...Object.keys(schema.$defs!).filter(name => !order.includes(name) && name !== 'time')];
  for (const name of names) parts.push(section(name, schema.$defs![name]!));
  return parts.join('\n');
}

function section(name: string, schema: Schema): string {
  const nested: string[] = [];
  const rows = Object.entries(schema.properties ?? {}).map(([key, value]) => {
    const inner = [value, ...(value.oneOf ?? [])].find(part => part.properties !== undefined);
    if (inner !== undefined) nested.push(section(`${name}.${key}`, { ...inner, description: value.description ?? '' }));
    const optional = schema.required?.includes(key) ? '' : ' (may be absent)';
    return `| \`${key}\` | ${typeText(value, inner === undefined ? null : `${name}.${key}`)} | ${cell(value.description ?? '')}${optional} |`;
  });
  const head = `### ${name}\n\n${schema.description ? `${schema.description}\n\n` : ''}`;
  return `${head}| Field | Type | Meaning |\n| --- | --- | --- |\n${rows.join('\n')}\n\n${nested.join('\n')}`;
}

function typeText(schema: Schema, inner: string | null): string {
  if (inner !== null) return schema.oneOf === undefined ? inner : `${inner}, null`;
  if (schema.$ref !== undefined) return schema.$ref.replace('#/$defs/', '');
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map(value => `\`${JSON.stringify(value)}\``).join(', ');
  if (schema.oneOf !== undefined) return schema.oneOf.map(part => typeText(part, null)).join(', ');
  if (schema.type === 'array')
    return `list of ${schema.items === undefined ? 'anything' : typeText(schema.items, null)}`;
  return Array.isArray(schema.type) ? schema.type.join(', ') : String(schema.type);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

const COMMANDS_BEGIN = '<!-- commands: made from src/cli/definitions.ts by `npm run schema` -->';
const COMMANDS_END = '<!-- end of commands -->';

export function cliPage(page: string): string {
  const from = page.indexOf(COMMANDS_BEGIN);
  const to = page.indexOf(COMMANDS_END);
  if (from < 0 || to < from) throw new Error('docs/cli.md has lost the marks of its commands');
  return `${page.slice(0, from + COMMANDS_BEGIN.length)}\n\n${COMMANDS.map(commandText).join('\n')}\n${page.slice(to)}`;
}

function commandText(command: CommandDefinition): string {
  const args = command.args.map(argument => {
    const name = `${argument.name}${argument.variadic ? '…' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  const options = command.options.map(option => {
    const choices = option.choices === undefined ? '' : ` (${option.choices.join(', ')})`;
    const fallback = option.fallback === undefined ? '' : `; ${option.fallback} unless given`;
    return `| \`${cell(option.flags)}\` | ${cell(`${option.description}${choices}${fallback}`)} |`;
  });
  const parts = [
    `### mtascope ${command.name}`,
    `\`mtascope ${[command.name, ...args].join(' ')}\``,
    command.description,
    ...(options.length === 0 ? [] : [`| Option | |\n| --- | --- |\n${options.join('\n')}`]),
    `\`\`\`sh\n${command.examples.map(([line, what]) => `# ${what}\n${exampleLine(line)}`).join('\n')}\n\`\`\``,
  ];
  return `${parts.join('\n\n')}\n`;
}

const outputs: readonly (readonly [string, string])[] = [
  ['schema/config.schema.json', configSchema()],
  ['docs/cli.md', cliPage(read('docs/cli.md'))],
  ['docs/json.md', jsonPage(read('docs/json.md'), JSON.parse(read('schema/report.schema.json')) as Schema)],
];

/** The formatter has its own mind about line breaks in JSON: there the values count. */
function same(path: string, current: string, text: string): boolean {
  if (!path.endsWith('.json')) return current === text;
  return current !== '' && JSON.stringify(JSON.parse(current)) === JSON.stringify(JSON.parse(text));
}

const check = process.argv.includes('--check');
for (const [path, text] of outputs) {
  let current = '';
  try {
    current = read(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  if (same(path, current, text)) continue;
  if (check) {
    process.stderr.write(`${path} is stale: npm run schema\n`);
    process.exitCode = 1;
    continue;
  }
  writeFileSync(new URL(path, root), text);
  if (path.endsWith('.json')) execFileSync('npx', ['biome', 'format', '--write', path], { cwd: root, stdio: 'ignore' });
}
