import type { SimulateSendersResult } from '../../contract/simulate-senders-result.js';
import { buildAdvice } from '../../core/advice/advice.js';
import { parseWindow } from '../../core/advice/window-text.js';
import { worstFirst } from '../../core/advice/worst-first.js';
import { chosenSenders, type SenderChoice } from './chosen-senders.js';

/** Which of the senders chosen, all by default, arrive in a window, and when, worst first. Throws usage errors. */
export function toSimulateSendersResult(
  windowText: string,
  choice: SenderChoice,
  restartsTimer: boolean,
): SimulateSendersResult {
  const window = parseWindow(windowText);
  const senders = chosenSenders(choice, 'all');
  const advice = buildAdvice(window, { senders, restartsTimer });
  return {
    schema: 'greyprobe.simulate-senders-result.v1',
    window: {
      opensSeconds: window.opens.bySeconds ?? 0,
      closesSeconds: window.closes.afterSeconds ?? 0,
    },
    restartsTimer,
    senders: worstFirst(advice.senders),
    assumptions: advice.assumptions,
    files: [],
  };
}
