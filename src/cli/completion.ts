import { COMMANDS, type CommandDefinition, NAME, type ValueKind } from './definitions.ts';
import { type Flag, flagOf, HELP, VERSION_OPTION } from './flags.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What can only be known from the tables of other parts: names of profiles and codes of rules. */
export interface Words {
  readonly profiles: readonly string[];
  readonly rules: readonly string[];
}

export function completionScript(shell: Shell, words: Words): string {
  return { bash, zsh, fish }[shell](words);
}

const GLOBAL: readonly Flag[] = [HELP, VERSION_OPTION].map(flagOf);

function flagsOf(command: CommandDefinition): Flag[] {
  return [...command.options.map(flagOf), flagOf(HELP)];
}

/** The fixed words that a value can be, or null when it is a file, a folder or free text. */
function candidates(
  kind: ValueKind | undefined,
  choices: readonly string[] | undefined,
  words: Words,
): readonly string[] | null {
  if (choices !== undefined) return choices;
  if (kind === 'profile') return words.profiles;
  if (kind === 'rule') return words.rules;
  if (kind === 'shell') return SHELLS;
  if (kind === 'command') return COMMANDS.map(command => command.name);
  return null;
}

function takesFile(kind: ValueKind | undefined): boolean {
  return kind === 'capture' || kind === 'file' || kind === 'profile';
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

// ---------------------------------------------------------------- bash

function bash(words: Words): string {
  const commands = COMMANDS;
  const reply = (kind: ValueKind | undefined, choices: readonly string[] | undefined): string => {
    const fixed = candidates(kind, choices, words);
    const list = fixed === null ? '' : `$(compgen -W ${quote(fixed.join(' '))} -- "$cur")`;
    const files = takesFile(kind) ? `; _${NAME}_paths -f` : kind === 'directory' ? `; _${NAME}_paths -d` : '';
    return `COMPREPLY=(${list})${files}`;
  };
  const cases = commands.map(command => {
    const flags = flagsOf(command);
    const values = flags
      .filter(flag => flag.value !== null)
      .map(
        flag =>
          `        ${[flag.long, flag.short].filter(Boolean).join('|')}) ${reply(flag.option.kind, flag.option.choices)}; return ;;`,
      );
    const last = command.args.at(-1);
    const positions = command.args
      .slice(0, -1)
      .map((argument, i) => `      [ "$position" -eq ${i} ] && { ${reply(argument.kind, undefined)}; return; }`);
    return [
      `    ${command.name})`,
      '      case "$prev" in',
      ...values,
      '      esac',
      `      if [[ "$cur" == -* ]]; then COMPREPLY=($(compgen -W ${quote(flags.map(flag => flag.long).join(' '))} -- "$cur")); return; fi`,
      ...positions,
      last === undefined ? '      COMPREPLY=()' : `      ${reply(last.kind, undefined)}`,
      '      ;;',
    ].join('\n');
  });
  return `# bash completion for ${NAME}; made by: ${NAME} completion bash
_${NAME}_paths() {
  local path
  compopt -o filenames 2>/dev/null
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <(compgen "$1" -- "$cur")
}
_${NAME}() {
  local cur prev command position i
  local IFS=$' \\t\\n'
  cur="\${COMP_WORDS[COMP_CWORD]}"
  prev="\${COMP_WORDS[COMP_CWORD-1]}"
  command="\${COMP_WORDS[1]}"
  # --option=value is three words here.
  if [ "$cur" = "=" ]; then cur=""
  elif [ "$prev" = "=" ]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quote([...commands.map(command => command.name), ...GLOBAL.map(flag => flag.long)].join(' '))} -- "$cur"))
    return
  fi
  position=0
  for ((i = 2; i < COMP_CWORD; i++)); do
    [[ "\${COMP_WORDS[i]}" == -* ]] || position=$((position + 1))
  done
  case "$command" in
${cases.join('\n')}
  esac
}
complete -F _${NAME} ${NAME}
`;
}

// ---------------------------------------------------------------- zsh

function zsh(words: Words): string {
  const bracketed = (text: string) => text.replace(/[[\]:\\]/g, '\\$&');
  const action = (kind: ValueKind | undefined, choices: readonly string[] | undefined): string => {
    if (kind === 'profile') return `_${NAME}_profile`;
    const fixed = candidates(kind, choices, words);
    if (fixed !== null) return `(${fixed.join(' ')})`;
    if (takesFile(kind)) return '_files';
    if (kind === 'directory') return '_files -/';
    return ' ';
  };
  const spec = (flag: Flag): string => {
    const names = flag.short === null || flag.option.repeat ? [flag.long] : [flag.short, flag.long];
    const excluded = flag.option.repeat ? '*' : names.length > 1 ? `(${names.join(' ')})` : '';
    const value =
      flag.value === null ? '' : `:${bracketed(flag.value)}:${action(flag.option.kind, flag.option.choices)}`;
    // The = lets a value stand behind it as well as in the next word.
    const joined = (name: string): string => (flag.value !== null && name === flag.long ? `${name}=` : name);
    return names
      .map(name => `      ${quote(`${excluded}${joined(name)}[${bracketed(flag.option.description)}]${value}`)}`)
      .join(' \\\n');
  };
  const cases = COMMANDS.map(command => {
    const lines = flagsOf(command).map(spec);
    for (const argument of command.args) {
      lines.push(
        `      ${quote(`${argument.variadic ? '*' : ''}:${bracketed(argument.name)}:${action(argument.kind, undefined)}`)}`,
      );
    }
    return `    ${command.name})\n      _arguments -s -S \\\n${lines.join(' \\\n')}\n      ;;`;
  });
  const list = COMMANDS.map(command => `    ${quote(`${command.name}:${command.summary}`)}`);
  return `#compdef ${NAME}
# zsh completion for ${NAME}; made by: ${NAME} completion zsh
_${NAME}_profile() {
  _alternative ${quote(`profiles:profile:(${words.profiles.join(' ')})`)} 'files:file:_files'
}
_${NAME}() {
  local -a commands
  commands=(
${list.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    _arguments ${GLOBAL.map(flag => quote(`${flag.long}[${bracketed(flag.option.description)}]`)).join(' ')}
    return
  fi
  local command="\${words[2]}"
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join('\n')}
  esac
}
if [ "\${funcstack[1]}" = "_${NAME}" ]; then _${NAME} "$@"; else compdef _${NAME} ${NAME}; fi
`;
}

// ---------------------------------------------------------------- fish

function fish(words: Words): string {
  const lines = [
    `# fish completion for ${NAME}; made by: ${NAME} completion fish`,
    `complete -c ${NAME} -f`,
    ...GLOBAL.map(flag => `complete -c ${NAME} -n __fish_use_subcommand ${fishFlag(flag)}`),
  ];
  for (const command of COMMANDS) {
    const here = `-n ${quote(`__fish_seen_subcommand_from ${command.name}`)}`;
    lines.push(`complete -c ${NAME} -n __fish_use_subcommand -a ${command.name} -d ${quote(command.summary)}`);
    for (const flag of flagsOf(command)) {
      const value = flag.value === null ? '' : ` ${fishValue(flag.option.kind, flag.option.choices, words)}`;
      lines.push(`complete -c ${NAME} ${here} ${fishFlag(flag)}${value}`);
    }
    for (const argument of command.args) {
      const fixed = candidates(argument.kind, undefined, words);
      if (fixed !== null) lines.push(`complete -c ${NAME} ${here} -a ${quote(fixed.join(' '))}`);
      if (takesFile(argument.kind)) lines.push(`complete -c ${NAME} ${here} -F`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function fishFlag(flag: Flag): string {
  const short = flag.short === null ? '' : `-s ${flag.short.slice(1)} `;
  return `${short}-l ${flag.long.slice(2)} -d ${quote(flag.option.description)}`;
}

function fishValue(kind: ValueKind | undefined, choices: readonly string[] | undefined, words: Words): string {
  const fixed = candidates(kind, choices, words);
  const list = fixed === null ? '' : ` -a ${quote(fixed.join(' '))}`;
  if (takesFile(kind)) return `-r -F${list}`;
  if (kind === 'directory') return `-x -a '(__fish_complete_directories)'`;
  return `-x${list}`;
}
