import type { CheckOutcome, DoctorCheck, DoctorCheckId } from '../../contract/doctor-result.js';

/** What one check says: how it ended, what was found, what to do next. */
export interface Finding {
  readonly outcome: CheckOutcome;
  readonly found: string;
  readonly next: readonly string[];
}

const findingThat =
  (outcome: CheckOutcome) =>
  (found: string, ...next: readonly string[]): Finding => ({ outcome, found, next });

export const ok = findingThat('ok');
export const warning = findingThat('warning');
export const failed = findingThat('failed');
export const skipped = findingThat('skipped');

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
