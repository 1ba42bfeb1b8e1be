import type { Assessment } from '../evidence/assess.js';
import type { SeenAttempt } from '../evidence/observations.js';
import { catalogueEntry } from '../greylist/catalogue/index.js';
import { parseHint } from '../greylist/hints.js';
import type { Hypothesis } from '../greylist/hypothesis.js';
import type { ProbeRequest } from '../run/request.js';
import { TIMERS, type Timer } from '../window/timers.js';
import { ladderAges } from './ladder.js';

/** More priors than this would crowd the ladder. */
const MOST_PRIORS = 3;

/**
 * Ages at which the run looks, ascending: the user's, or a ladder with steps around the delays that
 * the first deferral states or that the products which it may come from ship with.
 * `in the words of Postgrey, which ships 300 s -> ..., 237.6, 295.8, 301.8, 371, ...`
 */
export function stepAges(
  request: ProbeRequest,
  deferral: SeenAttempt | null,
  hypotheses: readonly Hypothesis[],
): readonly number[] {
  if (request.retryAtSeconds !== null) return request.retryAtSeconds;
  const stated = deferral === null ? null : statedSeconds(deferral);
  const shipped = greylisters(hypotheses).flatMap(({ id, delaySeconds }) =>
    delaySeconds !== null && TWO_LATE_TRIES.has(id)
      ? [delaySeconds, delaySeconds + AFTER_LATE_TRY_SECONDS]
      : [delaySeconds],
  );
  const likely = [stated, ...shipped].filter((delay) => delay !== null);
  return ladderAges({
    maxWaitSeconds: request.maxWaitSeconds,
    likelyDelaysSeconds: [...new Set(likely)].slice(0, MOST_PRIORS),
    freshSenders: request.senders.kind === 'template',
  });
}

/** How long a retry will have to wait, as far as that can be told, and who says so. */
export interface LikelyDelay {
  readonly seconds: number;
  /** The product that ships it; null: the host states it itself. */
  readonly product: string | null;
}

/**
 * What the first deferral states, else what the product ships that its words are most likely those of.
 * `come back in 413 seconds -> 413 s, stated; in the words of Postgrey -> 300 s, shipped by Postgrey`
 */
export function likelyDelay({
  deferral,
  hypotheses,
}: Pick<Assessment, 'deferral' | 'hypotheses'>): LikelyDelay | null {
  const stated = deferral === null ? null : statedSeconds(deferral);
  if (stated !== null) return { seconds: stated, product: null };
  const [entry] = greylisters(hypotheses.slice(0, 1));
  const seconds = entry?.delaySeconds ?? null;
  return entry === undefined || seconds === null ? null : { seconds, product: entry.name };
}

/** After a late try the next one passes once the server has looked, which it does once a minute. */
const AFTER_LATE_TRY_SECONDS = 65;

function statedSeconds(deferral: SeenAttempt): number | null {
  if (deferral.end.reply === null) return null;
  return parseHint(deferral.end.reply, { nowMs: deferral.end.replied.wallMs })?.seconds ?? null;
}

/**
 * Ways of counting to reckon with. Only words that are those of one product, and known to be, rule
 * any out; words that others may say as well rule out nothing.
 * `those of Postgrey -> from-first; of OpenBSD spamd alone -> from-first, second-late-try; others -> all`
 */
export function timersFor(hypotheses: readonly Hypothesis[]): readonly Timer[] {
  const [top] = hypotheses;
  if (top?.confidence !== 'likely' || top.implementation === null) return TIMERS;
  const [known] = greylisters([top]);
  if (known === undefined || known.earlyRetry.effect === 'unknown') return TIMERS;
  const timers = new Set<Timer>(['from-first']);
  const { effect } = known.earlyRetry;
  if (effect !== 'harmless' && effect !== 'extends') timers.add('from-last').add('penalty');
  if (TWO_LATE_TRIES.has(known.id)) timers.add('second-late-try');
  return [...timers];
}

/** Products that refuse the first late try and open the way only after it. */
const TWO_LATE_TRIES: ReadonlySet<string> = new Set(['openbsd-spamd']);

function greylisters(hypotheses: readonly Hypothesis[]) {
  return hypotheses.flatMap((one) => {
    const entry = one.implementation === null ? null : catalogueEntry(one.implementation.id);
    return entry?.kind === 'greylister' ? [entry] : [];
  });
}
