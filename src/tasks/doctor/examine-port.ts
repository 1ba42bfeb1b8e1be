import { isIP } from 'node:net';
import { failureIn, findAddresses } from '../../edges/dns/host-addresses.js';
import type { Resolver } from '../../model/ports/resolver.js';
import { addressLiteral } from '../../model/values/mailbox.js';
import { type Finding, failed, NO_DNS, skipped } from './finding.js';
import { judgePort } from './judge-port.js';
import type { DoctorPorts } from './ports.js';
import type { DoctorRequest } from './request.js';
import { tryPort } from './try-port.js';

/** Where the host is: addresses of the family of the client address, or why there are none. */
export type HostPlace =
  | { readonly addresses: readonly string[] }
  | { readonly addresses: null; readonly why: Finding };

/** Looks up the host that the user named. */
export async function hostPlace(
  { host, sourceAddresses }: DoctorRequest,
  resolver: Resolver | null,
  signal: AbortSignal,
): Promise<HostPlace> {
  if (host === null) {
    const why = skipped(
      'Not tried: nothing is connected to without a host.',
      'To see whether port 25 is open from here, add --host with a mail host: --host mx.example.org',
    );
    return { addresses: null, why };
  }
  if (isIP(host) !== 0) return { addresses: [host] };
  if (resolver === null) return { addresses: null, why: NO_DNS };
  const found = await findAddresses(host, resolver, signal);
  const { all } = found;
  if (all.length === 0) {
    const message = failureIn(found, 'any')?.message ?? `The host ${host} has no address.`;
    const why = failed(message, 'Check the name, or give an address with --host.');
    return { addresses: null, why };
  }
  const [source] = sourceAddresses;
  const fitting = all.filter((one) => source === undefined || isIP(one) === isIP(source));
  if (fitting.length > 0) return { addresses: fitting };
  const why = failed(
    `The host ${host} has no address of the family of ${source}.`,
    'Give a --source-ip of the other family.',
  );
  return { addresses: null, why };
}

/** The addresses that the host will see, as far as this machine knows them. */
export async function clientAddresses(
  { sourceAddresses, port }: DoctorRequest,
  host: HostPlace,
  { clientAddressTo }: DoctorPorts,
): Promise<readonly string[]> {
  if (sourceAddresses.length > 0) return sourceAddresses;
  const found = await Promise.all(
    (host.addresses ?? []).map((address) => clientAddressTo(address, port)),
  );
  return [...new Set(found)].filter((address) => address !== null);
}

/** Connects to the host, where there is one. */
export async function portFinding(
  { host, port, helo, sourceAddresses }: DoctorRequest,
  place: HostPlace,
  clients: readonly string[],
  ports: DoctorPorts,
  signal: AbortSignal,
): Promise<Finding> {
  if (place.addresses === null) return place.why;
  const target = {
    name: host !== null && isIP(host) === 0 ? host : null,
    addresses: place.addresses,
    port,
    sourceAddress: sourceAddresses[0] ?? null,
    helo: helo?.name ?? addressLiteral(clients[0] ?? '127.0.0.1'),
  };
  return judgePort(host ?? '', port, await tryPort(ports, target, signal));
}
