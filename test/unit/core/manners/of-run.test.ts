import { expect } from 'chai';
import { secondsUntilPolite } from '../../../../src/core/manners/of-run.js';
import { DEFAULT_MANNERS } from '../../../../src/core/run/request.js';
import { PINNED, Story, stamp } from '../run/support/story.js';

const wait = (story: Story, seconds: number, host = PINNED) =>
  secondsUntilPolite(story.state, host, stamp(seconds * 1000));

describe('manners', () => {
  it('let the first connection through at once', () => {
    expect(wait(new Story(), 0)).to.equal(0);
  });

  it('want a second between two connections, from the end of the first', () => {
    const story = new Story().session(0, [{ tuple: 1 }]);
    expect(wait(story, 0.1)).to.be.closeTo(1, 1e-9);
    expect(wait(story, 0.6)).to.be.closeTo(0.5, 1e-9);
    expect(wait(story, 2)).to.equal(0);
  });

  it('allow thirty connections within any hour', () => {
    const story = new Story();
    for (let n = 0; n < 29; n += 1) story.session(n * 10, [{ tuple: 1 }]);
    expect(wait(story, 300)).to.equal(0);
    story.session(300, [{ tuple: 1 }]);
    expect(wait(story, 310)).to.be.closeTo(3600 - 310, 1e-9);
    expect(wait(story, 3600)).to.equal(0);
  });

  it('follow what the user set', () => {
    const manners = { ...DEFAULT_MANNERS, connectionsPerHour: 2, secondsBetweenConnections: 30 };
    const story = new Story({ manners }).session(0, [{ tuple: 1 }]);
    expect(wait(story, 10)).to.be.closeTo(20.1, 1e-9);
    story.session(40, [{ tuple: 1 }]);
    expect(wait(story, 100)).to.be.closeTo(3500, 1e-9);
  });

  it('are owed to each host by itself', () => {
    const story = new Story().session(0, [{ tuple: 1 }]);
    expect(wait(story, 0.1, { ...PINNED, address: '192.0.2.2' })).to.equal(0);
  });
});
