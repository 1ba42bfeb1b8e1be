import type { CheckOutcome, DoctorCheck, DoctorCheckId } from '../../contract/doctor-result.js';

/** What one check says: how it ended, what was found, what to do next. */
export interface Finding {
  readonly outcome: CheckOutcome;
  readonly found: string;
  readonly next: readonly string[];
}

type Sentences = readonly string[];

export const ok = (found: string): Finding => ({ outcome: 'ok', found, next: [] });

export const warning = (found: string, ...next: Sentences): Finding => ({
  outcome: 'warning',
  found,
  next,
});

export const failed = (found: string, ...next: Sentences): Finding => ({
  outcome: 'failed',
  found,
  next,
});

export const skipped = (found: string, ...next: Sentences): Finding => ({
  outcome: 'skipped',
  found,
  next,
});

/** Where a look-up was to be, and there is nobody to ask. */
export const NO_DNS = skipped('Not looked up: no DNS server answers.');

/** A finding with the check that it belongs to, as the result lists it. */
export function checkOf(check: DoctorCheckId, about: string | null, finding: Finding): DoctorCheck {
  return { check, about, ...finding, next: [...finding.next] };
}

/** The worst of the checks; those that were skipped do not count. */
export function worstOf(checks: readonly DoctorCheck[]): 'ok' | 'warning' | 'failed' {
  if (checks.some(({ outcome }) => outcome === 'failed')) return 'failed';
  return checks.some(({ outcome }) => outcome === 'warning') ? 'warning' : 'ok';
}
