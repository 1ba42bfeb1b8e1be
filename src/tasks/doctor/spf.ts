import type { DoctorCheck } from '../../contract/doctor-result.js';
import { nonPublicRange } from '../../edges/dns/address-range.js';
import { evaluateSpf, type SpfFinding } from '../../edges/dns/spf.js';
import { GreyprobeError } from '../../model/errors.js';
import type { Resolver } from '../../model/ports/resolver.js';
import { checkOf, type Diagnosis, ok, warning } from './diagnosis.js';
import type { NetworkLook } from './machine.js';

/** More pairs of a sender's domain and a client address are not looked at. */
const MOST_PAIRS = 5;

/** Whether the domains of the senders let each public client address send. None of either: no check. */
export async function spfChecks(
  clients: readonly string[],
  { asked, resolver, signal }: NetworkLook,
): Promise<readonly DoctorCheck[]> {
  if (resolver === null) return [];
  const pairs = asked.senderDomains
    .filter((domain) => !domain.startsWith('['))
    .flatMap((domain) => clients.map((client) => ({ domain, client })))
    .filter(({ client }) => nonPublicRange(client) === null);
  return Promise.all(
    pairs.slice(0, MOST_PAIRS).map(async ({ domain, client }) => {
      return checkOf('spf', domain, await checkSpf(domain, client, resolver, signal));
    }),
  );
}

async function checkSpf(
  domain: string,
  client: string,
  resolver: Resolver,
  signal: AbortSignal,
): Promise<Diagnosis> {
  try {
    return diagnose(domain, client, await evaluateSpf(domain, client, resolver, signal));
  } catch (error) {
    if (!(error instanceof GreyprobeError)) throw error;
    return warning(
      `The SPF record of ${domain} could not be worked out: ${error.message}`,
      'See that the name servers of the domain answer.',
    );
  }
}

function diagnose(domain: string, client: string, { result, by }: SpfFinding): Diagnosis {
  const term = by === null ? '' : ` (${by})`;
  switch (result) {
    case 'pass':
      return ok(`${domain} lets ${client} send its mail${term}.`);
    case 'fail':
    case 'softfail':
    case 'neutral':
      return warning(
        `${domain} does not name ${client} among those who send its mail: SPF says ${result}${term}. Hosts that check it may refuse, or defer longer than they would.`,
        `Add ip${client.includes(':') ? 6 : 4}:${client} to the SPF record of ${domain}, or use a sender of another domain.`,
      );
    case 'none':
      return warning(
        `${domain} has no SPF record: who is asked cannot tell whose mail ${client} sends.`,
        `Publish one: v=spf1 ip${client.includes(':') ? 6 : 4}:${client} -all`,
      );
    case 'permerror':
      return warning(
        `The SPF record of ${domain} is wrong${term}: hosts take it for none, or refuse.`,
        'It must stand once, with terms that RFC 7208 knows, and take at most 10 look-ups.',
      );
    case 'unknown':
      return warning(
        `What SPF of ${domain} says of ${client} was not worked out${term}: macros and ptr are not.`,
        `Name the address itself: ip${client.includes(':') ? 6 : 4}:${client}`,
      );
  }
}
