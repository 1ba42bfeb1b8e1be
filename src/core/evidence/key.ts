import type { Tuple } from '../../model/tuple.js';
import type { ChangedPart } from '../plan/step.js';
import type { Attempt, RunState } from '../run/state.js';
import { sameHost } from './same-host.js';

/** A tuple with one part changed, as it was tried. */
export interface TriedVariant {
  readonly base: Tuple;
  readonly part: ChangedPart;
  readonly attempt: Attempt;
}

/**
 * Variants share the sender of an earlier tuple; no two tuples do otherwise.
 * `a under one HELO name, then a under another one -> the second is a variant of the first`
 */
export function isVariant(state: RunState, tuple: Tuple): boolean {
  const first = state.attempts.find((one) => one.tuple.sender === tuple.sender);
  return first !== undefined && first.tuple.id !== tuple.id;
}

/** Variants that were tried at the pinned host, in order. */
export function variantsOf(state: RunState): readonly TriedVariant[] {
  const bases = new Map<string, Tuple>();
  return state.attempts.flatMap((attempt) => {
    const { tuple, host } = attempt;
    const base = bases.get(tuple.sender) ?? tuple;
    bases.set(tuple.sender, base);
    if (state.pinned === null || !sameHost(host, state.pinned)) return [];
    const part = changedPart(base, tuple);
    return part === null ? [] : [{ base, part, attempt }];
  });
}

function changedPart(base: Tuple, variant: Tuple): ChangedPart | null {
  if (base.recipient !== variant.recipient) return 'recipient';
  if (base.client !== variant.client) return 'client';
  return base.helo === variant.helo ? null : 'helo';
}

/** A HELO name that differs and still belongs to the same place. */
export function otherHelo(helo: string): string {
  return helo.startsWith('[') ? 'other.invalid' : `other.${helo}`;
}

/** What one part of the tuple means to the server; null where the run does not show it. */
export interface KeyFinding {
  readonly part: 'sender' | ChangedPart;
  readonly inKey: boolean | null;
  readonly attempt: number | null;
}

/**
 * Which parts of the tuple the server looks at. A variant of a tuple that is old enough to pass was
 * tried beside a fresh control: accepted while the control is deferred, the part does not count;
 * deferred, it does.
 * `4xx fresh, 250 for b under another HELO name -> HELO is not in the key; 4xx, 4xx -> it is`
 */
export function keyFindings(state: RunState): readonly KeyFinding[] {
  return variantsOf(state).map(({ part, attempt }) => {
    const control = state.attempts.find(
      (one) => one.session === attempt.session && one.role === 'control',
    );
    const controlled = control?.end?.outcome === 'deferred';
    const outcome = attempt.end?.outcome;
    const answered = outcome === 'accepted' || outcome === 'deferred';
    return {
      part,
      inKey: controlled && answered ? outcome === 'deferred' : null,
      attempt: attempt.n,
    };
  });
}
