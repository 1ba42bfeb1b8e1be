import type { Located, ProbePorts } from '../core/run/engine.js';
import type { ProbeRequest } from '../core/run/request.js';
import { GreyprobeError } from '../model/errors.js';
import { EXIT } from '../model/exit-codes.js';
import type { MailHostsResult } from '../model/mail-hosts-result.js';
import { mailHostsSentence } from '../model/mail-hosts-sentence.js';
import type { Transcript } from '../model/ports/dialer.js';
import type { Resolver } from '../model/ports/resolver.js';
import { parseResolverEndpoint } from '../model/values/endpoint.js';
import { createResolver } from './dns/create-resolver.js';
import { resolveGivenHost, resolveMailHosts } from './dns/mail-hosts.js';
import { createDialer } from './smtp/dialer.js';
import { systemClock } from './system/clock.js';
import { systemRandom } from './system/random.js';

/** The real world: this machine's clocks and chance, the DNS, and SMTP over sockets. */
export function realPorts(resolverText: string | null, transcript?: Transcript): ProbePorts {
  const endpoint = resolverText === null ? null : parseResolverEndpoint(resolverText);
  const resolver = createResolver(endpoint);
  return {
    clock: systemClock,
    random: systemRandom,
    dialer: createDialer(
      transcript === undefined ? { clock: systemClock } : { clock: systemClock, transcript },
    ),
    locate: (request, signal) => locate(request, resolver, signal),
  };
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
