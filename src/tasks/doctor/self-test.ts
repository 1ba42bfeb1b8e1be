import type { ProbeResult } from '../../contract/probe-result.js';
import type { ProbePorts } from '../../core/run/ports.js';
import { DEFAULT_MANNERS } from '../../core/run/request.js';
import { GreyprobeError } from '../../model/errors.js';
import { PLAIN_POLICY } from '../../sandbox/greylister-policy.js';
import { startOwnHost } from '../probe/own-host.js';
import { beginRun, outcomeOf } from '../probe/run-probe.js';
import { type Diagnosis, failed, ok } from './diagnosis.js';

const DELAY_SECONDS = 1;
/** One retry too early, one late enough, one more for a machine that is slow today. */
const RETRY_AT_SECONDS = [0.5, 1.5, 2.5];
/** The host is our own and empty: no need to spare it. */
const MANNERS = { ...DEFAULT_MANNERS, secondsBetweenConnections: 0.1 };

/** What the engine measured on a host whose delay is known, or why it could not. */
export type SelfMeasurement =
  | {
      readonly kind: 'measured';
      readonly delaySeconds: number;
      readonly tookSeconds: number;
      readonly result: Pick<ProbeResult, 'verdict' | 'window'>;
    }
  | { readonly kind: 'not-started'; readonly reason: string };

/**
 * Starts a greylisting mail host and a DNS server on free loopback ports, measures them with the
 * engine, and stops them. `portsFor` gives the ports of a probe that asks the DNS server given as
 * `ip:port`. That it cannot be started is part of the result.
 */
export async function measureOwnHost(
  portsFor: (resolver: string) => ProbePorts,
  signal: AbortSignal,
): Promise<SelfMeasurement> {
  const policy = { ...PLAIN_POLICY, delaySeconds: DELAY_SECONDS, clockGranularitySeconds: 0 };
  const host = await startOwnHost(policy).catch((error: unknown) => {
    if (error instanceof GreyprobeError) return error;
    throw error;
  });
  if (host instanceof GreyprobeError) return { kind: 'not-started', reason: host.message };
  try {
    const request = host.requestWith({
      tls: 'never',
      timeoutSeconds: 5,
      retryAtSeconds: RETRY_AT_SECONDS,
      maxWaitSeconds: RETRY_AT_SECONDS.at(-1) ?? 0,
      resolutionSeconds: 2,
      manners: MANNERS,
    });
    const ports = portsFor(host.resolver);
    const began = ports.clock.read().monotonicMs;
    const version = 'self-test';
    const driven = await beginRun(request, ports, { version, runsFolder: null, signal });
    return {
      kind: 'measured',
      delaySeconds: DELAY_SECONDS,
      tookSeconds: (ports.clock.read().monotonicMs - began) / 1000,
      result: outcomeOf(driven).result,
    };
  } finally {
    await host.close();
  }
}

/** Timers and clocks of different parts of the system may differ by this much. */
const TOLERANCE_SECONDS = 0.05;

const REPORT = 'Report this as a fault of greyprobe, with the output of: greyprobe demo --json';

/** Judges whether the measurement holds the truth. */
export function diagnoseSelfTest(measurement: SelfMeasurement): Diagnosis {
  if (measurement.kind === 'not-started') {
    return failed(
      `The test host could not be started on loopback: ${measurement.reason}`,
      'See that this machine lets programs listen on 127.0.0.1.',
    );
  }
  const { delaySeconds, tookSeconds, result } = measurement;
  const { afterSeconds, bySeconds } = result.window?.opens ?? NOTHING;
  if (result.verdict.kind !== 'greylisted' || bySeconds === null) {
    return failed(
      `A host of our own that greylists for ${delaySeconds} s was not measured: ${result.verdict.summary}`,
      'See that a firewall lets connections to 127.0.0.1 through.',
      REPORT,
    );
  }
  const told = `opening between ${tenths(afterSeconds ?? 0)} s and ${tenths(bySeconds)} s`;
  const holds =
    (afterSeconds ?? 0) <= delaySeconds + TOLERANCE_SECONDS &&
    bySeconds >= delaySeconds - TOLERANCE_SECONDS;
  if (!holds) {
    return failed(
      `A host of our own that greylists for ${delaySeconds} s was measured as ${told}.`,
      REPORT,
    );
  }
  return ok(
    `A host of our own that greylists for ${delaySeconds} s was measured as ${told} (${result.verdict.confidence}), in ${tookSeconds.toFixed(1)} s.`,
  );
}

const NOTHING = { afterSeconds: null, bySeconds: null } as const;

function tenths(seconds: number): string {
  return seconds.toFixed(1);
}
