import type { SenderPool } from '../../core/run/request.js';
import { ofDay, parseSenderPool } from '../../core/run/sender-pool.js';
import { GreyprobeError } from '../../model/errors.js';
import { EXIT } from '../../model/exit-codes.js';
import { parseAges } from '../../model/values/ages.js';
import { bareRecipient } from '../../model/values/given-address.js';
import { parseHelo } from '../../model/values/helo.js';
import { parseMailbox } from '../../model/values/mailbox.js';
import { shellWord } from '../../model/values/shell-word.js';
import { wrapText } from '../../report/text/wrap.js';
import type { ProbeSettings } from '../../tasks/settings/probe-settings.js';
import { settingsFromFlags } from '../../tasks/settings/read-settings.js';
import { defaultHelo, machineHelo, toRequest } from '../../tasks/settings/to-request.js';
import { writeNote } from './output-streams.js';
import { terminalColumns, terminalStyle } from './terminal-style.js';

/** What a person answered, by the flag that gives it too; absent: it was not asked for. */
interface Answers {
  readonly recipient?: string;
  readonly from?: string;
  readonly helo?: string;
  readonly 'retry-at'?: string;
  readonly for?: string;
}

/** Whom to probe, and how, as far as that was given. */
export interface GivenProbe {
  readonly recipient: string | undefined;
  readonly settings: ProbeSettings;
}

/** What was given on the command line: the words themselves, and whether a script reads the output. */
export interface Asker {
  readonly words: readonly string[];
  readonly json: boolean;
}

/**
 * Asks a person at the terminal for what is missing, and shows the command that does the same;
 * elsewhere its lack is an error that the checks to come will tell of. What was given is checked
 * before the first question. Throws usage errors, and `interrupted` when the person leaves.
 */
export async function completeRequest(
  recipient: string | undefined,
  settings: ProbeSettings,
  { words, json }: Asker,
): Promise<GivenProbe> {
  const given = { recipient, settings };
  if ((recipient !== undefined && settings.from !== undefined) || !canAsk(json)) return given;
  toRequest(recipient ?? 'user@example.org', { from: SOMEBODY, ...settings });
  const answers = await askForMissing(given);
  const command = commandFor(words, answers);
  writeNote(`\nThe same without questions:\n  ${command}\n`);
  return {
    recipient: recipient ?? answers.recipient,
    settings: { ...settings, ...settingsFromFlags({ ...answers }) },
  };
}

/** In place of the sender, to check what was given before the first question. */
const SOMEBODY: SenderPool = { kind: 'template', template: 'probe-{nonce}@example.org' };

/** True where a person sits at the terminal who can be asked. */
function canAsk(json: boolean): boolean {
  const { env, stdin, stderr } = process;
  return !json && stdin.isTTY === true && stderr.isTTY === true && !env['CI'];
}

/**
 * Asks for what is missing, on stderr, each with a word on why it matters. Given values are not
 * asked for again. Loads inquirer, which costs nothing when nothing is asked.
 */
async function askForMissing({ recipient, settings }: GivenProbe): Promise<Answers> {
  const { default: inquirer } = await import('inquirer');
  const ask = inquirer.createPromptModule({ output: process.stderr });
  let answers: Answers = {};
  try {
    if (recipient === undefined) {
      const answer = await askText(ask, {
        message: 'Recipient:',
        why: 'Its mail host is measured. Give a real one: an unknown one is refused for good.',
        check: (text) => parseMailbox(bareRecipient(text)),
      });
      answers = { ...answers, recipient: answer };
    }
    let { from } = settings;
    if (from === undefined) {
      const answer = await askText(ask, {
        message: 'Sender:',
        why:
          'An address of yours. {nonce} becomes a new word at each try: fresh senders prove that ' +
          "waiting helped; with one sender the answer stays 'likely'.",
        initial: senderHere(),
        check: sendersToday,
      });
      from = sendersToday(answer);
      answers = { ...answers, from: answer };
    }
    if (settings.helo === undefined) {
      const helo = await askText(ask, {
        message: 'HELO name:',
        why: 'Said in EHLO. Some servers check it: best the name of the server that sends your mail.',
        initial: heloFor(from),
        check: parseHelo,
      });
      answers = { ...answers, helo };
    }
    if (settings.retryAt === undefined) {
      const ages = await askText(ask, {
        message: 'Ages at which to retry:',
        why: 'Such as 1m,5m,15m after the first try. Left empty, greyprobe plans them.',
        check: (text) => (text === '' ? null : parseAges(text)),
      });
      if (ages !== '') answers = { ...answers, 'retry-at': ages };
    }
    if (settings.for === undefined) {
      const { sendersNamed } = await import('../../core/advice/senders.js');
      const senders = await askText(ask, {
        message: 'What sends your mail:',
        why: 'Such as postfix, exchange 2019 or o365: the answer begins with it. May be left empty.',
        check: (text) => (text === '' ? null : sendersNamed(text)),
      });
      if (senders !== '') answers = { ...answers, for: senders };
    }
    return answers;
  } catch (error) {
    // inquirer throws this when its question is left with Ctrl-C or Ctrl-D.
    if (!(error instanceof Error) || error.name !== 'ExitPromptError') throw error;
    throw new GreyprobeError('interrupted', 'Interrupted: no run was begun, nothing was sent.', {
      exit: EXIT.interrupted,
    });
  }
}

function sendersToday(given: string): SenderPool {
  return parseSenderPool(ofDay(given, Date.now()));
}

/** A sender at this machine's own name; undefined where that is not a full one. */
function senderHere(): string | undefined {
  const machine = machineHelo();
  return machine === null || machine.startsWith('[') ? undefined : `probe-{nonce}@${machine}`;
}

/** What a run without `--helo` says; undefined where even the sender's domain cannot be said. */
function heloFor(from: SenderPool): string | undefined {
  try {
    return defaultHelo(from);
  } catch {
    return undefined;
  }
}

/**
 * The command that would have done the same, quoted for a POSIX shell: the words that were given, and
 * the answers to what was asked.
 */
function commandFor(words: readonly string[], { recipient, ...flags }: Answers): string {
  const added = Object.entries(flags).flatMap(([flag, answer]) => [`--${flag}`, answer]);
  const first = recipient === undefined ? [] : [recipient];
  return ['greyprobe', 'probe', ...first, ...words, ...added].map(shellWord).join(' ');
}

interface Question {
  readonly message: string;
  /** Shown above the question. */
  readonly why: string;
  readonly initial?: string | undefined;
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
  for (const line of wrapText(question.why, terminalColumns(process.stderr))) {
    writeNote(terminalStyle.faint(line));
  }
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
