import { startRun } from '../../core/run/engine.js';
import type { ProbeOptions, ProbePorts } from '../../core/run/ports.js';
import type { ProbeRequest } from '../../core/run/request.js';
import type { RunState } from '../../core/run/state.js';
import type { MailHost } from '../../model/mail-host.js';
import type { MailHostBehaviour } from '../mail-host-behaviour.js';
import { createVirtualClock, type VirtualClock } from './virtual-clock.js';
import { createVirtualDialer, type VirtualDialer, type VirtualHost } from './virtual-dialer.js';
import { createVirtualRandom } from './virtual-random.js';

/** Where the simulated mail host is: an address of RFC 5737 that nobody has. */
export const SIMULATED_ADDRESS = '192.0.2.1';

export interface SimulationSettings {
  /** Decides nonces and latencies; the same seed gives the same run. Default 1. */
  readonly seed?: number;
  readonly latencyMs?: VirtualHost['latencyMs'];
  readonly clockOffsetMs?: number;
}

/** A world with one mail host, in which time passes only when all wait. */
export interface SimulatedWorld {
  readonly clock: VirtualClock;
  readonly dialer: VirtualDialer;
  readonly ports: ProbePorts;
}

export interface SimulatedRun {
  readonly state: RunState;
  /** Simulated time that the run took. */
  readonly seconds: number;
  readonly connections: number;
}

/** Builds a world around a mail host that behaves as told. */
export function simulatedWorld(
  domain: string,
  behaviour: MailHostBehaviour,
  settings: SimulationSettings = {},
): SimulatedWorld {
  const clock = createVirtualClock();
  const random = createVirtualRandom(settings.seed ?? 1);
  const name = `mx.${domain}`;
  const { latencyMs, clockOffsetMs } = settings;
  const host: VirtualHost = {
    address: SIMULATED_ADDRESS,
    name,
    behaviour,
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(clockOffsetMs === undefined ? {} : { clockOffsetMs }),
  };
  const dialer = createVirtualDialer({ clock, random, hosts: [host] });
  const hosts: readonly MailHost[] = [
    { name, preference: 10, addresses: [SIMULATED_ADDRESS], origin: 'mx' },
  ];
  const locate: ProbePorts['locate'] = async () => ({ kind: 'hosts', hosts, warnings: [] });
  return { clock, dialer, ports: { clock, random, dialer, locate } };
}

/** Runs the real engine against a simulated mail host; hours take milliseconds. */
export async function runSimulation(
  request: ProbeRequest,
  behaviour: MailHostBehaviour,
  settings: SimulationSettings = {},
  options: ProbeOptions = {},
): Promise<SimulatedRun> {
  const { clock, dialer, ports } = simulatedWorld(request.domain, behaviour, settings);
  const began = clock.read().monotonicMs;
  const state = await startRun('simulated', request, ports, options);
  return {
    state,
    seconds: (clock.read().monotonicMs - began) / 1000,
    connections: dialer.connections,
  };
}
