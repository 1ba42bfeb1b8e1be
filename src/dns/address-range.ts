import { BlockList, isIPv6 } from 'node:net';

/**
 * What keeps an address from being reached over the public internet: `loopback`, `private`, ...
 * Null for a public address.
 */
export function nonPublicRange(address: string): string | null {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  for (const [name, list] of RANGES) {
    // An IPv4-mapped IPv6 address is looked for among the IPv4 networks, too.
    if (list.check(address, family)) return name;
  }
  return null;
}

/** From the IANA registries of special-purpose addresses (RFC 6890): what mail cannot be sent to. */
const NETWORKS: Readonly<Record<string, readonly string[]>> = {
  unspecified: ['0.0.0.0/8', '::/128'],
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
  'carrier NAT': ['100.64.0.0/10'],
  'link-local': ['169.254.0.0/16', 'fe80::/10'],
  documentation: [
    '192.0.2.0/24',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '2001:db8::/32',
    '3fff::/20',
  ],
  benchmarking: ['198.18.0.0/15', '2001:2::/48'],
  multicast: ['224.0.0.0/4', 'ff00::/8'],
  reserved: ['192.0.0.0/24', '240.0.0.0/4', '100::/64'],
};

const RANGES: readonly (readonly [string, BlockList])[] = Object.entries(NETWORKS).map(
  ([name, networks]) => {
    const list = new BlockList();
    for (const network of networks) {
      const [address = '', bits = ''] = network.split('/');
      list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
    }
    return [name, list];
  },
);
