import { COMMANDS, EXAMPLES, exampleLine, NAME, type OptionDefinition, SUMMARY } from './definitions.ts';
import { flagOf, HELP, VERSION_OPTION } from './flags.ts';

/** The manual page in roff (man macros), made from the definitions that the parser uses. */
export function manPage(version: string): string {
  const lines = [
    `.TH ${NAME.toUpperCase()} 1 "" "${NAME} ${version}" "User Commands"`,
    '.SH NAME',
    `${NAME} \\- ${roff(SUMMARY.charAt(0).toLowerCase() + SUMMARY.slice(1).replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    `.B ${NAME}`,
    '.I command',
    '.RI [ options ]',
    '.SH DESCRIPTION',
    roff(
      'Reads packet captures, reassembles the TCP streams of ISO transport (RFC 1006, port 102), decodes them up to X.400, and replays ' +
        'each through the buffer manager of an emulated Exchange MTA. Frame numbers count from 1, as in Wireshark.',
    ),
    '.SH OPTIONS',
    ...[HELP, VERSION_OPTION].flatMap(optionLines),
    '.SH COMMANDS',
  ];
  for (const command of COMMANDS) {
    const args = command.args.map(argument => {
      const name = `\\fI${roff(argument.name)}\\fR${argument.variadic ? '...' : ''}`;
      return argument.required ? name : `[${name}]`;
    });
    lines.push(`.SS "${NAME} ${command.name}${args.length > 0 ? ` ${args.join(' ')}` : ''} [options]"`);
    lines.push(roff(command.description));
    lines.push(...command.options.flatMap(optionLines));
    lines.push('.PP', 'Examples:', ...exampleLines(command.examples));
  }
  lines.push(
    '.SH EXIT STATUS',
    ...[
      ['0', 'Success; for gate: every capture is clean.'],
      [
        '1',
        'gate: at least one capture failed; extract: the proof failed, what was written does not show what the capture shows.',
      ],
      ['2', 'Wrong usage, input that cannot be read, output that cannot be written.'],
      ['70', 'A bug of the program, or a capture that takes more memory than there is.'],
    ].flatMap(([code, text]) => ['.TP', `.B ${code}`, roff(text!)]),
    '.SH ENVIRONMENT',
    ...[
      ['NO_COLOR', 'Set and not empty: no colours.'],
      ['FORCE_COLOR', 'Colours in pipes and files too.'],
      ['TMPDIR', 'Folder for rows of reports that do not fit into memory; no file with a name stays there.'],
      ['MTASCOPE_DEBUG', 'Set and not empty: a bug of the program is reported with its stack.'],
    ].flatMap(([name, text]) => ['.TP', `.B ${name}`, roff(text!)]),
    '.SH FILES',
    ...[
      [
        'mtascope.config.json, mtascope.config.jsonc',
        'The policy of gate, looked for in the working directory and its parents.',
      ],
      ['mtascope.baseline.json', 'What gate accepts, beside the policy or, without one, in the working directory.'],
    ].flatMap(([name, text]) => ['.TP', `.I ${name}`, roff(text!)]),
    '.SH EXAMPLES',
    ...exampleLines(EXAMPLES),
  );
  return `${lines.join('\n')}\n`;
}

function optionLines(option: OptionDefinition): string[] {
  const flag = flagOf(option);
  const value = flag.value === null ? '' : ` \\fI${roff(flag.value)}\\fR`;
  const names = [flag.short, flag.long].filter(name => name !== null).map(name => `\\fB${roff(name)}\\fR${value}`);
  const choices = option.choices === undefined ? '' : ` (${option.choices.join(', ')})`;
  const fallback = option.fallback === undefined ? '' : ` Default: ${option.fallback}.`;
  return ['.TP', names.join(', '), roff(`${option.description}${choices}.${fallback}`)];
}

function exampleLines(list: readonly (readonly [string, string])[]): string[] {
  return list.flatMap(([command, what]) => [
    '.PP',
    roff(`${what}:`),
    '.RS 4',
    '.EX',
    roff(exampleLine(command)),
    '.EE',
    '.RE',
  ]);
}

/** Escapes what roff would take for a command: backslashes, hyphens, a dot or quote at the beginning of a line; and what is not ASCII. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1')
    .replace(/\P{ASCII}/gu, char => `\\[u${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`);
}
