import { expect } from 'chai';
import { LinkedSessions } from '../../../../src/core/window/links.js';

describe('connections that met the same list', () => {
  it('are those that a passing tuple joins, also by way of others', () => {
    const linked = new LinkedSessions([
      { planted: 1, session: 7 },
      { planted: 2, session: 7 },
      { planted: 2, session: 8 },
      { planted: 3, session: 9 },
    ]);
    expect(linked.areLinked(1, 8)).to.equal(true);
    expect(linked.areLinked(3, 9)).to.equal(true);
    expect(linked.areLinked(1, 9)).to.equal(false);
  });

  it('are each linked to itself only, where nothing passed', () => {
    const linked = new LinkedSessions([]);
    expect(linked.areLinked(4, 4)).to.equal(true);
    expect(linked.areLinked(4, 5)).to.equal(false);
  });
});
