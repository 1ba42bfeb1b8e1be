import type { Random } from '../../model/ports/random.js';
import { senderDomain } from '../../model/tuple.js';
import { isOneADomain, unusedSender } from '../run/probe-senders.js';
import type { RunState } from '../run/state.js';
import type { Step } from './step.js';

/** Senders that the run has used so far. */
export function sendersUsed({ attempts }: RunState): ReadonlySet<string> {
  return new Set(attempts.map(({ tuple }) => tuple.sender));
}

/**
 * Domains to take the next fresh sender from. Senders of one domain are measured, since a host may
 * treat those of another otherwise: that of the first one who was made to wait. Where each sender has a
 * domain of its own, any; where nobody was made to wait, a domain that was not tried.
 * `4xx for a@one.example -> one.example; 250 for a@one.example -> any but one.example`
 */
export function domainWanted({ attempts, request }: RunState): (domain: string) => boolean {
  const waits = attempts.find(({ end }) => end?.outcome === 'deferred');
  if (waits !== undefined) {
    const measured = isOneADomain(request.senders) ? null : senderDomain(waits.tuple.sender);
    return (domain) => measured === null || domain === measured;
  }
  const letIn = attempts.filter(({ end }) => end?.outcome === 'accepted');
  const tried = new Set(letIn.map(({ tuple }) => senderDomain(tuple.sender)));
  return (domain) => !tried.has(domain);
}

/** The sender of the next fresh tuple of a step, or null when there is none left. */
export function freshSender(state: RunState, step: Step, random: Random): string | null {
  // To another client address, any sender is new.
  const isWanted = step.kind === 'other-client' ? () => true : domainWanted(state);
  return unusedSender(state.request.senders, sendersUsed(state), random, isWanted);
}
