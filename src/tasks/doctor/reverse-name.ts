import { createRequire } from 'node:module';

// By require, as for dns-packet: it starts faster.
const require = createRequire(import.meta.url);
const ipaddr: typeof import('ipaddr.js') = require('ipaddr.js');

/** The name under which the PTR records of an address are: RFC 1035 §3.5, RFC 3596 §2.5. */
export function reverseName(address: string): string {
  const parsed = ipaddr.process(withoutZone(address));
  const bytes = parsed.toByteArray();
  if (parsed.kind() === 'ipv4') return `${bytes.toReversed().join('.')}.in-addr.arpa`;
  const nibbles = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${[...nibbles].toReversed().join('.')}.ip6.arpa`;
}

/** Two texts of one address: IPv6 has many, and IPv4 may be mapped into it. */
export function isSameAddress(one: string, other: string): boolean {
  const [a, b] = [withoutZone(one), withoutZone(other)];
  if (!ipaddr.isValid(a) || !ipaddr.isValid(b)) return false;
  return ipaddr.process(a).toNormalizedString() === ipaddr.process(b).toNormalizedString();
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/u, '');
}
