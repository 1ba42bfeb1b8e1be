import { expect } from 'chai';
import { climb, climbTransaction } from '../../../../src/core/plan/climb.js';
import { planViewOf } from '../../../../src/core/plan/plan-view.js';
import { onlySenders, shortStory, usedUp } from '../run/support/short-story.js';
import { stamp } from '../run/support/story.js';
import { nextInLast, viewAt } from './support/view-at.js';

const next = (lines: readonly string[], changes: Parameters<typeof viewAt>[2] = {}) =>
  nextInLast(climbTransaction, lines, changes);

describe('the next step, where a process was killed', () => {
  /** The age of the next step at 155 s; `killed`: another process goes on. */
  const step = (lines: readonly string[], killed: boolean) => {
    const state = shortStory(lines, { retryAtSeconds: [60, 150, 310] });
    const view = planViewOf({ ...state, segment: killed ? 1 : 0 }, stamp(155_000));
    const decision = climb(view);
    return decision.kind === 'session' ? decision.due?.delaySeconds : decision.reason;
  };

  it('is the one that it had begun, unless the retried tuple was answered in it', () => {
    const begun = ['0: 1x 2x', '61: 3x 1x', '151: 4x'];
    expect(step(begun, false)).to.equal(310);
    expect(step(begun, true)).to.equal(150);
    expect(step(begun.with(2, '151: 4x 1?'), true)).to.equal(150);
    expect(step(begun.with(2, '151: 4x 1x'), true)).to.equal(310);
  });

  it('is the first one where that was its first connection', () => {
    expect(step(['0: 1x'], true)).to.equal(150);
  });
});

describe('the next step on a slow line', () => {
  it('is after the one for which a connection began a little earlier', () => {
    const view = viewAt(155, ['0: 1x 2x', '61: 3x 1x', '149.6: 4x'], {
      retryAtSeconds: [60, 150, 310],
    });
    const due = (leadSeconds: number) => {
      const decision = climb({ ...view, leadSeconds });
      return decision.kind === 'session' ? decision.due?.delaySeconds : decision.reason;
    };
    expect(due(1), '310 s, less what the line takes').to.equal(309);
    expect(due(0)).to.equal(150);
  });
});

describe('one left alone is tried at a step', () => {
  const planted = '0: 1x 2x 3x 4x';

  it('from an age of 18 s on', () => {
    expect(next([planted, '17: 5x 1x ...'])).to.equal('control fresh');
    expect(next([planted, '18: 5x 1x ...'])).to.equal('confirm t2');
    expect(next([planted, '18: 5x 1x 2x ...']), 'once').to.equal('control fresh');
  });

  it('at each one until 55 s, then at each other one and the last', () => {
    const earlier = [planted, '10: 5x 1x'];
    expect(next([...earlier, '54: 6x 1x ...'])).to.equal('confirm t2');
    expect(next([...earlier, '55: 6x 1x ...'])).to.equal('control fresh');
    expect(next([planted, '55: 6x 1x ...'])).to.equal('confirm t2');
    expect(next([...earlier, '55: 6x 1x ...'], { maxWaitSeconds: 55 })).to.equal('confirm t2');
    expect(next([...earlier, '55: 6x 1x ...'], { maxWaitSeconds: 56 })).to.equal('control fresh');
  });

  it('where two that were planted beside it are left, or many others', () => {
    expect(next(['0: 1x 2x 3x', '20: 4x 1x ...'])).to.equal('control fresh');
    const alone = ['0: 1x', '2: 2x', '4: 3x', '6: 4x', '8: 5x', '10: 6x', '12: 7x'];
    expect(next([...alone, '40: 9x 1x ...']), 'six').to.equal('control fresh');
    expect(next([...alone, '14: 8x', '40: 9x 1x ...']), 'seven').to.equal('confirm t8');
  });

  it('and is none that a later age will want, or that was planted just now', () => {
    const closing = { closingAgesSeconds: [7200] };
    expect(next([planted, '20: 5x 1x ...'], closing)).to.equal('confirm t3');
    expect(next(['0: 1x 2x 3x', '20: 5x 6x 7x 1x ...'])).to.equal('control fresh');
  });
});

describe('a step ends', () => {
  it('with fresh senders, as many as are wanted', () => {
    expect(next(['0: 1x 2x 3x', '60: 4x 1x ...'])).to.equal('control fresh');
    const eleven = ['0: 1x 2x 3x 4x 5x 6x 7x 8x 9x 10x 11x 12x', '60: 13x 1x 2x ...'];
    expect(next(eleven, { maxWaitSeconds: 200 })).to.equal('none');
  });

  it('without any where they are kept for the steps ahead', () => {
    const used = ['0: 1x 2x 3x', '60: 4x 1x ...'];
    const kept = { retryAtSeconds: [60, 120] };
    expect(next(used, { ...kept, senders: onlySenders(5) })).to.equal('none');
    expect(next(used, { ...kept, senders: onlySenders(6) })).to.equal('control fresh');
  });
});

describe('after a pass in a step', () => {
  const steps = ['0: 1x 2x', '60: 4x 1x', '120: 5x 1x'];

  it('two are tried that narrow the opening, then a control', () => {
    expect(next([...steps, '300: 6x 1o ...'])).to.equal('confirm t5');
    expect(next([...steps, '300: 6x 1o 5x ...'])).to.equal('confirm t4');
    expect(next([...steps, '300: 6x 1o 5x 4o ...'])).to.equal('control fresh');
    expect(next([...steps, '300: 6x 1o 5x 7x ...'])).to.equal('none');
  });

  it('who narrows goes before who was left alone for longest', () => {
    const lines = ['0: 1x 2x 3x 4x', '60: 5x 6x 1x', '120: 1x', '300: 7x 1o ...'];
    expect(next(lines)).to.equal('confirm t6');
    expect(next(lines.with(3, '300: 7x 1x ...'))).to.equal('confirm t2');
  });

  it('room is kept for the control', () => {
    const manners = {
      secondsBetweenConnections: 1,
      connectionsPerHour: 30,
      transactionsPerSession: 4,
    };
    expect(next([...steps, '300: 6x 1o 5x ...'], { manners })).to.equal('control fresh');
  });

  it('nobody is tried where no control can follow', () => {
    const lines = [...steps, '300: 1o ...'];
    expect(next(lines, { senders: usedUp(lines) })).to.equal('none');
  });
});

describe('the control of a step, where no fresh sender is left', () => {
  it('is the youngest that is surely too young to pass', () => {
    const control = (...lines: readonly string[]) => next(lines, { senders: usedUp(lines) });
    expect(control('0: 1x', '60: 1x', '100: 2x 3x', '110: ...')).to.equal('control t3');
    expect(control('0: 1x', '60: 1x', '100: 2x 3x', '159: ...'), '59.6 s old').to.equal(
      'control t3',
    );
    expect(control('0: 1x', '60: 1x', '100: 2x 3x', '170: ...')).to.equal('retry t1');
    expect(control('0: 1x', '50: 2x', '60: 1x', '100: 3o 1x', '105: ...')).to.equal('control t2');
    expect(control('0: 1x', '100: 2x 3x', '110: ...'), 'nobody was refused').to.equal('retry t1');
  });
});
