import type { DoctorCheck } from '../../contract/doctor-result.js';
import { askServers } from './ask-servers.js';
import { heloFinding, reverseChecks, senderChecks } from './examine-names.js';
import { clientAddresses, hostPlace, portFinding } from './examine-port.js';
import { checkOf } from './finding.js';
import { judgeNode } from './judge-node.js';
import { judgeResolver } from './judge-resolver.js';
import { judgeSelfTest } from './judge-self-test.js';
import { judgeStateFolder } from './judge-state-folder.js';
import type { DoctorPorts } from './ports.js';
import type { DoctorRequest } from './request.js';

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
    hostPlace(request, resolver, signal),
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
