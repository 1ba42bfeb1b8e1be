import type { MailHostsResult } from './mail-hosts-result.js';
import { escapeControl } from './values/escape.js';

/** What the sentence is made of: the answer itself, or how it stands in a result. */
type Found = Omit<MailHostsResult, 'warnings'> & {
  readonly warnings: readonly { readonly code: string; readonly host?: string | null }[];
};

/** Who takes mail for a domain, in one sentence. */
export function mailHostsSentence(result: Found): string {
  const domain = escapeControl(result.domain);
  switch (result.kind) {
    case 'null-mx':
      return `${domain} takes no mail: it has a null MX (RFC 7505).`;
    case 'no-such-domain':
      return noSuchDomain(result, domain);
    case 'no-hosts':
      return result.hosts.length === 0
        ? `${domain} takes no mail: it has neither MX nor address records.`
        : `${domain} takes no mail: none of its mail hosts has a usable address.`;
    case 'hosts':
      return `${hostsSentence(result, domain)}${keptFor(result)}`;
  }
}

/** It is the domain itself that does not exist, or the name at the end of its aliases. */
function noSuchDomain({ warnings }: Found, domain: string): string {
  const target = warnings.find(({ code }) => code === 'domain-is-alias')?.host ?? null;
  const is = target === null ? '' : ` is an alias of ${escapeControl(target)}, which`;
  return `${domain}${is} does not exist in the DNS.`;
}

function hostsSentence(result: Found, domain: string): string {
  switch (result.hosts[0]?.origin) {
    case 'given':
      return `${domain} is an address: mail goes to it without MX.`;
    case 'implicit':
      return `${domain} has no MX record: it is its own mail host (RFC 5321 section 5.1).`;
    default: {
      const count = result.hosts.length;
      const more = result.warnings.some(({ code }) => code === 'mx-too-many') ? 'more than ' : '';
      return `${domain} has ${more}${count} mail host${count === 1 ? '' : 's'}.`;
    }
  }
}

function keptFor({ ttlSeconds, authenticated }: Found): string {
  const ttl = ttlSeconds === null ? '' : ` The answer may be kept for ${ttlSeconds} s.`;
  return authenticated ? `${ttl} DNSSEC: verified by the resolver.` : ttl;
}
