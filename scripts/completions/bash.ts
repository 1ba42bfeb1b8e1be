import { type CompletedCommand, type CompletedFlag, wordsAfter } from './model.js';

/** A completion script for bash: no forks but `compgen`, no other program. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  return `# bash completion for greyprobe
_greyprobe() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  local id='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${id:+$id }\${COMP_WORDS[i]}" in
${commands.map(({ id }) => `      '${id}') id='${id}' ;;`).join('\n')}
      *) break ;;
    esac
  done
  # Bash splits --flag=value into three words.
  if [[ $cur == '=' ]]; then cur=''; elif [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  local words='' kind=''
  case "$id:$prev" in
${commands.flatMap(valueCases).join('\n')}
    *)
      case "$id" in
${['', ...commands.map(({ id }) => id)].map((id) => wordCase(id, commands)).join('\n')}
      esac
      ;;
  esac
  case "$kind" in
    file) compopt -o default 2>/dev/null; COMPREPLY=() ;;
    folder) compopt -o plusdirs 2>/dev/null; COMPREPLY=() ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur") ;;
  esac
  if [[ $kind == files && \${#COMPREPLY[@]} -eq 0 ]]; then compopt -o default 2>/dev/null; fi
}
complete -F _greyprobe greyprobe
`;
}

function valueCases({ id, flags }: CompletedCommand): readonly string[] {
  return flags
    .filter(({ value }) => value !== 'none')
    .map((flag) => {
      const names = namesOf(flag).map((name) => `'${id}:${name}'`);
      return `    ${names.join(' | ')}) ${valueOfFlag(flag)} ;;`;
    });
}

function valueOfFlag({ choices, value }: CompletedFlag): string {
  if (choices.length > 0) return `words='${choices.join(' ')}'`;
  return value === 'word' ? ':' : `kind='${value}'`;
}

function wordCase(id: string, commands: readonly CompletedCommand[]): string {
  const command = commands.find((one) => one.id === id);
  const words = wordsAfter(commands, id).map(({ word }) => word);
  const flags = (command?.flags ?? []).flatMap(namesOf);
  const rest = id === '' ? ['--help', '--version'] : flags;
  const kind = command?.takesFiles === true ? " kind='files'" : '';
  return `        '${id}') words='${[...words, ...rest].join(' ')}'${kind} ;;`;
}

function namesOf({ name, char }: CompletedFlag): readonly string[] {
  return char === null ? [`--${name}`] : [`--${name}`, `-${char}`];
}
