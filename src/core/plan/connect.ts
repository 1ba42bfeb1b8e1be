import type { PinnedHost } from '../../model/mail-host.js';
import { otherHelo } from '../evidence/key.js';
import type { FinishReason } from '../run/events.js';
import type { RunState } from '../run/state.js';
import { PURPOSES } from './purposes.js';
import type { Decision, PlannedSession, Step } from './step.js';

/** Ends the run. */
export function finish(reason: FinishReason): Decision {
  return { kind: 'finish', reason };
}

/**
 * A connection for a step, with the address and HELO name that the step wants.
 * `key, part client -> from the second address; key, part helo -> as other.client.sender.example`
 */
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
