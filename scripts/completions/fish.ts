import { type CompletedCommand, type CompletedFlag, wordsAfter } from './model.js';

/** Completions for fish, with descriptions. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const ids = commands.map(({ id }) => quoted(id)).join(' ');
  return `# fish completions for greyprobe
function __greyprobe_command
    set -l id ''
    for word in (commandline -opc)[2..]
        set -l longer (string trim -- "$id $word")
        contains -- $longer ${ids}; or break
        set id $longer
    end
    test "$id" = "$argv[1]"
end

complete -c greyprobe -f
${['', ...commands.map(({ id }) => id)].flatMap((id) => wordLines(id, commands)).join('\n')}
${commands.flatMap(commandLines).join('\n')}
`;
}

function wordLines(id: string, commands: readonly CompletedCommand[]): readonly string[] {
  return wordsAfter(commands, id).map(
    ({ word, summary }) =>
      `complete -c greyprobe -n ${condition(id)} -a ${quoted(word)} -d ${quoted(summary)}`,
  );
}

function commandLines({ id, flags, takesFiles }: CompletedCommand): readonly string[] {
  const files = takesFiles ? [`complete -c greyprobe -n ${condition(id)} -F`] : [];
  return [...files, ...flags.map((flag) => flagLine(id, flag))];
}

function flagLine(id: string, { name, char, value, choices, description }: CompletedFlag): string {
  const short = char === null ? '' : ` -s ${char}`;
  const values = {
    none: '',
    word: ' -x',
    file: ' -r -F',
    folder: " -x -a '(__fish_complete_directories)'",
  };
  const offered = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : values[value];
  return `complete -c greyprobe -n ${condition(id)} -l ${name}${short}${offered} -d ${quoted(description)}`;
}

function condition(id: string): string {
  return quoted(`__greyprobe_command "${id}"`);
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/gu, '\\$&')}'`;
}
