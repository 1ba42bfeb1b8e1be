import { expect } from 'chai';
import {
  laterAges,
  mainTuple,
  othersLeftAlone,
  type Planted,
  planViewOf,
  reserved,
  spareLeftAlone,
} from '../../../../src/core/plan/plan-view.js';
import { ACCEPTED, Story, stamp } from '../run/support/story.js';
import { viewAt } from './support/view-at.js';

const namesOf = (planted: readonly Planted[]) => planted.map(({ history }) => history.tuple.id);

describe('a planted tuple', () => {
  const leftAlone = (story: Story) =>
    planViewOf(story.state, stamp(600_000)).planted.map((one) => one.leftAlone);

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

  it('is not left alone where it was let in, or where something else than the list deferred it', () => {
    const full = { code: 452, enhanced: '4.2.2', text: ['Mailbox is full'] };
    const story = new Story()
      .session(0, [{ tuple: 1 }, { tuple: 2, reply: ACCEPTED }, { tuple: 3, reply: full }])
      .session(60, [{ tuple: 4 }]);
    expect(leftAlone(story)).to.deep.equal([true, false, false, true]);
  });

  it('has the age that it has at least, since the first answer of the list', () => {
    const full = { code: 452, enhanced: '4.2.2', text: ['Mailbox is full'] };
    const story = new Story()
      .session(0, [{ tuple: 1 }, { tuple: 2, reply: full }])
      .session(60, [{ tuple: 2 }]);
    const ages = planViewOf(story.state, stamp(100_000)).planted.map((one) => one.ageSeconds);
    expect(ages).to.deep.equal([99.9, 39.9]);
  });

  it('is one of the pinned host, of the first client address and HELO name, and no variant', () => {
    const sourceAddresses = ['192.0.2.7', '192.0.2.8'];
    const own = { client: '192.0.2.7' };
    const { state } = new Story({ sourceAddresses })
      .session(0, [{ tuple: 1, ...own }])
      .session(60, [{ tuple: 2, client: '192.0.2.8' }])
      .session(120, [{ tuple: 3, ...own, helo: 'another.example' }])
      .session(180, [{ tuple: 4, ...own }], { name: 'mx2', address: '192.0.2.9', port: 25 })
      .session(240, [{ tuple: 5, ...own, lost: 'timeout' }])
      .session(270, [{ tuple: 1, ...own, recipient: 'other@example.org' }]);
    expect(namesOf(planViewOf(state, stamp(300_000)).planted)).to.deep.equal(['t1']);
  });

  it('is settled once its connection is over', () => {
    const settled = (...lines: readonly string[]) =>
      viewAt(100, lines).planted.map((one) => one.settled);
    expect(settled('0: 1x', '60: 2x ...')).to.deep.equal([true, false]);
    expect(settled('0: 1x', '60: 2x')).to.deep.equal([true, true]);
  });
});

describe('the tuple that is retried', () => {
  const main = (...lines: readonly string[]) =>
    mainTuple(viewAt(100, lines))?.history.tuple.id ?? null;

  it('is the first one that was made to wait', () => {
    expect(main('0: 1x 2x')).to.equal('t1');
    expect(main('0: 1o 2x')).to.equal('t2');
    expect(main('0: 1? 2x')).to.equal('t2');
    expect(main('0: 1?')).to.equal(null);
  });

  it('is not among the others that were left alone', () => {
    expect(namesOf(othersLeftAlone(viewAt(100, ['0: 1x 2x 3x', '60: 3x'])))).to.deep.equal(['t2']);
  });
});

describe('ages beyond the pass', () => {
  const asked = { retryAtSeconds: [60, 300, 600], closingAgesSeconds: [14_400, 7200] };
  const later = (...lines: readonly string[]) => laterAges(viewAt(8000, lines, asked));

  it('are those that nobody has reached yet, in order', () => {
    expect(later('0: 1x')).to.deep.equal([60, 300, 600, 7200, 14_400]);
    expect(later('0: 1x 2x', '60.1: 1x')).to.deep.equal([300, 600, 7200, 14_400]);
    // Sender 2 was planted 0.1 s later: it is 300 s old at 300.2 s.
    expect(later('0: 1x 2x', '300.1: 2o')).to.deep.equal([300, 600, 7200, 14_400]);
    expect(later('0: 1x 2x', '300.2: 2o', '350: 3x')).to.deep.equal([600, 7200, 14_400]);
  });

  it('are none once the window is seen to have closed', () => {
    const closed = ['0: 1x 2x 3x', '300: 4x 1o 5x', '7300: 6x 2x 3x 1o'];
    expect(later(...closed)).to.deep.equal([]);
  });

  it('keep the oldest that were left alone', () => {
    const spare = (closingAgesSeconds: readonly number[], last = '300: 1o') =>
      namesOf(spareLeftAlone(viewAt(310, ['0: 1x 2x 3x 4x', last], { closingAgesSeconds })));
    expect(spare([])).to.deep.equal(['t2', 't3', 't4']);
    expect(spare([7200])).to.deep.equal(['t3', 't4']);
    expect(spare([7200, 8000, 9000, 10_000])).to.deep.equal([]);
    expect(spare([], '300: 1o 5x ...'), 'of earlier connections').to.deep.equal(['t2', 't3', 't4']);
  });

  it('have so many kept for them before it', () => {
    const kept = (seconds: number) => reserved(viewAt(seconds, ['0: 1x 2x'], asked));
    expect(kept(10)).to.equal(5);
    expect(kept(60.2)).to.equal(4);
    expect(kept(1000)).to.equal(2);
    expect(reserved(viewAt(0, ['0: 1?'], asked)), 'before anybody was answered').to.equal(5);
    expect(reserved(viewAt(10, ['0: 1x']))).to.equal(0);
  });
});
