import { expect } from 'chai';
import {
  edgeWitness,
  isLastWitness,
  plantedBeside,
  provableEdge,
  waitOf,
} from '../../../../src/core/plan/prove-edge.js';
import { usedUp } from '../run/support/short-story.js';
import { viewAt } from './support/view-at.js';

const view = (seconds: number, lines: readonly string[]) =>
  viewAt(seconds, lines, { senders: usedUp(lines) });

/** Up to which age the opening is proved, or can be; who is to pass for it; and in how many seconds. */
function edge(seconds: number, lines: readonly string[]) {
  const seen = view(seconds, lines);
  const witness = edgeWitness(seen);
  const up = provableEdge(seen);
  return witness === null
    ? [up]
    : [up, witness.tuple.history.tuple.id, Math.round(waitOf(witness) * 10) / 10];
}

describe('the lower edge that can be proved', () => {
  it('is the highest refusal of a planting of which one is left to pass', () => {
    // It opens by 301 s; who was planted at 0.2 s is as old at 301.2 s.
    expect(edge(300.5, ['0: 1x 2x', '60: 1x', '300: 1o'])).to.deep.equal([59.9, 't2', 0.7]);
    const lines = ['0: 1x 2x', '5: 3x 4x', '60: 3x 1x', '200: 3x', '300: 1o'];
    expect(edge(310, lines), 'the second try of 3 is not that of one left alone').to.deep.equal([
      60,
      't2',
      0,
    ]);
    expect(edge(310, ['0: 1x', '5: 2x 3x', '60: 1x', '200: 2x', '300: 1o'])).to.deep.equal([
      194.9,
      't3',
      0,
    ]);
    expect(edge(310, ['0: 1x', '60: 1x', '300: 1o'])).to.deep.equal([null]);
  });

  it('is proved where one of that planting has passed later', () => {
    const lines = ['0: 1x', '5: 2x 3x', '200: 2x', '300: 1o', '310: 4x 3o'];
    expect(edge(320, lines)).to.deep.equal([194.9]);
    const before = ['0: 1x', '5: 2x 3x', '300: 3o', '301: 2x 1o'];
    expect(edge(320, before), 'who passed before the refusal proves nothing').to.deep.equal([null]);
    const other = ['0: 1x', '5: 2x', '6: 3x', '200: 2x', '300: 1o', '310: 4x 3o'];
    expect(edge(320, other), 'nor who was planted in another connection').to.deep.equal([null]);
  });

  it('is lower where nobody can prove the highest refusal', () => {
    const lines = ['0: 1x', '5: 2x 3x', '10: 4x', '200: 2x', '250: 4x', '300: 1o'];
    expect(edge(310, lines)).to.deep.equal([194.9, 't3', 0]);
  });

  it('is below the opening: a refusal of old ones may be that of a window that has closed', () => {
    const lines = ['0: 1x', '5: 2x 3x', '10: 4x 5x', '200: 2x', '300: 1o', '7200: 4x'];
    expect(edge(7210, lines)).to.deep.equal([194.9, 't3', 0]);
  });

  it('is none where nothing has passed', () => {
    expect(edge(100, ['0: 1x 2x', '60: 1x'])).to.deep.equal([null]);
  });
});

describe('who can prove a refusal', () => {
  it('is the last one where no other of the planting is left', () => {
    const last = (lines: readonly string[]) => {
      const seen = view(310, lines);
      return seen.planted.filter((one) => isLastWitness(seen, one)).map(nameOf);
    };
    expect(last(['0: 1x 2x', '5: 3x', '60: 1x', '300: 1o'])).to.deep.equal(['t2']);
    expect(last(['0: 1x 2x 3x', '60: 1x', '300: 1o'])).to.deep.equal([]);
    expect(last(['0: 1x', '60: 1x', '300: 1o'])).to.deep.equal([]);
  });

  it('was planted in the same connection', () => {
    const seen = view(310, ['0: 1x 2x 3x', '5: 4x', '60: 1x']);
    const beside = seen.planted.map((one) => [nameOf(one), plantedBeside(one, seen.planted)]);
    expect(beside).to.deep.equal([
      ['t1', 3],
      ['t2', 3],
      ['t3', 3],
      ['t4', 1],
    ]);
  });
});

function nameOf({ history }: ReturnType<typeof view>['planted'][number]): string {
  return history.tuple.id;
}
