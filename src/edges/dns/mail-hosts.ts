import { isIP } from 'node:net';
import { GreyprobeError } from '../../model/errors.js';
import { EXIT } from '../../model/exit-codes.js';
import type { MailHost } from '../../model/mail-host.js';
import type { MailHostsResult, MailHostWarning } from '../../model/mail-hosts-result.js';
import type { DnsAnswer, MxData, Resolver } from '../../model/ports/resolver.js';
import { type AddressFamily, inFamily } from '../../model/values/address-family.js';
import { isUsableHostName, parseMailDomain } from '../../model/values/domain.js';
import { canonicalAddress } from './address-range.js';
import { failureIn, findAddresses, type HostAddresses } from './host-addresses.js';
import { warn } from './mail-host-warnings.js';

/** More mail hosts than this are not looked up: nobody tries that many. */
export const MAX_MAIL_HOSTS = 10;

export interface MailHostsOptions {
  readonly family?: AddressFamily;
  readonly signal?: AbortSignal;
}

/**
 * Finds the mail hosts of a domain (RFC 5321 §5.1, RFC 7505): MX by preference with their
 * addresses, the domain itself where it has no MX, or the address where `domain` is one.
 * IPv4 comes before IPv6, since more clients have it.
 *
 * Throws what the resolver throws when the MX answer, or every address, is missing through a
 * failure: mail would have to wait then, which is not the same as no mail. Throws
 * `no-address-family` (exit 5) when only the other family has addresses.
 */
export async function resolveMailHosts(
  domain: string,
  resolver: Resolver,
  options: MailHostsOptions = {},
): Promise<MailHostsResult> {
  const target = parseMailDomain(domain);
  const family = options.family ?? 'any';
  if (target.kind === 'address') return givenAddress(target.address, family);
  const mx = await resolver.mx(target.domain, options.signal);
  const lookUp = (name: string) => findAddresses(name, resolver, options.signal);
  if (mx.status === 'no-such-domain') return without('no-such-domain', target.domain, mx, []);
  if (mx.data.length === 0) return implicitHost(target.domain, mx, family, lookUp);
  const { usable, warnings } = selectExchanges(mx.data, target.domain);
  if (usable === null) return without('null-mx', target.domain, mx, warnings);
  const found = await Promise.all(
    usable.map(async ({ preference, exchange }) => ({
      preference,
      addresses: canBeLookedUp(exchange) ? await lookUp(exchange) : noLookUp(exchange),
    })),
  );
  return assemble(target.domain, mx, family, found, warnings);
}

/**
 * The addresses of a host that the user named, by name or by address: no MX is asked for. Kind
 * `no-hosts` when it has none. Throws as `resolveMailHosts` does.
 */
export async function resolveGivenHost(
  host: string,
  resolver: Resolver,
  { family = 'any', signal }: MailHostsOptions = {},
): Promise<MailHostsResult> {
  if (isIP(host) !== 0) return { ...givenAddress(host, family), warnings: [] };
  const found = await findAddresses(host, resolver, signal);
  const addresses = ofFamily(found, family);
  if (addresses.length === 0) checkNone([found], family, `The host ${host} has no`);
  return {
    domain: host,
    kind: addresses.length === 0 ? 'no-hosts' : 'hosts',
    hosts: [{ name: host, preference: 0, addresses, origin: 'given' }],
    ttlSeconds: found.ttlSeconds,
    authenticated: found.authenticated,
    warnings: lookUpWarnings(found, family),
  };
}

type LookUp = (name: string) => Promise<HostAddresses>;

interface FoundHost {
  readonly preference: number;
  readonly addresses: HostAddresses;
}

function givenAddress(written: string, family: AddressFamily): MailHostsResult {
  const address = canonicalAddress(written);
  if (!inFamily(address, family)) throw noAddressOf(family, `${address} is no`);
  return {
    domain: address,
    kind: 'hosts',
    hosts: [{ name: address, preference: 0, addresses: [address], origin: 'given' }],
    ttlSeconds: null,
    authenticated: false,
    warnings: warn.notPublic(address, [address]),
  };
}

/** RFC 5321 §5.1: a domain without MX is its own mail host; an alias stands for its target. */
async function implicitHost(
  domain: string,
  mx: DnsAnswer<MxData>,
  family: AddressFamily,
  lookUp: LookUp,
): Promise<MailHostsResult> {
  const found = await lookUp(mx.canonicalName);
  const addresses = ofFamily(found, family);
  if (addresses.length === 0) {
    checkNone([found], family, `No mail host of ${domain} has an`);
    return without('no-hosts', domain, mx, []);
  }
  return {
    domain,
    kind: 'hosts',
    hosts: [{ name: found.canonicalName, preference: 0, addresses, origin: 'implicit' }],
    ttlSeconds: found.ttlSeconds,
    authenticated: found.authenticated,
    warnings: [...lookUpWarnings(found, family), ...warn.notPublic(found.canonicalName, addresses)],
  };
}

/**
 * Throws where no host has an address of the family, unless it is certain that none has any. `lacks`
 * begins the sentence about the family, up to its name.
 */
function checkNone(found: readonly HostAddresses[], family: AddressFamily, lacks: string): void {
  const failed = (which: AddressFamily) =>
    found.map((host) => failureIn(host, which)).find((error) => error !== null) ?? null;
  const others = found.some(({ all }) => all.length > 0) ? noAddressOf(family, lacks) : null;
  // An address of the other family may be what is missing: that is not the same as none.
  const because = failed(family) ?? others ?? failed('any');
  if (because !== null) throw because;
}

function ofFamily({ all }: HostAddresses, family: AddressFamily): readonly string[] {
  return all.filter((address) => inFamily(address, family));
}

/** Exchanges to use, ascending; null when the only one is the null MX (RFC 7505 §3). */
function selectExchanges(
  records: readonly MxData[],
  domain: string,
): { usable: readonly MxData[] | null; warnings: readonly MailHostWarning[] } {
  const named = records.filter(({ exchange }) => exchange !== '');
  if (named.length === 0) return { usable: null, warnings: [] };
  const warnings: MailHostWarning[] = [];
  if (named.length < records.length) warnings.push(warn.nullMxBesideOthers(domain));
  const byPreference = named.toSorted((one, other) => one.preference - other.preference);
  const distinct = new Map<string, MxData>();
  for (const record of byPreference) {
    if (distinct.has(record.exchange)) warnings.push(warn.duplicate(record.exchange));
    else distinct.set(record.exchange, record);
  }
  const usable = [...distinct.values()];
  if (usable.length > MAX_MAIL_HOSTS) {
    warnings.push(warn.tooMany(domain, usable.length, MAX_MAIL_HOSTS));
  }
  return { usable: usable.slice(0, MAX_MAIL_HOSTS), warnings: unique(warnings) };
}

function unique(warnings: readonly MailHostWarning[]): MailHostWarning[] {
  return [...new Map(warnings.map((warning) => [warning.message, warning])).values()];
}

function assemble(
  domain: string,
  mx: DnsAnswer<MxData>,
  family: AddressFamily,
  found: readonly FoundHost[],
  mxWarnings: readonly MailHostWarning[],
): MailHostsResult {
  const hosts: MailHost[] = found.map(({ preference, addresses }) => ({
    name: addresses.name,
    preference,
    addresses: ofFamily(addresses, family),
    origin: 'mx',
  }));
  const looked = found.map(({ addresses }) => addresses);
  const reachable = hosts.some((host) => host.addresses.length > 0);
  if (!reachable) checkNone(looked, family, `No mail host of ${domain} has an`);
  return {
    domain,
    kind: reachable ? 'hosts' : 'no-hosts',
    hosts,
    ttlSeconds: mx.ttlSeconds,
    authenticated: mx.authenticated,
    warnings: [...mxWarnings, ...looked.flatMap((host) => hostWarnings(host, family))],
  };
}

function hostWarnings(host: HostAddresses, family: AddressFamily): readonly MailHostWarning[] {
  const isAlias = host.canonicalName !== host.name;
  const isEmpty =
    host.all.length === 0 && host.failures.length === 0 && host.status !== 'not-asked';
  return [
    ...(isAlias ? [warn.alias(host.name, host.canonicalName)] : []),
    ...lookUpWarnings(host, family),
    ...(isEmpty ? [warn.withoutAddress(host.name, host.status !== 'no-such-domain')] : []),
    ...warn.notPublic(host.name, ofFamily(host, family)),
  ];
}

/** What the look-up of the addresses met, as far as it matters for the family. */
function lookUpWarnings(host: HostAddresses, family: AddressFamily): readonly MailHostWarning[] {
  const failure = failureIn(host, family);
  return [...(failure === null ? [] : [warn.lookUpFailed(host.name, failure)]), ...host.warnings];
}

function canBeLookedUp(exchange: string): boolean {
  return isIP(exchange) === 0 && isUsableHostName(exchange);
}

/** An exchange that is no host name: the DNS has nothing to say about it. */
function noLookUp(exchange: string): HostAddresses {
  const address = exchange.replace(/^\[(?:ipv6:)?|\]$/giu, '');
  return {
    name: exchange,
    canonicalName: exchange,
    status: 'not-asked',
    all: [],
    ttlSeconds: null,
    authenticated: false,
    failures: [],
    warnings: [isIP(address) === 0 ? warn.badName(exchange) : warn.address(exchange, address)],
  };
}

function without(
  kind: 'null-mx' | 'no-such-domain' | 'no-hosts',
  domain: string,
  mx: DnsAnswer<MxData>,
  warnings: readonly MailHostWarning[],
): MailHostsResult {
  const { ttlSeconds, authenticated, canonicalName } = mx;
  const alias = canonicalName === domain ? [] : [warn.domainIsAlias(domain, canonicalName)];
  const all = [...alias, ...warnings];
  return { domain, kind, hosts: [], ttlSeconds, authenticated, warnings: all };
}

/** `lacks`: the sentence up to the name of the family. */
function noAddressOf(family: AddressFamily, lacks: string): GreyprobeError {
  const [word, flag] = family === 'ipv4' ? ['IPv4', '--ipv4'] : ['IPv6', '--ipv6'];
  return new GreyprobeError('no-address-family', `${lacks} ${word} address.`, {
    exit: EXIT.unreachable,
    suggestions: [`Leave out ${flag}.`],
  });
}
