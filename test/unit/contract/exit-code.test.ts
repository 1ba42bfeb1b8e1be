import { expect } from 'chai';
import { buildResult } from '../../../src/contract/build-result.js';
import { exitCodeOf } from '../../../src/contract/exit-code.js';
import type { ProbeResult } from '../../../src/contract/probe-result.js';
import type { Verdict } from '../../../src/core/evidence/verdict-schema.js';
import { Story } from '../core/run/support/story.js';

function result(
  kind: Verdict['kind'],
  confidence: Verdict['confidence'],
  changes: Partial<Pick<ProbeResult, 'state' | 'reason'>> = {},
): ProbeResult {
  const base = buildResult(new Story().session(0, [{ tuple: 1 }]).state, '0');
  const verdict = { ...base.verdict, kind, confidence };
  return { ...base, state: 'finished', reason: 'answered', ...changes, verdict };
}

describe('exitCodeOf', () => {
  for (const [kind, confidence, reason, exit] of [
    ['greylisted', 'confirmed', 'answered', 0],
    ['greylisted', 'likely', 'answered', 0],
    ['greylisted', 'possible', 'answered', 3],
    ['greylisted', 'likely', 'waited-long-enough', 3],
    ['greylisted', 'confirmed', 'throttled', 3],
    ['deferred', 'likely', 'answered', 0],
    ['deferred', 'possible', 'answered', 3],
    ['deferred', 'likely', 'throttled', 3],
    ['accepted', 'confirmed', 'answered', 0],
    ['no-mail-service', 'confirmed', 'no-mail-service', 4],
    ['unreachable', 'confirmed', 'unreachable', 5],
    ['rejected', 'confirmed', 'rejected', 6],
  ] as const) {
    it(`is ${exit} for ${kind}, ${confidence}, ${reason}`, () => {
      expect(exitCodeOf(result(kind, confidence, { reason }))).to.equal(exit);
    });
  }

  it('tells a pause from an interruption', () => {
    const paused = { state: 'paused' } as const;
    expect(exitCodeOf(result('greylisted', 'likely', { ...paused, reason: 'not-yet' }))).to.equal(
      75,
    );
    expect(
      exitCodeOf(result('greylisted', 'likely', { ...paused, reason: 'interrupted' })),
    ).to.equal(130);
  });
});
