import { landingOf } from './landing.js';
import type { Landing, LandingWindow } from './landing-tally.js';
import type { LandingVerdict } from './sender-advice-schema.js';
import {
  type GiveUp,
  type Schedule,
  type Sender,
  SOURCE_CONFIDENCES,
  type SourceConfidence,
} from './sender-schema.js';
import { retryConfidence } from './spans.js';

/** Tries nearer to an edge than this are coin tosses. */
export const EDGE_MARGIN_SECONDS = 10;

/** A schedule held against a window. */
export interface ScheduleFit {
  readonly verdict: LandingVerdict;
  readonly landing: Landing | null;
  readonly surelyBySeconds: number | null;
  /** The latest retry that the verdict rests on. */
  readonly restsOnRetry: number | null;
  /** Tries near an edge make a difference. */
  readonly onEdge: boolean;
  /** Share of the phases that miss if tries near an edge do not count; null: by chance. */
  readonly cautiousMissChance: number | null;
}

/**
 * Lands a schedule in the window, and once more in the window less its margins.
 * Retries at 301 to 600 s, window from 300 s: a try at 301 to 309 s is a coin toss, the next scan decides
 * -> lands, surely by 909 s.
 */
export function fitOf(
  schedule: Schedule | null,
  giveUp: GiveUp,
  window: LandingWindow,
): ScheduleFit {
  if (schedule === null) {
    return {
      verdict: 'unknown',
      landing: null,
      surelyBySeconds: null,
      restsOnRetry: null,
      onEdge: false,
      cautiousMissChance: null,
    };
  }
  const landing = landingOf(schedule, giveUp, window);
  const cautious = landingOf(schedule, giveUp, withMargins(window));
  const surely = cautious.missChance === 0;
  return {
    verdict: verdictOf(schedule, landing, surely, window),
    landing,
    surelyBySeconds: surely ? cautious.latestSeconds : null,
    restsOnRetry: (surely ? cautious : landing).retry?.[1] ?? null,
    cautiousMissChance: cautious.missChance,
    onEdge:
      landing.earliestSeconds !== null &&
      (cautious.earliestSeconds !== landing.earliestSeconds ||
        cautious.latestSeconds !== landing.latestSeconds),
  };
}

function withMargins(window: LandingWindow): LandingWindow {
  return {
    ...window,
    opensSeconds: window.opensSeconds + EDGE_MARGIN_SECONDS,
    closesSeconds: window.closesSeconds - EDGE_MARGIN_SECONDS,
  };
}

function verdictOf(
  schedule: Schedule,
  landing: Landing,
  surely: boolean,
  window: LandingWindow,
): LandingVerdict {
  if (surely) return 'lands';
  if (schedule.kind === 'observed' && !schedule.gaveUp && landing.missChance === 1) {
    return 'unknown';
  }
  if (landing.missChance !== 1) return 'may-miss';
  return (landing.lastTrySeconds ?? 0) < window.opensSeconds ? 'gives-up-first' : 'never-lands';
}

/**
 * The least sure of what the verdict rests on.
 * Retries from documents, the third on from memory: landing by retry 2 -> docs, by retry 3 -> memory.
 */
export function confidenceOf(
  sender: Sender,
  { restsOnRetry, landing }: ScheduleFit,
): SourceConfidence {
  const ofRetry = retryConfidence(sender, restsOnRetry ?? Number.POSITIVE_INFINITY);
  const { seconds, confidence } = sender.giveUp;
  // Only a miss, by some phase or by all, rests on when the sender gives up.
  return landing === null || landing.missChance === 0 || seconds === null
    ? ofRetry
    : lessSure(ofRetry, confidence);
}

function lessSure(a: SourceConfidence, b: SourceConfidence): SourceConfidence {
  return SOURCE_CONFIDENCES.indexOf(a) >= SOURCE_CONFIDENCES.indexOf(b) ? a : b;
}
