import { expect } from 'chai';
import { edgeSecond, plantedBeside } from '../../../../src/core/plan/prove-edge.js';
import { usedUp } from '../run/support/short-story.js';
import { viewAt } from './support/view-at.js';

const view = (seconds: number, lines: readonly string[]) =>
  viewAt(seconds, lines, { senders: usedUp(lines) });

/** Who is to be refused beside the highest refusal. */
function second(seconds: number, lines: readonly string[]): string | null {
  return edgeSecond(view(seconds, lines))?.history.tuple.id ?? null;
}

describe('a second refusal', () => {
  it('is asked of the one that is nearest in age to the highest', () => {
    const lines = ['0: 1x', '5: 2x 3x', '60: 4x 1x', '200: 2x', '300: 1o'];
    expect(second(210, lines)).to.equal('t3');
    const other = ['0: 1x', '5: 2x', '30: 3x', '60: 4x 1x', '200: 2x', '300: 1o'];
    expect(second(230, other), 'of 170 and 200 s to 195 s').to.equal('t3');
  });

  it('is not asked where there is one of nearly that age', () => {
    const lines = ['0: 1x', '5: 2x 3x 4x', '60: 1x', '200: 2x 3x', '300: 1o'];
    expect(second(210, lines)).to.equal(null);
    const lower = ['0: 1x', '5: 2x 3x 4x', '100: 3x', '200: 2x', '300: 1o'];
    expect(second(210, lower), 'that of 95 s is not near').to.equal('t4');
  });

  it('may be further away where it opens late: by a two-hundredth of that', () => {
    // Refused at 894.9 s, and at 890.8 s or at 874.8 s; it opens by 1000 s, and 4 is 899.9 s old.
    const lines = ['0: 1x', '5: 2x 3x', '100: 4x', '896: 3x', '900: 2x', '999: 1o'];
    expect(second(1000, lines)).to.equal(null);
    expect(second(1000, lines.with(3, '880: 3x'))).to.equal('t4');
  });

  it('is asked of nobody who is as old as the opening', () => {
    const lines = ['0: 1x', '5: 2x 3x', '60: 1x', '200: 2x', '300: 1o'];
    expect(second(310, lines)).to.equal(null);
  });

  it('is not asked while nothing has passed or none was refused', () => {
    expect(second(100, ['0: 1x 2x', '60: 1x'])).to.equal(null);
    expect(second(100, ['0: 1x 2x', '60: 1o'])).to.equal(null);
  });
});

describe('who was planted in the same connection', () => {
  it('is counted with the tuple itself', () => {
    const seen = view(310, ['0: 1x 2x 3x', '5: 4x', '60: 1x']);
    const beside = seen.planted.map((one) => [
      one.history.tuple.id,
      plantedBeside(one, seen.planted),
    ]);
    expect(beside).to.deep.equal([
      ['t1', 3],
      ['t2', 3],
      ['t3', 3],
      ['t4', 1],
    ]);
  });
});
