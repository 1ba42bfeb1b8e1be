import { EXIT_MEANINGS } from '../../model/exit-codes.js';
import { FORMAT_NAMES } from '../../report/formats/index.js';
import type { Style } from '../../report/text/style.js';
import { flowed, hanging, joined, shorten, strongLines, wrapText } from '../../report/text/wrap.js';
import {
  type DescribedCommand,
  exampleTexts,
  exitRows,
  flagGroups,
  type ShownFlag,
  shownFlag,
  typedId,
  usageLines,
} from './command-help.js';
import { environmentRows } from './environment.js';

/** The short help of a command fits so many lines of 80 columns. */
export const SHORT_LINES = 15;
const MOST_EXAMPLES = 3;
const INDENT = '  ';
/** Where the words behind a flag, and behind a command, begin. */
const FLAG_INDENT = 32;
const NAME_INDENT = 16;

export interface Program {
  readonly description: string;
  readonly version: string;
  readonly commands: readonly DescribedCommand[];
}

/** What it is for, examples, the flags that are used most: for `-h`. */
export function shortHelp(command: DescribedCommand, style: Style): string {
  const { summary = '' } = command;
  const examples = exampleTexts(command).slice(0, MOST_EXAMPLES);
  const head = [
    [...wrapText(summary, style.columns)],
    examples.flatMap((one) => commandText(one, style)),
  ];
  const foot = wrapText(`All of it: greyprobe ${typedId(command)} --help`, style.columns);
  const taken = [...head.flat(), ...foot].length + 3;
  const flags = mostUsed(command, examples).slice(0, Math.max(0, SHORT_LINES - taken));
  const lines = flags.map((flag) => shortFlag(flag, style));
  return joined([...head, lines, [...foot]]);
}

/** Those of the examples first, in the order in which they stand there. */
function mostUsed(command: DescribedCommand, examples: readonly string[]): ShownFlag[] {
  const groups = [...flagGroups(command)].filter(([group]) => group !== 'GLOBAL');
  const flags = groups.flatMap(([, some]) => some.map(shownFlag));
  const text = examples.join(' ');
  const placeOf = ({ name }: ShownFlag) => {
    const at = text.search(new RegExp(`--${name}\\b`, 'u'));
    return at < 0 ? Number.MAX_SAFE_INTEGER : at;
  };
  return flags.sort((a, b) => placeOf(a) - placeOf(b));
}

function shortFlag(flag: ShownFlag, { columns }: Style): string {
  const label = `${INDENT}${flagLabel(flag)}`;
  const indent = columns < 2 * FLAG_INDENT ? label.length + 2 : FLAG_INDENT;
  const [clause = ''] = (flag.says[0] ?? '').split(/[;:,] /u);
  return shorten(`${label.padEnd(indent - 1)} ${clause}`, columns);
}

function flagLabel({ char, name, value }: ShownFlag): string {
  const letter = char === '' ? '' : `-${char}, `;
  return `${letter}--${name}${value === '' ? '' : ` ${value}`}`;
}

/** All of a command, with its exit codes: for `--help`. */
export function longHelp(
  command: DescribedCommand,
  below: readonly DescribedCommand[],
  style: Style,
): string {
  const { summary = '', description, args } = command;
  const { columns } = style;
  const groups = [...flagGroups(command)].map(([group, flags]) =>
    section(
      group === '' ? 'FLAGS' : `${group} FLAGS`,
      flags.map(shownFlag).flatMap((flag) => {
        const says = flag.says.map((one) => one.replace(/\.$/u, '')).join('. ');
        return entry(flagLabel(flag), says, FLAG_INDENT, columns);
      }),
      style,
    ),
  );
  return joined([
    strongLines(summary, style),
    section(
      'EXAMPLES',
      exampleTexts(command).flatMap((one) => commandText(one, style)),
      style,
    ),
    section(
      'USAGE',
      usageLines(command).flatMap((line) => indented(line, columns)),
      style,
    ),
    section(
      'ARGUMENTS',
      Object.entries(args).flatMap(([name, { description: says = '' }]) =>
        entry(name.toUpperCase(), says, NAME_INDENT, columns),
      ),
      style,
    ),
    ...groups,
    section('DESCRIPTION', description === undefined ? [] : indented(description, columns), style),
    section('COMMANDS', commandRows(below, columns), style),
    section('EXIT CODES', rows(exitRows(command), 7, columns), style),
    wrapText('More: greyprobe help exit-codes, formatting or environment', columns),
  ]);
}

const TASKS = [
  'greyprobe probe user@example.org',
  'greyprobe explain bounce.eml',
  "greyprobe recommend last --for 'exchange 2019'",
  'greyprobe check --init',
  'greyprobe demo',
];

/** What the program does and knows: for `greyprobe` alone and `greyprobe -h`. */
export function shortRootHelp({ description, commands }: Program, style: Style): string {
  return joined([
    strongLines(description, style),
    TASKS.flatMap((one) => commandText(one, style)),
    flowed(namesOf(commands), style.columns - INDENT.length).map((line) => `${INDENT}${line}`),
    wrapText('One of them: greyprobe help COMMAND. All: greyprobe --help', style.columns),
  ]);
}

function namesOf(commands: readonly DescribedCommand[]): string[] {
  return commands.map(typedId).filter((name) => !name.includes(' '));
}

export function longRootHelp({ description, version, commands }: Program, style: Style): string {
  const { columns } = style;
  return joined([
    strongLines(description, style),
    section(
      'EXAMPLES',
      TASKS.flatMap((one) => commandText(one, style)),
      style,
    ),
    section('USAGE', [`${INDENT}greyprobe COMMAND [FLAGS]`], style),
    section('COMMANDS', commandRows(commands, columns), style),
    section('SUBJECTS', rows(SUBJECT_ROWS, NAME_INDENT, columns), style),
    wrapText(version, columns),
  ]);
}

function commandRows(commands: readonly DescribedCommand[], columns: number): string[] {
  return commands.flatMap((one) => entry(typedId(one), one.summary ?? '', NAME_INDENT, columns));
}

/** What `greyprobe help SUBJECT` tells beside commands. */
const SUBJECTS: Readonly<Record<string, (program: Program, style: Style) => string>> = {
  'exit-codes': (_, style) =>
    joined([
      section('EXIT CODES', rows(Object.entries(EXIT_MEANINGS), 7, style.columns), style),
      wrapText(
        'A command ends with those that its help names. check and --format nagios give some of them ' +
          'a narrower meaning: docs/exit-codes.md.',
        style.columns,
      ),
    ]),
  formatting: (_, style) => formattingHelp(style),
  environment: ({ commands }, style) =>
    joined([section('ENVIRONMENT', rows(environmentRows(commands), 24, style.columns), style)]),
};

const SUBJECT_ROWS: readonly (readonly [string, string])[] = [
  ['exit-codes', 'What a command ends with, and what that means'],
  ['formatting', 'Formats, widths and colours of output; how durations are written'],
  ['environment', 'Variables that are read'],
];

export const SUBJECT_NAMES: readonly string[] = Object.keys(SUBJECTS);

/** The help on a subject; null where there is none of that name. */
export function subjectHelp(name: string, program: Program, style: Style): string | null {
  return Object.hasOwn(SUBJECTS, name) ? (SUBJECTS[name]?.(program, style) ?? null) : null;
}

/** What each format is for. */
export const FORMAT_USES: Readonly<Record<string, string>> = {
  text: 'people; --details shows all that was measured, --quiet the verdict line alone',
  json: 'scripts: the object that --json prints',
  ndjson: 'scripts that follow along: an event a line, then the result',
  junit: 'GitLab, Jenkins and others',
  tap: 'TAP 14 harnesses',
  nagios: 'Nagios, Icinga and others; it has exit codes of its own',
  prometheus: 'the textfile collector of the node exporter',
  markdown: 'pull requests and step summaries',
  github: 'annotations of GitHub Actions',
  csv: 'spreadsheets',
  html: 'a report to forward, in one file',
  svg: 'the picture alone',
};

const READING: readonly (readonly [string, string])[] = [
  ['Files', '--output FILE writes the format of the same place to a file, whole.'],
  ['Width', 'That of the terminal, from 40 to 100 columns; 80 in pipes and files.'],
  ['Colours', 'On a terminal alone. --no-color, NO_COLOR and TERM=dumb take them away.'],
  ['ASCII', 'With --ascii, and where the locale is not of UTF-8.'],
  [
    'Durations',
    '90s, 5m, 1h30m, 2d, and as they are shown: 5 min, 1 h 30 min. A bare number is refused, since it ' +
      'means minutes to some programs and seconds to others; the edges of a window (--opens-by, ' +
      '--window 300..7200) are seconds, as results have them.',
  ],
];

function formattingHelp(style: Style): string {
  const formats = FORMAT_NAMES.map((name) => [name, FORMAT_USES[name] ?? ''] as const);
  return joined([
    section('FORMATS (--format)', rows(formats, NAME_INDENT, style.columns), style),
    section('OUTPUT', rows(READING, NAME_INDENT, style.columns), style),
  ]);
}

function section(title: string, lines: readonly string[], style: Style): readonly string[] {
  return lines.length === 0 ? [] : [style.strong(title), ...lines];
}

function rows(
  given: readonly (readonly [label: string, text: string])[],
  indent: number,
  columns: number,
): string[] {
  return given.flatMap(([label, text]) => entry(label, text, indent, columns));
}

/** Text beside its label, or below one that is too long for its column. */
function entry(label: string, text: string, indent: number, columns: number): string[] {
  if (INDENT.length + label.length + 2 <= indent && indent <= columns / 2) {
    return hanging(`${INDENT}${label}`, text, indent, columns);
  }
  return [...indented(label, columns), ...hanging('', text, 2 * INDENT.length, columns)];
}

function indented(text: string, columns: number): string[] {
  return hanging('', text, INDENT.length, columns);
}

/** A command to be copied: one that is longer than the line goes on behind a backslash, before a flag. */
function commandText(text: string, { columns }: Style): string[] {
  if (INDENT.length + text.length <= columns) return [`${INDENT}${text}`];
  const lines: string[] = [];
  let line = INDENT.slice(1);
  for (const part of text.split(/ (?=-)/u)) {
    if (line.trim() !== '' && line.length + 1 + part.length + CONTINUED.length > columns) {
      lines.push(`${line}${CONTINUED}`);
      line = INDENT.repeat(2).slice(1);
    }
    line = `${line} ${part}`;
  }
  return [...lines, line];
}

const CONTINUED = ' \\';
