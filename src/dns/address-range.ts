import ipaddr from 'ipaddr.js';

/**
 * What keeps an address from being reached over the public internet: `loopback`, `private`, ...
 * Null for a public address.
 */
export function nonPublicRange(address: string): string | null {
  if (!ipaddr.isValid(address)) return 'unknown';
  const range = ipaddr.process(address).range();
  if (range === 'unicast') return null;
  return RANGE_NAMES[range] ?? range;
}

const RANGE_NAMES: Readonly<Record<string, string>> = {
  carrierGradeNat: 'carrier NAT',
  linkLocal: 'link-local',
  uniqueLocal: 'private',
};
