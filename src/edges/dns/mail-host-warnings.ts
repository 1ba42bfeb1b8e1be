import type { GreyprobeError } from '../../model/errors.js';
import type { MailHostWarning } from '../../model/mail-hosts-result.js';
import { nonPublicRange } from './address-range.js';

/** The warnings about mail hosts: a closed set, each says what it means for mail. */
export const warn = {
  nullMxBesideOthers: (domain: string): MailHostWarning => ({
    code: 'null-mx-beside-others',
    message: `${domain} has a null MX next to other MX records (RFC 7505 §3 forbids that); the others are used.`,
  }),

  domainIsAlias: (domain: string, target: string): MailHostWarning => ({
    code: 'domain-is-alias',
    host: target,
    message: `${domain} is an alias (CNAME) of ${target}, so what the DNS says about that name counts.`,
  }),

  duplicate: (host: string): MailHostWarning => ({
    code: 'mx-duplicate',
    host,
    message: `${host} stands in more than one MX record; its lowest preference counts.`,
  }),

  tooMany: (domain: string, count: number, limit: number): MailHostWarning => ({
    code: 'mx-too-many',
    message: `${domain} has ${count} mail hosts; only the first ${limit} are looked up. Name another with probe --host.`,
  }),

  alias(name: string, canonicalName: string): MailHostWarning {
    const message = `The MX record names ${name}, which is an alias of ${canonicalName} (RFC 2181 §10.3 forbids that); some senders refuse it.`;
    return { code: 'mx-is-alias', host: name, message };
  },

  /** `address`: as `--host` takes it, without the brackets of a literal. */
  address: (host: string, address: string): MailHostWarning => ({
    code: 'mx-is-address',
    host,
    message: `The MX record names the address ${host} where a host name must stand (RFC 1035 §3.3.9); it is not used. Try it with probe --host ${address}.`,
  }),

  badName: (host: string): MailHostWarning => ({
    code: 'mx-bad-name',
    host,
    message: `The MX record names ${host}, which is no valid host name; it is not used.`,
  }),

  withoutAddress(host: string, exists: boolean): MailHostWarning {
    const because = exists ? 'has no address' : 'does not exist';
    const message = `The mail host ${host} ${because}; mail cannot be sent to it.`;
    return { code: 'mx-no-address', host, message };
  },

  lookUpFailed: (host: string, failure: GreyprobeError): MailHostWarning => ({
    code: 'mx-lookup-failed',
    host,
    message: `Addresses of ${host} may be missing: ${failure.message}`,
  }),

  tooManyAddresses: (host: string, count: number, limit: number): MailHostWarning => ({
    code: 'mx-too-many-addresses',
    host,
    message: `${host} has ${count} addresses; only the first ${limit} are shown.`,
  }),

  notPublic(host: string, addresses: readonly string[]): readonly MailHostWarning[] {
    const inside = addresses.flatMap((address) => {
      const range = nonPublicRange(address);
      return range === null ? [] : [`${address} (${range})`];
    });
    if (inside.length === 0) return [];
    const subject = host === addresses[0] ? '' : `The mail host ${host} has `;
    const message = `${subject}${inside.join(', ')}: not reachable over the public internet.`;
    return [{ code: 'mx-address-not-public', host, message }];
  },
} as const;
