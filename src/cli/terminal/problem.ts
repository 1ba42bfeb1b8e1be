import { errorCode, GreyprobeError } from '../../model/errors.js';
import { EXIT, type ExitCode } from '../../model/exit-codes.js';
import { machineLimit } from '../../model/machine-limits.js';
import { escapeControl } from '../../model/values/escape.js';
import { nearestNames } from '../../model/values/nearest.js';
import { jsonText } from '../../report/formats/json.js';
import { writeNote, writeStandardOutput } from './output-streams.js';

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
  if (isParserError(error)) return describeParserError(error);
  const limit = machineLimit(errorCode(error));
  if (limit !== null) {
    return {
      code: 'machine-limit',
      message: `This machine has reached a limit: ${limit}.`,
      suggestions: ['Raise the limit, or end other programs, and run it again.'],
      exit: EXIT.machineLimit,
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

/** What oclif's parser says of wrong words, as far as this reads it. */
interface ParserError extends Error {
  /** The words that are no flags. */
  readonly flags?: readonly string[];
  /** Arguments that are missing, or words too many. */
  readonly args?: readonly (string | { readonly name: string; readonly description?: string })[];
  readonly parse?: { readonly input?: { readonly flags?: Readonly<Record<string, unknown>> } };
}

function describeParserError(error: ParserError): Problem {
  return {
    code: 'usage',
    message:
      typographicFlag(error) ??
      unknownFlags(error) ??
      missingArguments(error) ??
      parserSentence(error.message),
    suggestions: ['Add --help to see the flags and examples of this command.'],
    exit: EXIT.usage,
  };
}

/** `–from`: a word processor has made one dash of two, so that the parser takes it for an argument. */
function typographicFlag({ args = [] }: ParserError): string | null {
  const typed = args.find((arg) => typeof arg === 'string' && DASHES.test(arg));
  if (typeof typed !== 'string') return null;
  return `${escapeControl(typed)} begins with a typographic dash: write ${escapeControl(typed).replace(DASHES, '--')}.`;
}

const DASHES = /^[\u2010-\u2015\u2212]+/u;

/** Names the flag that was most likely meant. */
function unknownFlags({ message, flags = [], parse }: ParserError): string | null {
  if (!message.startsWith('Nonexistent flag')) return null;
  const known = Object.keys(parse?.input?.flags ?? {});
  const sentences = flags.map((flag) => {
    const typed = flag.replace(/^-+/u, '');
    const nearest = typed.length > 1 ? nearestNames(typed, known, 2) : [];
    const meant =
      nearest.length === 0
        ? ''
        : ` Did you mean ${nearest.map((name) => `--${name}`).join(' or ')}?`;
    return `There is no flag ${escapeControl(flag)} here.${meant}`;
  });
  return sentences.length === 0 ? null : sentences.join(' ');
}

function missingArguments({ message, args = [] }: ParserError): string | null {
  if (!/^Missing \d+ required arg/u.test(message)) return null;
  const missing = args.flatMap((arg) =>
    typeof arg === 'string' ? [] : [`${arg.name.toUpperCase()} (${arg.description ?? ''})`],
  );
  return missing.length === 0 ? null : `An argument is missing: ${missing.join(', ')}.`;
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
  const sentence = whole
    .replaceAll(/::? /gu, ': ')
    .replaceAll('=true ', ' ')
    .replace(/^Parsing (?=--)/u, '')
    .replace(/^All of the following must be provided when using (--[\w-]+): /u, '$1 needs ');
  return /[.?!]$/u.test(sentence) ? sentence : `${sentence}.`;
}

/** oclif's parser errors carry the parser's input and output in `parse`. */
function isParserError(error: unknown): error is ParserError {
  return error instanceof Error && ('parse' in error || isCliError(error));
}

function isCliError(error: Error): boolean {
  return 'oclif' in error;
}

/** Tells a problem: on stderr for people, as one object on standard output for scripts. */
export function showProblem({ exit: _, ...shown }: Problem, json: boolean): void {
  if (json) {
    writeStandardOutput(`${jsonText({ error: shown }, 2)}\n`);
    return;
  }
  writeNote(`Error: ${shown.message}`);
  for (const suggestion of shown.suggestions) writeNote(`  ${suggestion}`);
}
