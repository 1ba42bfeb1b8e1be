import { expect } from 'chai';
import type { LandingWindow } from '../../../../src/core/advice/landing-tally.js';
import { senderOfSchedule } from '../../../../src/core/advice/own-schedule.js';
import { firstRetrySeconds, othersPaySeconds } from '../../../../src/core/advice/remedy-cost.js';
import { roundedUp, withStep } from '../../../../src/core/advice/remedy-list.js';
import { timedRun } from '../../../../src/core/advice/remedy-timer.js';
import { filledIn, written, writtenInList } from '../../../../src/core/advice/remedy-words.js';
import { jitterRange, waitRange } from '../../../../src/core/advice/schedule.js';
import type { QueueRun, SenderSetting } from '../../../../src/core/advice/sender-schema.js';
import { sendersNamed } from '../../../../src/core/advice/senders.js';
import { retrySpans } from '../../../../src/core/advice/spans.js';

const HOUR = 3_600;

function target(opensSeconds: number, closesSeconds: number, restartsTimer = false): LandingWindow {
  return { opensSeconds, closesSeconds, restartsTimer };
}

function inUnit(unit: string): SenderSetting {
  return {
    name: 'wait',
    where: 'file',
    default: null,
    unit,
    range: null,
    confidence: 'docs',
    note: null,
    sets: null,
  };
}

describe('the words of a remedy', () => {
  it('write a wait in the unit of its setting', () => {
    const texts = (seconds: number) =>
      ['timespan', 'min', 'Go duration', 's', 'time'].map((unit) => written(inUnit(unit), seconds));
    expect(texts(310)).to.deep.equal(['00:05:10', '6', '5m10s', '310', '5m10s']);
    expect(texts(86_400)).to.deep.equal(['1.00:00:00', '1440', '24h', '86400', '1d']);
    expect(texts(90_061)).to.deep.equal(['1.01:01:01', '1502', '25h1m1s', '90061', '1d1h1m1s']);
    expect(texts(HOUR)).to.deep.equal(['01:00:00', '60', '1h', '3600', '1h']);
  });

  it('write a wait of a list', () => {
    expect(writtenInList('ms', 90.5)).to.equal('90500');
    expect(writtenInList('duration', 90)).to.equal('1m30s');
    expect(writtenInList('suffixed', 90)).to.equal('90s');
    expect(writtenInList('suffixed', 7_200)).to.equal('2h');
    expect(writtenInList('suffixed', 172_800)).to.equal('2d');
  });

  it('fill in what they know, and leave the rest', () => {
    const filling = { seconds: 310, scanSeconds: 60, longestSeconds: 4_000, domain: 'a.example' };
    expect(
      filledIn(
        '{seconds} {minutes} {timespan} {duration} {goDuration} {scan} {scanDuration}',
        filling,
      ),
    ).to.equal('310 6 00:05:10 5m10s 5m10s 60 1m');
    expect(filledIn('{longest} {domain} {other} {list}', filling)).to.equal(
      '4000 a.example {other} {list}',
    );
    expect(filledIn('{scan}', { ...filling, scanSeconds: null })).to.equal('310');
    expect(
      filledIn('{list} {quoted} {retries}', { ...filling, list: '1m', quoted: '"1m"', retries: 3 }),
    ).to.equal('1m "1m" 3');
  });

  it('round up to what people write', () => {
    expect([301, 310, 3_591, 3_600, 3_601].map((seconds) => roundedUp(seconds))).to.deep.equal([
      310, 310, 3_600, 3_600, 3_660,
    ]);
    expect(roundedUp(61, 60)).to.equal(120);
  });
});

describe('what others pay', () => {
  const every = (wait: string) => senderOfSchedule(`${wait}...`);

  it('is what ordinary mail waits longer, summed over a few cases', () => {
    // Free after 1 s, 2 min, 15 min, 1 h: from 1, 2, 15, 60 min to 10, 10, 20, 60 min.
    expect(othersPaySeconds(every('1m'), every('10m'))).to.equal((9 + 8 + 5 + 0) * 60);
    expect(othersPaySeconds(every('10m'), every('1m'))).to.equal(-(9 + 8 + 5 + 0) * 60);
    expect(othersPaySeconds(every('5m'), every('5m'))).to.equal(0);
  });

  it('counts mail that never arrives as a week', () => {
    // Tried twice, after 1 and 11 min: lost where the host is busy for 15 min or an hour.
    const lost = 7 * 86_400;
    expect(othersPaySeconds(every('1m'), senderOfSchedule('1m,10m'))).to.equal(
      0 + (660 - 120) + (lost - 900) + (lost - HOUR),
    );
  });

  it('knows the first retry at the latest', () => {
    expect(firstRetrySeconds(senderOfSchedule('90s,1h'))).to.equal(90);
    const [postfix, nodemailer, kerio] = sendersNamed('postfix,nodemailer,kerio');
    expect(postfix === undefined ? 0 : firstRetrySeconds(postfix)).to.equal(600);
    expect(nodemailer === undefined ? 0 : firstRetrySeconds(nodemailer)).to.equal(Infinity);
    expect(kerio === undefined ? 0 : firstRetrySeconds(kerio)).to.equal(Infinity);
  });
});

describe('a step in a list', () => {
  function stepOf(id: string, window: LandingWindow) {
    const [sender] = sendersNamed(id);
    const setting = sender?.settings.find(({ name }) => name === sender.remedy?.setting);
    if (sender?.remedy == null || setting === undefined) throw new Error(id);
    return withStep(sender, setting, sender.remedy, window);
  }

  it('stands where tries that come too early end', () => {
    // 2, 7, 17, 32 min are too early for 40 min.
    expect(stepOf('stalwart', target(2_400, 3_000))).to.deep.include({
      seconds: 480,
      list: '2m,5m,10m,15m,8m,30m,1h,2h,1d,3d',
      settings: ['MtaDeliverySchedule.retry'],
    });
  });

  it('counts from the try before where early tries start the wait again', () => {
    expect(stepOf('stalwart', target(4_000, 5_000, true))).to.deep.include({
      seconds: 4_020,
      list: '2m,5m,10m,15m,30m,1h7m,1h,2h,1d,3d',
    });
  });

  it('is not made where it would come too late, or where the list is no list', () => {
    expect(stepOf('stalwart', target(2_401, 2_409))).to.equal(null);
    expect(stepOf('stalwart', target(2_401, 2_410))?.seconds).to.equal(490);
    expect(stepOf('postfix', target(2_400, 3_000))).to.equal(null);
    expect(stepOf('stalwart', target(800_000_000, 900_000_000))).to.equal(null);
  });

  it('goes behind the end, and one retry more is made', () => {
    expect(stepOf('james-sample', target(HOUR, 4 * HOUR))).to.deep.include({
      list: '5000, 100000, 500000, 3000000',
      retries: 4,
      settings: ['delayTime', 'maxRetries'],
    });
  });
});

describe('a run of the queue from cron', () => {
  const run: QueueRun = {
    command: 'flush',
    scope: 'all',
    timer: ['# cron', '{cron} root flush {domain}'],
    price: '',
    source: '',
    checked: '2026-11-30',
  };

  it('is as seldom as the window allows', () => {
    const minutes = (closes: number) => timedRun(run, null, target(300, closes), 'x')?.minutes;
    expect(minutes(300 + 1_799)).to.equal(30);
    expect(minutes(300 + 1_798)).to.equal(15);
    expect(minutes(300 + 59)).to.equal(1);
    expect(minutes(300 + 58)).to.equal(undefined);
  });

  it('lands before the sender gives up', () => {
    expect(timedRun(run, 1_199, target(300, HOUR), 'x')?.minutes).to.equal(15);
    expect(timedRun(run, 1_198, target(300, HOUR), 'x')?.minutes).to.equal(10);
  });

  it('is written for cron', () => {
    expect(timedRun(run, null, target(299.5, HOUR), 'a.example')).to.deep.equal({
      minutes: 30,
      landsSeconds: [300, 2_099],
      lines: ['# cron', '*/30 * * * * root flush a.example'],
    });
    expect(timedRun(run, null, target(300, 359), 'x')?.lines[1]).to.equal('* * * * * root flush x');
  });

  it('is not made where tries harm, or where the sender has none', () => {
    expect(timedRun(run, null, target(300, HOUR, true), 'x')).to.equal(null);
    expect(timedRun({ ...run, timer: null }, null, target(300, HOUR), 'x')).to.equal(null);
  });
});

describe('waits of which bounds are known', () => {
  const ranges = {
    kind: 'wait-ranges',
    stages: [
      { lowSeconds: 60, highSeconds: 900, times: 2 },
      { lowSeconds: 900, highSeconds: 3_600, times: 1 },
    ],
  } as const;

  it('are those of their stage, and end', () => {
    expect(
      [0, 1, 2, 3].map((n) => waitRange({ ...ranges, stages: [...ranges.stages] }, n)),
    ).to.deep.equal([[60, 900], [60, 900], [900, 3_600], null]);
  });

  it('add up to spans', () => {
    const sender = {
      ...senderOfSchedule('1m'),
      schedule: { ...ranges, stages: [...ranges.stages] },
    };
    const spans = retrySpans(sender, 86_400);
    expect(
      spans.map((span) => [span.retry, span.earliestSeconds, span.latestSeconds]),
    ).to.deep.equal([
      [1, 60, 900],
      [2, 120, 1_800],
      [3, 1_020, 5_400],
    ]);
  });

  it('vary no more than the cap of a jitter', () => {
    const [kumomta] = sendersNamed('kumomta');
    if (kumomta?.schedule?.kind !== 'geometric') throw new Error('kumomta');
    expect(jitterRange(kumomta.schedule, 0)).to.deep.equal([-30, 30]);
    expect(jitterRange({ ...kumomta.schedule, firstSeconds: 200 }, 3)).to.deep.equal([-5, 5]);
    expect(jitterRange({ ...kumomta.schedule, firstSeconds: 7_200 }, 0)).to.deep.equal([-30, 30]);
    expect(jitterRange({ ...kumomta.schedule, jitter: null }, 0)).to.deep.equal([0, 0]);
  });
});
