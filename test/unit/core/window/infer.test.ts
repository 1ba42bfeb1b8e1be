import { expect } from 'chai';
import type { AgedObservation } from '../../../../src/core/window/aged-observation.js';
import {
  enclose,
  forWholeSecondClocks,
  type Inference,
  inferWindow,
} from '../../../../src/core/window/infer.js';

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

    it('is believed where none of a planting can prove it: the list is taken to have kept all', () => {
      const seen = [alone(250, false, 1, 4), alone(299, false, 2, 5), alone(303, true, 3, 6)];
      expect(opening(inferWindow(seen))).to.deep.equal([299, 303]);
    });

    it('is proved by no tuple that was retried', () => {
      const [, , passed] = ladder(100, 250, 303);
      const seen = [alone(299, false, 1, 5), ...(passed === undefined ? [] : [passed])];
      expect(opening(inferWindow(seen, ['from-first']))).to.deep.equal([299, 303]);
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
    expect(opening(inferred)).to.deep.equal([299.8, 303]);
    expect(inferred.closes.afterSeconds).to.equal(320);
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

  it('leaves out what fits nothing', () => {
    const unfit = { ...inference(1, 2), timers: [] };
    expect(opening(enclose([unfit, inference(5, 15)]))).to.deep.equal([5, 15]);
    expect(opening(enclose([unfit]))).to.deep.equal([1, 2]);
  });
});
