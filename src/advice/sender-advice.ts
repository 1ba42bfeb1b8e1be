import { formatDuration } from '../values/duration.js';
import { type AgeWindow, usableWindow } from './acceptance-window.js';
import { landingOf } from './landing.js';
import type { Landing, LandingWindow } from './landing-tally.js';
import { lastRetryOf } from './last-retry.js';
import { remedyFor } from './remedy.js';
import type { LandingVerdict, SenderAdvice } from './sender-advice-schema.js';
import {
  type GiveUp,
  type Schedule,
  type Sender,
  SOURCE_CONFIDENCES,
  type SourceConfidence,
} from './sender-schema.js';
import { retryConfidence, retrySpans } from './spans.js';

/** Tries nearer to an edge than this are coin tosses. */
export const EDGE_MARGIN_SECONDS = 10;
/** An unseen closing edge is taken to be here (RFC 6647 §5). */
export const ASSUMED_CLOSE_SECONDS = 86_400;

export interface SenderAdviceOptions {
  /** A try before the opening starts the wait again. */
  readonly restartsTimer?: boolean;
  /** The mail's domain, for settings that can be made for one domain. */
  readonly domain?: string;
  /** How far the picture goes. */
  readonly untilSeconds?: number;
}

/** What a sender, as it is set, makes of a window. Null: the window has no age that is accepted. */
export function adviseSender(
  sender: Sender,
  window: AgeWindow,
  options: SenderAdviceOptions = {},
): SenderAdvice | null {
  const usable = usableWindow(window, ASSUMED_CLOSE_SECONDS);
  if (usable === null) return null;
  const against: LandingWindow = {
    opensSeconds: usable.fromSeconds,
    closesSeconds: usable.toSeconds,
    restartsTimer: options.restartsTimer ?? false,
  };
  const judged = judge(sender.schedule, sender.giveUp, against);
  const remedy = remedyFor(sender, judged, against, pastableDomain(options.domain));
  const confidence = confidenceOf(sender, judged);
  const givesUpAfterSeconds = sender.giveUp.seconds ?? lastRetryOf(sender);
  const until = options.untilSeconds ?? pictureEnd(judged, against);
  const spans = retrySpans(sender, until);
  return {
    id: sender.id,
    name: sender.name,
    verdict: judged.verdict,
    says: saysOf(sender, judged, against, confidence),
    earliestSeconds: judged.landing?.earliestSeconds ?? null,
    latestSeconds: judged.landing?.latestSeconds ?? null,
    surelyBySeconds: judged.surelyBySeconds,
    missChance: judged.landing?.missChance ?? null,
    retry: judged.landing?.retry ? [...judged.landing.retry] : null,
    givesUpAfterSeconds,
    ...(givesUpAfterSeconds === null ? {} : { giveUpConfidence: sender.giveUp.confidence }),
    nextHostInSameRun: sender.nextHostInSameRun,
    spans,
    otherReadings: sender.otherReadings.map(({ says, schedule, confidence }) => {
      const other = judge(schedule, sender.giveUp, against);
      return {
        says,
        verdict: other.verdict,
        earliestSeconds: other.landing?.earliestSeconds ?? null,
        latestSeconds: other.landing?.latestSeconds ?? null,
        confidence,
      };
    }),
    settings: sender.settings.map(({ name, where, default: value, unit, confidence, note }) => ({
      name,
      where,
      value,
      unit,
      confidence,
      note,
    })),
    remedy,
    otherwise: remedy === null ? otherwise(sender, judged.verdict) : [],
    confidence,
    source: sender.source,
    notes: [...sender.notes],
  };
}

export interface Judged {
  readonly verdict: LandingVerdict;
  readonly landing: Landing | null;
  readonly surelyBySeconds: number | null;
  /** The latest retry that the verdict rests on. */
  readonly restsOnRetry: number | null;
  /** Tries near an edge make a difference. */
  readonly onEdge: boolean;
}

/** Lands a schedule in the window, and once more in the window less its margins. */
export function judge(schedule: Schedule | null, giveUp: GiveUp, window: LandingWindow): Judged {
  if (schedule === null) {
    return {
      verdict: 'unknown',
      landing: null,
      surelyBySeconds: null,
      restsOnRetry: null,
      onEdge: false,
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

/** The domain goes into lines to paste: nothing but a plain name does. */
function pastableDomain(domain: string | undefined): string {
  return domain !== undefined && /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/iu.test(domain)
    ? domain
    : 'example.org';
}

/** What helps where the sender cannot be set, or no setting does. */
function otherwise({ remedy }: Sender, verdict: LandingVerdict): string[] {
  const why =
    remedy === null || verdict === 'lands'
      ? []
      : [`No value of ${remedy.setting} lands here with a margin on both edges.`];
  return [...why, ...OTHERWISE];
}

const OTHERWISE: readonly string[] = [
  'Ask the receiver to exempt your outgoing addresses.',
  'Send from one fixed address: a retry from another one starts the wait again.',
  'Publish SPF for it: many greylisters let senders with a pass through sooner, or at once.',
];

/** Far enough to see the opening and the landing. */
function pictureEnd({ landing }: Judged, window: LandingWindow): number {
  const landed = landing?.latestSeconds ?? 2 * window.opensSeconds;
  return Math.max(landed, window.opensSeconds) * 1.25;
}

/** The least sure of what the verdict rests on. */
function confidenceOf(sender: Sender, { restsOnRetry, landing }: Judged): SourceConfidence {
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

function saysOf(
  sender: Sender,
  judged: Judged,
  window: LandingWindow,
  confidence: SourceConfidence,
): string {
  const { landing, verdict } = judged;
  const unverified = confidence === 'memory' ? ' (not verified)' : '';
  switch (verdict) {
    case 'lands':
      return `${landingWords(judged)}${edgeWords(judged)}${unverified}.`;
    case 'may-miss':
      return landing?.missChance === 0
        ? `${landingWords(judged)}, but only within ${EDGE_MARGIN_SECONDS} s of an edge${unverified}.`
        : `${landingWords(judged)}, or misses${chanceWords(landing)}${unverified}.`;
    case 'never-lands':
      return `No retry lands${window.restartsTimer ? ': early ones start the wait again' : ' in the window'}${unverified}.`;
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

function landingWords({ landing }: Judged): string {
  const { earliestSeconds, latestSeconds, retry } = landing ?? {};
  const from = formatDuration(earliestSeconds ?? 0);
  const to = formatDuration(latestSeconds ?? 0);
  const [fewest, most] = retry ?? [0, 0];
  const which = fewest === most ? `retry ${fewest}` : `retry ${fewest} to ${most}`;
  return from === to ? `Lands after ${from} (${which})` : `Lands after ${from} to ${to} (${which})`;
}

function edgeWords({ onEdge, surelyBySeconds }: Judged): string {
  if (!onEdge || surelyBySeconds === null) return '';
  return `; tries near an edge may fail, then by ${formatDuration(surelyBySeconds)}`;
}

function chanceWords(landing: Landing | null): string {
  const chance = landing?.missChance ?? null;
  return chance === null ? ' by chance' : ` in ${percentOf(chance)}% of the phases`;
}

/** Whole per cent; never 0 or 100, since neither is so. */
export function percentOf(chance: number): number {
  return Math.min(99, Math.max(1, Math.round(chance * 100)));
}
