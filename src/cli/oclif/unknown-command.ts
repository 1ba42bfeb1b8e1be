import { type GreyprobeError, usageError } from '../../model/errors.js';
import { escapeControl } from '../../model/values/escape.js';
import { nearestNames } from '../../model/values/nearest.js';

/** The error for a word that is no command: names the command that was most likely meant. */
export function unknownCommand(typed: string, commands: readonly string[]): GreyprobeError {
  if (typed.startsWith('-')) {
    return usageError(
      'unknown-flag',
      `${escapeControl(typed)} is not a flag of greyprobe itself.`,
      'Flags stand behind a command. See the commands with: greyprobe --help',
    );
  }
  const sameLength = commands.filter((name) => wordsIn(name) === wordsIn(typed));
  const [nearest] = [sameLength, commands].flatMap((names) => nearestNames(typed, names, 1));
  return usageError(
    'unknown-command',
    `'${escapeControl(typed)}' is not a command of greyprobe.` +
      (nearest === undefined ? '' : ` Did you mean '${nearest}'?`),
    'See the commands with: greyprobe --help',
  );
}

function wordsIn(text: string): number {
  return text.split(' ').length;
}
