import fc from 'fast-check';
import type { Reply } from '../../../src/model/smtp.js';
import type { GreylisterPolicy, KeyPart } from '../../../src/sandbox/greylister-policy.js';
import { PLAIN_POLICY } from '../../../src/sandbox/greylister-policy.js';
import { modelById } from '../../../src/sandbox/models/index.js';
import { byMagnitude, evenly, onceIn } from './numbers.js';
import {
  PEACEFUL,
  type Surroundings,
  surroundings,
  troubledSurroundings,
} from './surroundings-case.js';

/*
 * Random greylisters. Where the words name a product, the program relies on what is known of it, so
 * only that product speaks them; behind words that name none a list can count in any way.
 */

const KEYS: readonly (readonly KeyPart[])[] = [
  ['client', 'sender', 'recipient'],
  ['client-network', 'sender', 'recipient'],
  ['client', 'helo', 'sender', 'recipient'],
  ['client', 'sender'],
  ['sender', 'recipient'],
  ['client', 'sender-domain', 'recipient'],
  ['client', 'recipient'],
  ['client'],
];

const STAGES = ['rcpt', 'rcpt', 'rcpt', 'mail', 'data', 'message', 'connect'] as const;

/** Words that say nothing of the product, with true, false and no waiting times in them. */
const WORDS: readonly Reply[] = [
  { code: 451, enhanced: '4.7.1', text: ['This server greylists, come back later'] },
  { code: 450, enhanced: '4.2.0', text: ['<{rcpt}>: Recipient address rejected: Greylisted'] },
  { code: 451, enhanced: null, text: ['Greylisted, please try again in {remaining} seconds'] },
  { code: 450, enhanced: '4.7.1', text: ['Greylisted for {delay_minutes} minutes'] },
  { code: 451, enhanced: '4.7.1', text: ['Greylisted, come back in 5 minutes'] },
  { code: 451, enhanced: '4.7.1', text: ['Try again later'] },
  { code: 450, enhanced: '4.3.2', text: ['Please try again later'] },
  { code: 451, enhanced: null, text: ['Temporary local problem'] },
  { code: 450, enhanced: '4.2.0', text: ['Deferred'] },
];

/** Words that the catalogue gives to products which are known to keep their timer at early tries. */
const NAMED_WORDS: readonly Reply[] = [
  { code: 451, enhanced: '4.7.1', text: ['Greylisted, please try again later'] },
  {
    code: 450,
    enhanced: '4.2.0',
    text: [
      '<{rcpt}>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/{rcpt_domain}.html',
    ],
  },
];

/** The one product of which a penalty for early tries is known speaks so. */
const PENALTY_WORDS: Reply = {
  code: 451,
  enhanced: '4.7.1',
  text: ['Service unavailable - try again later'],
};

const delays = fc.oneof(
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: evenly(1, 30) },
  { weight: 4, arbitrary: evenly(30, 600) },
  { weight: 6, arbitrary: byMagnitude(30, 3600) },
  { weight: 3, arbitrary: fc.constantFrom(60, 300, 600, 900, 1800, 3600) },
);

const counting = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      earlyRetry: fc.constant({ kind: 'harmless' } as const),
      reply: fc.constantFrom(...WORDS, ...NAMED_WORDS),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      earlyRetry: fc.constant({ kind: 'restart' } as const),
      reply: fc.constantFrom(...WORDS),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      earlyRetry: fc.oneof(
        fc.constant({ kind: 'double' } as const),
        fc.constantFrom(5, 30, 120, 300).map((seconds) => ({ kind: 'penalty' as const, seconds })),
      ),
      reply: fc.constantFrom(...WORDS),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      earlyRetry: fc.constant({ kind: 'harmless' } as const),
      reply: fc.constantFrom(...WORDS),
      lateTriesNeeded: fc.constant(1),
      scanIntervalSeconds: fc.constantFrom(0, 60),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      earlyRetry: fc.constantFrom(30, 120, 300).map((seconds) => ({
        kind: 'penalty' as const,
        seconds,
      })),
      reply: fc.constant(PENALTY_WORDS),
      key: fc.constantFrom<readonly KeyPart[]>(
        ['client', 'sender'],
        ['client', 'sender', 'recipient'],
      ),
      stage: fc.constantFrom('rcpt' as const, 'data' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      earlyRetry: fc.constant({ kind: 'harmless' } as const),
      reply: fc.constant(modelById('openbsd-spamd').policy.reply),
      // Only OpenBSD spamd is known to want late tries, so all else is as it has it.
      key: fc.constant(modelById('openbsd-spamd').policy.key),
      autoWhitelist: fc.constant(modelById('openbsd-spamd').policy.autoWhitelist),
      newSessionNeeded: fc.constant(false),
      lateTriesNeeded: fc.constant(1),
      scanIntervalSeconds: fc.constantFrom(0, 60),
      stage: fc.constant('data' as const),
    }),
  },
);

const whitelists = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ scope: 'none', afterPasses: 1 } as const) },
  {
    weight: 3,
    arbitrary: fc.record({
      scope: fc.constantFrom('client', 'client-sender', 'client-sender-domain'),
      afterPasses: fc.integer({ min: 1, max: 5 }),
      secondsBetweenPasses: fc.constantFrom(0, 3600),
    }),
  },
);

/** A list, and what stands around it. */
export interface GreylisterCase {
  readonly policy: GreylisterPolicy;
  readonly around: Surroundings;
}

/** What it keys on, how it counts, whom it lets in, and what it says. */
const policies: fc.Arbitrary<GreylisterPolicy> = fc
  .record({
    stage: fc.constantFrom(...STAGES),
    key: fc.constantFrom(...KEYS),
    senderNormalisation: fc.constantFrom('none', 'lower-case', 'strip-extension', 'postgrey'),
    delaySeconds: delays,
    window: fc.option(evenly(0, 100_000), { freq: 4 }),
    windowFrom: fc.constantFrom('first', 'first', 'last'),
    whitelistSeconds: fc.constantFrom(null, 86_400, 3_024_000),
    autoWhitelist: whitelists,
    wholeSeconds: fc.boolean(),
    newSessionNeeded: onceIn(6),
    counting,
  })
  .map(({ counting: counts, window, wholeSeconds, ...rest }) => {
    const { stage, key } = { ...rest, ...counts };
    const delaySeconds = wholeSeconds ? Math.round(rest.delaySeconds) : rest.delaySeconds;
    return {
      ...PLAIN_POLICY,
      ...rest,
      ...counts,
      key: key.filter((part) => isKnownAt(part, stage)),
      delaySeconds,
      // Shorter windows than these are not known of; the inference says so where it rests on it.
      windowSeconds: window === null ? null : Math.max(3600, 2 * delaySeconds) + window,
      clockGranularitySeconds: wholeSeconds ? 1 : 0,
    };
  });

function isKnownAt(part: KeyPart, stage: GreylisterPolicy['stage']): boolean {
  if (stage === 'connect') return part === 'client' || part === 'client-network';
  return stage !== 'mail' || part !== 'recipient';
}

const inSurroundings = (around: fc.Arbitrary<Surroundings>): fc.Arbitrary<GreylisterCase> =>
  fc.record({ policy: policies, around });

/** A list that answers in place of the banner hides which machine it is on. */
const isNamed = ({ policy, around }: GreylisterCase) =>
  around.cluster === null || policy.stage !== 'connect';

/** Greylisters of which nothing wrong may be said. */
export const greylisters = fc.oneof(
  { weight: 1, arbitrary: inSurroundings(fc.constant(PEACEFUL)) },
  { weight: 1, arbitrary: inSurroundings(surroundings).filter(isNamed) },
);

/** Greylisters of which no plan can always say what is true. */
export const troubledGreylisters = inSurroundings(troubledSurroundings);
