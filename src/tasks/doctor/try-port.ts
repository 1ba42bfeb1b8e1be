import type { Clock } from '../../model/ports/clock.js';
import { type Dialer, dialRequest } from '../../model/ports/dialer.js';
import type { DialTrial } from './judge-port.js';

/** Hosts that make clients wait for the banner mostly take 5 or 6 s. */
const TIMEOUT_SECONDS = 10;
/** So many connections are made at most. */
const MOST_ADDRESSES = 3;

export interface PortTarget {
  readonly name: string | null;
  readonly addresses: readonly string[];
  readonly port: number;
  readonly sourceAddress: string | null;
  readonly helo: string;
}

/** Connects to one address after the other until one answers; says QUIT at once. */
export async function tryPort(
  { dialer, clock }: { readonly dialer: Dialer; readonly clock: Clock },
  { addresses, ...target }: PortTarget,
  signal: AbortSignal,
): Promise<readonly DialTrial[]> {
  const trials: DialTrial[] = [];
  for (const address of addresses.slice(0, MOST_ADDRESSES)) {
    const began = clock.read().monotonicMs;
    const dialled = await dialer.dial(
      dialRequest(
        { ...target, address },
        { ...target, tls: 'never', timeoutSeconds: TIMEOUT_SECONDS },
      ),
      signal,
    );
    const seconds = (clock.read().monotonicMs - began) / 1000;
    await dialled.session?.quit();
    signal.throwIfAborted();
    trials.push({ address, seconds, facts: dialled.session?.facts ?? null, end: dialled.end });
    if (dialled.session !== null || dialled.end.reply !== null) break;
  }
  return trials;
}
