import { setTimeout as delay } from 'node:timers/promises';
import { buildResult } from '../../../../../src/contract/build-result.js';
import { exitCodeOf } from '../../../../../src/contract/exit-code.js';
import type { ProbeResult } from '../../../../../src/contract/probe-result.js';
import { startRun } from '../../../../../src/core/run/engine.js';
import type { ProbeRequest } from '../../../../../src/core/run/request.js';
import type { RunState } from '../../../../../src/core/run/state.js';
import { createDialer } from '../../../../../src/edges/smtp/dialer.js';
import type { Clock } from '../../../../../src/model/ports/clock.js';
import { createVirtualRandom } from '../../../../../src/sandbox/virtual/virtual-random.js';
import { request } from '../../../core/run/support/virtual-run.js';
import { type ScriptedServer, type Step, scriptedServer } from './scripted-server.js';

/** What a run against a scripted host has shown, and what the host saw of it. */
export interface Probed {
  readonly state: RunState;
  readonly result: ProbeResult;
  readonly exit: number;
  readonly server: ScriptedServer;
  /** Time between the end of one connection and the start of the next, in seconds of the run. */
  readonly pauses: readonly number[];
}

/**
 * Runs the real engine over real sockets against a host that plays the script to each connection.
 * What it does is real; the waits between connections are leapt over.
 */
export async function probeAgainst(
  script: readonly Step[],
  changes: Partial<ProbeRequest> = {},
): Promise<Probed> {
  const server = await scriptedServer(script);
  try {
    const { leaping, steady } = clocks();
    const { address, port } = server;
    const state = await startRun(
      'run',
      request({ port, timeoutSeconds: 0.2, maxWaitSeconds: 600, ...changes }),
      {
        clock: leaping,
        random: createVirtualRandom(1),
        dialer: createDialer({ clock: steady }),
        locate: async () => ({
          kind: 'hosts',
          hosts: [{ name: 'mx.example.org', preference: 10, addresses: [address], origin: 'mx' }],
          warnings: [],
        }),
      },
    );
    const result = buildResult(state, '0');
    return { state, result, exit: exitCodeOf(result), server, pauses: pausesOf(state) };
  } finally {
    await server.close();
  }
}

/** One time, on which the engine leaps over its waits while the dialer waits for real. */
function clocks(): { readonly leaping: Clock; readonly steady: Clock } {
  let leaptMs = 0;
  const monotonicMs = () => performance.now() + leaptMs;
  const read = () => ({ monotonicMs: monotonicMs(), wallMs: Date.UTC(2026, 0, 5) + monotonicMs() });
  return {
    leaping: {
      read,
      sleepUntil: async (dueMs) => {
        leaptMs += Math.max(0, dueMs - monotonicMs());
      },
    },
    steady: {
      read,
      sleepUntil: async (dueMs, signal) => {
        await delay(Math.max(0, dueMs - monotonicMs()), undefined, signal ? { signal } : {});
      },
    },
  };
}

function pausesOf({ sessions }: RunState): number[] {
  return sessions.slice(1).map(({ started }, index) => {
    const before = sessions[index]?.ended?.monotonicMs ?? 0;
    return (started.monotonicMs - before) / 1000;
  });
}
