import { expect } from 'chai';
import { buildResult } from '../../src/contract/build-result.js';
import type { ProbeStage } from '../../src/model/smtp.js';
import { greylists } from '../../src/sandbox/behaviours.js';
import { type GreylisterModel, MODELS } from '../../src/sandbox/models/index.js';
import { virtualRun } from '../unit/core/run/support/virtual-run.js';

/*
 * The whole engine against every model: what it reports holds the truth, and proof is claimed only
 * where there can be one.
 */

/** Servers count whole seconds. */
const TICK_SECONDS = 1;

function stageFor({ policy }: GreylisterModel): ProbeStage {
  return policy.stage === 'message' || policy.stage === 'data' ? policy.stage : 'rcpt';
}

async function probe(model: GreylisterModel, stage: ProbeStage) {
  const { state } = await virtualRun(greylists(model.policy, model.dialogue), {
    stage,
    deliver: stage === 'message',
    maxWaitSeconds: 4_500,
  });
  return buildResult(state, 'test');
}

describe('a probe of', () => {
  for (const [id, model] of Object.entries(MODELS)) {
    const { policy } = model;

    it(`${id} finds the delay`, async () => {
      const { verdict, window } = await probe(model, stageFor(model));
      if (policy.newSessionNeeded === true && policy.delaySeconds === 0) {
        // postscreen: no delay, any tuple; there is nothing to measure and nothing to prove.
        expect(verdict).property('confidence').not.equal('confirmed');
        return;
      }
      expect(verdict.kind).equal('greylisted');
      const { afterSeconds, bySeconds } = window?.opens ?? { afterSeconds: null, bySeconds: null };
      expect(afterSeconds ?? 0).most(policy.delaySeconds + TICK_SECONDS);
      expect(bySeconds ?? 0).least(policy.delaySeconds - TICK_SECONDS);
      expect(bySeconds ?? Infinity).most(policy.delaySeconds * 1.3 + 10);
      expect(window?.closes.bySeconds ?? null).equal(null, 'it was not looked for');
    });

    if (!policy.key.some((part) => part === 'sender' || part === 'message-id')) {
      it(`${id} claims no proof, since fresh senders pass as well`, async () => {
        const { verdict } = await probe(model, stageFor(model));
        expect(verdict.confidence).not.equal('confirmed');
      });
    }

    if (stageFor(model) !== 'rcpt') {
      it(`${id} sees nothing at RCPT`, async () => {
        const { verdict } = await probe(model, 'rcpt');
        expect(verdict.kind).equal('accepted');
      });
    }
  }
});
