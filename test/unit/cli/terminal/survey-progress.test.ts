import { expect } from 'chai';
import { progressLine } from '../../../../src/cli/terminal/survey-progress.js';

describe('the progress of a survey', () => {
  it('tells what is done, what waits, and how fast it goes', () => {
    const line = progressLine(
      {
        targets: 2000,
        done: 120,
        hosts: 300,
        hostsDone: 80,
        waiting: 40,
        inFlight: 7,
        nextDueMs: 63_000,
        sessions: 900,
        stops: 1,
        latenessMs: [],
      },
      60_000,
      10_000,
    );
    expect(line).to.equal(
      '120 of 2000 targets, 80 of 300 hosts done; 7 connected, 40 waiting, next in 3 s; 90 sessions/s; 1 asked to stop',
    );
  });
});
