import { createSharedDialer } from '../../../../../src/core/manners/polite-dialer.js';
import type { Located, ProbePorts } from '../../../../../src/core/run/ports.js';
import type { MailHost } from '../../../../../src/model/mail-host.js';
import type { MailHostBehaviour } from '../../../../../src/sandbox/mail-host-behaviour.js';
import { createVirtualClock } from '../../../../../src/sandbox/virtual/virtual-clock.js';
import { createVirtualDialer } from '../../../../../src/sandbox/virtual/virtual-dialer.js';
import { createVirtualRandom } from '../../../../../src/sandbox/virtual/virtual-random.js';
import type { CheckContext, CheckTarget } from '../../../../../src/tasks/check/check-target.js';
import { request } from '../../../core/run/support/virtual-run.js';

/** Mail hosts by domain: name, address and behaviour, by preference. */
export type Zone = Readonly<
  Record<string, readonly (readonly [string, string, MailHostBehaviour])[]>
>;

/** A simulated world for checks: time jumps, and addresses that nobody has refuse connections. */
export function createWorld(zone: Zone, seed = 1) {
  const clock = createVirtualClock();
  const random = createVirtualRandom(seed);
  const hosts = Object.values(zone)
    .flat()
    .map(([name, address, behaviour]) => ({ name, address, behaviour }));
  const dialer = createVirtualDialer({ clock, random, hosts });
  const ports: ProbePorts = {
    clock,
    random,
    dialer,
    locate: async ({ domain }) => locate(zone, domain),
  };
  return { clock, dialer, ports };
}

function locate(zone: Zone, domain: string): Located {
  const hosts: MailHost[] = (zone[domain] ?? []).map(([name, address], index) => ({
    name,
    preference: 10 * (index + 1),
    addresses: [address],
    origin: 'mx',
  }));
  return { kind: 'hosts', hosts, warnings: [] };
}

export function contextOf(ports: ProbePorts, runsFolder: string): CheckContext {
  const polite = { ...ports, dialer: createSharedDialer(ports.dialer, ports.clock) };
  return {
    version: '1.2.3',
    runsFolder,
    portsFor: () => polite,
    noWait: false,
    concurrency: 100,
    targetsAtATime: 100,
  };
}

export function targetFor(
  recipient: string,
  expectations: CheckTarget['expectations'],
  changes: Parameters<typeof request>[0] = {},
): CheckTarget {
  const domain = recipient.slice(recipient.indexOf('@') + 1);
  return {
    name: recipient,
    request: request({ recipient, domain, ...changes }),
    resolver: null,
    allHosts: false,
    expectations,
  };
}
