import type { SimulateSendersResult } from '../../contract/simulate-senders-result.js';
import { buildAdvice } from '../../core/advice/advice.js';
import { parseSetting, withSettings } from '../../core/advice/sender-settings.js';
import { sendersNamed } from '../../core/advice/senders.js';
import { parseWindow } from '../../core/advice/window-text.js';
import { worstFirst } from '../../core/advice/worst-first.js';

/** Which of the senders named arrive in a window, and when, worst first. Throws usage errors. */
export function toSimulateSendersResult(
  windowText: string,
  senderNames: string,
  settings: readonly string[],
  restartsTimer: boolean,
): SimulateSendersResult {
  const window = parseWindow(windowText);
  const senders = withSettings(sendersNamed(senderNames), settings.map(parseSetting));
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
