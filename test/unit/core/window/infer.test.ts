import { expect } from 'chai';
import {
  type AgedObservation,
  enclose,
  type Inference,
  inferWindow,
  TIMERS,
} from '../../../../src/core/window/infer.js';

/** A tuple tried once more after its first attempt, at this age. */
function alone(age: number, accepted: boolean): AgedObservation {
  return tried([age], accepted);
}

/** The last of the tries of one tuple, at these ages; those before it were refused. */
function tried(ages: readonly number[], accepted: boolean): AgedObservation {
  const age = ages.at(-1) ?? 0;
  const before = ages.at(-2) ?? null;
  const at = (seconds: number) => ({ low: seconds, high: seconds });
  return {
    attempt: age,
    tuple: `t${ages[0]}`,
    age: at(age),
    gap: at(age - (before ?? 0)),
    previousAge: before === null ? null : at(before),
    accepted,
  };
}

/** All tries of one tuple: refused until the last, which is accepted. */
function ladder(...ages: readonly number[]): readonly AgedObservation[] {
  return ages.map((_, index) => tried(ages.slice(0, index + 1), index === ages.length - 1));
}

function opening({ opens }: Inference): readonly (number | null)[] {
  return [opens.afterSeconds, opens.bySeconds];
}

function closing({ closes }: Inference): readonly (number | null)[] {
  return [closes.afterSeconds, closes.bySeconds];
}

describe('inferWindow', () => {
  it('knows nothing of nothing', () => {
    const inferred = inferWindow([]);
    expect(opening(inferred)).to.deep.equal([null, null]);
    expect(closing(inferred)).to.deep.equal([null, null]);
    expect(inferred.earlyRetryHarms).to.equal(null);
  });

  it('takes the low end of a refusal and the high end of an acceptance', () => {
    const wide = (one: AgedObservation) => ({
      ...one,
      age: { low: one.age.low - 0.5, high: one.age.high + 0.5 },
    });
    const inferred = inferWindow([wide(alone(290, false)), wide(alone(310, true))]);
    expect(opening(inferred)).to.deep.equal([289.5, 310.5]);
  });

  describe('with tuples left alone', () => {
    it('puts the opening between the highest refused and the lowest accepted age', () => {
      const seen = [alone(100, false), alone(295, false), alone(302, true), alone(400, true)];
      const inferred = inferWindow(seen);
      expect(opening(inferred)).to.deep.equal([295, 302]);
      expect(closing(inferred)).to.deep.equal([400, null]);
    });

    it('sees that early tries do harm: a retried tuple is held back longer', () => {
      const seen = [alone(290, false), alone(302, true), ...ladder(100, 250, 350, 700).slice(0, 3)];
      const inferred = inferWindow(seen);
      expect(inferred.earlyRetryHarms).to.equal(true);
      expect(opening(inferred)).to.deep.equal([290, 302]);
    });

    it('sees that early tries do no harm, and then counts the retried tuple too', () => {
      const seen = [alone(290, false), alone(310, true), ...ladder(100, 298, 303)];
      const inferred = inferWindow(seen);
      expect(inferred.earlyRetryHarms).to.equal(false);
      expect(opening(inferred)).to.deep.equal([298, 303]);
    });

    it('does not call early tries harmless where a penalty may have been added', () => {
      const seen = [alone(290, false), alone(310, true), ...ladder(100, 305, 365)];
      const inferred = inferWindow(seen, ['from-first', 'from-last', 'penalty']);
      expect(inferred.earlyRetryHarms).to.equal(null);
      expect(opening(inferred)).to.deep.equal([290, 310]);
    });
  });

  describe('with one retried tuple', () => {
    it('encloses what a kept and a restarted timer would mean', () => {
      const inferred = inferWindow(ladder(60, 200, 500));
      // Kept: refused at 200, accepted at 500. Restarted: refused after 140 s, accepted after 300 s.
      expect(opening(inferred)).to.deep.equal([140, 500]);
      expect(inferred.timers).to.deep.equal(['from-first', 'from-last']);
      expect(inferred.earlyRetryHarms).to.equal(null);
    });

    it('drops a reading that contradicts itself', () => {
      // A timer that restarts would have let the tuple pass after the gap of 140 s already.
      const inferred = inferWindow(ladder(60, 200, 300));
      expect(inferred.timers).to.deep.equal(['from-first']);
      expect(opening(inferred)).to.deep.equal([200, 300]);
      expect(inferred.earlyRetryHarms).to.equal(false);
    });

    it('does not see harm in refusals alone', () => {
      const inferred = inferWindow(ladder(60, 200, 500).slice(0, 2));
      expect(opening(inferred)).to.deep.equal([140, null]);
      expect(inferred.earlyRetryHarms).to.equal(null);
    });

    it('bounds a penalised opening from below by the first retry only', () => {
      const inferred = inferWindow(ladder(60, 200, 500), ['penalty']);
      expect(opening(inferred)).to.deep.equal([60, 500]);
      expect(inferred.earlyRetryHarms).to.equal(true);
    });

    it('reads the age at the try before where late tries are wanted', () => {
      const inferred = inferWindow(ladder(60, 1400, 1600, 2000), ['second-late-try']);
      expect(opening(inferred)).to.deep.equal([1400, 1600]);
    });

    it('draws nothing from a refusal before the scan for late tries can have run', () => {
      const inferred = inferWindow(ladder(60, 1400, 1600, 1630, 1700), ['second-late-try']);
      expect(opening(inferred)).to.deep.equal([1400, 1630]);
    });
  });

  describe('what fits no expected way of counting', () => {
    it('may fit a rarer one', () => {
      // A gap of 60 s was enough at last, and one of 340 s was not: no timer that starts again.
      const inferred = inferWindow(ladder(60, 400, 600, 660), ['from-last']);
      expect(inferred.timers).to.include('from-first');
      expect(inferred.timers).to.not.include('from-last');
    });

    it('may come from several machines with a list each: then only its age bounds the opening', () => {
      // By the expected ways both contradict each other; a server that wants a late try fits.
      const seen = [...ladder(20, 45, 62), alone(66, false)];
      const inferred = inferWindow(seen);
      expect(inferred.timers).to.include('second-late-try');
      expect(opening(inferred)).to.deep.equal([null, 62]);
      expect(closing(inferred)).to.deep.equal([null, null]);
      expect(inferred.earlyRetryHarms).to.equal(null);
    });

    it('is a contradiction where it fits none, and gives no window', () => {
      const seen = [alone(50, true), alone(100, false), alone(200, true)];
      const inferred = inferWindow(seen, TIMERS);
      expect(inferred.timers).to.deep.equal([]);
      expect(opening(inferred)).to.deep.equal([null, null]);
      expect(closing(inferred)).to.deep.equal([null, null]);
    });

    it('is no contradiction within the second of a clock of whole seconds', () => {
      const seen = [alone(299.6, true), alone(299.9, false), alone(310, true)];
      const inferred = inferWindow(seen);
      expect(opening(inferred)).to.deep.equal([299.9, 299.9]);
    });
  });

  describe('the closing edge', () => {
    it('lies between the last accepted and the first forgotten age', () => {
      const seen = [alone(290, false), alone(302, true), alone(7200, true), alone(14_400, false)];
      const inferred = inferWindow(seen);
      expect(opening(inferred)).to.deep.equal([290, 302]);
      expect(closing(inferred)).to.deep.equal([7200, 14_400]);
    });

    it('is believed below the shortest known window only where late ages were asked for', () => {
      const seen = [alone(9, false), alone(20, true), alone(40, false)];
      expect(closing(inferWindow(seen))).to.deep.equal([20, 40]);
      expect(inferWindow(seen, ['from-first'], { mayCloseEarly: false }).timers).to.deep.equal([]);
      const late = [alone(9, false), alone(20, true), alone(7300, false)];
      expect(closing(inferWindow(late, ['from-first'], { mayCloseEarly: false }))).to.deep.equal([
        20, 7300,
      ]);
    });

    it('is not taken from a tuple that was retried', () => {
      const seen = [alone(290, false), alone(302, true), tried([100, 14_400], false)];
      expect(closing(inferWindow(seen))).to.deep.equal([302, null]);
    });

    it('is no opening: a refusal far beyond any known delay may be a forgotten tuple', () => {
      const inferred = inferWindow([alone(300, false), alone(86_400, false)]);
      expect(opening(inferred)).to.deep.equal([300, null]);
    });

    it('is no opening where the age may lie beyond an hour, or does not by less than a second', () => {
      const near = { ...alone(3599.9, false), age: { low: 3599.9, high: 3600.2 } };
      expect(opening(inferWindow([alone(80, false), near]))).to.deep.equal([80, null]);
      expect(opening(inferWindow([alone(80, false), alone(3598, false)]))[0]).to.equal(3598);
    });

    it('is not below a pass of a tuple that may have been forgotten between its tries', () => {
      const inferred = inferWindow(ladder(80, 3620, 4340));
      expect(closing(inferred)).to.deep.equal([720, null]);
      expect(opening(inferred)[1]).to.equal(4340);
    });

    it('can come before twice the first age that passed, where the delay may be far less', () => {
      const inferred = inferWindow([...ladder(31, 3597), alone(5401, false)], ['from-first']);
      expect(opening(inferred)).to.deep.equal([31, 3597]);
      expect(closing(inferred)[1], 'no tuple left alone has passed').to.equal(null);
    });

    it('is no opening either: a refusal at 3 h counts where all below it was refused', () => {
      const seen = [alone(3500, false), alone(6900, false), alone(10_800, true)];
      expect(opening(inferWindow(seen))).to.deep.equal([6900, 10_800]);
    });
  });
});

describe('enclose', () => {
  const reading = (after: number | null, by: number | null, harms: boolean | null): Inference => ({
    opens: { afterSeconds: after, bySeconds: by },
    closes: { afterSeconds: by, bySeconds: null },
    earlyRetryHarms: harms,
    timers: ['from-first'],
  });

  it('spans all readings, and knows only what all of them know', () => {
    const both = enclose([reading(100, 200, false), reading(150, 300, true)]);
    expect(opening(both)).to.deep.equal([100, 300]);
    expect(both.earlyRetryHarms).to.equal(null);
    expect(opening(enclose([reading(100, 200, false), reading(null, 300, false)]))).to.deep.equal([
      null,
      300,
    ]);
  });

  it('leaves out a reading that nothing fits', () => {
    const contradicted: Inference = { ...reading(null, null, null), timers: [] };
    expect(opening(enclose([reading(100, 200, false), contradicted]))).to.deep.equal([100, 200]);
    expect(enclose([contradicted]).timers).to.deep.equal([]);
  });
});
