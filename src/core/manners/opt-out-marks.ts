import ipaddr from 'ipaddr.js';

/** A network as lists of those who opted out are compared by: `192.0.2.0/24`, `2001:db8::/32`. */
export function networkMark(address: ipaddr.IPv4 | ipaddr.IPv6, bits: number): string {
  const text = `${address.toString()}/${bits}`;
  return address.kind() === 'ipv4'
    ? `${ipaddr.IPv4.networkAddressFromCIDR(text).toString()}/${bits}`
    : `${ipaddr.IPv6.networkAddressFromCIDR(text).toString()}/${bits}`;
}

/**
 * Everything that a list could name a host by: its name and the domain with all above them, and the
 * networks that its address lies in.
 *
 *     mx.a.example, example.org, 192.0.2.7    mx.a.example, a.example, example, example.org, org,
 *                                             0.0.0.0/0, 128.0.0.0/1, ... 192.0.2.7/32
 */
export function optOutMarks(names: readonly string[], address: string): readonly string[] {
  const above = names.flatMap((name) => {
    const labels = name.toLowerCase().split('.');
    return labels.map((_, index) => labels.slice(index).join('.'));
  });
  if (!ipaddr.isValid(address)) return above;
  const one = ipaddr.process(address);
  const most = one.kind() === 'ipv4' ? 32 : 128;
  return [...above, ...Array.from({ length: most + 1 }, (_, bits) => networkMark(one, bits))];
}
