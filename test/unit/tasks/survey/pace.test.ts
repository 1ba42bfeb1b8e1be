import { expect } from 'chai';
import { Pace } from '../../../../src/tasks/survey/pace.js';

/** When so many hosts are begun, each as soon as it may be, in seconds. */
function begin(pace: Pace, hosts: number, fromMs = 0): number[] {
  const times: number[] = [];
  let nowMs = fromMs;
  for (let host = 0; host < hosts; host += 1) {
    nowMs = pace.nextMs(nowMs);
    times.push(nowMs / 1000);
  }
  return times;
}

describe('the pace of a survey', () => {
  it('doubles each second, up to the most', () => {
    expect(begin(new Pace(0, 8), 8)).to.deep.equal([0, 1, 1.5, 2, 2.25, 2.5, 2.75, 3]);
    expect(begin(new Pace(0, 2), 5)).to.deep.equal([0, 1, 1.5, 2, 2.5]);
  });

  it('halves at each host that asks to stop, and then doubles but once a minute', () => {
    const pace = new Pace(0, 8);
    begin(pace, 20);
    expect(pace.perSecond).to.equal(8);
    pace.stop(5000);
    expect(pace.perSecond).to.equal(4);
    pace.nextMs(60_000);
    expect(pace.perSecond).to.equal(4);
    pace.nextMs(65_000);
    expect(pace.perSecond).to.equal(8);
  });

  it('is over where one in a hundred asked to stop, and three at least', () => {
    const pace = new Pace(0, 1000);
    begin(pace, 400);
    for (let stops = 0; stops < 3; stops += 1) pace.stop(10_000);
    expect(pace.isOver).to.equal(false);
    pace.stop(10_000);
    expect(pace.isOver).to.equal(true);
    const small = new Pace(0, 1000);
    begin(small, 5);
    small.stop(1000);
    small.stop(1000);
    expect(small.isOver).to.equal(false);
    small.stop(1000);
    expect(small.isOver).to.equal(true);
  });
});
