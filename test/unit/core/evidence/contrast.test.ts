import { expect } from 'chai';
import {
  chanceFor,
  findClientContrast,
  findContrast,
} from '../../../../src/core/evidence/contrast.js';
import { seenAttempts } from '../../../../src/core/evidence/observations.js';
import { ACCEPTED, PINNED, Story, type Told } from '../run/support/story.js';

const seenOf = (story: Story) => seenAttempts(story.state, PINNED);

describe('a contrast', () => {
  const planted = () => new Story().session(0, [{ tuple: 1 }, { tuple: 2 }]);

  it('is an older sender accepted and a younger one deferred in one session', () => {
    const story = planted().session(60, [{ tuple: 3 }, { tuple: 1, reply: ACCEPTED }]);
    const contrast = findContrast(seenOf(story));
    expect(contrast?.deferred.attempt.n).to.equal(3);
    expect(contrast?.accepted.attempt.n).to.equal(4);
  });

  it('is none across two sessions, nor with a deferral that says something else', () => {
    const busy = { code: 450, enhanced: '4.3.2', text: ['Service currently unavailable'] };
    const apart = planted()
      .session(60, [{ tuple: 3 }])
      .session(70, [{ tuple: 1, reply: ACCEPTED }]);
    const worded = planted().session(60, [
      { tuple: 3, reply: busy },
      { tuple: 1, reply: ACCEPTED },
    ]);
    expect(findContrast(seenOf(apart))).to.equal(null);
    expect(findContrast(seenOf(worded))).to.equal(null);
  });

  it('between client addresses needs an attempt from another one', () => {
    const story = planted().session(60, [{ tuple: 3, reply: ACCEPTED }]);
    expect(findClientContrast(seenOf(story))).to.equal(null);
  });
});

describe('how well chance explains a run', () => {
  const passes = (tuple: number): Told => ({ tuple, role: 'confirm', reply: ACCEPTED });

  function passing(controlled: boolean) {
    const story = new Story()
      .session(0, [{ tuple: 1 }, { tuple: 2 }, { tuple: 3 }, { tuple: 4 }, { tuple: 5 }])
      .session(60, [{ tuple: 6 }, { tuple: 1, role: 'retry' }])
      .session(120, [{ tuple: 7 }, { ...passes(1), role: 'retry' }]);
    for (const tuple of [2, 3, 4, 5]) {
      const control = controlled ? [{ tuple: tuple + 6 }] : [];
      story.session(120 + tuple * 10, [...control, passes(tuple)]);
    }
    const seen = seenOf(story);
    const contrast = findContrast(seen);
    return { contrast, chance: chanceFor(seen, contrast, false) };
  }

  it('counts as proof what passed beside a younger sender that was kept out', () => {
    expect(passing(true).chance).to.be.below(0.01);
  });

  it('does not count what passed alone: a fault may have cleared', () => {
    const { contrast, chance } = passing(false);
    expect(contrast).to.not.equal(null);
    expect(chance).to.equal(1);
  });
});
