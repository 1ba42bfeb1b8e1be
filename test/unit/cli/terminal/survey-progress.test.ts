import { expect } from 'chai';
import { progressLine } from '../../../../src/cli/terminal/survey-progress.js';

describe('the progress of a survey', () => {
  it('tells what is done, what waits, and how fast it goes', () => {
    const progress = {
      now: { monotonicMs: 60_000, wallMs: Date.UTC(2026, 0, 5, 8, 0) },
      targets: 2000,
      done: 120,
      hosts: 300,
      hostsDone: 80,
      waiting: 40,
      inFlight: 7,
      nextDueMs: 63_000,
      lastsUntilMs: 60_000 + 3_960_000,
      sessions: 900,
      stops: 1,
      latenessMs: [],
    };
    expect(progressLine(progress, 10_000)).to.equal(
      '120 of 2000 targets, 80 of 300 hosts done; 7 connected, 40 waiting, next in 3 s; can last until 09:06 UTC; 90 sessions/s; 1 asked to stop',
    );
    const long = { ...progress, lastsUntilMs: 100_000_000 };
    expect(progressLine(long, 10_000)).to.contain('can last until 2026-01-06 11:45 UTC');
  });
});
