import type { Confidence, DeferralClass, Hypothesis, Implementation } from './hypothesis.js';

/** What the behaviour of a server has shown, beyond the words of its replies. */
export const OBSERVATIONS = [
  'contrast',
  'client-contrast',
  'passed-with-age',
  'fresh-passed-too',
  'unchanged',
  'same-for-other-senders',
  'same-throughout',
] as const;
export type Observation = (typeof OBSERVATIONS)[number];

/**
 * `doubt` lowers what the words only allow, `lower` even what they say. `refute` drops a reading,
 * `refute-unsaid` only where the words do not say it.
 */
type Effect = 'prove' | 'raise' | 'doubt' | 'lower' | 'refute' | 'refute-unsaid';

interface Rule {
  readonly when: Observation;
  readonly classes: readonly DeferralClass[] | 'all-others';
  readonly effect: Effect;
  readonly because: string;
}

/** Conditions that waiting alone does not change. */
const LASTING: readonly DeferralClass[] = [
  'helo',
  'reverse-dns',
  'sender-domain',
  'tls-required',
  'reputation',
  'mailbox-full',
  'content',
];

/**
 * Which observation moves which reading where. Rules apply from top to bottom; `all-others` are the
 * classes that no rule of the same observation has named.
 */
export const BEHAVIOUR_RULES: readonly Rule[] = [
  {
    when: 'contrast',
    classes: ['greylisting'],
    effect: 'prove',
    because: 'an older tuple passed at the moment at which a younger one was still deferred',
  },
  {
    when: 'contrast',
    classes: 'all-others',
    effect: 'refute',
    because: 'it would have treated both tuples alike',
  },
  {
    when: 'client-contrast',
    classes: ['greylisting', 'postscreen'],
    effect: 'prove',
    because: 'one client address was let in when another one was still deferred',
  },
  {
    when: 'client-contrast',
    classes: 'all-others',
    effect: 'refute',
    because: 'it would have treated both client addresses alike',
  },
  {
    when: 'passed-with-age',
    classes: ['greylisting'],
    effect: 'raise',
    because: 'a tuple that was deferred passed later',
  },
  {
    when: 'passed-with-age',
    classes: LASTING,
    effect: 'refute',
    because: 'it does not clear by waiting',
  },
  {
    when: 'fresh-passed-too',
    classes: ['greylisting'],
    effect: 'doubt',
    because:
      'a fresh tuple passed as well: either the list is keyed by client address, or a fault cleared',
  },
  {
    when: 'same-for-other-senders',
    classes: LASTING,
    effect: 'raise',
    because: 'every sender got the same answer',
  },
  {
    when: 'same-throughout',
    classes: ['greylisting'],
    effect: 'refute-unsaid',
    because:
      'every sender got the same words, and none passed at an age at which every known greylister lets one pass',
  },
  {
    when: 'unchanged',
    classes: ['greylisting'],
    effect: 'lower',
    because: 'no tuple passed, however old it grew',
  },
  {
    when: 'unchanged',
    classes: LASTING,
    effect: 'raise',
    because: 'the answer did not change over time',
  },
];

/** A reading of the server after its words and its behaviour were weighed. */
export interface WeighedReading {
  readonly class: DeferralClass;
  readonly implementation: Implementation | null;
  readonly confidence: Confidence;
  /** Rules that moved this reading, in order. */
  readonly moved: readonly { readonly rule: Observation; readonly because: string }[];
}

const ORDER: readonly Confidence[] = ['possible', 'likely', 'confirmed'];

/**
 * Applies what was observed to the readings of the words; the first of the result leads.
 *
 * Greylisting is always among the readings: servers that greylist need not say so. `proof` is false
 * where a contrast was seen but could be chance: it then raises and does not prove.
 */
export function weigh(
  hypotheses: readonly Hypothesis[],
  observed: ReadonlySet<Observation>,
  proof: boolean,
): readonly WeighedReading[] {
  const readings = hypotheses.some((one) => one.class === 'greylisting')
    ? hypotheses
    : [...hypotheses, UNSPOKEN_GREYLISTING];
  const weighed = readings.flatMap((reading) => applyRules(reading, observed, proof) ?? []);
  const ranked = weighed.toSorted(
    (a, b) =>
      ORDER.indexOf(b.confidence) - ORDER.indexOf(a.confidence) ||
      // Where a list of client addresses is shown, its words tell which one.
      (observed.has('client-contrast') ? 0 : movedUp(b) - movedUp(a)),
  );
  return ranked.length > 0 ? ranked : [NOTHING_KNOWN];
}

const UNSPOKEN_GREYLISTING: Hypothesis = {
  class: 'greylisting',
  implementation: null,
  confidence: 'possible',
  rule: 'unspoken',
  words: '',
};

const NOTHING_KNOWN: WeighedReading = {
  class: 'unknown',
  implementation: null,
  confidence: 'possible',
  moved: [],
};

function movedUp({ moved }: WeighedReading): number {
  return moved.some((move) => move.rule === 'passed-with-age') ? 1 : 0;
}

function applyRules(
  reading: Hypothesis,
  observed: ReadonlySet<Observation>,
  proof: boolean,
): WeighedReading | null {
  let rank = ORDER.indexOf(reading.confidence);
  const moved: { rule: Observation; because: string }[] = [];
  for (const rule of BEHAVIOUR_RULES) {
    if (!observed.has(rule.when) || !concerns(rule, reading.class)) continue;
    if (rule.effect === 'refute') return null;
    if (rule.effect === 'refute-unsaid' && reading.confidence !== 'likely') return null;
    // A reading that the words do not give is kept in play by a pass, not raised by it.
    if (!(rule.effect === 'raise' && reading === UNSPOKEN_GREYLISTING)) {
      rank = move(rank, rule.effect, reading.confidence, proof);
    }
    moved.push({ rule: rule.when, because: rule.because });
  }
  return {
    class: reading.class,
    implementation: reading.implementation,
    confidence: ORDER[rank] ?? 'possible',
    moved,
  };
}

function concerns(rule: Rule, deferralClass: DeferralClass): boolean {
  if (rule.classes !== 'all-others') return rule.classes.includes(deferralClass);
  return !BEHAVIOUR_RULES.some(
    (other) =>
      other.when === rule.when &&
      other.classes !== 'all-others' &&
      other.classes.includes(deferralClass),
  );
}

function move(
  rank: number,
  effect: Effect,
  spoken: Hypothesis['confidence'],
  proof: boolean,
): number {
  const likely = ORDER.indexOf('likely');
  switch (effect) {
    case 'prove':
      return proof ? ORDER.indexOf('confirmed') : likely;
    case 'raise':
      return Math.max(rank, likely);
    case 'doubt':
      return ORDER.indexOf(spoken);
    case 'lower':
      return ORDER.indexOf('possible');
    case 'refute':
    case 'refute-unsaid':
      return rank;
  }
}
