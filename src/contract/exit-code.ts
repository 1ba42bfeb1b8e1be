import { EXIT, type ExitCode } from '../model/exit-codes.js';
import type { CheckResult } from './check-result.js';
import type { HostsResult } from './hosts-result.js';
import type { ProbeResult } from './probe-result.js';

/** The exit code that a probe's result stands for. */
export function exitCodeOf(result: ProbeResult): ExitCode {
  if (result.state === 'paused') {
    return result.reason === 'not-yet' ? EXIT.notYet : EXIT.interrupted;
  }
  const { kind, confidence, evidence } = result.verdict;
  switch (kind) {
    case 'no-mail-service':
      return EXIT.noMailService;
    case 'unreachable':
      return evidence.some(({ rule }) => rule === 'machine-limit')
        ? EXIT.machineLimit
        : EXIT.unreachable;
    case 'rejected':
      return EXIT.rejected;
    case 'accepted':
      return confidence === 'possible' ? EXIT.inconclusive : EXIT.ok;
    case 'greylisted':
    case 'deferred': {
      const answered = result.reason === 'answered' && confidence !== 'possible';
      return answered ? EXIT.ok : EXIT.inconclusive;
    }
  }
}

/**
 * 1 where an expectation failed. Else 130 or 75 where a run was interrupted, or waits or is driven by
 * another process, so that the same command goes on with it; 3 where something was not judged; 0 where
 * all held.
 */
export function exitCodeOfCheck({ outcome, targets }: CheckResult): ExitCode {
  if (outcome === 'failed') return EXIT.checkFailed;
  const paused = targets.flatMap(({ result }) => (result.state === 'paused' ? result.reason : []));
  if (paused.includes('interrupted')) return EXIT.interrupted;
  const running = targets.some(({ result }) => result.state === 'running');
  if (running || paused.includes('not-yet')) return EXIT.notYet;
  return outcome === 'passed' ? EXIT.ok : EXIT.inconclusive;
}

/** Ok when every host that answered was judged; else what the first other one stands for. */
export function exitCodeOfHosts({ hosts }: HostsResult): ExitCode {
  const codes = hosts.map(exitCodeOf);
  const reached = codes.filter((code) => code !== EXIT.unreachable);
  if (reached.length === 0) return EXIT.unreachable;
  return reached.find((code) => code !== EXIT.ok) ?? EXIT.ok;
}
