import type { DoctorCheck, DoctorResult } from '../../contract/doctor-result.js';
import type { ProbePorts } from '../../core/run/engine.js';
import type { SenderPool } from '../../core/run/request.js';
import { parseSenderPool } from '../../core/run/sender-pool.js';
import { createResolver } from '../../edges/dns/create-resolver.js';
import { systemServers } from '../../edges/dns/system-servers.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { politeDialer, realPorts } from '../../edges/real-ports.js';
import { createDialer } from '../../edges/smtp/dialer.js';
import { systemClock } from '../../edges/system/clock.js';
import { GreyprobeError } from '../../model/errors.js';
import { EXIT } from '../../model/exit-codes.js';
import { parseClientAddresses } from '../../model/values/client-addresses.js';
import { endpointLabel, parseResolverEndpoint } from '../../model/values/endpoint.js';
import { parseHelo } from '../../model/values/helo.js';
import { parseHost } from '../../model/values/host.js';
import { defaultHelo, machineHelo } from '../settings/to-request.js';
import { checkOf, worstOf } from './finding.js';
import { heloFinding } from './helo.js';
import type { DoctorPorts, Examination, HeloName } from './machine.js';
import { judgeNode } from './node.js';
import { clientAddresses, clientAddressTo, hostPlace, portFinding } from './port.js';
import { askServers, judgeResolver } from './resolver.js';
import { reverseChecks } from './reverse-dns.js';
import { judgeSelfTest, measureOwnHost } from './self-test.js';
import { senderChecks } from './sender-domain.js';
import { judgeStateFolder, tryFolder } from './state-folder.js';

/** The flags of doctor as oclif gives them. */
export interface DoctorFlagValues {
  readonly from?: string | undefined;
  readonly helo?: string | undefined;
  readonly host?: string | undefined;
  readonly port: number;
  readonly resolver?: string | undefined;
  readonly 'source-ip'?: string | undefined;
  readonly 'state-dir'?: string | undefined;
}

/** Looks at this machine. Throws usage errors before anything happens, and `interrupted`. */
export async function runDoctor(
  flags: DoctorFlagValues,
  { version, signal }: { readonly version: string; readonly signal: AbortSignal },
): Promise<DoctorResult> {
  const asked = parseExamination(flags);
  const ports = systemPorts(flags);
  const checks = await examine(asked, ports, signal).catch((error: unknown) => {
    throw signal.aborted ? interrupted() : error;
  });
  const { platform, arch } = process;
  return {
    schema: 'greyprobe.doctor-result.v1',
    version,
    environment: { node: ports.nodeVersion, platform, arch },
    outcome: worstOf(checks),
    checks: [...checks],
  };
}

function interrupted(): GreyprobeError {
  return new GreyprobeError('interrupted', 'The examination was interrupted.', {
    exit: EXIT.interrupted,
  });
}

/** Checks what the user gave, as `probe` does. */
export function parseExamination(
  flags: DoctorFlagValues,
  machine: string | null = machineHelo(),
): Examination {
  const senders = flags.from === undefined ? null : parseSenderPool(flags.from);
  return {
    senderDomains: senders === null ? [] : domainsOf(senders),
    helo: heloName(flags.helo, machine, senders),
    host: flags.host === undefined ? null : parseHost(flags.host),
    port: flags.port,
    sourceAddresses: parseClientAddresses(flags['source-ip'] ?? ''),
  };
}

function heloName(
  given: string | undefined,
  machine: string | null,
  senders: SenderPool | null,
): HeloName | null {
  if (given !== undefined) return { name: parseHelo(given), origin: 'given' };
  if (machine !== null) return { name: machine, origin: 'machine' };
  return senders === null ? null : { name: defaultHelo(senders, null), origin: 'sender' };
}

function domainsOf(senders: SenderPool): readonly string[] {
  const addresses = senders.kind === 'template' ? [senders.template] : senders.addresses;
  return [...new Set(addresses.map((address) => address.slice(address.lastIndexOf('@') + 1)))];
}

/** The host of the self-test is our own: no need to spare it. */
function ownPorts(resolver: string): ProbePorts {
  return { ...realPorts(resolver), dialer: createDialer({ clock: systemClock }) };
}

function systemPorts(flags: DoctorFlagValues): DoctorPorts {
  const { resolver } = flags;
  const endpoints = resolver === undefined ? systemServers() : [parseResolverEndpoint(resolver)];
  return {
    clock: systemClock,
    nodeVersion: process.versions.node,
    servers: endpoints.map((endpoint) => ({
      label: endpointLabel(endpoint),
      resolver: createResolver(endpoint),
    })),
    dialer: politeDialer(usableRunsFolder(flags['state-dir'])),
    tryStateFolder: () => tryFolder(() => systemRunsFolder(flags['state-dir'] ?? null)),
    clientAddressTo,
    measureOwnHost: (signal) => measureOwnHost(ownPorts, signal),
  };
}

/** Doctor is what people run where there is no home folder either. */
function usableRunsFolder(chosen: string | undefined): string | null {
  try {
    return systemRunsFolder(chosen);
  } catch (error) {
    if (error instanceof GreyprobeError) return null;
    throw error;
  }
}

/**
 * Looks at everything that a measurement needs, and gives the checks in the order of
 * `DOCTOR_CHECKS`. Connects to nothing but DNS servers, the host given, and itself. Rejects with the
 * signal's reason when it is aborted.
 */
export async function examine(
  asked: Examination,
  ports: DoctorPorts,
  signal: AbortSignal,
): Promise<readonly DoctorCheck[]> {
  const folder = ports.tryStateFolder();
  // Settled, not raced: the test host is to be closed before this ends, whatever else fails.
  const [network, own] = await Promise.allSettled([
    examineNetwork(asked, ports, signal),
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

async function examineNetwork(
  asked: Examination,
  ports: DoctorPorts,
  signal: AbortSignal,
): Promise<readonly DoctorCheck[]> {
  const named = asked.senderDomains.find((domain) => !domain.startsWith('['));
  const { answers, resolver } = await askServers(ports, named ?? null, signal);
  const [senders, helo, host] = await Promise.all([
    senderChecks(asked, resolver, signal),
    heloFinding(asked, resolver, signal),
    hostPlace(asked, resolver, signal),
  ]);
  const clients = await clientAddresses(asked, host, ports);
  const [reverse, port] = await Promise.all([
    reverseChecks(clients, resolver, signal),
    portFinding(asked, host, clients, ports, signal),
  ]);
  return [
    checkOf('resolver', null, judgeResolver(answers)),
    ...senders,
    checkOf('helo', asked.helo?.name ?? null, helo),
    ...reverse,
    checkOf('port', asked.host, port),
  ];
}
