import { startRun } from '../../../../../src/core/run/engine.js';
import type { ProbeEvent } from '../../../../../src/core/run/events.js';
import type { Located, ProbeOptions } from '../../../../../src/core/run/ports.js';
import { type ProbeRequest, requestFor } from '../../../../../src/core/run/request.js';
import type { RunState } from '../../../../../src/core/run/state.js';
import type { Dialer } from '../../../../../src/model/ports/dialer.js';
import type { MailHostBehaviour } from '../../../../../src/sandbox/mail-host-behaviour.js';
import { createVirtualClock } from '../../../../../src/sandbox/virtual/virtual-clock.js';
import {
  createVirtualDialer,
  type VirtualHost,
} from '../../../../../src/sandbox/virtual/virtual-dialer.js';
import { createVirtualRandom } from '../../../../../src/sandbox/virtual/virtual-random.js';

export const HOST = '192.0.2.1';

/** A request with a sender template and the defaults of the command. */
export function request(changes: Partial<ProbeRequest> = {}): ProbeRequest {
  return requestFor(
    {
      recipient: 'user@example.org',
      domain: 'example.org',
      senders: { kind: 'template', template: 'probe-{nonce}@sender.example' },
      helo: 'client.sender.example',
      port: 25,
    },
    changes,
  );
}

export const ONE_SENDER: ProbeRequest['senders'] = {
  kind: 'list',
  addresses: ['fixed@sender.example'],
};

export interface VirtualRun {
  readonly state: RunState;
  readonly events: readonly ProbeEvent[];
  readonly seconds: number;
  readonly connections: number;
}

/** Runs the real engine against a simulated mail host; hours take milliseconds. */
export async function virtualRun(
  behaviour: MailHostBehaviour,
  changes: Partial<ProbeRequest> = {},
  settings: {
    seed?: number;
    latencyMs?: VirtualHost['latencyMs'];
    options?: ProbeOptions;
    /** Puts a host's manners on top of the simulated ones. */
    through?: (dialer: Dialer) => Dialer;
    /** What the DNS says, in place of one host. */
    located?: Located;
    /** Id of the run. */
    run?: string;
  } = {},
): Promise<VirtualRun> {
  const clock = createVirtualClock();
  const random = createVirtualRandom(settings.seed ?? 1);
  const latency = settings.latencyMs;
  const host: VirtualHost =
    latency === undefined
      ? { address: HOST, name: 'mx.example.org', behaviour }
      : { address: HOST, name: 'mx.example.org', behaviour, latencyMs: latency };
  const dialer = createVirtualDialer({ clock, random, hosts: [host] });
  const events: ProbeEvent[] = [];
  const began = clock.read().monotonicMs;
  const state = await startRun(
    settings.run ?? 'run',
    request(changes),
    {
      clock,
      random,
      dialer: settings.through?.(dialer) ?? dialer,
      locate: async () =>
        settings.located ?? {
          kind: 'hosts',
          hosts: [{ name: 'mx.example.org', preference: 10, addresses: [HOST], origin: 'mx' }],
          warnings: [],
        },
    },
    { keep: (event) => void events.push(event), ...settings.options },
  );
  return {
    state,
    events,
    seconds: (clock.read().monotonicMs - began) / 1000,
    connections: dialer.connections,
  };
}
