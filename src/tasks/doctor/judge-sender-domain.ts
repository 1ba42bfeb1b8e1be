import type { GreyprobeError } from '../../model/errors.js';
import type { MailHostsResult } from '../../model/mail-hosts-result.js';
import { type Finding, failed, ok, skipped, warning } from './finding.js';

/** The mail hosts of a sender's domain, or why they could not be looked up. */
export type SenderLookUp =
  | { readonly mail: MailHostsResult; readonly failure: null }
  | { readonly mail: null; readonly failure: GreyprobeError };

const OTHER_SENDER = 'Use a sender of a domain that takes mail, with --from.';
const REFUSED =
  "Many hosts answer '450 4.1.8 Sender address rejected: Domain not found', which looks like greylisting and never passes.";

/** Judges whether mail hosts would take the domain for one that exists and takes its bounces. */
export function judgeSenderDomain({ mail, failure }: SenderLookUp): Finding {
  if (mail === null) {
    return failed(
      `${failure.message} Hosts that check the sender's domain defer its mail.`,
      ...failure.suggestions.filter((one) => !one.includes('--host')),
    );
  }
  const { domain, hosts } = mail;
  switch (mail.kind) {
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
      return judgeHosts(domain, hosts);
  }
}

function judgeHosts(domain: string, hosts: MailHostsResult['hosts']): Finding {
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
