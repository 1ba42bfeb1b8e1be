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

  it('may have been one more try where something else deferred, or all is something else', () => {
    const busy = { code: 450, enhanced: '4.3.2', text: ['Service currently unavailable'] };
    const between = pooled(
      [0, [{ tuple: 1 }]],
      [20, [{ tuple: 2, reply: busy }]],
      [50, [{ tuple: 3, lost: 'timeout' }]],
      [60, [passed(4)]],
    );
    expect(between?.[0]?.[6], 'since the latest of them').to.deep.equal([10, 60]);
    expect(pooled([0, [{ tuple: 1, reply: busy }]], [60, [passed(2)]])).to.deep.equal([]);
  });

  it('was tried at what lies between, and at nothing else', () => {
    const lost: Connection = [50, [{ tuple: 2, lost: 'timeout' }]];
    const found = pooled([0, [{ tuple: 1 }]], lost, [60, [{ tuple: 3 }]], [100, [passed(4)]]);
    expect(found?.map((one) => one[6])).to.deep.equal([
      [10, 60],
      [40, 40],
    ]);
  });

  it('was not met with one whom the host knows', () => {
    const story = new Story().session(0, [passed(2), { tuple: 1 }]).session(60, [{ tuple: 1 }]);
    const [one] = pooledObservations(seenAttempts(story.state, PINNED), []) ?? [];
    expect(one?.age).to.deep.equal({ low: 59.8, high: 60 });
  });
});

describe('what a list of one of several machines sees', () => {
  /** Age and gap at each try of the client; one try a connection. */
  const seenBy = (...tries: readonly (readonly [seconds: number, machine: string, o?: 'o'])[]) => {
    const story = new Story();
    for (const [index, [seconds, , ok]] of tries.entries()) {
      story.session(seconds, [ok === 'o' ? passed(index + 1) : { tuple: index + 1 }]);
    }
    const seen = seenAttempts(story.state, PINNED).map((one, index) => ({
      ...one,
      machine: tries[index]?.[1] ?? null,
    }));
    return pooledObservations(seen, [])?.map(({ age, gap }) => [rounded(age), rounded(gap)]);
  };

  it('is as old as its own first try of it makes it, or any', () => {
    expect(seenBy([0, 'a'], [60, 'b'], [100, 'a'])).to.deep.equal([
      [
        [0, 60],
        [60, 60],
      ],
      [
        [100, 100],
        [40, 100],
      ],
    ]);
    expect(seenBy([0, 'a'], [60, 'b'], [100, 'b'])?.[1]).to.deep.equal([
      [40, 100],
      [40, 40],
    ]);
  });

  it('can be that of the last one that met it where one lets in that never did', () => {
    expect(seenBy([0, 'a'], [200, 'b'], [300, 'c', 'o'])?.[1]).to.deep.equal([
      [100, 300],
      [100, 100],
    ]);
    expect(seenBy([0, 'a'], [200, 'b'], [300, 'c'])?.[1]?.[0]).to.deep.equal([0, 300]);
  });
});
