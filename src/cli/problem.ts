import { GreyprobeError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';

/** What is told of a failure: the same for people and, under --json, for scripts. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly suggestions: readonly string[];
  readonly exit: ExitCode;
}

/** Turns whatever a command threw into something to show. Only faults of greyprobe keep code `fault`. */
export function describeProblem(error: unknown): Problem {
  if (error instanceof GreyprobeError) {
    return {
      code: error.code,
      message: error.message,
      suggestions: error.suggestions,
      exit: error.exit,
    };
  }
  if (isParserError(error)) {
    return {
      code: 'usage',
      message: parserSentence(error.message),
      suggestions: ['Add --help to see the flags and examples of this command.'],
      exit: EXIT.usage,
    };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return {
    code: 'fault',
    message: `greyprobe met a fault of its own: ${detail}`,
    suggestions: [
      'Run it again with GREYPROBE_DEBUG=1 to see where, and report it with that output.',
    ],
    exit: EXIT.fault,
  };
}

/** One sentence of what oclif's parser says: without its heading, its hint and its repetitions. */
function parserSentence(message: string): string {
  const lines = message
    .replace(/\nSee more help with --help$/u, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^The following errors? occurred:$/u.test(line));
  const [first = 'Wrong usage'] = lines;
  const whole = first.endsWith(':') || first.startsWith('Parsing --') ? lines.join(': ') : first;
  const sentence = whole.replaceAll(/::? /gu, ': ').replaceAll('=true ', ' ');
  return /[.?!]$/u.test(sentence) ? sentence : `${sentence}.`;
}

/** oclif's parser errors carry the parser's input and output in `parse`. */
function isParserError(error: unknown): error is Error {
  return error instanceof Error && ('parse' in error || isCliError(error));
}

function isCliError(error: Error): boolean {
  return 'oclif' in error;
}
