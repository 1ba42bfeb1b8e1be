import { EXIT, type ExitCode } from '../model/exit-codes.js';
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
