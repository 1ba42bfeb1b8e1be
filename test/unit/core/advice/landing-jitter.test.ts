import { expect } from 'chai';
import { boxLanding } from '../../../../src/core/advice/landing-jitter.js';
import type { ScheduleOf } from '../../../../src/core/advice/sender-schema.js';

type Waits = readonly (readonly [low: number, high: number, times: number | null])[];

function waits(stages: Waits): ScheduleOf<'wait-ranges'> {
  return {
    kind: 'wait-ranges',
    stages: stages.map(([lowSeconds, highSeconds, times]) => ({ lowSeconds, highSeconds, times })),
  };
}

/** Each wait is 280 to 320 s. */
const ABOUT_300 = waits([[280, 320, null]]);

function landing(
  schedule: Parameters<typeof boxLanding>[0],
  [opensSeconds, closesSeconds]: readonly [number, number],
  giveUpSeconds: number | null = null,
  restartsTimer = false,
) {
  return boxLanding(
    schedule,
    { seconds: giveUpSeconds, test: 'before-try', confidence: 'source' },
    { opensSeconds, closesSeconds, restartsTimer },
  );
}

const ALL_LAND = { missChance: 0, lastTrySeconds: null };
const NONE_LANDS = { earliestSeconds: null, latestSeconds: null, missChance: 1, retry: null };

describe('landing of waits with a jitter', () => {
  it('takes both edges of the window', () => {
    for (const window of [
      [280, 320],
      [279.1, 320.9],
    ] as const) {
      expect(landing(ABOUT_300, window)).to.deep.equal({
        earliestSeconds: 280,
        latestSeconds: 320,
        retry: [1, 1],
        ...ALL_LAND,
      });
    }
  });

  it('goes on with what came too early: 280 to 299 s, then 280 to 320 s more', () => {
    for (const opens of [300, 299.5]) {
      expect(landing(ABOUT_300, [opens, 1000])).to.deep.equal({
        earliestSeconds: 300,
        latestSeconds: 619,
        retry: [1, 2],
        ...ALL_LAND,
      });
    }
  });

  it('goes from stage to stage, and ends with the last one', () => {
    const twoStages: Waits = [
      [100, 110, 2],
      [500, 520, 1],
    ];
    expect(landing(waits(twoStages), [600, 5000])).to.deep.equal({
      earliestSeconds: 700,
      latestSeconds: 740,
      retry: [3, 3],
      ...ALL_LAND,
    });
    const ended = { ...NONE_LANDS, lastTrySeconds: 740 };
    expect(landing(waits(twoStages), [741, 5000])).to.deep.equal(ended);
  });

  it('counts anew from a try that came too late', () => {
    // 320 s is late, and 281 to 319 s after it land; the third try would come after 660 s.
    for (const window of [
      [281, 319],
      [280.2, 319.8],
    ] as const) {
      expect(landing(ABOUT_300, window, 660)).to.deep.equal({
        earliestSeconds: 281,
        latestSeconds: 320 + 319,
        missChance: null,
        lastTrySeconds: 320 + 320,
        retry: [1, 2],
      });
    }
    // 315 to 320 s are late.
    const found = landing(ABOUT_300, [310, 314], 634);
    expect(found).to.deep.include({ earliestSeconds: 310, latestSeconds: 634, retry: [1, 2] });
  });

  it('counts anew from each early try where those start the time again', () => {
    // 280 to 299 s, twice that, three times: the fourth try comes after 1000 s.
    expect(landing(ABOUT_300, [300, 1000], 1000, true)).to.deep.equal({
      earliestSeconds: 300,
      latestSeconds: 299 + 299 + 320,
      missChance: null,
      lastTrySeconds: 299 + 299 + 299,
      retry: [1, 3],
    });
  });

  it('counts anew from early and from late tries at once', () => {
    // Early at 280 to 299 s and late at 311 to 320 s, twice that, three times.
    expect(landing(ABOUT_300, [300, 310], 1000, true)).to.deep.equal({
      earliestSeconds: 300,
      latestSeconds: 320 + 320 + 310,
      missChance: null,
      lastTrySeconds: 320 + 320 + 320,
      retry: [1, 3],
    });
  });

  it('widens, and loses nothing, where there is too much to follow', () => {
    const found = landing(waits([[10, 11, null]]), [2000, 2000], 10_000);
    expect(found).to.deep.include({
      earliestSeconds: 2000,
      latestSeconds: 10_000,
      missChance: null,
      lastTrySeconds: 10_000,
    });
    expect(found.retry?.[0]).to.equal(182);
  });

  it('misses with the last try before the sender gives up', () => {
    const lastTry = (giveUpSeconds: number) => {
      const { lastTrySeconds, ...found } = landing(ABOUT_300, [400, 500], giveUpSeconds);
      expect(found).to.deep.equal(NONE_LANDS);
      return lastTrySeconds;
    };
    expect([279, 280, 300, 320, 500, 559].map(lastTry)).to.deep.equal([0, 280, 300, 320, 320, 320]);
  });

  it('lands up to the moment when the sender gives up', () => {
    expect(landing(ABOUT_300, [280, 1000], 300)).to.deep.equal({
      earliestSeconds: 280,
      latestSeconds: 300,
      missChance: null,
      lastTrySeconds: 0,
      retry: [1, 1],
    });
    expect(landing(ABOUT_300, [280, 1000], 320)).to.deep.include(ALL_LAND);
  });

  it('never lands where waits of one length step over the window for ever', () => {
    const found = landing(waits([[400, 400, null]]), [350, 380]);
    expect(found).to.deep.equal({ ...NONE_LANDS, lastTrySeconds: 400 * 20_000 });
  });

  describe('that goes by brackets of age', () => {
    /** 100 to 110 s, and from this age on 400 to 410 s. */
    const untilAge = (belowSeconds: number): ScheduleOf<'age-brackets'> => ({
      kind: 'age-brackets',
      brackets: [
        { belowSeconds, waitSeconds: 100 },
        { belowSeconds: null, waitSeconds: 400 },
      ],
      jitterSeconds: 11,
    });

    it('changes the wait with the age', () => {
      expect(landing(untilAge(600), [900, 5000])).to.deep.equal({
        earliestSeconds: 600 + 400,
        latestSeconds: 660 + 410,
        retry: [7, 7],
        ...ALL_LAND,
      });
    });

    it('follows both where some are older: 600 to 604 s waits 100 s, 605 to 660 s waits 400 s', () => {
      expect(landing(untilAge(605), [900, 5000])).to.deep.equal({
        earliestSeconds: 605 + 400,
        latestSeconds: 604 + 110 + 410,
        retry: [7, 8],
        ...ALL_LAND,
      });
    });

    it('goes by the age of the message, also where the server counts anew', () => {
      // Each is too late: at 100, 200, 600, 1000 and 1400 s, or a little later.
      expect(landing(untilAge(200), [50, 90], 1500)).to.deep.equal({
        ...NONE_LANDS,
        lastTrySeconds: 2 * 110 + 3 * 410,
      });
    });
  });

  describe('that grow', () => {
    const growing = (
      jitter: ScheduleOf<'geometric'>['jitter'],
      retries: number | null = 2,
    ): ScheduleOf<'geometric'> => ({
      kind: 'geometric',
      firstSeconds: 450,
      factor: 2,
      maxSeconds: null,
      retries,
      rounding: 'none',
      jitter,
    });
    const scaled = { unit: 'seconds', low: -5, high: 5, scaled: true } as const;

    it('spread more and more: 445 to 455 s, then 890 to 910 s', () => {
      expect(landing(growing(scaled), [850, 5000])).to.deep.equal({
        earliestSeconds: 1335,
        latestSeconds: 1365,
        retry: [2, 2],
        ...ALL_LAND,
      });
    });

    it('end with the last retry', () => {
      const ended = { ...NONE_LANDS, lastTrySeconds: 1365 };
      expect(landing(growing(scaled), [1366, 5000])).to.deep.equal(ended);
    });

    it('reach whole seconds around parts of one', () => {
      const tenth = { ...scaled, low: -0.1, high: 0.1 };
      const found = landing(growing(tenth), [0, 5000]);
      expect(found).to.deep.include({ earliestSeconds: 449, latestSeconds: 451 });
    });
  });
});
