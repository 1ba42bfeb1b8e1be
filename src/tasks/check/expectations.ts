import type { VerdictKind } from '../../core/evidence/verdict-schema.js';
import type { Confidence } from '../../core/greylist/hypothesis.js';

/**
 * What a run is held against. Absent ones are not looked at. Times in seconds.
 */
export interface Expectations {
  /** Any of these. */
  readonly verdict?: readonly VerdictKind[];
  readonly opensNoLaterThan?: number;
  readonly opensNoEarlierThan?: number;
  readonly closesNoEarlierThan?: number;
  readonly confidenceAtLeast?: Confidence;
  /** All mail hosts know of a sender that one of them has seen. */
  readonly hostsShareState?: boolean;
  /** The mail host offers STARTTLS. */
  readonly tlsOffered?: boolean;
  /** Each mail host of the domain answers at one of its addresses. */
  readonly noHostUnreachable?: boolean;
  /** By the id of a sender: the mail gets through within this time, whatever the phase. */
  readonly landsWithin?: Readonly<Record<string, number>>;
}

/** The names of expectations, as configurations write them. */
export const EXPECTATION_NAMES = [
  'verdict',
  'opensNoLaterThan',
  'opensNoEarlierThan',
  'closesNoEarlierThan',
  'confidenceAtLeast',
  'hostsShareState',
  'tlsOffered',
  'noHostUnreachable',
  'landsWithin',
] as const satisfies readonly (keyof Expectations)[];

/** How many things would be judged: each sender of `landsWithin` counts. */
export function countExpectations(expectations: Expectations): number {
  const { landsWithin = {}, ...others } = expectations;
  return Object.keys(landsWithin).length + Object.keys(others).length;
}
