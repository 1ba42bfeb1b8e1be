import type { DoctorCheck, DoctorCheckId, DoctorOutcome } from '../../contract/doctor-result.js';

/** What one check says: how it ended, what was found, what to do next. */
export interface Diagnosis {
  readonly outcome: DoctorOutcome;
  readonly found: string;
  readonly next: readonly string[];
}

const diagnosisThat =
  (outcome: DoctorOutcome) =>
  (found: string, ...next: readonly string[]): Diagnosis => ({ outcome, found, next });

export const ok = diagnosisThat('ok');
export const warning = diagnosisThat('warning');
export const failed = diagnosisThat('failed');
export const skipped = diagnosisThat('skipped');

/** Where a look-up was to be, and there is nobody to ask. */
export const NO_DNS = skipped('Not looked up: no DNS server answers.');

/** A diagnosis with the check that it belongs to, as the result lists it. */
export function checkOf(
  check: DoctorCheckId,
  about: string | null,
  diagnosis: Diagnosis,
): DoctorCheck {
  return { check, about, ...diagnosis, next: [...diagnosis.next] };
}

/** The worst of the checks; those that were skipped do not count. */
export function worstOf(checks: readonly DoctorCheck[]): 'ok' | 'warning' | 'failed' {
  if (checks.some(({ outcome }) => outcome === 'failed')) return 'failed';
  return checks.some(({ outcome }) => outcome === 'warning') ? 'warning' : 'ok';
}
