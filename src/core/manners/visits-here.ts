import type { Dialer } from '../../model/ports/dialer.js';
import type { Claim, Visits } from '../../model/ports/visits.js';

const GO: Claim = { kind: 'go' };

/** Visits that this process makes itself: a polite dialer waits for its turn when it dials. */
export function visitsHere(dialer: Dialer): Visits {
  return {
    due: (whom, limits) => ({
      freeAtMs: dialer.freeAtMs?.(whom, limits) ?? 0,
      rest: dialer.restOf?.(whom) ?? null,
    }),
    claim: async () => GO,
    result: ({ request }, signal) => dialer.dial(request, signal),
  };
}
