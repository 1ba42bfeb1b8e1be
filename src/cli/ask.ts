import { parseDuration } from '../values/duration.js';
import { parseHelo } from '../values/helo.js';
import { parseMailbox } from '../values/mailbox.js';
import { parseSenderPool } from '../values/sender-pool.js';

/** What a probe needs and the user may have left out. */
export interface Missing {
  readonly recipient: string | undefined;
  readonly from: string | undefined;
  readonly helo: string | undefined;
  readonly retryAt: string | undefined;
}

/** True where a person sits at the terminal who can be asked. */
export function canAsk(json: boolean): boolean {
  const { env, stdin, stderr } = process;
  return !json && stdin.isTTY === true && stderr.isTTY === true && !env['CI'];
}

/**
 * Asks for what is missing, on stderr, each with a word on why it matters. Given values are not
 * asked for again. Loads inquirer, which costs nothing when nothing is asked.
 */
export async function askForMissing(given: Missing): Promise<Missing> {
  const { default: inquirer } = await import('inquirer');
  const ui = inquirer.createPromptModule({ output: process.stderr });
  const recipient =
    given.recipient ??
    (await askText(ui, {
      message: 'Recipient whose server defers (a real one: unknown ones are refused instead):',
      check: (text) => parseMailbox(text),
    }));
  const domain = parseMailbox(recipient).domain;
  const from =
    given.from ??
    (await askText(ui, {
      message:
        'Sender; {nonce} makes a new one for each try, so that waiting and luck can be told apart:',
      initial: 'probe-{nonce}@your.domain',
      check: (text) => parseSenderPool(text),
    }));
  const senderDomain = from.slice(from.lastIndexOf('@') + 1).split(',')[0] ?? domain;
  const helo =
    given.helo ??
    (await askText(ui, {
      message: 'HELO name; best the name of the sending server, some servers check it:',
      initial: senderDomain,
      check: (text) => parseHelo(text),
    }));
  const retryAt =
    given.retryAt ??
    (await askText(ui, {
      message: 'Ages at which to retry, such as 1m,5m,15m; empty lets greyprobe plan:',
      initial: '',
      check: (text) => text.split(',').filter(Boolean).map(parseDuration),
    }));
  return { recipient, from, helo, retryAt: retryAt === '' ? undefined : retryAt };
}

/**
 * The command that would have done the same, quoted for a POSIX shell: the words that were given, and
 * the answers to what was asked.
 */
export function commandFor(
  words: readonly string[],
  given: Missing,
  { recipient, from, helo, retryAt }: Missing,
): string {
  const added = [
    ...flagWords('--from', given.from, from),
    ...flagWords('--helo', given.helo, helo),
    ...flagWords('--retry-at', given.retryAt, retryAt),
  ];
  const first = given.recipient === undefined && recipient !== undefined ? [recipient] : [];
  return ['greyprobe', 'probe', ...first, ...words, ...added].map(quote).join(' ');
}

function flagWords(
  flag: string,
  given: string | undefined,
  answer: string | undefined,
): readonly string[] {
  return given === undefined && answer !== undefined ? [flag, answer] : [];
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

interface Question {
  readonly message: string;
  readonly initial?: string;
  /** Throws for text that cannot be used. */
  readonly check: (text: string) => unknown;
}

type Ask = (
  questions: readonly {
    type: 'input';
    name: 'value';
    message: string;
    default?: string;
    validate: (text: string) => true | string;
  }[],
) => Promise<{ value: string }>;

async function askText(ask: Ask, question: Question): Promise<string> {
  const { value } = await ask([
    {
      type: 'input',
      name: 'value',
      message: question.message,
      ...(question.initial === undefined ? {} : { default: question.initial }),
      validate: (text) => problemOf(question.check, text),
    },
  ]);
  return value.trim();
}

function problemOf(check: Question['check'], text: string): true | string {
  try {
    check(text.trim());
    return true;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
