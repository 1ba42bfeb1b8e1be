import { expect } from 'chai';
import type { AgedObservation } from '../../../../src/core/window/aged-observation.js';
import {
  enclose,
  forWholeSecondClocks,
  type Inference,
  inferWindow,
} from '../../../../src/core/window/infer.js';
import type { Timer } from '../../../../src/core/window/timers.js';

let attempts = 0;

/** A tuple planted in one connection, tried once more in another at this age. */
function alone(age: number, accepted: boolean, planted: number, session: number): AgedObservation {
  attempts += 1;
  const at = { low: age, high: age };
  return {
    attempt: attempts,
    tuple: `t${attempts}`,
    planted,
    session,
    age: at,
    gap: at,
    previousAge: null,
    accepted,
  };
}

/** All tries of one tuple at these ages: refused until the last, which is accepted. */
function ladder(...ages: readonly number[]): readonly AgedObservation[] {
  return ages.map((age, index) => {
    const before = ages[index - 1];
    const at = (seconds: number) => ({ low: seconds, high: seconds });
    return {
      ...alone(age, index === ages.length - 1, 1, index + 2),
      tuple: 'main',
      gap: at(age - (before ?? 0)),
      previousAge: before === undefined ? null : at(before),
    };
  });
}

function opening({ opens }: Inference): readonly (number | null)[] {
  return [opens.afterSeconds, opens.bySeconds];
}

function closing({ closes }: Inference): readonly (number | null)[] {
  return [closes.afterSeconds, closes.bySeconds];
}

/** Two of planting 1 refused in connection 5, one of it passed in 6; both met the list of planting 2. */
const PROVED = () => [
  alone(299, false, 1, 5),
  alone(299.5, false, 1, 5),
  alone(303, true, 2, 5),
  alone(302, true, 1, 6),
  alone(320, true, 2, 6),
];

describe('inferWindow', () => {
  it('knows nothing of nothing', () => {
    const inferred = inferWindow([]);
    expect(opening(inferred)).to.deep.equal([null, null]);
    expect(closing(inferred)).to.deep.equal([null, null]);
    expect(inferred.earlyRetryHarms).to.equal(null);
  });

  it('takes the high end of an acceptance', () => {
    const one = { ...alone(310, true, 1, 2), age: { low: 309.5, high: 310.5 } };
    expect(opening(inferWindow([one]))).to.deep.equal([null, 310.5]);
  });

  describe('the lower edge', () => {
    it('stands where one planted beside the refused tuple passes later: the list knew both', () => {
      const seen = [alone(299, false, 1, 5), alone(303, true, 1, 6)];
      expect(opening(inferWindow(seen))).to.deep.equal([299, 303]);
    });

    it('is the highest that is proved, though a higher one may be believed', () => {
      const seen = [alone(299, false, 1, 5), alone(301, false, 2, 5), alone(303, true, 1, 6)];
      expect(opening(inferWindow(seen))).to.deep.equal([299, 303]);
    });

    it('is proved by no pass before the refusal: what was planted may be forgotten by then', () => {
      const seen = [
        alone(299, false, 1, 5),
        alone(303, true, 2, 6),
        alone(302, false, 2, 7),
        alone(303, true, 1, 8),
      ];
      expect(opening(inferWindow(seen))).to.deep.equal([299, 303]);
    });

    it('is the second highest refusal, since something else may have refused one', () => {
      const seen = [alone(250, false, 1, 4), alone(299, false, 2, 5), alone(303, true, 3, 6)];
      expect(opening(inferWindow(seen))).to.deep.equal([250, 303]);
      expect(inferWindow(seen).proved).to.equal(true);
    });

    it('is believed where there is one refusal: then it is not proved', () => {
      const believed = inferWindow([alone(299, false, 2, 5), alone(303, true, 3, 6)]);
      expect(opening(believed)).to.deep.equal([299, 303]);
      expect(believed.proved).to.equal(false);
    });

    it('is none where a tuple that had passed was refused again', () => {
      const inferred = inferWindow(PROVED(), undefined, { refusedAgain: true });
      expect(opening(inferred)).to.deep.equal([null, 302]);
      expect(inferred.timers).to.deep.equal([]);
    });

    it('is proved by no tuple that was retried', () => {
      const [, , passed] = ladder(100, 250, 303);
      const seen = [alone(299, false, 1, 5), ...(passed === undefined ? [] : [passed])];
      expect(opening(inferWindow(seen, ['from-first']))).to.deep.equal([299, 303]);
    });

    it('rests on no retried tuple where one left alone has passed', () => {
      const held = ladder(200, 290, 400)
        .slice(0, 2)
        .map((one) => ({ ...one, planted: 4 }));
      const seen = [...held.slice(1), alone(250, false, 1, 4), alone(303, true, 3, 6)];
      expect(opening(inferWindow(seen))).to.deep.equal([250, 303]);
      const known = opening(inferWindow(seen, ['from-first']));
      expect(known, 'but of a product that forgives early tries').to.deep.equal([290, 303]);
    });

    it('may be late where a pass is later', () => {
      const inferred = inferWindow([alone(4000, false, 1, 5), alone(5000, true, 1, 6)]);
      expect(opening(inferred)).to.deep.equal([4000, 5000]);
      expect(inferred.refusedUntil).to.equal(4000);
    });

    it('is not at an hour or later where nothing has passed', () => {
      const until = (age: number) => inferWindow([alone(age, false, 1, 2)], ['from-first']);
      expect([opening(until(3600)), until(3600).refusedUntil]).to.deep.equal([[null, null], null]);
      expect([opening(until(3599)), until(3599).refusedUntil]).to.deep.equal([[3599, null], 3599]);
    });

    it('may stand above a pass by the second of a clock', () => {
      const inferred = inferWindow([alone(303, false, 1, 5), alone(302, true, 2, 6)]);
      expect(inferred.refusedUntil).to.equal(303);
      expect(opening(inferred)).to.deep.equal([303, 303]);
      expect(closing(inferred)).to.deep.equal([303, null]);
    });

    it('tells the highest refusal all the same, to plan by', () => {
      expect(inferWindow([alone(250, false, 1, 2), alone(310, true, 1, 3)]).refusedUntil).to.equal(
        250,
      );
    });
  });

  describe('with one retried tuple', () => {
    it('relies on the first retry alone, where nothing is known of how the list counts', () => {
      expect(opening(inferWindow(ladder(60, 200, 500)))).to.deep.equal([60, 500]);
      expect(inferWindow(ladder(60, 200, 500)).earlyRetryHarms).to.equal(null);
    });

    it('knows nothing where one way of counting shows nothing', () => {
      // A list that wants a late try says nothing within a minute of the try before.
      const inferred = inferWindow(ladder(50, 90));
      expect(inferred.timers).to.deep.equal(['from-first', 'penalty', 'second-late-try']);
      expect(opening(inferred)).to.deep.equal([null, 90]);
    });

    it('takes a rarer way of counting where the expected one does not fit', () => {
      const { timers } = inferWindow(ladder(60, 200, 300), ['from-last']);
      expect(timers).to.deep.equal(['from-first', 'penalty', 'second-late-try']);
    });

    it('relies on every refusal where early tries do no harm', () => {
      expect(opening(inferWindow(ladder(200, 400, 500), ['from-first']))).to.deep.equal([400, 500]);
    });

    it('relies on the gaps where early tries start the wait again', () => {
      expect(opening(inferWindow(ladder(60, 200, 300, 600), ['from-last']))).to.deep.equal([
        140, 600,
      ]);
    });

    it('drops a way of counting that contradicts itself', () => {
      // A timer that restarts would have let the tuple pass after the gap of 140 s already.
      const { timers } = inferWindow(ladder(60, 200, 300), ['from-first', 'from-last']);
      expect(timers).to.deep.equal(['from-first']);
    });
  });

  describe('what no one list explains', () => {
    const seen = () => [
      alone(50, true, 1, 2),
      alone(100, false, 3, 4),
      alone(200, true, 3, 5),
      alone(300, true, 1, 6),
    ];

    it('fits no way of counting, and is open from where on all passed', () => {
      const inferred = inferWindow(seen());
      expect(inferred.timers).to.deep.equal([]);
      expect(opening(inferred)).to.deep.equal([null, 200]);
      expect(closing(inferred)).to.deep.equal([null, null]);
    });

    it('looks at tuples left alone only for where that is', () => {
      const [held] = ladder(100, 250, 400).slice(1);
      if (held === undefined) throw new Error('no try');
      expect(opening(inferWindow([...seen(), held]))).to.deep.equal([null, 200]);
    });

    it('is open where one passed at the age of the last refusal', () => {
      const level = [...seen(), alone(100, true, 1, 7)];
      expect(opening(inferWindow(level))).to.deep.equal([null, 100]);
    });

    it('allows for clocks of whole seconds', () => {
      const close = [alone(302, true, 1, 2), alone(302.9, false, 3, 4)];
      expect(inferWindow(close).timers).to.not.deep.equal([]);
    });

    it('may be a list that wants a late try, where no tuple left alone passed', () => {
      const inferred = inferWindow([...ladder(20, 45, 120), alone(150, false, 2, 9)]);
      expect(inferred.timers).to.deep.equal(['second-late-try']);
      expect(opening(inferred)).to.deep.equal([null, 120]);
    });
  });

  describe('early tries', () => {
    it('do harm where a retried tuple is held back that the list knew', () => {
      const held = ladder(100, 250, 350, 700).slice(0, 3);
      const seen = [...held, alone(302, true, 2, 8), alone(303, true, 1, 8)];
      expect(inferWindow(seen).earlyRetryHarms).to.equal(true);
    });

    it('are judged by the ways of counting that fit where no tuple left alone passed', () => {
      const harms = (timer: Timer, ...ages: readonly number[]) =>
        inferWindow(ladder(...ages), [timer]).earlyRetryHarms;
      expect(harms('from-first', 60, 200, 300)).to.equal(false);
      expect(harms('second-late-try', 60, 200, 300)).to.equal(false);
      expect(harms('from-last', 60, 200, 500)).to.equal(true);
      expect(harms('penalty', 60, 200, 500)).to.equal(true);
      expect(inferWindow([alone(60, false, 1, 2)], ['from-last']).earlyRetryHarms).to.equal(null);
      expect(inferWindow([alone(60, false, 1, 2)], ['from-first']).earlyRetryHarms).to.equal(null);
    });

    it('did none to what was too young, passed, or may have been forgotten', () => {
      const harms = (age: number, accepted: boolean) => {
        const [, one] = ladder(100, age);
        if (one === undefined) throw new Error('no try');
        return inferWindow([{ ...one, accepted }, alone(302, true, 2, one.session)])
          .earlyRetryHarms;
      };
      expect(harms(350, false)).to.equal(true);
      expect(harms(250, false)).to.equal(null);
      expect(harms(350, true)).to.equal(null);
      expect(harms(3600, false)).to.equal(null);
      expect(harms(3599, false)).to.equal(true);
    });

    it('may do none where the list may have forgotten the tuple', () => {
      const held = ladder(100, 250, 350, 700).slice(0, 3);
      expect(inferWindow([...held, alone(302, true, 2, 20)]).earlyRetryHarms).to.equal(null);
    });
  });

  describe('the closing edge', () => {
    const late = [alone(7200, false, 3, 20), alone(7201, false, 3, 20)];
    const open = alone(310, true, 2, 6);

    it('stands where two were refused by a list that still knew whom it had let in', () => {
      const inferred = inferWindow([open, ...late], undefined, { rememberedIn: new Set([20]) });
      expect(closing(inferred)).to.deep.equal([310, 7201]);
    });

    const remembered = { rememberedIn: new Set([20]) };
    const closed = (...seen: readonly AgedObservation[]) =>
      closing(inferWindow(seen, undefined, remembered));

    it('is the second lowest of those refusals, in whatever order they came', () => {
      expect(closed(open, alone(7300, false, 3, 20), ...late)).to.deep.equal([310, 7201]);
    });

    it('lies above all that passed', () => {
      const passed = alone(7200, true, 4, 9);
      expect(closed(open, ...late, passed)).to.deep.equal([7200, null]);
      expect(closed(open, alone(7000, false, 3, 20), ...late.slice(1), passed)).to.deep.equal([
        7200,
        null,
      ]);
    });

    it('is shown by tuples left alone: refused surely beyond, where one has passed', () => {
      const near = [alone(310.5, false, 3, 20), alone(310.6, false, 3, 20)];
      expect(closed(open, ...near)[1]).to.equal(null);
      const retried = late.map((one) => ({ ...one, previousAge: { low: 60, high: 60 } }));
      expect(closed(open, ...retried)).to.deep.equal([310, null]);
      expect(closed(...ladder(100, 310), ...late)).to.deep.equal([310, null]);
    });

    it('is not below a pass of a tuple that may have been forgotten between its tries', () => {
      expect(closed(...ladder(80, 3620, 4340))).to.deep.equal([720, null]);
      expect(closed(...ladder(80, 3599))).to.deep.equal([3519, null]);
      expect(closed(...ladder(80, 3598))).to.deep.equal([3598, null]);
      expect(closed(alone(4000, true, 1, 2))).to.deep.equal([4000, null]);
    });

    it('is not near where the opening is far: a window is open for as long again', () => {
      const seen = inferWindow(ladder(2000, 3700), ['from-first']);
      expect(closing(seen)).to.deep.equal([3700, null]);
      const beyond = inferWindow(ladder(2000, 4500), ['from-first']);
      expect(closing(beyond)).to.deep.equal([2500, null]);
    });

    it('rests on no single refusal, and on none of a list that may have been restored', () => {
      const one = inferWindow([open, ...late.slice(1)], undefined, { rememberedIn: new Set([20]) });
      expect(closing(one)).to.deep.equal([310, null]);
      expect(closing(inferWindow([open, ...late]))).to.deep.equal([310, null]);
    });
  });
});

describe('forWholeSecondClocks', () => {
  it('rounds each bound so that it holds for both kinds of clock', () => {
    const inferred = forWholeSecondClocks(inferWindow(PROVED().map((one) => shifted(one, 0.3))));
    expect(opening(inferred)).to.deep.equal([299.3, 303]);
    expect(inferred.closes.afterSeconds).to.equal(320);
  });

  it('leaves unknown what is', () => {
    const inferred = forWholeSecondClocks(inferWindow([]));
    expect([...opening(inferred), ...closing(inferred)]).to.deep.equal([null, null, null, null]);
  });
});

function shifted(one: AgedObservation, seconds: number): AgedObservation {
  const age = { low: one.age.low + seconds, high: one.age.high + seconds };
  return { ...one, age, gap: age };
}

describe('enclose', () => {
  const inference = (after: number | null, by: number | null): Inference => ({
    opens: { afterSeconds: after, bySeconds: by },
    closes: { afterSeconds: by, bySeconds: null },
    proved: true,
    refusals: [],
    refusedUntil: after,
    earlyRetryHarms: null,
    timers: ['from-first'],
  });

  it('spans all readings', () => {
    expect(opening(enclose([inference(10, 20), inference(5, 15)]))).to.deep.equal([5, 20]);
  });

  it('knows no bound that one reading does not know', () => {
    expect(opening(enclose([inference(10, 20), inference(null, 15)]))).to.deep.equal([null, 20]);
  });

  it('knows of early tries what all readings know, and all ways of counting', () => {
    const of = (earlyRetryHarms: boolean | null, timer: Timer): Inference => ({
      ...inference(1, 2),
      earlyRetryHarms,
      timers: [timer],
    });
    expect(enclose([of(true, 'penalty'), of(true, 'from-last')])).to.deep.include({
      earlyRetryHarms: true,
      timers: ['penalty', 'from-last'],
    });
    expect(enclose([of(true, 'penalty'), of(false, 'penalty')])).to.deep.include({
      earlyRetryHarms: null,
      timers: ['penalty'],
    });
  });

  it('knows no upper bound that one reading does not know', () => {
    expect(opening(enclose([inference(10, 20), inference(5, null)]))).to.deep.equal([5, null]);
  });

  it('leaves out what fits nothing', () => {
    const unfit = { ...inference(1, 2), timers: [] };
    expect(opening(enclose([unfit, inference(5, 15)]))).to.deep.equal([5, 15]);
    expect(opening(enclose([unfit]))).to.deep.equal([1, 2]);
  });
});
