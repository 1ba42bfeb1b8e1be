import type { DoctorCheck, DoctorResult } from '../../contract/doctor-result.js';
import type { ProbePorts } from '../../core/run/ports.js';
import { DEFAULT_REQUEST, type SenderPool } from '../../core/run/request.js';
import { lookAtRedis } from '../../edges/bullmq/look.js';
import { createResolver, systemServers } from '../../edges/dns/create-resolver.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { politeDialer, realPorts } from '../../edges/real-ports.js';
import { createDialer } from '../../edges/smtp/dialer.js';
import { systemClock } from '../../edges/system/clock.js';
import { GreyprobeError } from '../../model/errors.js';
import { EXIT } from '../../model/exit-codes.js';
import { endpointLabel, parseResolverEndpoint } from '../../model/values/endpoint.js';
import type { RedisUrl } from '../../model/values/redis-url.js';
import type { ProbeSettings } from '../settings/probe-settings.js';
import { defaultHelo, machineHelo } from '../settings/to-request.js';
import { checkOf, type Diagnosis, failed, ok, worstOf } from './diagnosis.js';
import { checkHelo } from './helo.js';
import type { DoctorPorts, Examination, HeloName } from './machine.js';
import { checkPort, clientAddresses, clientAddressTo, hostPlace } from './port.js';
import { redisChecks } from './redis.js';
import { askServers, diagnoseResolver } from './resolver.js';
import { reverseChecks } from './reverse-dns.js';
import { diagnoseSelfTest, measureOwnHost } from './self-test.js';
import { senderChecks } from './sender-domain.js';
import { spfChecks } from './spf.js';
import { diagnoseStateFolder, tryFolder } from './state-folder.js';

interface DoctorContext {
  readonly version: string;
  /** As given with `--state-dir`; null: the user's own. */
  readonly stateDir: string | null;
  /** The queue of surveys by workers; null: none is looked at. */
  readonly redis: RedisUrl | null;
  readonly signal: AbortSignal;
}

/** Looks at this machine, for a probe with these settings. Throws `interrupted`. */
export async function runDoctor(
  settings: ProbeSettings,
  { version, stateDir, redis, signal }: DoctorContext,
): Promise<DoctorResult> {
  const asked = toExamination(settings);
  const ports = systemPorts(settings.resolver, stateDir, redis);
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

/** What is looked at, as `probe` would take the same settings. */
export function toExamination(
  { from, helo, host, port, sourceIp }: ProbeSettings,
  machine: string | null = machineHelo(),
): Examination {
  return {
    senderDomains: from === undefined ? [] : domainsOf(from),
    helo: heloName(helo, machine, from),
    host: host ?? null,
    port: port ?? DEFAULT_REQUEST.port,
    sourceAddresses: sourceIp ?? [],
  };
}

function heloName(
  given: string | undefined,
  machine: string | null,
  senders: SenderPool | undefined,
): HeloName | null {
  if (given !== undefined) return { name: given, origin: 'given' };
  if (machine !== null) return { name: machine, origin: 'machine' };
  return senders === undefined ? null : { name: defaultHelo(senders, null), origin: 'sender' };
}

function domainsOf(senders: SenderPool): readonly string[] {
  const addresses = senders.kind === 'template' ? [senders.template] : senders.addresses;
  return [...new Set(addresses.map((address) => address.slice(address.lastIndexOf('@') + 1)))];
}

/** The host of the self-test is our own: no need to spare it. */
function ownPorts(resolver: string): ProbePorts {
  return { ...realPorts(resolver), dialer: createDialer({ clock: systemClock }) };
}

function systemPorts(
  resolver: string | undefined,
  stateDir: string | null,
  redis: RedisUrl | null,
): DoctorPorts {
  const endpoints = resolver === undefined ? systemServers() : [parseResolverEndpoint(resolver)];
  return {
    clock: systemClock,
    nodeVersion: process.versions.node,
    servers: endpoints.map((endpoint) => ({
      label: endpointLabel(endpoint),
      resolver: createResolver(endpoint),
    })),
    dialer: politeDialer(usableRunsFolder(stateDir)),
    tryStateFolder: () => tryFolder(() => systemRunsFolder(stateDir)),
    clientAddressTo,
    measureOwnHost: (signal) => measureOwnHost(ownPorts, signal),
    ...(redis === null ? {} : { lookAtRedis: () => lookAtRedis(redis) }),
  };
}

/** Doctor is what people run where there is no home folder either. */
function usableRunsFolder(chosen: string | null): string | null {
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
  const [network, own, queue] = await Promise.allSettled([
    examineNetwork(asked, ports, signal),
    ports.measureOwnHost(signal),
    ports.lookAtRedis?.(),
  ]);
  signal.throwIfAborted();
  if (network.status === 'rejected') throw network.reason;
  if (own.status === 'rejected') throw own.reason;
  if (queue.status === 'rejected') throw queue.reason;
  return [
    checkOf('node', null, diagnoseNode(ports.nodeVersion)),
    checkOf('state-folder', folder.folder, diagnoseStateFolder(folder)),
    ...network.value,
    checkOf('self-test', null, diagnoseSelfTest(own.value)),
    ...(queue.value === undefined ? [] : redisChecks(queue.value)),
  ];
}

async function examineNetwork(
  asked: Examination,
  ports: DoctorPorts,
  signal: AbortSignal,
): Promise<readonly DoctorCheck[]> {
  const named = asked.senderDomains.find((domain) => !domain.startsWith('['));
  const { answers, resolver } = await askServers(ports, named ?? null, signal);
  const look = { asked, resolver, signal };
  const [senders, host] = await Promise.all([senderChecks(look), hostPlace(look)]);
  const clients = await clientAddresses(asked, host, ports);
  const [helo, reverse, spf, port] = await Promise.all([
    checkHelo(clients, look),
    reverseChecks(clients, look),
    spfChecks(clients, look),
    checkPort(look, host, clients, ports),
  ]);
  return [
    checkOf('resolver', null, diagnoseResolver(answers)),
    ...senders,
    checkOf('helo', asked.helo?.name ?? null, helo),
    ...reverse,
    ...spf,
    checkOf('port', asked.host, port),
  ];
}

/** The oldest Node.js that greyprobe is made for, as package.json says. */
export const OLDEST_NODE = { major: 20, minor: 19 } as const;

/** Judges a version such as `20.19.1`, with or without a `v` before it. */
export function diagnoseNode(version: string): Diagnosis {
  const wanted = `${OLDEST_NODE.major}.${OLDEST_NODE.minor}`;
  const [, major, minor] = /^v?(\d+)\.(\d+)\./u.exec(version) ?? [];
  const isNewEnough =
    Number(major) > OLDEST_NODE.major ||
    (Number(major) === OLDEST_NODE.major && Number(minor) >= OLDEST_NODE.minor);
  if (isNewEnough) return ok(`Version ${version}; greyprobe needs ${wanted} or later.`);
  return failed(
    `Version ${version} is too old: greyprobe needs ${wanted} or later.`,
    `Install Node.js ${wanted} or later, and see that it comes first in the PATH.`,
  );
}
