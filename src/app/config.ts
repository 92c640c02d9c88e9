import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import * as v from 'valibot';
import { InputError, UsageError } from '../base/errors.ts';
import { didYouMean, nearest } from '../base/nearest.ts';
import { CONFIG, type Config } from './config-schema.ts';
import { ALL_RULES } from './gate-rules.ts';
import { parseJsonc } from './jsonc.ts';

const CONFIG_NAMES = ['mtascope.config.json', 'mtascope.config.jsonc'] as const;

export interface LoadedConfig {
  readonly config: Config;
  /** Folder that the paths of the policy are relative to. */
  readonly folder: string;
  /** The file as a person knows it, relative to the working directory; null without a policy file. */
  readonly file: string | null;
}

/** The policy named by `--config`, or the nearest one upward from `cwd`, or an empty one. */
export async function loadConfig(cwd: string, given: string | undefined): Promise<LoadedConfig> {
  if (given !== undefined) {
    const path = resolve(cwd, given);
    const text = await readFile(path, 'utf8').catch(error => {
      throw new InputError(`--config ${given}: can't be read: ${reason(error)}`);
    });
    return { config: parseConfig(text, given), folder: dirname(path), file: given };
  }
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    for (const name of CONFIG_NAMES) {
      const path = join(folder, name);
      const shown = relative(cwd, path) || name;
      const text = await readFile(path, 'utf8').catch(error => {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw new InputError(`${shown}: can't be read: ${reason(error)}`);
      });
      if (text !== null) return { config: parseConfig(text, shown), folder, file: shown };
    }
    if (dirname(folder) === folder) return { config: {}, folder: resolve(cwd), file: null };
  }
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'no such file' : code === 'EACCES' ? 'no permission' : message;
}

/** Throws `UsageError` that names the key, the allowed values and the nearest match. */
export function parseConfig(text: string, file: string): Config {
  const given = parseJsonc(text, file);
  if (Array.isArray(given)) throw new UsageError(`${file}: expected an object, not a list`);
  const parsed = v.safeParse(CONFIG, given);
  if (!parsed.success) throw new UsageError(`${file}: ${parsed.issues.slice(0, 5).map(complaint).join('; ')}`);
  checkCodes(parsed.output, file);
  return parsed.output;
}

type Issue = v.BaseIssue<unknown>;

function complaint(issue: Issue): string {
  const path = (issue.path ?? []).map(item => item.key);
  const where = path.length === 0 ? 'the policy' : pathText(path);
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    const allowed = keysAt(path.slice(0, -1));
    const parent = path.length > 1 ? ` in ${pathText(path.slice(0, -1))}` : '';
    const key = String(path.at(-1));
    return `unknown key '${key}'${parent} (allowed: ${allowed.join(', ')})${didYouMean(key, allowed)}`;
  }
  if (issue.type === 'strict_object' && issue.received === 'undefined') return `${where}: is missing`;
  if (issue.type === 'picklist') {
    const allowed = [...String(issue.expected).matchAll(/"([^"]*)"/g)].map(match => match[1]!);
    const near = typeof issue.input === 'string' ? didYouMean(issue.input, allowed) : '';
    return `${where}: ${shown(issue.input)} is not allowed (${allowed.join(', ')})${near}`;
  }
  const expected: Readonly<Record<string, string>> = {
    string: 'a text',
    number: 'a number',
    boolean: 'true or false',
    array: 'a list',
    record: 'an object',
    strict_object: 'an object',
    integer: 'a whole number',
    union: 'a text, a number, true or false',
  };
  if (issue.type === 'min_value')
    return `${where}: ${shown(issue.input)} is too small (from ${String(issue.requirement)} on)`;
  if (issue.type === 'max_value')
    return `${where}: ${shown(issue.input)} is too large (up to ${String(issue.requirement)})`;
  if (issue.type === 'min_length') return `${where}: must not be empty`;
  const wanted = expected[issue.type];
  return wanted === undefined
    ? `${where}: ${issue.message}`
    : `${where}: expected ${wanted}, not ${shown(issue.input)}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function pathText(path: readonly unknown[]): string {
  return path
    .map((key, i) => {
      if (typeof key === 'number') return `[${key}]`;
      const name = String(key);
      return /^[$\w]+$/.test(name) ? `${i === 0 ? '' : '.'}${name}` : `['${name}']`;
    })
    .join('');
}

interface Node {
  readonly type: string;
  readonly entries?: Readonly<Record<string, Node>>;
  readonly item?: Node;
  readonly value?: Node;
  readonly wrapped?: Node;
}

/** The keys that the object at `path` may have. */
function keysAt(path: readonly unknown[]): string[] {
  let node: Node | undefined = CONFIG as unknown as Node;
  for (const key of path) {
    while (node?.wrapped !== undefined) node = node.wrapped;
    node = typeof key === 'number' ? node?.item : (node?.entries?.[String(key)] ?? node?.value);
  }
  while (node?.wrapped !== undefined) node = node.wrapped;
  return Object.keys(node?.entries ?? {});
}

const CODES: readonly string[] = ALL_RULES.map(rule => rule.code);

/** A code or pattern that fits no rule is a slip of the pen, and would silently do nothing. */
function checkCode(pattern: string, where: string): void {
  if (CODES.some(code => fits(pattern, code))) return;
  const near = nearest(pattern, CODES);
  throw new UsageError(
    `${where}: no rule fits '${pattern}'${near === null ? '' : ` (did you mean ${near}?)`}; \`mtascope rules\` lists them`,
  );
}

function checkCodes(config: Config, file: string): void {
  const check = (pattern: string, where: string): void => checkCode(pattern, `${file}: ${where}`);
  for (const code of Object.keys(config.rules ?? {})) check(code, 'rules');
  for (const [i, entry] of (config.expect ?? []).entries()) check(entry.code, `expect[${i}].code`);
  for (const [i, override] of (config.overrides ?? []).entries()) {
    for (const code of Object.keys(override.rules ?? {})) check(code, `overrides[${i}].rules`);
    for (const [j, entry] of (override.expect ?? []).entries()) check(entry.code, `overrides[${i}].expect[${j}].code`);
  }
}

/** Whether a rule's code fits a pattern in which `*` stands for any characters. Takes no longer for many of them. */
export function fits(pattern: string, code: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return pattern === code;
  const end = code.length - tail.length;
  if (end < head.length || !code.startsWith(head) || !code.endsWith(tail)) return false;
  // The first place that fits leaves the most room for what follows.
  let at = head.length;
  for (const part of rest) {
    const found = code.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= end;
}

/** `--rule code=grade` of the command line, checked as the policy's rules are. */
export function parseRuleOption(setting: string): [string, string] {
  const at = setting.indexOf('=');
  if (at < 0) throw new UsageError(`--rule ${setting}: expected code=severity`);
  const code = setting.slice(0, at);
  checkCode(code, '--rule');
  const { rules } = parseConfig(JSON.stringify({ rules: { [code]: setting.slice(at + 1) } }), '--rule');
  return Object.entries(rules!)[0]!;
}
