import { expect } from 'chai';
import { lastRetryOf } from '../../../../src/core/advice/last-retry.js';
import { senderOfSchedule } from '../../../../src/core/advice/own-schedule.js';
import type { Schedule, ScheduleOf, Sender } from '../../../../src/core/advice/sender-schema.js';
import { retryConfidence, retrySpans } from '../../../../src/core/advice/spans.js';

function sender(schedule: Schedule | null, giveUpSeconds: number | null = null): Sender {
  const own = senderOfSchedule('1m');
  return { ...own, schedule, giveUp: { ...own.giveUp, seconds: giveUpSeconds } };
}

function spans(of: Sender, untilSeconds = 86_400): (readonly [number, number])[] {
  return retrySpans(of, untilSeconds).map(
    ({ earliestSeconds, latestSeconds }) => [earliestSeconds, latestSeconds] as const,
  );
}

const ROUGHLY_DOUBLED: ScheduleOf<'geometric'> = {
  kind: 'geometric',
  firstSeconds: 450,
  factor: 2,
  rounding: 'none',
  maxSeconds: null,
  retries: 2,
  jitter: { low: -5, high: 5, unit: 'seconds', scaled: true },
};

const FOR_EVER: ScheduleOf<'wait-ranges'> = {
  kind: 'wait-ranges',
  stages: [{ lowSeconds: 1, highSeconds: 2, times: null }],
};

describe('the spans of retries', () => {
  it('are the phases of a queue scan', () => {
    expect(spans(sender({ kind: 'scan', scanSeconds: 300 }), 600)).to.deep.equal([
      [1, 300],
      [301, 600],
    ]);
  });

  it('add up factors, each wait up to the longest one', () => {
    const schedule = {
      kind: 'random-factor',
      firstSeconds: 100,
      lowFactor: 1.5,
      highFactor: 2,
      maxSeconds: 400,
    } as const;
    expect(spans(sender(schedule), 1_000)).to.deep.equal([
      [100, 100],
      [250, 300],
      [475, 700],
      [812.5, 1_000],
    ]);
  });

  it('take the wait of each age', () => {
    const schedule: Schedule = {
      kind: 'age-brackets',
      brackets: [
        { belowSeconds: 200, waitSeconds: 100 },
        { belowSeconds: null, waitSeconds: 400 },
      ],
      jitterSeconds: 11,
    };
    expect(spans(sender(schedule), 1_020)).to.deep.equal([
      [100, 110],
      [200, 220],
      [600, 630],
      [1_000, 1_020],
    ]);
  });

  it('spread with the jitter, and end with the last retry', () => {
    expect(spans(sender(ROUGHLY_DOUBLED))).to.deep.equal([
      [445, 455],
      [1_335, 1_365],
    ]);
    expect(spans(sender({ ...ROUGHLY_DOUBLED, jitter: null }))).to.deep.equal([
      [450, 450],
      [1_350, 1_350],
    ]);
  });

  it('end where the sender gives up, or where the picture does', () => {
    expect(spans(sender(ROUGHLY_DOUBLED, 1_340))).to.deep.equal([
      [445, 455],
      [1_335, 1_340],
    ]);
    expect(spans(sender(ROUGHLY_DOUBLED, 1_334))).to.deep.equal([[445, 455]]);
    expect(spans(senderOfSchedule('1m,5m'), 60)).to.deep.equal([[60, 60]]);
    expect(spans(senderOfSchedule('1m,5m'), 59)).to.deep.equal([]);
    expect(spans(sender(null))).to.deep.equal([]);
  });

  it('are 400 at most', () => {
    expect(spans(senderOfSchedule('1s...'))).to.have.length(400);
    expect(spans(sender(FOR_EVER))).to.have.length(400);
    expect(spans(sender({ ...ROUGHLY_DOUBLED, factor: 1, retries: null }), 1e6)).to.have.length(
      400,
    );
  });

  it('are numbered, and say how sure each is', () => {
    const known: Sender = {
      ...senderOfSchedule('1m,5m,10m'),
      confidence: 'docs',
      lessSureFrom: { retry: 2, confidence: 'memory' },
    };
    expect(
      retrySpans(known, 86_400).map(({ retry, confidence }) => [retry, confidence]),
    ).to.deep.equal([
      [1, 'docs'],
      [2, 'memory'],
      [3, 'memory'],
    ]);
    expect(retryConfidence({ ...known, lessSureFrom: null }, 9)).to.equal('docs');
  });
});

describe('the last retry', () => {
  it('is known of a schedule that ends by itself', () => {
    expect(lastRetryOf(senderOfSchedule('5s,100s,500s'))).to.equal(605);
    expect(lastRetryOf(sender(ROUGHLY_DOUBLED))).to.equal(1_365);
    const ends: Schedule = { ...FOR_EVER, stages: [{ lowSeconds: 5, highSeconds: 9, times: 3 }] };
    expect(lastRetryOf(sender(ends))).to.equal(27);
    const cut: Schedule = {
      kind: 'stages',
      mostRetries: 2,
      pollSeconds: null,
      stages: [{ everySeconds: 60, times: null }],
    };
    expect(lastRetryOf(sender(cut))).to.equal(120);
  });

  it('is not of another', () => {
    for (const schedule of [
      null,
      FOR_EVER,
      { ...ROUGHLY_DOUBLED, retries: null },
      { kind: 'scan', scanSeconds: 300 } as const,
    ]) {
      expect(lastRetryOf(sender(schedule))).to.equal(null);
    }
    expect(lastRetryOf(senderOfSchedule('5m...'))).to.equal(null);
  });
});
