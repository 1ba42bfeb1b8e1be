import { GreyprobeError } from '../../model/errors.js';
import type { Resolver } from '../../model/ports/resolver.js';
import { KNOWN_NAME, type ServerAnswer } from './judge-resolver.js';
import type { DoctorPorts, NamedServer } from './ports.js';

/** A server that answers, for the questions that follow, and what all of them did. */
export interface AskedServers {
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
