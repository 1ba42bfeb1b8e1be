import { expect } from 'chai';
import { mainTuple, planViewOf } from '../../../../src/core/plan/plan-view.js';
import {
  canPlant,
  controlsTellMore,
  plantsWanted,
  wantsEarlyPlants,
} from '../../../../src/core/plan/planting.js';
import { ACCEPTED, Story, stamp, type Told } from '../run/support/story.js';
import { viewAt } from './support/view-at.js';

describe('senders are planted before the first retry', () => {
  /** Whether some are, at 1 s, before a step at this age. */
  const early = (lines: readonly string[], step = 60) => {
    const view = viewAt(1, lines);
    const main = mainTuple(view);
    return main !== null && wantsEarlyPlants(view, main, step);
  };

  it('where it is some time away, once', () => {
    expect(early(['0: 1x'])).to.equal(true);
    // The first one is 0.9 s old: 3.2 s and 2.9 s.
    expect(early(['0: 1x'], 4.1)).to.equal(true);
    expect(early(['0: 1x'], 3.8)).to.equal(false);
    expect(early(['0: 1x', '0.5 plant: 2x'])).to.equal(false);
    expect(early(['0: 1x', '0.5: 1x']), 'after the first retry').to.equal(false);
  });

  it('until eight are left alone', () => {
    expect(early(['0: 1x 2x 3x 4x 5x 6x 7x 8x'])).to.equal(true);
    expect(early(['0: 1x 2x 3x 4x 5x 6x 7x 8x 9x'])).to.equal(false);
  });

  it('where some are left to plant, and they tell more', () => {
    const lines = ['0: 1x 2o'];
    expect(early(lines)).to.equal(false);
    const view = viewAt(1, ['0: 1x'], { senders: { kind: 'list', addresses: ['a@x.example'] } });
    const main = mainTuple(view) ?? expect.fail();
    expect(wantsEarlyPlants(view, main, 60)).to.equal(false);
  });
});

describe('how many fresh senders are wanted', () => {
  const wanted = (seconds: number, lines: readonly string[], closing: readonly number[] = []) =>
    plantsWanted(viewAt(seconds, lines, { maxWaitSeconds: 1000, closingAgesSeconds: closing }));

  it('is eight in the first fifth of the run', () => {
    expect(wanted(200, ['0: 1x 2x 3x 4x 5x', '60: 1x'])).to.equal(8);
    expect(wanted(0, ['0: 1?']), 'not before anybody was answered').to.equal(0);
  });

  it('is what later ages will use, and ten, without those that are there', () => {
    expect(wanted(202, ['0: 1x 2x 3x', '60: 1x'])).to.equal(8);
    expect(wanted(202, ['0: 1x 2x 3x 4x', '60: 1x'])).to.equal(7);
    expect(wanted(202, ['0: 1x 2x 3x 4x', '60: 1x 2x'])).to.equal(8);
    expect(wanted(202, ['0: 1x 2x 3x 4x', '60: 1x'], [7200, 14_400])).to.equal(9);
    expect(wanted(202, ['0: 1x 2x 3x 4x']), 'the first one is no spare').to.equal(7);
  });
});

describe('senders to plant', () => {
  const addresses = ['b', 'c', 'd', 'f', 'g'].map((name) => `sender${name}@sender.example`);
  const can = (seconds: number, senders: number, lines = ['0: 1x']) =>
    canPlant(
      viewAt(seconds, lines, {
        retryAtSeconds: [10, 20, 30],
        senders: { kind: 'list', addresses: addresses.slice(0, senders) },
      }),
    );

  it('are those beyond the controls of the steps ahead', () => {
    expect(can(1, 5)).to.equal(true);
    expect(can(1, 4)).to.equal(false);
    expect(can(15, 4)).to.equal(true);
    expect(can(35, 1), 'all are used').to.equal(false);
    expect(can(35, 2)).to.equal(true);
    expect(can(1, 4, ['0: 1?']), 'before anybody was answered').to.equal(false);
    expect(can(1, 5, ['0: 1?'])).to.equal(true);
  });
});

describe('a control tells more', () => {
  const tells = (...attempts: readonly Told[]) =>
    controlsTellMore(planViewOf(new Story().session(0, attempts).state, stamp(1000)));

  it('where the host hears the sender before it answers, and goes on after it', () => {
    expect(tells({ tuple: 1 })).to.equal(true);
    expect(tells({ tuple: 1, stage: 'mail' })).to.equal(true);
    for (const stage of ['connect', 'helo', 'starttls'] as const) {
      expect(tells({ tuple: 1, stage }), stage).to.equal(false);
    }
    expect(tells({ tuple: 1, reply: { code: 421 } })).to.equal(false);
    expect(tells({ tuple: 1, lost: 'timeout' })).to.equal(true);
  });

  it('as long as not all are let in', () => {
    expect(tells({ tuple: 1 }, { tuple: 2, reply: ACCEPTED })).to.equal(false);
    expect(tells({ tuple: 1 }, { tuple: 2, reply: ACCEPTED }, { tuple: 3 })).to.equal(true);
  });
});
