import { buildAdvice } from '../advice/advice.js';
import { parseSetting, withSettings } from '../advice/sender-settings.js';
import { sendersNamed } from '../advice/senders.js';
import { parseWindow } from '../advice/window-text.js';
import { worstFirst } from '../advice/worst-first.js';
import type { SimulateSendersResult } from './simulate-senders-result.js';

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
