import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Argument, Command, CommanderError, Help, InvalidArgumentError, Option } from 'commander';
import {
  type ArgumentDefinition,
  COMMANDS,
  type CommandDefinition,
  EXAMPLES,
  exampleLine,
  NAME,
  type OptionDefinition,
  SUMMARY,
} from './definitions.ts';
import type { Io } from './io.ts';
import { LOADERS } from './loader.ts';
import { parseValue } from './values.ts';

/** The commands whose code is there. */
export function available(): readonly CommandDefinition[] {
  return COMMANDS.filter(command => LOADERS[command.name] !== undefined);
}

export interface Chosen {
  readonly definition: CommandDefinition;
  readonly files: string[];
  readonly options: Record<string, unknown>;
}

/** What was asked for: a command to run, or an exit code when help or version was all (already written). */
export async function parse(argv: readonly string[], io: Io): Promise<Chosen | number> {
  // `help` and `help COMMAND`, as other programs have them.
  const words = argv[0] === 'help' ? helpFor(argv[1]) : [...argv];
  let chosen: Chosen | null = null;
  let written = '';
  let complaint = '';
  const configure = (command: Command) =>
    command
      .exitOverride()
      .configureHelp({ minWidthToWrap: READABLE, formatItem })
      .configureOutput({
        writeOut: text => {
          written += text;
        },
        writeErr: text => {
          complaint += text;
        },
        getOutHelpWidth: () => Math.min(io.look.width ?? 100, 120),
        getErrHelpWidth: () => 100,
        getOutHasColors: () => io.look.color,
        getErrHasColors: () => false,
      })
      .helpOption('-h, --help', 'this help');

  const program = configure(new Command(NAME))
    .description(SUMMARY)
    .usage('<command> [options]')
    .version(io.version, '-V, --version', 'the version')
    .helpCommand(false)
    .addHelpText('after', examples(EXAMPLES));
  for (const definition of available()) {
    const command = configure(new Command(definition.name))
      .summary(definition.summary)
      .description(definition.description);
    command.helpGroup(`${definition.group}:`);
    // Only the command that is called needs its options: a start should cost no more than it must.
    if (words.includes(definition.name)) {
      for (const argument of definition.args) command.addArgument(toArgument(argument));
      for (const option of definition.options) command.addOption(toOption(option));
      command.addHelpText('after', examples(definition.examples));
      command.action((...values: unknown[]) => {
        chosen = collect(definition, values.slice(0, definition.args.length), command.opts());
      });
    }
    program.addCommand(command);
  }
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) {
      await io.out(written);
      return 0;
    }
    // Called without a command: commander has written the help for standard error.
    if (error.code === 'commander.help') {
      io.warn('no command given; this is what there is');
      io.warn(complaint);
      return 2;
    }
    const more = await hint(error, words, io);
    const said = oneLine(error.message);
    io.warn(`${more.startsWith(';') ? said.replace(/\.$/, '') : said}${more}`);
    return 2;
  }
  if (chosen === null) throw new Error('neither a command nor an error came out of the command line');
  return chosen;
}

/** Columns beside the terms of the help that a description needs. */
const READABLE = 24;

/** Where a description has no room beside the terms it stands below its own. */
function formatItem(this: Help, term: string, termWidth: number, description: string, helper: Help): string {
  const columns = helper.helpWidth ?? 80;
  if (description === '' || columns - termWidth - 4 >= READABLE)
    return Help.prototype.formatItem.call(this, term, termWidth, description, helper);
  return `  ${term}\n${helper.boxWrap(description, columns - 6).replace(/^/gm, ' '.repeat(6))}`;
}

/** A word that is no command is left to be refused. */
function helpFor(word: string | undefined): string[] {
  if (word === undefined) return ['--help'];
  return LOADERS[word] === undefined ? [word] : [word, '--help'];
}

function toArgument(definition: ArgumentDefinition): Argument {
  const dots = definition.variadic ? '...' : '';
  const name = definition.required ? `<${definition.name}${dots}>` : `[${definition.name}${dots}]`;
  const argument = new Argument(name, definition.description);
  const one = (text: string): unknown => parseValue(definition.parse ?? 'text', text);
  if (definition.variadic) argument.argParser(listOf(one));
  else argument.argParser(one);
  return argument;
}

function toOption(definition: OptionDefinition): Option {
  const option = new Option(definition.flags, definition.description).helpGroup(`${definition.group}:`);
  const kind = definition.parse ?? 'text';
  const { choices } = definition;
  const one = (text: string): unknown => {
    if (choices !== undefined && !choices.includes(text))
      throw new InvalidArgumentError(`Allowed: ${choices.join(', ')}.`);
    return parseValue(kind, text);
  };
  if (choices !== undefined) option.argChoices = [...choices];
  if (definition.repeat) option.argParser(listOf(one));
  else if (option.required) option.argParser(one);
  if (definition.fallback !== undefined) option.default(definition.fallback);
  return option;
}

/** Commander hands over what the values before this one have become. */
function listOf(one: (text: string) => unknown): (text: string, previous: unknown) => unknown[] {
  return (text, previous) => [...((previous ?? []) as unknown[]), one(text)];
}

function collect(definition: CommandDefinition, values: unknown[], parsed: Record<string, unknown>): Chosen {
  const options: Record<string, unknown> = { ...parsed };
  for (const option of definition.options) {
    if (option.repeat) options[attribute(option)] ??= [];
  }
  let files: string[] = [];
  for (const [i, argument] of definition.args.entries()) {
    const value = values[i];
    if (argument.kind === 'capture')
      files = value === undefined ? [] : Array.isArray(value) ? (value as string[]) : [value as string];
    else if (value !== undefined) options[argument.name] = value;
  }
  return { definition, files, options };
}

/** The name under which commander keeps an option: `--any-port` is `anyPort`. */
export function attribute(definition: OptionDefinition): string {
  return new Option(definition.flags).attributeName();
}

function examples(list: readonly (readonly [string, string])[]): string {
  const lines = list.map(([command, what]) => [exampleLine(command), what] as const);
  return `\nExamples:\n${lines.map(([command, what]) => `  # ${what}\n  ${command}`).join('\n')}\n`;
}

function oneLine(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (.*?)\?\)$/, ' (did you mean $1?)')
    .replaceAll('\n', ' ');
}

/** The nearest allowed value of a wrong choice; what was probably meant; and where to read on. */
async function hint(error: CommanderError, argv: readonly string[], io: Io): Promise<string> {
  const name = argv.find(word => LOADERS[word] !== undefined);
  const wrong = /argument '(.*)' is invalid\. Allowed: (.*)\.$/s.exec(error.message);
  if (wrong !== null) {
    const { didYouMean } = await import('../base/nearest.ts');
    return didYouMean(wrong[1]!, wrong[2]!.split(', '));
  }
  const file = argv[0];
  if (error.code === 'commander.unknownCommand' && file !== undefined && existsSync(resolve(io.cwd, file))) {
    const { shellWord } = await import('../report/findings.ts');
    return `; to analyze that file: ${NAME} analyze ${shellWord(file)}`;
  }
  const first = /^error: command-argument value '(.*)' is invalid for argument/s.exec(error.message)?.[1];
  const number = first === undefined ? undefined : argv[argv.indexOf(first) + 1];
  if (number !== undefined && /^\d+$/.test(number)) {
    const { shellWord } = await import('../report/findings.ts');
    return `; the number stands before the file: ${NAME} ${name} ${number} ${shellWord(first!)}`;
  }
  if (/did you mean/i.test(error.message)) return '';
  return `; see ${NAME}${name === undefined ? '' : ` ${name}`} --help`;
}
