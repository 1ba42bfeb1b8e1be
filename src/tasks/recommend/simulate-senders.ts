import type { SimulateSendersResult } from '../../contract/simulate-senders-result.js';
import { usableWindow } from '../../core/advice/acceptance-window.js';
import { buildAdvice } from '../../core/advice/advice.js';
import { ASSUMED_CLOSE_SECONDS } from '../../core/advice/sender-advice.js';
import { worstFirst } from '../../core/advice/worst-first.js';
import { GreyprobeError } from '../../model/errors.js';
import { EXIT } from '../../model/exit-codes.js';
import { chosenSenders, type SenderChoice } from './chosen-senders.js';
import type { AdviceSubject } from './recommend.js';

/**
 * Which of the senders chosen, all by default, arrive in a window, and when, worst first. A closing edge that
 * was not seen is where advice assumes it. Throws usage errors, and `no-window` (exit: inconclusive) where
 * no retry was accepted.
 */
export function toSimulateSendersResult(
  { window, restartsTimer }: Pick<AdviceSubject, 'window' | 'restartsTimer'>,
  choice: SenderChoice,
): SimulateSendersResult {
  const usable = usableWindow(window, ASSUMED_CLOSE_SECONDS);
  if (usable === null) {
    throw new GreyprobeError('no-window', 'No retry was accepted yet: the window is not known.', {
      exit: EXIT.inconclusive,
      suggestions: ['Try a window of your own: --window 300s..48h.'],
    });
  }
  const senders = chosenSenders(choice, 'all');
  const advice = buildAdvice(window, { senders, restartsTimer });
  return {
    schema: 'greyprobe.simulate-senders-result.v1',
    window: { opensSeconds: usable.fromSeconds, closesSeconds: usable.toSeconds },
    restartsTimer,
    senders: worstFirst(advice.senders),
    assumptions: advice.assumptions,
    files: [],
  };
}
