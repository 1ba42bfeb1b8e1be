import type { LandingVerdict, SenderAdvice } from './sender-advice-schema.js';

const ORDER: Readonly<Record<LandingVerdict, number>> = {
  'never-lands': 0,
  'gives-up-first': 0,
  'may-miss': 1,
  lands: 2,
  unknown: 3,
};

/** Those that never arrive, those that may not, then by the latest arrival; unknown ones last. */
export function worstFirst(senders: readonly SenderAdvice[]): SenderAdvice[] {
  return [...senders].sort(
    (a, b) =>
      ORDER[a.verdict] - ORDER[b.verdict] ||
      latest(b) - latest(a) ||
      a.id.localeCompare(b.id, 'en'),
  );
}

function latest({ surelyBySeconds, latestSeconds }: SenderAdvice): number {
  return surelyBySeconds ?? latestSeconds ?? 0;
}
