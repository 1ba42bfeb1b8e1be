import { expect } from 'chai';
import { workerLine } from '../../../../src/cli/terminal/worker-progress.js';

describe('the line that a worker tells each minute', () => {
  it('says what it does', () => {
    const counts = { surveys: 1, connected: 3, visits: 120, missed: 2, refused: 0 };
    expect(workerLine(counts)).to.equal(
      '1 survey; 3 connected; 120 visits made, 2 came too late, 0 refused',
    );
    expect(workerLine({ ...counts, surveys: 2 })).to.match(/^2 surveys; /);
  });
});
