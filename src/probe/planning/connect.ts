import type { PinnedHost } from '../../model/mail-host.js';
import type { FinishReason } from '../events.js';
import { otherHelo } from '../key.js';
import type { Decision, PlannedSession, Step } from '../plan.js';
import type { RunState } from '../state.js';
import { PURPOSES } from './purposes.js';

/** Ends the run. */
export function finish(reason: FinishReason): Decision {
  return { kind: 'finish', reason };
}

/** A connection for a step, with the address and HELO name that the step wants. */
export function connect(
  view: { readonly state: RunState },
  step: Step,
  host: PinnedHost,
  due: PlannedSession['due'],
): PlannedSession {
  const { sourceAddresses, helo } = view.state.request;
  const changed = step.kind === 'key' ? step.part : null;
  const otherClient = step.kind === 'other-client' || changed === 'client';
  return {
    kind: 'session',
    step,
    host,
    sourceAddress: sourceAddresses[otherClient ? 1 : 0] ?? null,
    helo: changed === 'helo' ? otherHelo(helo) : helo,
    due,
    purpose: PURPOSES[step.kind],
  };
}
