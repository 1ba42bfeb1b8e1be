import { GreyprobeError } from '../../model/errors.js';
import type { Resolver } from '../../model/ports/resolver.js';
import { type Diagnosis, failed, ok, warning } from './diagnosis.js';
import type { DoctorPorts, NamedServer } from './machine.js';

/** A name that every resolver of the internet knows. */
const KNOWN_NAME = 'a.root-servers.net';

/** A probe asks a handful of questions: slower than this, somebody waits and wonders. */
const SLOW_SECONDS = 1;

/** What one DNS server did with a question. */
interface ServerAnswer {
  readonly label: string;
  /** `the MX of sender.example`. */
  readonly question: string;
  readonly seconds: number;
  /** Why there was no answer, or null. */
  readonly failure: GreyprobeError | null;
  /** The server does not know a name that exists. */
  readonly isClosed: boolean;
}

/** A server that answers, for the questions that follow, and what all of them did. */
interface AskedServers {
  readonly answers: readonly ServerAnswer[];
  /** The first that answered, or null. */
  readonly resolver: Resolver | null;
}

/**
 * Asks every server at once: for the MX of the sender's domain where there is one, else for the
 * address of a name that all resolvers know. A failure that may be the domain's own gets that second
 * question too, so that a server is not blamed for it.
 */
export async function askServers(
  { servers, clock }: Pick<DoctorPorts, 'servers' | 'clock'>,
  senderDomain: string | null,
  signal: AbortSignal,
): Promise<AskedServers> {
  const answers = await Promise.all(
    servers.map(async (server) => {
      const own = senderDomain === null ? null : await askForMail(server, senderDomain);
      return own !== null && own.failure === null ? own : askForKnownName(server);
    }),
  );
  const first = answers.findIndex(({ failure }) => failure === null);
  return { answers, resolver: servers[first]?.resolver ?? null };

  function askForMail({ label, resolver }: NamedServer, domain: string): Promise<ServerAnswer> {
    return timed(label, `the MX of ${domain}`, async () => {
      await resolver.mx(domain, signal);
      return false;
    });
  }

  function askForKnownName({ label, resolver }: NamedServer): Promise<ServerAnswer> {
    return timed(label, `the address of ${KNOWN_NAME}`, async () => {
      const answer = await resolver.text(KNOWN_NAME, 'A', signal);
      return answer.status !== 'ok';
    });
  }

  async function timed(
    label: string,
    question: string,
    ask: () => Promise<boolean>,
  ): Promise<ServerAnswer> {
    const began = clock.read().monotonicMs;
    const ended = (failure: GreyprobeError | null, isClosed: boolean): ServerAnswer => {
      const seconds = (clock.read().monotonicMs - began) / 1000;
      return { label, question, seconds, failure, isClosed };
    };
    try {
      return ended(null, await ask());
    } catch (error) {
      if (!(error instanceof GreyprobeError)) throw error;
      return ended(error, false);
    }
  }
}

/** Judges the DNS servers that would be asked, in their order. */
export function diagnoseResolver(answers: readonly ServerAnswer[]): Diagnosis {
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

function noneAnswered(silent: readonly ServerAnswer[]): Diagnosis {
  const suggestions = silent.flatMap(({ failure }) => failure?.suggestions ?? []);
  return failed(messages(silent), ...new Set(suggestions));
}

function someAnswered(told: string, silent: readonly ServerAnswer[], works: string): Diagnosis {
  return warning(
    `${told} ${messages(silent)}`,
    `Questions may wait for ${silent.map(({ label }) => label).join(' and ')} first. Take it out of the ` +
      `system's configuration, or add --resolver ${works}.`,
  );
}

function messages(silent: readonly ServerAnswer[]): string {
  return silent.map(({ failure }) => failure?.message ?? '').join(' ');
}

function sentence({ label, question, seconds }: ServerAnswer): string {
  return `${label} answered in ${Math.max(1, Math.round(seconds * 1000))} ms, asked for ${question}.`;
}
