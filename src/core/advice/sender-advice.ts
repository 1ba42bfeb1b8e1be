import { type AgeWindow, usableWindow } from './acceptance-window.js';
import type { LandingWindow } from './landing-tally.js';
import { saysOf } from './landing-words.js';
import { lastRetryOf } from './last-retry.js';
import { remedyFor } from './remedy.js';
import { confidenceOf, fitOf, type ScheduleFit } from './schedule-fit.js';
import type { LandingVerdict, RemedyAdvice, SenderAdvice } from './sender-advice-schema.js';
import type { Sender } from './sender-schema.js';
import { retrySpans } from './spans.js';

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
  const against = landingWindow(window, options.restartsTimer ?? false);
  if (against === null) return null;
  const fit = fitOf(sender.schedule, sender.giveUp, against);
  const domain = pastableDomain(options.domain);
  const remedy = remedyFor(sender, fit, against, domain);
  const confidence = confidenceOf(sender, fit);
  const givesUpAfterSeconds = sender.giveUp.seconds ?? lastRetryOf(sender);
  const until = options.untilSeconds ?? pictureEnd(fit, against);
  const spans = retrySpans(sender, until);
  return {
    id: sender.id,
    name: sender.name,
    verdict: fit.verdict,
    says: saysOf(sender, fit, against, confidence),
    earliestSeconds: fit.landing?.earliestSeconds ?? null,
    latestSeconds: fit.landing?.latestSeconds ?? null,
    surelyBySeconds: fit.surelyBySeconds,
    missChance: fit.landing?.missChance ?? null,
    retry: fit.landing?.retry ? [...fit.landing.retry] : null,
    givesUpAfterSeconds,
    ...(givesUpAfterSeconds === null ? {} : { giveUpConfidence: sender.giveUp.confidence }),
    nextHostInSameRun: sender.nextHostInSameRun,
    spans,
    otherReadings: sender.otherReadings.map(({ says, schedule, confidence }) => {
      const other = fitOf(schedule, sender.giveUp, against);
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
    otherwise: remedy === null ? otherwise(sender, fit.verdict, domain) : [],
    confidence,
    source: sender.source,
    ...(sender.checked === null ? {} : { checked: sender.checked }),
    notes: [...sender.notes],
  };
}

/**
 * What can be set for the domain of the mail alone. Null where nothing can, and where all mail lands as the
 * sender is set and only a setting of all mail would make it land sooner.
 */
export function remedyForDestination(
  sender: Sender,
  window: AgeWindow,
  domain: string,
): RemedyAdvice | null {
  const against = landingWindow(window, false);
  if (against === null) return null;
  const fit = fitOf(sender.schedule, sender.giveUp, against);
  // To weigh the settings of all mail takes long, and logs have thousands of hosts.
  if (fit.verdict === 'lands' && sender.remedy?.scope !== 'destination') return null;
  const remedy = remedyFor(sender, fit, against, pastableDomain(domain));
  return remedy?.scope === 'destination' ? remedy : null;
}

/** The ages that are accepted, as what retries have to hit; null: none is. */
function landingWindow(window: AgeWindow, restartsTimer: boolean): LandingWindow | null {
  const usable = usableWindow(window, ASSUMED_CLOSE_SECONDS);
  if (usable === null) return null;
  return { opensSeconds: usable.fromSeconds, closesSeconds: usable.toSeconds, restartsTimer };
}

/** The domain goes into lines to paste: nothing but a plain name does. */
function pastableDomain(domain: string | undefined): string {
  return domain !== undefined && /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/iu.test(domain)
    ? domain
    : 'example.org';
}

/** What helps where the sender cannot be set, or no setting does. */
function otherwise(sender: Sender, verdict: LandingVerdict, domain: string): string[] {
  const { remedy, queueRun, instead, schedule } = sender;
  if (instead.length > 0) return [...instead];
  const missed = verdict !== 'lands' && verdict !== 'unknown';
  return [
    ...(remedy !== null && missed
      ? [`No value of ${remedy.setting} lands here with a margin on both edges.`]
      : []),
    ...(queueRun !== null && missed
      ? [
          `By hand, once while the window is open: ${queueRun.command.replaceAll('{domain}', domain)}`,
        ]
      : []),
    ...(schedule === null
      ? [
          'Give the waits that its log shows: --schedule 5m,10m,1h... stands for a sender of your own, and greyprobe observe <log> prints yours.',
        ]
      : []),
    ...OTHERWISE,
  ];
}

const OTHERWISE: readonly string[] = [
  'Ask the receiver to exempt your outgoing addresses.',
  'Send from one fixed address: a retry from another one starts the wait again.',
  'Publish SPF for it: many greylisters let senders with a pass through sooner, or at once.',
];

/** Far enough to see the opening and the landing. */
function pictureEnd({ landing }: ScheduleFit, window: LandingWindow): number {
  const landed = landing?.latestSeconds ?? 2 * window.opensSeconds;
  return Math.max(landed, window.opensSeconds) * 1.25;
}
