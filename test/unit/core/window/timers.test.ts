import { expect } from 'chai';
import type { AgedObservation } from '../../../../src/core/window/aged-observation.js';
import { lowerEdgeUnder, READINGS, TIMERS } from '../../../../src/core/window/timers.js';

/** A try at this age; `previous` is the age at the try before, null for the second one. */
function tried(accepted: boolean, age: number, previous: number | null = null): AgedObservation {
  const at = (seconds: number) => ({ low: seconds, high: seconds });
  return {
    attempt: age,
    tuple: `t${age}`,
    planted: 1,
    session: 2,
    age: at(age),
    gap: at(age - (previous ?? 0)),
    previousAge: previous === null ? null : at(previous),
    accepted,
  };
}

const refused = (age: number, previous: number | null = null) => tried(false, age, previous);
const passed = (age: number, previous: number | null = null) => tried(true, age, previous);
const fitting = (...seen: readonly AgedObservation[]) =>
  TIMERS.filter((timer) => READINGS[timer](seen));

describe('ways of counting that explain', () => {
  it('a refusal up to a second above a pass', () => {
    expect(fitting(refused(301), passed(300))).to.include('from-first');
    expect(fitting(refused(301.1), passed(300))).to.deep.equal([]);
  });

  it('a retried tuple that was refused at a higher age', () => {
    // From its last try it is 100 s old; something may have been added; a late try is not needed.
    expect(fitting(passed(300), refused(400, 300))).to.deep.equal(['from-last', 'penalty']);
    expect(fitting(passed(300), refused(400, 50))).to.deep.equal(['penalty']);
  });

  it('tuples that pass at the try after a late one', () => {
    // The list saw a late try at 100 s. A scan has to run before the next one counts.
    expect(fitting(passed(130, 100), refused(261, 200))).to.not.include('second-late-try');
    expect(fitting(passed(130, 100), refused(260, 200))).to.include('second-late-try');
    expect(fitting(passed(130, 100), refused(200, 102))).to.not.include('second-late-try');
    expect(fitting(passed(130, 100), refused(200, 101))).to.include('second-late-try');
    expect(fitting(passed(130))).to.not.include('second-late-try');
  });

  it('nothing at all', () => {
    expect(fitting()).to.deep.equal(TIMERS);
  });
});

describe('the age up to which a list was closed', () => {
  const seen = [refused(60), refused(200, 60), refused(230, 200)];

  it('follows from how it counts', () => {
    expect(lowerEdgeUnder('from-first', seen)).to.equal(230);
    expect(lowerEdgeUnder('from-last', seen)).to.equal(140);
    expect(lowerEdgeUnder('penalty', seen)).to.equal(60);
    expect(lowerEdgeUnder('second-late-try', seen)).to.equal(60);
  });

  it('is unknown where no refusal shows it', () => {
    for (const timer of TIMERS) expect(lowerEdgeUnder(timer, [])).to.equal(null);
    expect(lowerEdgeUnder('penalty', [refused(200, 60)])).to.equal(null);
    expect(lowerEdgeUnder('second-late-try', [refused(300)])).to.equal(null);
    expect(lowerEdgeUnder('second-late-try', [refused(260, 200)])).to.equal(null);
    expect(lowerEdgeUnder('second-late-try', [refused(261, 200)])).to.equal(200);
  });
});
