import { formatDuration } from '../../model/values/duration.js';
import { landingOf } from './landing.js';
import type { LandingWindow } from './landing-tally.js';
import { EDGE_MARGIN_SECONDS, type ScheduleFit } from './schedule-fit.js';
import type { Sender, SourceConfidence } from './sender-schema.js';

/** A verdict as a sentence, with when, by which retry, and how sure. */
export function saysOf(
  sender: Sender,
  fit: ScheduleFit,
  window: LandingWindow,
  confidence: SourceConfidence,
): string {
  const { landing, verdict } = fit;
  const unverified = confidence === 'memory' ? ' (not verified)' : '';
  switch (verdict) {
    case 'lands':
      return `${landingWords(fit)}${edgeWords(fit)}${unverified}.`;
    case 'may-miss':
      return landing?.missChance === 0
        ? `${landingWords(fit)}, but${chanceWords(fit.cautiousMissChance)} only within ${EDGE_MARGIN_SECONDS} s of an edge${unverified}.`
        : `${landingWords(fit)}, or misses${chanceWords(landing?.missChance ?? null)}${unverified}.`;
    case 'never-lands':
      return `No retry lands${restartsCost(sender, window) ? ': early ones start the wait again' : ' in the window'}${unverified}.`;
    case 'gives-up-first': {
      const last = landing?.lastTrySeconds ?? 0;
      return last === 0
        ? `Does not try again${unverified}.`
        : `Its last retry comes ${formatDuration(last)} after the first try, before the window opens${unverified}.`;
    }
    case 'unknown':
      return sender.schedule === null
        ? 'Its schedule is not known.'
        : 'The tries that were seen do not reach the window; what comes later is not known.';
  }
}

/** A retry would land if early ones did not start the wait again. */
function restartsCost({ schedule, giveUp }: Sender, window: LandingWindow): boolean {
  if (!window.restartsTimer || schedule === null) return false;
  return landingOf(schedule, giveUp, { ...window, restartsTimer: false }).missChance !== 1;
}

function landingWords({ landing }: ScheduleFit): string {
  const { earliestSeconds, latestSeconds, retry } = landing ?? {};
  const from = formatDuration(earliestSeconds ?? 0);
  const to = formatDuration(latestSeconds ?? 0);
  const [fewest, most] = retry ?? [0, 0];
  const which = fewest === most ? `retry ${fewest}` : `retry ${fewest} to ${most}`;
  return from === to ? `Lands after ${from} (${which})` : `Lands after ${from} to ${to} (${which})`;
}

function edgeWords({ onEdge, surelyBySeconds }: ScheduleFit): string {
  if (!onEdge || surelyBySeconds === null) return '';
  return `; tries near an edge may fail, then by ${formatDuration(surelyBySeconds)}`;
}

function chanceWords(chance: number | null): string {
  if (chance === 1) return '';
  return chance === null ? ' by chance' : ` in ${percentOf(chance)}% of the phases`;
}

/** Whole per cent; never 0 or 100, since neither is so. */
export function percentOf(chance: number): number {
  return Math.min(99, Math.max(1, Math.round(chance * 100)));
}
