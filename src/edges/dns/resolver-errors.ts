import { GreyprobeError } from '../../model/errors.js';
import { EXIT } from '../../model/exit-codes.js';
import type { ServerFailure } from './server-failure.js';

/** What was asked of one server, and how that ended. */
export interface FailedTry {
  readonly label: string;
  readonly failure: ServerFailure;
}

const OTHER_SERVER = 'Ask another DNS server: add --resolver <ip[:port]>.';
const CHECK_SERVER =
  'Check that the address is right and that this machine may reach it, or name another DNS server with --resolver <ip[:port]>.';
const SIGNED_ZONE =
  'SERVFAIL often means that the name servers of the domain do not answer, or that its DNSSEC signatures are wrong.';

/**
 * One clear sentence about why no server gave an answer, naming each server once.
 * `dns-timeout` when all of them kept silent, else `dns-failure`; exit 5.
 */
export function noAnswer(tries: readonly FailedTry[]): GreyprobeError {
  const last = new Map(tries.map(({ label, failure }) => [label, failure]));
  const silent = [...last.values()].every((failure) => failure.kind === 'timeout');
  const stories = [...last].map(([label, failure]) => {
    const times = tries.filter((one) => one.label === label).length;
    return `${label} ${failure.says}${times > 1 ? ` (${times} tries)` : ''}`;
  });
  const message =
    stories.length === 1
      ? `The DNS server ${stories[0]}.`
      : `No DNS server gave an answer: ${stories.join('; ')}.`;
  const isServfail = [...last.values()].some((failure) => failure.says.includes('SERVFAIL'));
  const suggestions = [...(isServfail ? [SIGNED_ZONE] : []), silent ? CHECK_SERVER : OTHER_SERVER];
  return new GreyprobeError(silent ? 'dns-timeout' : 'dns-failure', message, {
    exit: EXIT.unreachable,
    suggestions,
    cause: tries.at(-1)?.failure,
  });
}

/**
 * A name that cannot be put into a question: too long, the root, or with bytes that no name has.
 * `name`, where it is not the one asked for, is where the aliases of that one lead.
 */
export function unaskableName(asked: string, name: string): GreyprobeError {
  const shown = name === '' ? 'the root of the DNS' : `'${name}'`;
  const message =
    name === asked.toLowerCase()
      ? `The DNS cannot be asked for the name ${shown}.`
      : `${asked} is an alias (CNAME) of ${shown}, for which the DNS cannot be asked.`;
  return new GreyprobeError('dns-failure', message, { exit: EXIT.unreachable });
}

/** The system names no DNS server. */
export function noServers(): GreyprobeError {
  return new GreyprobeError('dns-failure', 'This system has no DNS server configured.', {
    exit: EXIT.unreachable,
    suggestions: ['Name one: add --resolver <ip[:port]>.'],
  });
}
