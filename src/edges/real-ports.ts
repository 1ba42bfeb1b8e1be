import { createSharedDialer } from '../core/manners/polite-dialer.js';
import type { Located, ProbePorts } from '../core/run/ports.js';
import type { ProbeRequest } from '../core/run/request.js';
import { GreyprobeError } from '../model/errors.js';
import { EXIT } from '../model/exit-codes.js';
import type { MailHostsResult } from '../model/mail-hosts-result.js';
import { mailHostsSentence } from '../model/mail-hosts-sentence.js';
import type { Dialer, Transcript } from '../model/ports/dialer.js';
import type { Resolver } from '../model/ports/resolver.js';
import { parseResolverEndpoint } from '../model/values/endpoint.js';
import { createResolver } from './dns/create-resolver.js';
import { resolveGivenHost, resolveMailHosts } from './dns/mail-hosts.js';
import { SharedResolver } from './dns/shared-resolver.js';
import { sharedLedger } from './manners/shared-ledger.js';
import { createDialer } from './smtp/dialer.js';
import { systemClock } from './system/clock.js';
import { systemRandom } from './system/random.js';

/**
 * The real world: this machine's clocks and chance, the DNS, and SMTP over sockets. `runsFolder`: whose
 * ledger of connections holds for it, beside this process's own; null: no other's.
 */
export function realPorts(
  resolverText: string | null,
  transcript?: Transcript,
  runsFolder: string | null = null,
): ProbePorts {
  const endpoint = resolverText === null ? null : parseResolverEndpoint(resolverText);
  const resolver = createResolver(endpoint);
  return {
    clock: systemClock,
    random: systemRandom,
    dialer: politeDialer(runsFolder, transcript),
    locate: (request, signal) => locate(request, resolver, signal),
  };
}

/** Questions under way, and new ones a second, where many runs ask one resolver. */
const MANY_QUESTIONS = 64;
const QUESTIONS_PER_SECOND = 500;

/** The real world for many runs: what one of them asks the DNS all know, for as long as it holds. */
export function realPortsForMany(resolverText: string | null, runsFolder: string): ProbePorts {
  const endpoint = resolverText === null ? null : parseResolverEndpoint(resolverText);
  const asked = createResolver(endpoint, { limits: { concurrency: MANY_QUESTIONS } });
  const resolver = new SharedResolver(asked, systemClock, {
    questionsPerSecond: QUESTIONS_PER_SECOND,
  });
  return {
    clock: systemClock,
    random: systemRandom,
    dialer: politeDialer(runsFolder),
    locate: (request, signal) => locate(request, resolver, signal),
  };
}

/** SMTP over sockets, with the manners that are owed over all runs. */
export function politeDialer(runsFolder: string | null, transcript?: Transcript): Dialer {
  const dialer = createDialer({
    clock: systemClock,
    ...(transcript === undefined ? {} : { transcript }),
  });
  return createSharedDialer(dialer, systemClock, sharedLedger(runsFolder));
}

async function locate(
  request: ProbeRequest,
  resolver: Resolver,
  signal?: AbortSignal,
): Promise<Located> {
  try {
    const options = { family: request.family, ...(signal === undefined ? {} : { signal }) };
    const found =
      request.host === null
        ? await resolveMailHosts(request.domain, resolver, options)
        : await resolveGivenHost(request.host, resolver, options);
    if (found.kind === 'hosts') {
      // What a journal keeps of a warning, so that a run is shown again as it was.
      const warnings = found.warnings.map(({ code, message }) => ({ code, message }));
      return { kind: 'hosts', hosts: found.hosts, warnings };
    }
    const error = request.host === null ? noMailHost(found) : noSuchHost(request.host);
    return { kind: 'no-mail-service', error };
  } catch (error) {
    if (error instanceof GreyprobeError) return { kind: 'dns-failure', error };
    if (signal?.aborted === true) return { kind: 'dns-failure', error: interrupted() };
    throw error;
  }
}

function interrupted(): GreyprobeError {
  return new GreyprobeError('interrupted', 'The look-up was interrupted.', {
    exit: EXIT.interrupted,
  });
}

function noMailHost(found: MailHostsResult): GreyprobeError {
  return new GreyprobeError(found.kind, mailHostsSentence(found), {
    exit: EXIT.noMailService,
    suggestions: ['Check the domain for a typing error, or give the host with --host.'],
  });
}

function noSuchHost(host: string): GreyprobeError {
  return new GreyprobeError('no-such-host', `The host ${host} has no address.`, {
    exit: EXIT.noMailService,
    suggestions: ['Check the name, or give an address with --host.'],
  });
}
