import type { DoctorCheck } from '../../contract/doctor-result.js';
import { resolveMailHosts } from '../../edges/dns/mail-hosts.js';
import { GreyprobeError } from '../../model/errors.js';
import type { MailHostsResult } from '../../model/mail-hosts-result.js';
import type { Resolver } from '../../model/ports/resolver.js';
import { checkOf, type Diagnosis, failed, NO_DNS, ok, skipped, warning } from './diagnosis.js';
import type { NetworkLook } from './machine.js';

/** More domains of senders than this are not looked up. */
const MOST_DOMAINS = 5;

const OTHER_SENDER = 'Use a sender of a domain that takes mail, with --from.';
const REFUSED =
  "Many hosts answer '450 4.1.8 Sender address rejected: Domain not found', which looks like greylisting and never passes.";

/** The domains of the senders, each as a check of its own. */
export async function senderChecks(look: NetworkLook): Promise<readonly DoctorCheck[]> {
  const { asked, resolver, signal } = look;
  const { senderDomains } = asked;
  if (senderDomains.length === 0) {
    const none = skipped('No sender given.', 'Add --from with the sender that the probe will use.');
    return [checkOf('sender-domain', null, none)];
  }
  const looked = senderDomains.slice(0, MOST_DOMAINS);
  const checks = await Promise.all(
    looked.map(async (domain) => {
      const diagnosis =
        resolver === null ? NO_DNS : await checkSenderDomain(domain, resolver, signal);
      return checkOf('sender-domain', domain, diagnosis);
    }),
  );
  const more = senderDomains.length - looked.length;
  if (more === 0) return checks;
  const rest = skipped(
    `${more} more domains were not looked up.`,
    'Give them with another --from.',
  );
  return [...checks, checkOf('sender-domain', null, rest)];
}

/** Judges whether mail hosts would take the domain for one that exists and takes its bounces. */
async function checkSenderDomain(
  domain: string,
  resolver: Resolver,
  signal: AbortSignal,
): Promise<Diagnosis> {
  try {
    return diagnoseMailHosts(await resolveMailHosts(domain, resolver, { signal }));
  } catch (error) {
    if (!(error instanceof GreyprobeError)) throw error;
    return failed(
      `${error.message} Hosts that check the sender's domain defer its mail.`,
      ...error.suggestions.filter((one) => !one.includes('--host')),
    );
  }
}

function diagnoseMailHosts({ kind, domain, hosts }: MailHostsResult): Diagnosis {
  switch (kind) {
    case 'no-such-domain':
      return failed(`${domain} does not exist in the DNS. ${REFUSED}`, OTHER_SENDER);
    case 'null-mx':
      return failed(
        `${domain} has a null MX: it takes no mail, so hosts refuse mail from it (RFC 7505).`,
        OTHER_SENDER,
      );
    case 'no-hosts':
      return hosts.length === 0
        ? failed(`${domain} has neither MX nor address records. ${REFUSED}`, OTHER_SENDER)
        : warning(
            `${domain} has an MX, but none of its mail hosts has an address: hosts that verify senders refuse it.`,
            OTHER_SENDER,
          );
    case 'hosts':
      return diagnoseHosts(domain, hosts);
  }
}

function diagnoseHosts(domain: string, hosts: MailHostsResult['hosts']): Diagnosis {
  const names = hosts.map(({ name }) => name);
  switch (hosts[0]?.origin) {
    case 'given':
      return skipped(`${domain} is an address literal: the DNS has nothing to say about it.`);
    case 'implicit':
      return ok(`${domain} has no MX but an address, which is enough (RFC 5321 section 5.1).`);
    default:
      return ok(
        `${domain} takes mail at ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', ...' : ''}.`,
      );
  }
}
