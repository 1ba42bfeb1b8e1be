import ipaddr from 'ipaddr.js';

const DEFAULT_PREFIX = { ipv4: 24, ipv6: 64 } as const;

/** The network of a client address in CIDR notation; text that is no address stands for itself. */
export function clientNetwork(
  client: string,
  prefix: { readonly ipv4: number; readonly ipv6: number } = DEFAULT_PREFIX,
): string {
  // To be told that it is none, the parser makes an error.
  if (client === '' || !ipaddr.isValid(client)) return client;
  const address = ipaddr.process(client);
  const bits = address.kind() === 'ipv4' ? prefix.ipv4 : prefix.ipv6;
  const bytes = address.toByteArray().map((byte, index) => byte & maskByte(bits - index * 8));
  return `${ipaddr.fromByteArray(bytes).toString()}/${bits}`;
}

function maskByte(bits: number): number {
  if (bits >= 8) return 0xff;
  return bits <= 0 ? 0 : (0xff << (8 - bits)) & 0xff;
}
