import { resolve } from 'node:path';
import { Flags } from '@oclif/core';
import { CHECK_OUTCOMES } from '../../contract/check-result.js';
import { usageError } from '../../model/errors.js';
import { FORMAT_NAMES, type FormatName } from '../../report/formats/index.js';
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

/** Flags of every command that shows results. */
export const outputFlags = {
  ...viewFlags,
  format: Flags.option({
    helpGroup: 'OUTPUT',
    description: 'How to show the result; may be given more than once',
    options: FORMAT_NAMES,
    multiple: true,
    multipleNonGreedy: true,
  })(),
  output: Flags.string({
    helpGroup: 'OUTPUT',
    char: 'o',
    description:
      "File for the --format of the same place: the first for the first, and so on; '-' and what is left over go to standard output",
    helpValue: '<file>',
    multiple: true,
    multipleNonGreedy: true,
  }),
};

/** One thing to write: a format, and the file it goes to; null: standard output. */
export interface Output {
  readonly format: FormatName;
  readonly file: string | null;
}

export type OutputFlagValues = Partial<FlagValues<typeof outputFlags>>;

/**
 * Pairs formats with files, in order. Without any format: text on standard output. Under `--json`
 * standard output is taken, so that nothing is left for text. Throws usage errors where two would
 * write to one place.
 */
export function parseOutputs(flags: OutputFlagValues, json: boolean): readonly Output[] {
  const formats = flags.format ?? [];
  const files = flags.output ?? [];
  if (files.length > formats.length) {
    throw usageError(
      'output-without-format',
      `--output ${files[formats.length] ?? ''} has no --format to go with it.`,
      'Give both, as in: --format junit --output report.xml',
    );
  }
  const outputs = formats.map((format, index) => ({ format, file: fileOf(files[index]) }));
  const onStandardOutput = outputs.filter(({ file }) => file === null);
  if (json && onStandardOutput.length > 0) {
    throw usageError(
      'output-taken-twice',
      `--json and --format ${onStandardOutput[0]?.format ?? ''} both go to standard output.`,
      'Leave --json out, or give the format a file with --output.',
    );
  }
  refuseTwice(outputs);
  if (onStandardOutput.length > 0 || json) return outputs;
  return outputs.length > 0 ? outputs : [{ format: 'text', file: null }];
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
