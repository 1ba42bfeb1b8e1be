import { readFileSync } from 'node:fs';
import { isIP, isIPv6, type LookupFunction } from 'node:net';
import { join } from 'node:path';
import { GreyprobeError } from '../../model/errors.js';
import type { Resolver } from '../../model/ports/resolver.js';
import { findAddresses } from './host-addresses.js';
import { ServerFailure } from './server-failure.js';

/** Finds where an endpoint is. Rejects with `ServerFailure`, or with the signal's reason. */
export type FindEndpoint = (signal: AbortSignal) => Promise<LookupFunction>;

/**
 * Finds the addresses of an endpoint's host: an address, a name of the hosts file, or a name that
 * `resolver` knows (null: none). A name is looked up once.
 *
 * Not by `getaddrinfo`: nothing can call that off, and a process whose name servers are silent does
 * not end before it does, half a minute after its last word.
 */
export function endpointFinder(host: string, resolver: Resolver | null): FindEndpoint {
  let found: LookupFunction | null = null;
  return async (signal) => {
    found ??= lookupOf(await addressesOf(host, resolver, signal));
    return found;
  };
}

async function addressesOf(
  host: string,
  resolver: Resolver | null,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  const listed = addressesIn(hostsFile(), host);
  if (listed.length > 0) return listed;
  const found = resolver === null ? [] : await ask(host, resolver, signal);
  if (found.length > 0) return found;
  throw new ServerFailure('unreachable', 'has a name that the system cannot resolve');
}

async function ask(
  host: string,
  resolver: Resolver,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    return (await findAddresses(host, resolver, signal)).all;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof GreyprobeError) return [];
    throw error;
  }
}

/** What the text of a hosts file says about a name; `localhost` is loopback in any case (RFC 6761). */
export function addressesIn(text: string, host: string): readonly string[] {
  const found = text.split(/\r?\n/u).flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*$/u, '').trim().toLowerCase().split(/\s+/u);
    return isIP(address) !== 0 && names.includes(host) ? [address] : [];
  });
  return found.length === 0 && host === 'localhost' ? ['127.0.0.1', '::1'] : [...new Set(found)];
}

function hostsFile(): string {
  const folder =
    process.platform === 'win32'
      ? join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'drivers', 'etc')
      : '/etc';
  try {
    return readFileSync(join(folder, 'hosts'), 'utf8');
  } catch {
    return '';
  }
}

/** For sockets, which try the addresses in turn. */
function lookupOf(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_host, options, callback) => {
    const [first] = all;
    if (options.all === true) callback(null, all);
    else callback(null, first?.address ?? '', first?.family);
  };
}
