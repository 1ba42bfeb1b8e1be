import type { PinnedHost } from '../../model/mail-host.js';
import { kindsOf } from '../run/probe-senders.js';
import type { Attempt, RunState } from '../run/state.js';
import type { MachineOf } from './machines.js';
import { sameHost } from './same-host.js';
import { looksOther } from './words.js';

/**
 * Connections in which nobody asked the list: all that was tried passed, new senders too, and later new
 * ones of the same kind were deferred again. A server whose greylister is out of reach lets all in.
 * 4xx for a | 250 for b, c (both new) | 4xx for d (new) -> the second connection.
 */
export function bypassedSessions(
  state: RunState,
  host: PinnedHost,
  machineOf: MachineOf,
): ReadonlySet<number> {
  const firsts = [...state.histories.values()].flatMap(({ attempts, host: asked }) => {
    const first = attempts.find(({ end }) => end?.reply);
    return sameHost(asked, host) && first !== undefined ? [first] : [];
  });
  const kindOf = kindsOf(state.request.senders);
  const letIn = firsts.filter(({ end }) => end?.outcome === 'accepted');
  const keptOut = firsts.filter(({ end }) => end?.outcome === 'deferred' && !looksOther({ end }));
  const wasClosedAgain = (one: Attempt) =>
    keptOut.some(
      (later) =>
        later.n > one.n &&
        kindOf(later.tuple) === kindOf(one.tuple) &&
        machineOf(later.session) === machineOf(one.session),
    );
  const open = letIn.filter(wasClosedAgain).map(({ session }) => session);
  return new Set(
    open.filter((session) =>
      state.attempts.every(
        ({ session: of, end }) => of !== session || !end?.reply || end.outcome === 'accepted',
      ),
    ),
  );
}
