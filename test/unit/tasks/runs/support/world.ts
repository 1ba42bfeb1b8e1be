import type { Located, ProbePorts } from '../../../../../src/core/run/ports.js';
import type { MailHostBehaviour } from '../../../../../src/sandbox/mail-host-behaviour.js';
import {
  createVirtualClock,
  type VirtualClock,
} from '../../../../../src/sandbox/virtual/virtual-clock.js';
import { createVirtualDialer } from '../../../../../src/sandbox/virtual/virtual-dialer.js';
import { createVirtualRandom } from '../../../../../src/sandbox/virtual/virtual-random.js';
import { HOST } from '../../../core/run/support/virtual-run.js';

/** One virtual world that outlives the processes of a run: its clock and its mail host go on. */
export interface World {
  readonly clock: VirtualClock;
  readonly ports: ProbePorts;
  /** How often the DNS was asked. */
  readonly lookups: () => number;
  /** From now on the DNS gives this. */
  readonly nowLocated: (located: Located) => void;
  readonly connections: () => number;
}

export function hostsAt(...addresses: readonly string[]): Located {
  return {
    kind: 'hosts',
    hosts: [{ name: 'mx.example.org', preference: 10, addresses, origin: 'mx' }],
    warnings: [],
  };
}

export function virtualWorld(behaviour: MailHostBehaviour, seed = 1): World {
  const clock = createVirtualClock();
  const random = createVirtualRandom(seed);
  const host = { address: HOST, name: 'mx.example.org', behaviour };
  const dialer = createVirtualDialer({ clock, random, hosts: [host] });
  let located = hostsAt(HOST);
  let lookups = 0;
  return {
    clock,
    ports: {
      clock,
      random,
      dialer,
      locate: async () => {
        lookups += 1;
        return located;
      },
    },
    lookups: () => lookups,
    nowLocated: (next) => {
      located = next;
    },
    connections: () => dialer.connections,
  };
}
