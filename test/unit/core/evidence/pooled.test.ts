import { expect } from 'chai';
import {
  lostAttempts,
  pooledObservations,
  seenAttempts,
} from '../../../../src/core/evidence/observations.js';
import type { SecondsInterval } from '../../../../src/model/time.js';
import { ACCEPTED, PINNED, Story, type Told } from '../run/support/story.js';

type Connection = readonly [seconds: number, attempts: readonly Told[]];

const rounded = (span: SecondsInterval | null) =>
  span && [Math.round(span.low) + 0, Math.round(span.high) + 0];

/** What a list that does not look at senders sees: age, gap, age before, and whether it let in. */
function pooled(...sessions: readonly Connection[]) {
  const story = new Story();
  for (const [seconds, attempts] of sessions) story.session(seconds, attempts);
  const { state } = story;
  const found = pooledObservations(seenAttempts(state, PINNED), lostAttempts(state, PINNED));
  return (
    found?.map(({ attempt, tuple, planted, session, age, gap, previousAge, accepted }) => [
      ...[attempt, tuple, planted, session, accepted],
      ...[rounded(age), rounded(gap), rounded(previousAge)],
    ]) ?? null
  );
}

const passed = (tuple: number): Told => ({ tuple, reply: ACCEPTED });

describe('what a list that does not look at senders sees', () => {
  it('is one tuple, until it is let in', () => {
    expect(pooled([0, [{ tuple: 1 }]], [60, [{ tuple: 2 }]], [300, [passed(3)]])).to.deep.equal([
      [2, 'client', 1, 2, false, [60, 60], [60, 60], null],
      [3, 'client', 1, 3, true, [300, 300], [240, 240], [60, 60]],
    ]);
    expect(pooled([0, [{ tuple: 1 }]], [60, [passed(2)]], [300, [passed(3)]])).to.have.length(1);
    expect(pooled([0, [{ tuple: 1 }]])).to.deep.equal([]);
  });

  it('is none where one is deferred after another was let in', () => {
    expect(pooled([0, [{ tuple: 1 }]], [60, [passed(1)]], [300, [{ tuple: 2 }]])).to.equal(null);
  });

  it('may have been one more try where there was no answer', () => {
    const lost: Connection = [200, [{ tuple: 2, lost: 'timeout' }]];
    expect(pooled([0, [{ tuple: 1 }]], lost, [300, [passed(3)]])).to.deep.equal([
      [3, 'client', 1, 3, true, [300, 300], [100, 300], [0, 0]],
    ]);
    const never: Connection = [200, [{ tuple: 2, lost: 'never' }]];
    expect(pooled([0, [{ tuple: 1 }]], never, [300, [passed(3)]])?.[0]?.[6]).to.deep.equal([
      0, 300,
    ]);
    const refused: Connection = [200, [{ tuple: 2, lost: 'connection-refused' }]];
    expect(pooled([0, [{ tuple: 1 }]], refused, [300, [passed(3)]])?.[0]?.slice(6)).to.deep.equal([
      [300, 300],
      null,
    ]);
    const before: Connection = [0, [{ tuple: 1, lost: 'timeout' }]];
    expect(pooled(before, [60, [{ tuple: 2 }]], [300, [passed(3)]])?.[0]?.[5]).to.deep.equal([
      240, 300,
    ]);
  });
});
