import { type AgeWindow, usableWindow } from './acceptance-window.js';
import type { Advice } from './advice-schema.js';
import { recommendGlitchRetry } from './exchange2003.js';
import { ASSUMED_CLOSE_SECONDS, adviseSender } from './sender-advice.js';
import type { Sender } from './sender-schema.js';
import { sendersNamed } from './senders.js';

export interface AdviceOptions {
  /** A try before the opening starts the wait again. */
  readonly restartsTimer?: boolean;
  /** Default: a few common ones. */
  readonly senders?: readonly Sender[];
  /** The recipient's domain, for settings that can be made for one domain. */
  readonly domain?: string;
}

/**
 * What to set, for Exchange 2000/2003 and for other senders, given a measured window. With no age
 * that is known to be accepted the list of senders is empty, and there is no value.
 */
export function buildAdvice(window: AgeWindow, options: AdviceOptions = {}): Advice {
  const { senders = sendersNamed('common') } = options;
  return {
    exchange2003: recommendGlitchRetry(window, {
      ...(options.restartsTimer === undefined ? {} : { restartsTimer: options.restartsTimer }),
      ...setGlitchSeconds(senders),
    }),
    senders: senders.flatMap((sender) => adviseSender(sender, window, options) ?? []),
    assumptions: assumptionsOf(window),
  };
}

/** GlitchRetrySeconds as the chosen Exchange 2003 has it. */
function setGlitchSeconds(senders: readonly Sender[]): { setSeconds?: number } {
  const schedule = senders.find(({ id }) => id === 'exchange-2003')?.schedule;
  const wait = schedule?.kind === 'stages' ? schedule.stages[0]?.everySeconds : undefined;
  return wait === undefined || !Number.isInteger(wait) ? {} : { setSeconds: wait };
}

function assumptionsOf(window: AgeWindow): string[] {
  const usable = usableWindow(window, ASSUMED_CLOSE_SECONDS);
  const closing = usable?.closingAssumed
    ? ['The window was not seen to close: it is taken to stay open for 24 h (RFC 6647 §5).']
    : [];
  return [
    ...closing,
    'Each retry comes from the same address, or the same network, with the same envelope sender.',
    'A try behind the closing edge starts the wait again (RFC 6647 §5).',
  ];
}
