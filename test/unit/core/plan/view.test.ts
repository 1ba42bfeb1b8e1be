import { expect } from 'chai';
import { viewOf } from '../../../../src/core/plan/view.js';
import { ACCEPTED, Story, stamp } from '../run/support/story.js';

describe('a planted tuple', () => {
  const leftAlone = (story: Story) =>
    viewOf(story.state, stamp(600_000)).planted.map((one) => one.leftAlone);

  it('is left alone after its first try', () => {
    const story = new Story()
      .session(0, [{ tuple: 1 }, { tuple: 2 }])
      .session(60, [{ tuple: 1, role: 'retry' }]);
    expect(leftAlone(story)).to.deep.equal([false, true]);
  });

  it('is not left alone once a variant of it was tried, which may be the same to the host', () => {
    const story = new Story()
      .session(0, [{ tuple: 1 }, { tuple: 2 }])
      .session(60, [{ tuple: 1, helo: 'other.client.sender.example', reply: ACCEPTED }]);
    expect(leftAlone(story)).to.deep.equal([false, true]);
  });
});
