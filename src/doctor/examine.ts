import { isIP } from 'node:net';
import { nonPublicRange } from '../dns/address-range.js';
import { findAddresses } from '../dns/host-addresses.js';
import { resolveMailHosts } from '../dns/mail-hosts.js';
import { GreyprobeError } from '../errors.js';
import type { Resolver } from '../ports/resolver.js';
import type { DoctorCheck } from '../result/doctor-result.js';
import { addressLiteral } from '../values/mailbox.js';
import { askServers } from './ask-servers.js';
import { checkOf, type Finding, failed, skipped } from './finding.js';
import { judgeHelo, judgeHeloLiteral } from './judge-helo.js';
import { judgeNode } from './judge-node.js';
import { judgePort } from './judge-port.js';
import { judgeResolver } from './judge-resolver.js';
import { judgeInnerAddress, judgeReverse } from './judge-reverse.js';
import { judgeSelfTest } from './judge-self-test.js';
import { judgeSenderDomain, type SenderLookUp } from './judge-sender-domain.js';
import { judgeStateFolder } from './judge-state-folder.js';
import { lookUpReverse } from './look-up-reverse.js';
import type { DoctorPorts } from './ports.js';
import type { DoctorRequest } from './request.js';
import { tryPort } from './try-port.js';

/** More domains of senders than this are not looked up. */
const MOST_DOMAINS = 5;

/**
 * Looks at everything that a measurement needs, and gives the checks in the order of
 * `DOCTOR_CHECKS`. Connects to nothing but DNS servers, the host given, and itself. Rejects with the
 * signal's reason when it is aborted.
 */
export async function examine(
  request: DoctorRequest,
  ports: DoctorPorts,
  signal: AbortSignal,
): Promise<readonly DoctorCheck[]> {
  const folder = ports.tryStateFolder();
  // Settled, not raced: the test host is to be closed before this ends, whatever else fails.
  const [network, own] = await Promise.allSettled([
    examineNetwork(request, ports, signal),
    ports.measureOwnHost(signal),
  ]);
  signal.throwIfAborted();
  if (network.status === 'rejected') throw network.reason;
  if (own.status === 'rejected') throw own.reason;
  return [
    checkOf('node', null, judgeNode(ports.nodeVersion)),
    checkOf('state-folder', folder.folder, judgeStateFolder(folder)),
    ...network.value,
    checkOf('self-test', null, judgeSelfTest(own.value)),
  ];
}

const NO_DNS = skipped('Not looked up: no DNS server answers.');

async function examineNetwork(
  request: DoctorRequest,
  ports: DoctorPorts,
  signal: AbortSignal,
): Promise<readonly DoctorCheck[]> {
  const named = request.senderDomains.find((domain) => !domain.startsWith('['));
  const { answers, resolver } = await askServers(ports, named ?? null, signal);
  const [senders, helo, host] = await Promise.all([
    senderChecks(request, resolver, signal),
    heloFinding(request, resolver, signal),
    hostAddresses(request, resolver, signal),
  ]);
  const clients = await clientAddresses(request, host, ports);
  const [reverse, port] = await Promise.all([
    reverseChecks(clients, resolver, signal),
    portFinding(request, host, clients, ports, signal),
  ]);
  return [
    checkOf('resolver', null, judgeResolver(answers)),
    ...senders,
    checkOf('helo', request.helo?.name ?? null, helo),
    ...reverse,
    checkOf('port', request.host, port),
  ];
}

async function senderChecks(
  { senderDomains }: DoctorRequest,
  resolver: Resolver | null,
  signal: AbortSignal,
): Promise<readonly DoctorCheck[]> {
  if (senderDomains.length === 0) {
    const none = skipped('No sender given.', 'Add --from with the sender that the probe will use.');
    return [checkOf('sender-domain', null, none)];
  }
  const looked = senderDomains.slice(0, MOST_DOMAINS);
  const checks = await Promise.all(
    looked.map(async (domain) => {
      const finding =
        resolver === null
          ? NO_DNS
          : judgeSenderDomain(await lookUpSender(domain, resolver, signal));
      return checkOf('sender-domain', domain, finding);
    }),
  );
  const more = senderDomains.length - looked.length;
  if (more === 0) return checks;
  const rest = skipped(
    `${more} more domains were not looked up.`,
    'Give them with another --from.',
  );
  return [...checks, checkOf('sender-domain', null, rest)];
}

async function lookUpSender(
  domain: string,
  resolver: Resolver,
  signal: AbortSignal,
): Promise<SenderLookUp> {
  try {
    return { mail: await resolveMailHosts(domain, resolver, { signal }), failure: null };
  } catch (error) {
    if (!(error instanceof GreyprobeError)) throw error;
    return { mail: null, failure: error };
  }
}

async function heloFinding(
  { helo }: DoctorRequest,
  resolver: Resolver | null,
  signal: AbortSignal,
): Promise<Finding> {
  if (helo === null) {
    return skipped(
      'This machine has no full name, so the domain of the sender will be said.',
      'Add --helo with the name of the sending host, or --from.',
    );
  }
  if (helo.name.startsWith('[')) return judgeHeloLiteral(helo);
  if (resolver === null) return NO_DNS;
  return judgeHelo(helo, await findAddresses(helo.name, resolver, signal));
}

/** Where the host is: addresses of the family of the client address, or why there are none. */
type HostPlace =
  | { readonly addresses: readonly string[] }
  | { readonly addresses: null; readonly why: Finding };

async function hostAddresses(
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
  const { all, failure } = await findAddresses(host, resolver, signal);
  if (all.length === 0) {
    const message = failure?.message ?? `The host ${host} has no address.`;
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
async function clientAddresses(
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

async function reverseChecks(
  clients: readonly string[],
  resolver: Resolver | null,
  signal: AbortSignal,
): Promise<readonly DoctorCheck[]> {
  if (clients.length === 0) {
    const unknown = skipped(
      'The address that mail hosts see is not known.',
      'Add --host, or --source-ip with the public address.',
    );
    return [checkOf('reverse-dns', null, unknown)];
  }
  return Promise.all(
    clients.map(async (address) =>
      checkOf('reverse-dns', address, await reverseFinding(address, resolver, signal)),
    ),
  );
}

async function reverseFinding(
  address: string,
  resolver: Resolver | null,
  signal: AbortSignal,
): Promise<Finding> {
  const range = nonPublicRange(address);
  if (range !== null) return judgeInnerAddress(address, range);
  return resolver === null ? NO_DNS : judgeReverse(await lookUpReverse(address, resolver, signal));
}

async function portFinding(
  { host, port, helo, sourceAddresses }: DoctorRequest,
  place: HostPlace,
  clients: readonly string[],
  ports: DoctorPorts,
  signal: AbortSignal,
): Promise<Finding> {
  if (place.addresses === null) return place.why;
  const target = {
    hostName: host !== null && isIP(host) === 0 ? host : null,
    addresses: place.addresses,
    port,
    sourceAddress: sourceAddresses[0] ?? null,
    helo: helo?.name ?? addressLiteral(clients[0] ?? '127.0.0.1'),
  };
  return judgePort(host ?? '', port, await tryPort(ports, target, signal));
}
