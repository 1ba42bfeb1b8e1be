import { resolve } from 'node:path';
import { Flags } from '@oclif/core';
import { CHECK_OUTCOMES } from '../../contract/check-result.js';
import { usageError } from '../../model/errors.js';
import { FORMAT_NAMES, type FormatName, formatOfName } from '../../report/formats/index.js';
import type { View } from '../../report/view.js';
import type { FlagValues } from './flags.js';

/** How much of a result is shown to people. */
export const viewFlags = {
  details: Flags.boolean({
    helpGroup: 'OUTPUT',
    default: false,
    description: 'Show all that was measured, not the answer alone',
    exclusive: ['quiet'],
  }),
  quiet: Flags.boolean({
    helpGroup: 'OUTPUT',
    default: false,
    char: 'q',
    description: 'Print the verdict alone, in one line, and no progress',
  }),
};

export function depthOf({ details, quiet }: FlagValues<typeof viewFlags>): View['depth'] {
  if (details) return 'details';
  return quiet ? 'verdict' : 'screen';
}

/** Of a check for people. */
export const onlyFlag = Flags.option({
  helpGroup: 'OUTPUT',
  description:
    'Show targets of this outcome alone, in text and markdown; may be given more than once',
  options: CHECK_OUTCOMES,
  multiple: true,
  multipleNonGreedy: true,
})();

/** Flags that say in which of these formats a result is written, and where. */
export function formatFlags<const Name extends FormatName>(
  names: readonly Name[],
  description = 'How to show the result; may be given more than once',
) {
  return {
    format: Flags.option({
      helpGroup: 'OUTPUT',
      description,
      options: names,
      multiple: true,
      multipleNonGreedy: true,
    })(),
    output: Flags.string({
      helpGroup: 'OUTPUT',
      char: 'o',
      description:
        "File for the --format of the same place, or in the format of its name's ending: report.html; '-' is standard output",
      helpValue: '<file>',
      multiple: true,
      multipleNonGreedy: true,
    }),
    open: Flags.boolean({
      helpGroup: 'OUTPUT',
      default: false,
      description: 'Show the result as a page in the browser; it is kept where --output says',
    }),
  };
}

/** Flags of every command that shows results in all formats. */
export const outputFlags = { ...viewFlags, ...formatFlags(FORMAT_NAMES) };

/** One thing to write: a format, and the file it goes to; null: standard output. */
export interface Output {
  readonly format: FormatName;
  readonly file: string | null;
}

export type OutputFlagValues = Partial<FlagValues<typeof outputFlags>>;

/**
 * Pairs formats with files, in order; files that are left over are written in the format that their names
 * end in. Without any format: text on standard output as well. Under `--json` standard output is taken,
 * so that nothing is left for text. Throws usage errors where two would write to one place, and where
 * the format of a file is not plain.
 */
export function parseOutputs(flags: OutputFlagValues, json: boolean): readonly Output[] {
  const formats = flags.format ?? [];
  const files = flags.output ?? [];
  const paired = formats.map((format, index) => ({ format, file: fileOf(files[index]) }));
  const named = files.slice(formats.length).map(outputOfName);
  if (named.length > 0) refuseMixed(paired);
  const outputs: readonly Output[] = [...paired, ...named];
  const onStandardOutput = outputs.filter(({ file }) => file === null);
  if (json && onStandardOutput.length > 0) {
    throw usageError(
      'output-taken-twice',
      `--json and --format ${onStandardOutput[0]?.format ?? ''} both go to standard output.`,
      'Leave --json out, or give the format a file with --output.',
    );
  }
  refuseTwice(outputs);
  return formats.length > 0 || json ? outputs : [...outputs, { format: 'text', file: null }];
}

/** Throws `output-without-format` for a name that does not end in a format. */
function outputOfName(name: string): Output {
  const file = fileOf(name);
  const format = file === null ? null : formatOfName(file);
  if (format !== null) return { format, file };
  throw usageError(
    'output-without-format',
    `--output ${name} has no --format to go with it, and its name does not end in one.`,
    'Give both, as in: --format junit --output report.xml; or a name such as report.html.',
  );
}

/** `-o report.html --format junit -o report.xml` would put JUnit into report.html. */
function refuseMixed(paired: readonly Output[]): void {
  const mixed = paired.find(({ format, file }) => {
    const own = file === null ? null : formatOfName(file);
    return own !== null && own !== format;
  });
  if (mixed === undefined) return;
  throw usageError(
    'output-format-unclear',
    `--format ${mixed.format} belongs to ${mixed.file}, by their places.`,
    'Give each file its --format, or give none where the names of all files end in theirs.',
  );
}

function fileOf(text: string | undefined): string | null {
  if (text === '') throw usageError('bad-output', '--output needs the name of a file.');
  return text === undefined || text === '-' ? null : text;
}

/** `a.xml` and `./a.xml` are one file: the second would replace the first. */
function refuseTwice(outputs: readonly Output[]): void {
  const seen = new Map<string | null, FormatName>();
  for (const { format, file } of outputs) {
    const target = file === null ? null : resolve(file);
    const other = seen.get(target);
    if (other !== undefined) {
      const place = file === null ? 'standard output' : file;
      throw usageError(
        'output-taken-twice',
        `--format ${other} and --format ${format} both go to ${place}.`,
        'Give each its own file: the first --output belongs to the first --format.',
      );
    }
    seen.set(target, format);
  }
}

/**
 * Whether a format goes to standard output, read from the words of a command line that could not be
 * parsed: its flags may be what is wrong.
 */
export function goesToStandardOutput(wanted: FormatName, words: readonly string[]): boolean {
  const formats = valuesIn(words, ['--format']);
  const files = valuesIn(words, ['--output', '-o']);
  return formats.some((format, index) => format === wanted && (files[index] ?? '-') === '-');
}

/** The values of a flag, as `--flag value`, `--flag=value` or, by its letter, `-fvalue`. */
function valuesIn(words: readonly string[], names: readonly string[]): readonly string[] {
  return words.flatMap((word, index) => {
    if (names.includes(word)) return words[index + 1] ?? '';
    const name = names.find((one) => word.startsWith(one.startsWith('--') ? `${one}=` : one));
    return name === undefined ? [] : word.slice(name.length).replace(/^=/u, '');
  });
}
