import { type CompletedCommand, type CompletedFlag, wordsAfter } from './model.js';

/** A completion function for zsh, with descriptions; to be put into a folder of `fpath`. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  return `#compdef greyprobe

_greyprobe() {
  local id='' i
  for ((i = 2; i < CURRENT; i++)); do
    case "\${id:+$id }\${words[i]}" in
${commands.map(({ id }) => `      (${quoted(id)}) id=${quoted(id)} ;;`).join('\n')}
      (*) break ;;
    esac
  done
  local -a next
  case "$id" in
${['', ...commands.map(({ id }) => id)].map((id) => nextCase(id, commands)).join('\n')}
  esac
  if (( \${#next} && i == CURRENT )) && [[ \${words[CURRENT]} != -* ]]; then
    _describe -t commands command next
    return
  fi
  # _arguments takes the first word for the command: leave only the last word of the command.
  shift $((i - 2)) words
  (( CURRENT -= i - 2 ))
  case "$id" in
    ('') _arguments '--help[Show help]' '--version[Show the version]' ;;
${commands.map(flagsCase).join('\n')}
  esac
}

_greyprobe "$@"
`;
}

function nextCase(id: string, commands: readonly CompletedCommand[]): string {
  const words = wordsAfter(commands, id).map(({ word, summary }) =>
    quoted(`${word}:${summary.replaceAll(':', '\\:')}`),
  );
  return `    (${quoted(id)}) next=(${words.join(' ')}) ;;`;
}

function flagsCase({ id, flags, takesFiles }: CompletedCommand): string {
  const specs = [...flags.flatMap(specsOf), takesFiles ? "'*:argument:_files'" : "'*: :'"];
  return `    (${quoted(id)}) _arguments ${specs.join(' ')} ;;`;
}

function specsOf(flag: CompletedFlag): readonly string[] {
  const names = [`--${flag.name}`, ...(flag.char === null ? [] : [`-${flag.char}`])];
  const description = flag.description.replaceAll(/[\\[\]]/gu, '\\$&');
  const star = flag.repeats ? '*' : '';
  return names.map((name) => {
    const equals = flag.value !== 'none' && name.startsWith('--') ? '=' : '';
    return quoted(`${star}${name}${equals}[${description}]${actionOf(flag)}`);
  });
}

function actionOf({ value, choices, name }: CompletedFlag): string {
  if (value === 'none') return '';
  if (choices.length > 0) return `:${name}:(${choices.join(' ')})`;
  const actions = { word: ' ', file: '_files', folder: '_files -/' } as const;
  return `:${name}:${actions[value]}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
