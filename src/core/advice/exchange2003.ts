import * as v from 'valibot';
import { formatDuration } from '../../model/values/duration.js';
import {
  type AgeWindow,
  type Prospect,
  prospectAt,
  type UsableWindow,
  usableWindow,
} from './acceptance-window.js';
import data from './exchange2003-facts.json' with { type: 'json' };
import {
  type Exchange2003Advice,
  type GlitchAttempt,
  type GlitchCandidate,
  SourcedFactSchema,
} from './exchange2003-schema.js';

const SOURCES = v.parse(v.array(SourcedFactSchema), data.sources);
const { fewestRetries, mostRetries } = data.readings;

export interface GlitchOptions {
  /** The server starts the wait again at each early try, so that an early try harms. */
  readonly restartsTimer?: boolean;
  /** A value to show beside the others: the one that is set now. */
  readonly setSeconds?: number;
}

interface Situation {
  readonly window: AgeWindow;
  readonly usable: UsableWindow;
  readonly restartsTimer: boolean;
}

/**
 * GlitchRetrySeconds (G) for Exchange 2000 and 2003 from an acceptance window.
 *
 * Sound rule: opens.bySeconds + margin <= G <= closes - margin, so that the first glitch retry
 * lands. Documents disagree on whether two or three glitch retries follow; the first one is certain.
 * The default is kept where it does already. Null, with the reason, where no value works.
 */
export function recommendGlitchRetry(
  window: AgeWindow,
  options: GlitchOptions = {},
): Exchange2003Advice {
  const usable = usableWindow(window, data.assumedCloseSeconds);
  if (usable === null) return noOpeningKnown(window);
  const situation = { window, usable, restartsTimer: options.restartsTimer ?? false };
  const value = soundValue(usable);
  return {
    glitchRetrySeconds: value,
    basis: value === null ? whyNone(situation) : whyValue(value, situation),
    change: value !== null && value !== data.defaultSeconds,
    marginSeconds: data.marginSeconds,
    closesAtSeconds: usable.toSeconds,
    closingAssumed: usable.closingAssumed,
    smallestSeconds: {
      ifTwoRetries: smallestValue(fewestRetries, situation),
      ifThreeRetries: smallestValue(mostRetries, situation),
    },
    candidates: candidates(value, options.setSeconds ?? data.defaultSeconds, situation),
    price: priceOf(value),
    cannotCure: CANNOT_CURE,
    deliveryTab: deliveryTab(usable, situation.restartsTimer),
    sources: SOURCES,
  };
}

/** Whole seconds at which the first glitch retry lands with a margin on both edges. */
function soundValue(usable: UsableWindow): number | null {
  const { lowest, highest } = bounds(usable);
  if (data.defaultSeconds >= lowest && data.defaultSeconds <= highest) return data.defaultSeconds;
  return roundedWithin(lowest, highest);
}

function bounds(usable: UsableWindow): { lowest: number; highest: number } {
  return {
    lowest: Math.max(1, usable.fromSeconds + data.marginSeconds),
    highest: Math.min(usable.toSeconds, data.expirySeconds) - data.marginSeconds,
  };
}

/** The lowest value, rounded up to one that people remember where there is room for it. */
function roundedWithin(lowest: number, highest: number): number | null {
  if (lowest > highest) return null;
  const step = lowest <= 120 ? 5 : lowest <= 3_600 ? 10 : 60;
  const round = Math.ceil(lowest / step) * step;
  if (round <= highest) return round;
  const exact = Math.ceil(lowest);
  return exact <= highest ? exact : null;
}

/**
 * Smallest G of which one of at most `retries` glitch retries lands. Exact, not rounded to a value
 * that people remember: it is shown, not recommended. Earlier retries of it come too early.
 */
function smallestValue(retries: number, { usable, restartsTimer }: Situation): number | null {
  const { lowest, highest } = bounds(usable);
  for (let nth = restartsTimer ? 1 : retries; nth >= 1; nth--) {
    const smallest = Math.max(1, Math.ceil(lowest / nth));
    if (smallest * nth <= highest) return smallest;
  }
  return null;
}

function candidates(
  value: number | null,
  setSeconds: number,
  situation: Situation,
): GlitchCandidate[] {
  const labelled = new Map([
    [data.defaultSeconds, 'default'],
    [data.oftenQuotedSeconds, 'often quoted'],
  ]);
  if (!labelled.has(setSeconds)) labelled.set(setSeconds, 'as set');
  if (value !== null) {
    const also = labelled.get(value);
    labelled.set(value, also === undefined ? 'recommended' : `${also}, recommended`);
  }
  return [...labelled].map(([seconds, label]) => candidate(seconds, label, situation));
}

function candidate(seconds: number, label: string, situation: Situation): GlitchCandidate {
  const attempts = glitchAttempts(seconds, situation);
  const safe = attempts[0]?.fate === 'lands';
  return { glitchRetrySeconds: seconds, label, attempts, safe, says: saysOf(attempts) };
}

/**
 * G, 2G and 3G, each as if the earlier ones had not passed. Where a try starts the wait again, later
 * ages count from it; where that is open, both counts are followed.
 * Window 300..1000: G = 305 -> edge, lands (610), lands (915); G = 995 -> edge, perhaps, perhaps.
 */
function glitchAttempts(glitchSeconds: number, situation: Situation): GlitchAttempt[] {
  const attempts: GlitchAttempt[] = [];
  let origins = [0];
  for (let n = 1; n <= mostRetries; n++) {
    const atSeconds = n * glitchSeconds;
    const fates = origins.map((origin) => fateOf(atSeconds - origin, situation));
    attempts.push({ atSeconds, certain: n <= fewestRetries, fate: agreed(fates) });
    const next = origins.flatMap((origin, i) =>
      originsAfter(fates[i] ?? 'perhaps', origin, atSeconds, situation),
    );
    origins = [...new Set(next)];
  }
  return attempts;
}

function fateOf(ageSeconds: number, { window, usable }: Situation): Prospect {
  return prospectAt(ageSeconds, window, usable, data.marginSeconds);
}

function agreed(fates: readonly Prospect[]): Prospect {
  const [first = 'perhaps', ...others] = fates;
  return others.every((fate) => fate === first) ? first : 'perhaps';
}

/** When the server may count from after a try that was refused all the same. */
function originsAfter(fate: Prospect, origin: number, at: number, situation: Situation): number[] {
  if (fate === 'too-late') return [at];
  const late = at - origin > situation.usable.toSeconds - data.marginSeconds;
  if (fate === 'too-early') return situation.restartsTimer ? [at] : [origin];
  return late || situation.restartsTimer ? [origin, at] : [origin];
}

function saysOf(attempts: readonly GlitchAttempt[]): string {
  const [first] = attempts;
  if (first?.fate === 'lands') return 'The first glitch retry lands.';
  const sure = attempts.find(({ fate, certain }) => fate === 'lands' && certain);
  if (sure !== undefined) {
    return `Lands at ${sure.atSeconds} s only, by the second glitch retry: not safe.`;
  }
  const third = attempts.find(({ fate }) => fate === 'lands');
  if (third !== undefined) {
    return `Lands only if a third glitch retry is made, at ${third.atSeconds} s: not safe.`;
  }
  const open = attempts.some(({ fate }) => fate === 'edge' || fate === 'perhaps');
  if (open) return 'No glitch retry is sure to land: not safe.';
  return attempts.every(({ fate }) => fate === 'too-early')
    ? 'Every glitch retry comes too early: not safe.'
    : 'No glitch retry lands: not safe.';
}

function whyValue(value: number, { usable, restartsTimer }: Situation): string {
  const opening = `The window is known to be open from ${seconds(usable.fromSeconds)}`;
  const closing = usable.closingAssumed
    ? `was not seen to close (${formatDuration(usable.toSeconds)} is assumed, RFC 6647 §5)`
    : `until ${seconds(usable.toSeconds)}`;
  const kept =
    value === data.defaultSeconds
      ? `The default of ${value} s already lands with ${data.marginSeconds} s to spare: nothing has to be set.`
      : `At ${value} s the first glitch retry itself lands with at least ${data.marginSeconds} s to spare, so it does not matter whether two or three glitch retries follow.`;
  const harm = restartsTimer
    ? ' This server starts the wait again at each early try, so a smaller value never gets through.'
    : '';
  const join = usable.closingAssumed ? 'and' : '';
  return `${[opening, join, closing].filter(Boolean).join(' ')}. ${kept}${harm}`;
}

function whyNone({ window, usable }: Situation): string {
  if (usable.fromSeconds + data.marginSeconds > data.expirySeconds - data.marginSeconds) {
    return `Exchange gives up after ${formatDuration(data.expirySeconds)}, before the window opens (${seconds(usable.fromSeconds)}).`;
  }
  const width = formatDuration(usable.toSeconds - usable.fromSeconds);
  const known = `The window is known to be open for ${width} only, from ${seconds(usable.fromSeconds)} to ${seconds(usable.toSeconds)}`;
  const refused = window.closes.bySeconds;
  const gap = refused !== null && refused > usable.toSeconds + data.marginSeconds;
  const measure = gap
    ? ` Ages between ${seconds(usable.toSeconds)} and ${seconds(refused)} were not tried; measuring there may find room.`
    : '';
  return `${known}, which leaves no room for ${data.marginSeconds} s on both edges. No value of GlitchRetrySeconds is safe.${measure}`;
}

function noOpeningKnown(window: AgeWindow): Exchange2003Advice {
  const refused = window.opens.afterSeconds;
  const so = refused === null ? '' : `, and a try at ${seconds(refused)} was still refused`;
  return {
    glitchRetrySeconds: null,
    basis: `No retry was accepted${so}. Until one is, no value can be recommended.`,
    change: false,
    marginSeconds: data.marginSeconds,
    closesAtSeconds: null,
    closingAssumed: false,
    smallestSeconds: { ifTwoRetries: null, ifThreeRetries: null },
    candidates: [],
    price: priceOf(null),
    cannotCure: CANNOT_CURE,
    deliveryTab: null,
    sources: SOURCES,
  };
}

function priceOf(value: number | null): string {
  if (value === data.defaultSeconds) return 'None: this is the default.';
  const wait =
    value === null
      ? 'that time'
      : value < 60
        ? seconds(value)
        : `${seconds(value)} instead of ${data.defaultSeconds} s`;
  return `The value holds for the whole server and every destination: each host that is busy for a moment is tried again only after ${wait}. Restart the SMTP service for it to take effect.`;
}

const CANNOT_CURE: string[] = [
  'Microsoft KB 950757: Exchange 2003 can hold greylisted mail out of sight until its services restart; a hotfix cures it, no setting does.',
  'Mail that leaves through several addresses, or whose envelope sender changes with each try, starts to wait anew.',
];

/**
 * The alternative on the SMTP virtual server's Delivery tab: with the default glitch retries, the
 * first slow retry comes first-interval minutes after the second or the third of them.
 */
function deliveryTab(
  usable: UsableWindow,
  restartsTimer: boolean,
): Exchange2003Advice['deliveryTab'] {
  const { lowest, highest } = bounds(usable);
  const glitchesEnd = [
    fewestRetries * data.defaultSeconds,
    mostRetries * data.defaultSeconds,
  ] as const;
  const minutes = Math.max(1, Math.ceil((lowest - (restartsTimer ? 0 : glitchesEnd[0])) / 60));
  const lands: [number, number] = [glitchesEnd[0] + minutes * 60, glitchesEnd[1] + minutes * 60];
  if (lands[1] > highest) return null;
  const most = Math.floor((highest - glitchesEnd[1]) / 60);
  const range = most > minutes ? `${minutes} to ${most} min` : `${minutes} min`;
  return {
    firstRetryMinutes: minutes,
    landsSeconds: lands,
    says: `On the SMTP virtual server's Delivery tab set the first retry interval to ${range} and leave GlitchRetrySeconds alone: with ${minutes} min the first slow retry lands ${seconds(lands[0])} to ${seconds(lands[1])} after the first try. It holds for that virtual server only. Its default is ${data.deliveryTabFirstRetryMinutes} min (not verified).`,
  };
}

function seconds(value: number): string {
  if (value > 3_600) return formatDuration(value);
  return `${Math.round(value * 10) / 10} s`;
}
