import type { ProbeResult } from '../../contract/probe-result.js';
import { type Finding, failed, ok } from './finding.js';

/** What the engine measured on a host whose delay is known, or why it could not. */
export type SelfMeasurement =
  | {
      readonly kind: 'measured';
      readonly delaySeconds: number;
      readonly tookSeconds: number;
      readonly result: Pick<ProbeResult, 'verdict' | 'window'>;
    }
  | { readonly kind: 'not-started'; readonly reason: string };

/** Timers and clocks of different parts of the system may differ by this much. */
const TOLERANCE_SECONDS = 0.05;

const REPORT = 'Report this as a fault of greyprobe, with the output of: greyprobe demo --json';

/** Judges whether the measurement holds the truth. */
export function judgeSelfTest(measurement: SelfMeasurement): Finding {
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
