import type { GreyprobeError } from '../../model/errors.js';
import { type Finding, failed, ok, warning } from './finding.js';

/** A name that every resolver of the internet knows. */
export const KNOWN_NAME = 'a.root-servers.net';

/** What one DNS server did with a question. */
export interface ServerAnswer {
  readonly label: string;
  /** `the MX of sender.example`. */
  readonly question: string;
  readonly seconds: number;
  /** Why there was no answer, or null. */
  readonly failure: GreyprobeError | null;
  /** The server does not know a name that exists. */
  readonly isClosed: boolean;
}

/** A probe asks a handful of questions: slower than this, somebody waits and wonders. */
const SLOW_SECONDS = 1;

/** Judges the DNS servers that would be asked, in their order. */
export function judgeResolver(answers: readonly ServerAnswer[]): Finding {
  if (answers.length === 0) {
    return failed(
      'This system has no DNS server configured.',
      'Name one: add --resolver <ip[:port]>, or set GREYPROBE_RESOLVER.',
    );
  }
  const answered = answers.filter(({ failure }) => failure === null);
  const silent = answers.filter(({ failure }) => failure !== null);
  const [first] = answered;
  if (first === undefined) return noneAnswered(silent);
  const told = answered.map(sentence).join(' ');
  if (silent.length > 0) return someAnswered(told, silent, first.label);
  const slow = answered.find(({ seconds }) => seconds > SLOW_SECONDS);
  if (slow !== undefined) {
    return warning(
      told,
      `${slow.label} is slow. Name a nearer server with --resolver if probes begin late.`,
    );
  }
  if (answered.some(({ isClosed }) => isClosed)) {
    return warning(
      `${told} It does not know ${KNOWN_NAME}: it answers for a closed network only.`,
      'Name a server that resolves names of the internet with --resolver, unless this is meant.',
    );
  }
  return ok(told);
}

function noneAnswered(silent: readonly ServerAnswer[]): Finding {
  const suggestions = silent.flatMap(({ failure }) => failure?.suggestions ?? []);
  return failed(messages(silent), ...new Set(suggestions));
}

function someAnswered(told: string, silent: readonly ServerAnswer[], works: string): Finding {
  return warning(
    `${told} ${messages(silent)}`,
    `Questions may wait for ${list(silent.map(({ label }) => label))} first. Take it out of the ` +
      `system's configuration, or add --resolver ${works}.`,
  );
}

function messages(silent: readonly ServerAnswer[]): string {
  return silent.map(({ failure }) => failure?.message ?? '').join(' ');
}

function sentence({ label, question, seconds }: ServerAnswer): string {
  return `${label} answered in ${Math.max(1, Math.round(seconds * 1000))} ms, asked for ${question}.`;
}

function list(words: readonly string[]): string {
  return words.join(' and ');
}
