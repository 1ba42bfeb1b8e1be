import type { DoctorResult } from '../../contract/doctor-result.js';
import type { SenderPool } from '../../core/run/request.js';
import { parseSenderPool } from '../../core/run/sender-pool.js';
import { createResolver } from '../../edges/dns/create-resolver.js';
import { systemServers } from '../../edges/dns/system-servers.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { realPorts } from '../../edges/real-ports.js';
import { createDialer } from '../../edges/smtp/dialer.js';
import { systemClock } from '../../edges/system/clock.js';
import { GreyprobeError } from '../../model/errors.js';
import { EXIT, type ExitCode } from '../../model/exit-codes.js';
import { parseClientAddresses } from '../../model/values/client-addresses.js';
import { endpointLabel, parseResolverEndpoint } from '../../model/values/endpoint.js';
import { parseHelo } from '../../model/values/helo.js';
import { parseHost } from '../../model/values/host.js';
import { clientAddressTo } from '../../tasks/doctor/client-address.js';
import { examine } from '../../tasks/doctor/examine.js';
import { worstOf } from '../../tasks/doctor/finding.js';
import type { DoctorPorts } from '../../tasks/doctor/ports.js';
import type { DoctorRequest, HeloName } from '../../tasks/doctor/request.js';
import { measureOwnHost } from '../../tasks/doctor/self-test.js';
import { tryFolder } from '../../tasks/doctor/try-folder.js';
import { defaultHelo, machineHelo } from '../../tasks/settings/to-request.js';
import { withInterruption } from '../terminal/interruption.js';

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
  context: { readonly version: string },
): Promise<{ readonly result: DoctorResult; readonly exit: ExitCode }> {
  const request = parseDoctorRequest(flags);
  const ports = doctorPorts(flags);
  const { value: checks } = await withInterruption(async (signal) => {
    try {
      return await examine(request, ports, signal);
    } catch (error) {
      throw signal.aborted ? interrupted() : error;
    }
  });
  const outcome = worstOf(checks);
  const { platform, arch } = process;
  return {
    result: {
      schema: 'greyprobe.doctor-result.v1',
      version: context.version,
      environment: { node: ports.nodeVersion, platform, arch },
      outcome,
      checks: [...checks],
    },
    exit: outcome === 'failed' ? EXIT.checkFailed : EXIT.ok,
  };
}

/** Checks what the user gave, as `probe` does. */
export function parseDoctorRequest(
  flags: DoctorFlagValues,
  machine: string | null = machineHelo(),
): DoctorRequest {
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

function doctorPorts(flags: DoctorFlagValues): DoctorPorts {
  const { resolver } = flags;
  const endpoints = resolver === undefined ? systemServers() : [parseResolverEndpoint(resolver)];
  return {
    clock: systemClock,
    nodeVersion: process.versions.node,
    servers: endpoints.map((endpoint) => ({
      label: endpointLabel(endpoint),
      resolver: createResolver(endpoint),
    })),
    dialer: createDialer({ clock: systemClock }),
    tryStateFolder: () => tryFolder(() => systemRunsFolder(flags['state-dir'] ?? null)),
    clientAddressTo,
    measureOwnHost: (signal) => measureOwnHost(realPorts, signal),
  };
}

function interrupted(): GreyprobeError {
  return new GreyprobeError('interrupted', 'The examination was interrupted.', {
    exit: EXIT.interrupted,
  });
}
