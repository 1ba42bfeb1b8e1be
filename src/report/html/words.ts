import type { CheckOutcome } from '../../contract/check-result.js';
import type { VerdictKind } from '../../core/evidence/verdict-schema.js';
import type { Confidence } from '../../core/greylist/hypothesis.js';
import type { Tone } from './parts.js';

type Chip = readonly [text: string, tone: Tone];

const VERDICT_TONES: Readonly<Record<VerdictKind, Tone>> = {
  greylisted: 'warn',
  accepted: 'good',
  deferred: 'warn',
  rejected: 'bad',
  unreachable: 'bad',
  'no-mail-service': 'bad',
};

export function verdictChip(kind: VerdictKind): Chip {
  return [kind, VERDICT_TONES[kind]];
}

/** The word, or what it means, as in `Likely, but not proved.` */
export function confidenceChip(confidence: Confidence, sure: string | null): Chip {
  const says =
    sure === null ? confidence : sure.replace(/^./u, confidence.charAt(0)).replace(/\.$/u, '');
  return [says, confidence === 'confirmed' ? 'good' : 'soft'];
}

const OUTCOME_TONES: Readonly<Record<CheckOutcome, Tone>> = {
  passed: 'good',
  failed: 'bad',
  'not-judged': 'warn',
};

export function outcomeTone(outcome: CheckOutcome): Tone {
  return OUTCOME_TONES[outcome];
}

/** `2026-11-30 10:05:03 UTC`, of RFC 3339 in UTC; what is not that stays as it is. */
export function timeText(time: string): string {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/u.exec(time);
  return parts === null ? time : `${parts[1]} ${parts[2]} UTC`;
}

/** What every page ends with. */
export function versionText(version: string): string {
  return `Made by greyprobe ${version}. This page loads nothing, and needs no script to be read.`;
}

/** `1 mail host`, `3 mail hosts`. */
export function many(count: number, one: string, more = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : more}`;
}
