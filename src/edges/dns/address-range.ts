import { createRequire } from 'node:module';

// By require, as for dns-packet: it starts faster.
const require = createRequire(import.meta.url);
export const ipaddr: typeof import('ipaddr.js') = require('ipaddr.js');

/**
 * What keeps an address from being reached over the public internet: `loopback`, `private`, ...
 * Null for a public address.
 */
export function nonPublicRange(address: string): string | null {
  if (!ipaddr.isValid(address)) return 'unknown';
  // An IPv4-mapped IPv6 address counts as the IPv4 address.
  const range = ipaddr.process(address).range();
  return range === 'unicast' ? null : (RANGE_NAMES[range] ?? range);
}

/**
 * An address as it is told from others, however it was written: manners and measurements go by it.
 * `::ffff:192.0.2.1` is where 192.0.2.1 is (RFC 4291 §2.5.5.2): `192.0.2.1`; `2001:DB8:0::1` -> `2001:db8::1`.
 */
export function canonicalAddress(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
}

const RANGE_NAMES: Readonly<Record<string, string>> = {
  carrierGradeNat: 'carrier NAT',
  linkLocal: 'link-local',
  uniqueLocal: 'private',
  broadcast: 'reserved',
};
