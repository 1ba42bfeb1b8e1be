import { expect } from 'chai';
import { polygonLanding } from '../../../../src/core/advice/landing-random-factor.js';

interface Case {
  readonly window: readonly [opensSeconds: number, closesSeconds: number];
  readonly restartsTimer?: boolean;
  readonly giveUpSeconds?: number;
  readonly lowFactor?: number;
}

/** A try at 100 s, then waits of 1.5 to 2 times the one before, 400 s at most. */
function landing({ window, restartsTimer = false, giveUpSeconds, lowFactor = 1.5 }: Case) {
  const [opensSeconds, closesSeconds] = window;
  return polygonLanding(
    { kind: 'random-factor', firstSeconds: 100, lowFactor, highFactor: 2, maxSeconds: 400 },
    { seconds: giveUpSeconds ?? null, test: 'before-try', confidence: 'source' },
    { opensSeconds, closesSeconds, restartsTimer },
  );
}

const ALL_LAND = { missChance: 0, lastTrySeconds: null };
const NONE_LANDS = { earliestSeconds: null, latestSeconds: null, missChance: 1, retry: null };

describe('landing of waits that grow by a random factor', () => {
  it('is known to the second where the first retry lands, at either edge of the window', () => {
    const atOnce = { earliestSeconds: 100, latestSeconds: 100, retry: [1, 1], ...ALL_LAND };
    expect(landing({ window: [0, 1000] })).to.deep.equal(atOnce);
    expect(landing({ window: [100, 1000] })).to.deep.equal(atOnce);
    expect(landing({ window: [0, 100] })).to.deep.equal(atOnce);
  });

  it('spans what the factors allow: 250 s at 100 + 1.5 x 100, 300 s at 100 + 2 x 100', () => {
    expect(landing({ window: [250, 1000] })).to.deep.equal({
      earliestSeconds: 250,
      latestSeconds: 300,
      retry: [2, 2],
      ...ALL_LAND,
    });
  });

  it('goes on with what came a second too early: 269 s, then at most 2 x 169 s more', () => {
    expect(landing({ window: [270, 1000] })).to.deep.equal({
      earliestSeconds: 270,
      latestSeconds: 269 + 2 * 169,
      retry: [2, 3],
      ...ALL_LAND,
    });
  });

  it('takes whole seconds inside a window that has parts of seconds', () => {
    expect(landing({ window: [269.5, 1000] })).to.deep.equal(landing({ window: [270, 1000] }));
    expect(landing({ window: [269.5, 1000.5] })).to.deep.equal(landing({ window: [270, 1000] }));
    expect(landing({ window: [250, 299.9], giveUpSeconds: 300 })).to.deep.equal(
      landing({ window: [250, 299], giveUpSeconds: 300 }),
    );
  });

  /*
   * Waits: 150 to 200 s, 225 to 400 s, 337.5 to 400 s. The third try, 475 to 700 s old, is too late and
   * counts as a first one; so does the fifth, 400 s after the fourth, where that was early.
   */
  it('counts anew from a try that came too late', () => {
    expect(landing({ window: [390, 450] })).to.deep.equal({
      earliestSeconds: 475 + 390,
      latestSeconds: 700 + 389 + 400 + 400,
      retry: [4, 6],
      ...ALL_LAND,
    });
  });

  /* Early tries that start the wait again: the wait alone counts, and 350 s of it need 175 s before. */
  it('holds waits against the window where early tries start the time again', () => {
    expect(landing({ window: [350, 500], restartsTimer: true })).to.deep.equal({
      earliestSeconds: 100 + 175 + 350,
      latestSeconds: 1236,
      retry: [3, 5],
      ...ALL_LAND,
    });
  });

  it('is possible or not by chance where longer waits step over the window', () => {
    const found = landing({ window: [380, 390], restartsTimer: true, giveUpSeconds: 3000 });
    expect(found).to.deep.include({ earliestSeconds: 670, missChance: null, retry: [3, 4] });
  });

  it('misses with the last try before the sender gives up', () => {
    const opensLate = { window: [350, 1000] } as const;
    expect(landing({ ...opensLate, giveUpSeconds: 99 })).to.deep.equal({
      ...NONE_LANDS,
      lastTrySeconds: 0,
    });
    for (const giveUpSeconds of [100, 150, 249]) {
      const found = landing({ ...opensLate, giveUpSeconds });
      expect(found).to.deep.equal({ ...NONE_LANDS, lastTrySeconds: 100 });
    }
    for (const giveUpSeconds of [280, 300]) {
      const found = landing({ ...opensLate, giveUpSeconds });
      expect(found).to.deep.equal({ ...NONE_LANDS, lastTrySeconds: giveUpSeconds });
    }
  });

  it('lands up to the moment when the sender gives up', () => {
    expect(landing({ window: [290, 1000], giveUpSeconds: 300 })).to.deep.equal({
      earliestSeconds: 290,
      latestSeconds: 300,
      missChance: null,
      lastTrySeconds: 289,
      retry: [2, 2],
    });
  });

  it('counts the time to giving up from the first try of all, whatever the server counts from', () => {
    const found = landing({ window: [390, 450], giveUpSeconds: 900 });
    expect(found).to.deep.include({ earliestSeconds: 865, missChance: null, retry: [4, 4] });
    expect(found.latestSeconds).to.equal(475 + 400 + 25);
  });

  it('never lands where waits of one length step over the window for ever', () => {
    const found = landing({ window: [350, 380], lowFactor: 2 });
    expect(found).to.deep.include(NONE_LANDS);
    expect(found.lastTrySeconds).to.equal(300 + 400 * 19_999);
  });

  it('widens, and loses nothing, where there is too much to follow', () => {
    const found = landing({ window: [5000, 5010], giveUpSeconds: 100_000 });
    expect(found).to.deep.include({ earliestSeconds: 5000, latestSeconds: 5010, missChance: null });
    expect(found.lastTrySeconds).to.be.within(99_500, 100_000);
  });
});
