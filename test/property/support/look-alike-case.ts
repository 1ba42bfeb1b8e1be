import fc from 'fast-check';
import type { Reply } from '../../../src/model/smtp.js';
import {
  alwaysReplies,
  checksHelo,
  mailboxFull,
  outageUntil,
  verifiesRecipients,
  wantsReverseDns,
} from '../../../src/sandbox/behaviours.js';
import type { MailHostBehaviour } from '../../../src/sandbox/mail-host-behaviour.js';
import { createVirtualRandom } from '../../../src/sandbox/virtual/virtual-random.js';
import { flaps } from '../../support/behaviours.js';
import { byMagnitude, evenly, seeds } from './numbers.js';

/** A server that defers and does not greylist. Built anew for each run, since it has a memory. */
export interface LookAlike {
  readonly label: string;
  readonly build: (startMs: number) => MailHostBehaviour;
}

/** What any of them may say; some greylisters say the same. */
const words = fc.constantFrom<Reply>(
  { code: 451, enhanced: '4.7.1', text: ['Service unavailable - try again later'] },
  { code: 451, enhanced: '4.7.1', text: ['Try again later'] },
  { code: 450, enhanced: '4.2.0', text: ['Please try again later'] },
  { code: 451, enhanced: '4.3.0', text: ['Temporary lookup failure'] },
  { code: 450, enhanced: null, text: ['Temporary local problem'] },
);

const stages = fc.constantFrom('rcpt' as const, 'mail' as const, 'connect' as const);

const outage = fc.record({ afterSeconds: byMagnitude(1, 8000), stage: stages, words }).map(
  ({ afterSeconds, stage, words: reply }): LookAlike => ({
    label: `outage at ${stage} for ${afterSeconds.toFixed(1)} s`,
    build: (startMs) => outageUntil(startMs + afterSeconds * 1000, stage, reply),
  }),
);

/** A bucket that gains a transaction every so often; what is refused may cost one or not. */
const rateLimit = fc
  .record({
    size: fc.integer({ min: 1, max: 6 }),
    everySeconds: byMagnitude(1, 1800),
    filled: evenly(0, 1),
    refusalsCost: fc.boolean(),
    words,
  })
  .map(
    (limit): LookAlike => ({
      label: `rate limit ${JSON.stringify(limit)}`,
      build: (startMs) => {
        let tokens = limit.size * limit.filled * 0.99;
        let lastMs = startMs;
        return {
          rcpt: ({ atMs }) => {
            tokens = Math.min(limit.size, tokens + (atMs - lastMs) / 1000 / limit.everySeconds);
            lastMs = atMs;
            if (tokens >= 1) {
              tokens -= 1;
              return null;
            }
            if (limit.refusalsCost) tokens = Math.max(0, tokens - 1);
            return limit.words;
          },
        };
      },
    }),
  );

const flapping = fc.record({ probability: evenly(0.02, 0.99), seed: seeds, words }).map(
  ({ probability, seed, words: reply }): LookAlike => ({
    label: `defers ${(probability * 100).toFixed(1)} % at random, seed ${seed}`,
    build: () => flaps(createVirtualRandom(seed), probability, reply),
  }),
);

/** Several machines behind one address, of which some are out of order; a session stays on one. */
const brokenPool = fc
  .record({
    machines: fc.integer({ min: 2, max: 6 }),
    broken: evenly(0.1, 0.9),
    seed: seeds,
    words,
  })
  .map(({ machines, broken, seed, words: reply }): LookAlike => {
    const down = Math.max(1, Math.min(machines - 1, Math.round(machines * broken)));
    return {
      label: `${down} of ${machines} machines out of order, seed ${seed}`,
      build: () => {
        const random = createVirtualRandom(seed);
        let current = 0;
        return {
          connect: () => {
            current = random.integer(machines);
            return null;
          },
          rcpt: () => (current < down ? reply : null),
        };
      },
    };
  });

const verification = fc.record({ seconds: byMagnitude(1, 900) }).map(
  ({ seconds }): LookAlike => ({
    label: `verifies the recipient for ${seconds.toFixed(1)} s`,
    build: () => verifiesRecipients(seconds),
  }),
);

const full = fc.option(byMagnitude(1, 8000)).map(
  (seconds): LookAlike => ({
    label: `mailbox full for ${seconds === null ? 'ever' : `${seconds.toFixed(1)} s`}`,
    build: (startMs) => mailboxFull(seconds === null ? null : startMs + seconds * 1000),
  }),
);

const always = fc.record({ stage: stages, words }).map(
  ({ stage, words: reply }): LookAlike => ({
    label: `always the same at ${stage}`,
    build: () => alwaysReplies(stage, reply),
  }),
);

const simple: fc.Arbitrary<LookAlike> = fc.constantFrom(
  { label: 'HELO check', build: () => checksHelo() },
  { label: 'reverse DNS check', build: () => wantsReverseDns() },
);

export const lookAlikes: fc.Arbitrary<LookAlike> = fc.oneof(
  { weight: 4, arbitrary: outage },
  { weight: 4, arbitrary: rateLimit },
  { weight: 5, arbitrary: flapping },
  { weight: 3, arbitrary: brokenPool },
  { weight: 2, arbitrary: verification },
  { weight: 1, arbitrary: full },
  { weight: 1, arbitrary: always },
  { weight: 1, arbitrary: simple },
);
