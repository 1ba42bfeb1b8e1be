/** What a deferral can mean. `unknown` is an answer: the text does not say. */
export const DEFERRAL_CLASSES = [
  'greylisting',
  'rate-limit',
  'reputation',
  'reverse-dns',
  'helo',
  'sender-domain',
  'address-verification',
  'mailbox-full',
  'mailbox-state',
  'system',
  'milter-failure',
  'content',
  'tls-required',
  'too-many-connections',
  'postscreen',
  'policy',
  'unknown',
] as const;
export type DeferralClass = (typeof DEFERRAL_CLASSES)[number];

/** Proved by behaviour; the text says so and nothing else says the same; the text allows it. */
export const CONFIDENCES = ['confirmed', 'likely', 'possible'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** A known product, by its id in the catalogue. */
export interface Implementation {
  readonly id: string;
  readonly name: string;
}

/** One reading of a reply. Text alone never earns `confirmed`. */
export interface Hypothesis {
  readonly class: DeferralClass;
  readonly implementation: Implementation | null;
  readonly confidence: Exclude<Confidence, 'confirmed'>;
  /** Id of the rule or catalogue signature that matched. */
  readonly rule: string;
  /** The words of the reply on which the rule rests, as they stood. */
  readonly words: string;
}

export const HINT_MEANINGS = ['configured', 'remaining', 'unknown'] as const;
export type HintMeaning = (typeof HINT_MEANINGS)[number];

/** A waiting time that a reply states: a claim to verify, not a measurement. */
export interface Hint {
  readonly seconds: number;
  readonly meaning: HintMeaning;
  /** The words that state it. */
  readonly words: string;
}
