import { expect } from 'chai';
import { percentOf, saysOf } from '../../../../src/core/advice/landing-words.js';
import { senderOfSchedule } from '../../../../src/core/advice/own-schedule.js';
import { fitOf } from '../../../../src/core/advice/schedule-fit.js';
import type { Schedule, Sender } from '../../../../src/core/advice/sender-schema.js';

const OWN = senderOfSchedule('1m,5m,15m');

function says(
  schedule: Schedule | null,
  [opensSeconds, closesSeconds]: readonly [number, number],
  {
    restartsTimer = false,
    giveUpSeconds = null as number | null,
    confidence = 'given' as Sender['confidence'],
  } = {},
): string {
  const window = { opensSeconds, closesSeconds, restartsTimer };
  const giveUp = { ...OWN.giveUp, seconds: giveUpSeconds };
  const fit = fitOf(schedule, giveUp, window);
  return saysOf({ ...OWN, schedule, giveUp }, fit, window, confidence);
}

/** Retries after 1, 6 and 21 min. */
const { schedule: WAITS } = OWN;
const SCAN: Schedule = { kind: 'scan', scanSeconds: 300 };
const SEEN: Schedule = {
  kind: 'observed',
  offsetsSeconds: [60],
  thenEverySeconds: null,
  untilSeconds: null,
  gaveUp: false,
};

describe('the words for a landing', () => {
  it('say when, and by which retry', () => {
    expect(says(WAITS, [300, 7_200])).to.equal('Lands after 6 min (retry 2).');
    expect(says(SCAN, [400, 7_200])).to.equal(
      'Lands after 6 min 40 s to 11 min 39 s (retry 2 to 3); tries near an edge may fail, then by 11 min 49 s.',
    );
  });

  it('say where they are not verified', () => {
    expect(says(WAITS, [300, 7_200], { confidence: 'memory' })).to.equal(
      'Lands after 6 min (retry 2) (not verified).',
    );
    expect(says(WAITS, [3_600, 7_200], { confidence: 'memory' })).to.match(/ \(not verified\)\.$/u);
  });

  it('say in how many phases it misses', () => {
    // Of the phases from 1 to 300 s those up to 150 s are in time.
    expect(says(SCAN, [0, 150])).to.contain('(retry 1), or misses');
    expect(says(WAITS, [355, 365])).to.equal(
      'Lands after 6 min (retry 2), but only within 10 s of an edge.',
    );
  });

  it('say what chance decides', () => {
    const about300: Schedule = {
      kind: 'wait-ranges',
      stages: [{ lowSeconds: 280, highSeconds: 320, times: null }],
    };
    expect(says(about300, [300, 310], { giveUpSeconds: 1_000 })).to.equal(
      'Lands after 5 min to 15 min 50 s (retry 1 to 3), or misses by chance.',
    );
  });

  it('say what never lands', () => {
    expect(says(WAITS, [400, 500])).to.equal('No retry lands in the window.');
    expect(says(WAITS, [1_200, 7_200], { restartsTimer: true })).to.equal(
      'No retry lands: early ones start the wait again.',
    );
    expect(says(WAITS, [400, 500], { restartsTimer: true })).to.equal(
      'No retry lands in the window.',
    );
  });

  it('say what gives up first', () => {
    expect(says(WAITS, [3_600, 7_200])).to.equal(
      'Its last retry comes 21 min after the first try, before the window opens.',
    );
    expect(says(WAITS, [3_600, 7_200], { giveUpSeconds: 30 })).to.equal('Does not try again.');
  });

  it('say what is not known', () => {
    expect(says(null, [300, 7_200])).to.equal('Its schedule is not known.');
    expect(says(SEEN, [300, 7_200])).to.equal(
      'The tries that were seen do not reach the window; what comes later is not known.',
    );
    expect(says({ ...SEEN, gaveUp: true }, [300, 7_200])).to.equal(
      'Its last retry comes 1 min after the first try, before the window opens.',
    );
  });

  it('never say 0 or 100 per cent', () => {
    expect([0.001, 0.005, 0.014, 0.5, 0.995, 0.9999].map(percentOf)).to.deep.equal([
      1, 1, 1, 50, 99, 99,
    ]);
  });
});
