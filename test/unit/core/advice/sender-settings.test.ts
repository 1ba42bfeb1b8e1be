import { expect } from 'chai';
import { exactWindow } from '../../../../src/core/advice/acceptance-window.js';
import { adviseSender } from '../../../../src/core/advice/sender-advice.js';
import type { Sender } from '../../../../src/core/advice/sender-schema.js';
import { parseSetting, withSettings } from '../../../../src/core/advice/sender-settings.js';
import { sendersNamed } from '../../../../src/core/advice/senders.js';
import { GreyprobeError } from '../../../../src/model/errors.js';

function withSet(id: string, ...settings: readonly string[]): Sender {
  const [sender] = withSettings(sendersNamed(id), settings.map(parseSetting));
  if (sender === undefined) throw new Error(id);
  return sender;
}

function lands(sender: Sender, opens: number, closes: number): (number | null)[] {
  const advice = adviseSender(sender, exactWindow(opens, closes));
  return [advice?.earliestSeconds ?? null, advice?.latestSeconds ?? null];
}

function problemOf(run: () => unknown): GreyprobeError {
  try {
    run();
  } catch (error) {
    if (error instanceof GreyprobeError) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('withSettings', () => {
  const cases: readonly [string, readonly string[], number, [number, number]][] = [
    // min backoff 600 s with scans every 300 s: wakes at 602, seen by a scan from 601 to 900.
    ['postfix', ['minimal_backoff_time=600'], 300, [601, 900]],
    ['postfix', ['minimal_backoff_time=10m', 'queue_run_delay=1m'], 300, [601, 660]],
    ['exchange-2019', ['MessageRetryInterval=00:05:30'], 300, [330, 330]],
    ['exchange-2003', ['GlitchRetrySeconds=310'], 300, [310, 310]],
    ['exim', ['retry rule=F,2h,6m; G,16h,1h,1.5; F,4d,6h'], 300, [362, 362]],
    ['exim', ['retry rule=* * F,2h,6m'], 300, [362, 362]],
    ['haraka', ['temp_fail_intervals=5m*3, 1h'], 400, [600, 600]],
    ['stalwart', ['MtaDeliverySchedule.retry=1m,10m'], 300, [660, 660]],
    ['zonemta', ['deferTimes=310000, 600000'], 300, [310, 310]],
    ['hmailserver', ['smtpminutesbetweenretries=7'], 300, [420, 479]],
    ['james-unset', ['delayTime=20m'], 300, [1200, 1200]],
    // A fortieth of the interval each way, 30 s at most.
    ['kumomta', ['retry_interval=10 minutes'], 300, [585, 615]],
    ['kumomta', ['retry_interval=1 hour', 'max_age=7 days'], 300, [3570, 3630]],
    ['exim', ['retry rule=F,9d,2d', 'retry_interval_max=5h'], 300, [18_002, 18_002]],
    ['haraka', ['maxTempFailures=3'], 150, [192, 192]],
    ['hmailserver', ['QuickRetries=2'], 300, [360, 419]],
    ['hmailserver', ['QuickRetries=1', 'QuickRetriesMinutes=2'], 300, [3720, 3779]],
    ['james-sample', ['delayTime=5000, 400000', 'maxRetries=9'], 500, [805, 805]],
  ];
  for (const [id, settings, opens, expected] of cases) {
    it(`reckons with ${id} ${settings.join(' and ')}`, () => {
      expect(lands(withSet(id, ...settings), opens, 172_800)).to.deep.equal(expected);
    });
  }

  it('counts the give-up age', () => {
    const sender = withSet('postfix', 'maximal_queue_lifetime=1h');
    // The last try is the one that finds the mail too old.
    expect(lands(sender, 20_000, 172_800)).to.deep.equal([null, null]);
    expect(adviseSender(sender, exactWindow(20_000, 172_800))?.verdict).to.equal('gives-up-first');
  });

  it('tries once where Postfix keeps mail for no time', () => {
    const sender = withSet('postfix', 'maximal_queue_lifetime=0');
    expect(adviseSender(sender, exactWindow(300, 172_800))).to.include({
      verdict: 'gives-up-first',
      says: 'Does not try again.',
    });
  });

  it('changes each chosen sender that has the setting, and no other', () => {
    const [postfix, mailcow, qmail] = withSettings(sendersNamed('postfix,mailcow,qmail'), [
      parseSetting('queue_run_delay=60'),
    ]);
    expect(postfix?.schedule).to.include({ scanSeconds: 60 });
    expect(mailcow?.schedule).to.include({ scanSeconds: 60 });
    expect(qmail).to.equal(sendersNamed('qmail')[0]);
  });

  it('stands in place of its default, and of no other', () => {
    const defaults = (sender: Sender | undefined) =>
      Object.fromEntries(sender?.settings.map((one) => [one.name, one.default]) ?? []);
    const before = defaults(sendersNamed('postfix')[0]);
    expect(before['queue_run_delay']).to.equal(300);
    expect(defaults(withSet('postfix', 'queue_run_delay=1m'))).to.deep.equal({
      ...before,
      queue_run_delay: '1m',
    });
  });

  it('reads rules of Exim, with or without the address and error that they are for', () => {
    for (const prefix of ['', '* * ', 'example.org  timeout_connect ']) {
      const { schedule } = withSet('exim', `retry rule=${prefix}F,2h,15m; G,16h,1h,1.5`);
      expect(schedule).to.have.deep.property('rules', [
        { kind: 'fixed', untilSeconds: 7_200, waitSeconds: 900, factor: 1 },
        { kind: 'growing', untilSeconds: 57_600, waitSeconds: 3_600, factor: 1.5 },
      ]);
    }
  });

  it('reads time spans, lists with blanks, and times of them', () => {
    expect(
      lands(withSet('exchange-2019', 'MessageRetryInterval=02:03:04'), 5_000, 172_800),
    ).to.deep.equal([7_384, 7_384]);
    const { schedule } = withSet('haraka', 'temp_fail_intervals= 5m*3,  none 1h, ');
    expect(schedule).to.have.deep.property('stages', [
      { everySeconds: 300, times: 3 },
      { everySeconds: 3_600, times: 1 },
    ]);
    const long = withSet('haraka', `temp_fail_intervals=${Array(101).fill('5m').join()}`);
    expect(long.schedule).to.have.property('stages').that.has.length(100);
  });

  it('takes both ends of a documented range', () => {
    for (const minutes of ['1440', '1']) {
      expect(withSet('zos-smtp', `RETRYINT=${minutes}`).id).to.equal('zos-smtp');
    }
    expect(problemOf(() => withSet('zos-smtp', 'RETRYINT=0')).code).to.equal('bad-setting');
  });

  it('goes by the last part of a name, and by the one in brackets, in any case', () => {
    expect(withSet('hmailserver', 'SmtpNoOfRetries=2').schedule).to.deep.equal(
      withSet('hmailserver', 'Number of retries=2').schedule,
    );
    expect(withSet('stalwart', 'RETRY=1m').schedule).to.deep.equal(
      withSet('stalwart', 'MtaDeliverySchedule.retry=1m').schedule,
    );
  });

  it('settles a reading of documents that differ in this setting', () => {
    expect(sendersNamed('exchange-2019')[0]?.otherReadings).to.have.length(1);
    expect(withSet('exchange-2019', 'MessageRetryInterval=00:05:00').otherReadings).to.have.length(
      0,
    );
  });

  it('keeps the two readings of glitch retries apart when their wait is set', () => {
    const sender = withSet('exchange-2003', 'GlitchRetrySeconds=200');
    const [other] = sender.otherReadings;
    expect(other?.schedule).to.deep.include({ kind: 'stages' });
    expect(lands(sender, 500, 172_800)).to.deep.equal([600, 600]);
    expect(lands({ ...sender, schedule: other?.schedule ?? null }, 500, 172_800)).to.deep.equal([
      1000, 1000,
    ]);
  });

  for (const [id, setting, code] of [
    ['postfix', 'nonsense=5', 'unknown-setting'],
    ['postfix', 'queue_run_delay=0', 'bad-setting'],
    ['postfix', 'queue_run_delay=-5', 'bad-setting'],
    ['postfix', 'queue_run_delay=soon', 'bad-setting'],
    ['exchange-2019', 'MessageRetryInterval=5', 'bad-setting'],
    ['exchange-2019', 'MessageRetryInterval=00:99:00', 'bad-setting'],
    ['exchange-2019', 'MessageRetryInterval=24:00:00', 'bad-setting'],
    ['exchange-2019', 'MessageRetryInterval=1.00:00:01', 'bad-setting'],
    ['exchange-queue', 'QueueGlitchRetryCount=16', 'bad-setting'],
    ['zos-smtp', 'RETRYINT=1441', 'bad-setting'],
    ['haraka', 'maxTempFailures=0', 'bad-setting'],
    ['postfix', 'queue_run_delay=99999999999', 'bad-setting'],
    ['postfix', 'queue_run_delay=1.5', 'bad-setting'],
    ['cisco-esa', 'maximum retries=many', 'bad-setting'],
    ['exim', 'retry rule=H,1h,2h', 'bad-setting'],
    ['exim', 'retry rule=', 'bad-setting'],
    ['haraka', 'temp_fail_intervals=5m*x', 'bad-setting'],
    ['exchange-2003', 'GlitchRetrySeconds=0', 'bad-setting'],
    ['exchange-2003', '__proto__=1', 'unknown-setting'],
  ] as const) {
    it(`refuses ${setting} for ${id}`, () => {
      expect(problemOf(() => withSet(id, setting)).code).to.equal(code);
    });
  }

  it('names the setting that was meant', () => {
    const misspelt = problemOf(() => withSet('postfix', 'minimal_backof_time=600'));
    expect(misspelt.suggestions.join(' ')).to.match(/^Did you mean minimal_backoff_time/u);
    const fixed = problemOf(() => withSet('postfix', 'delay_warning_time=600'));
    expect(fixed.message).to.contain('does not reckon with');
  });

  it('counts every number of retries of a schedule that ends by itself', () => {
    expect(
      adviseSender(withSet('hmailserver', 'smtpnoofretries=2'), exactWindow(8_000, 90_000))
        ?.verdict,
    ).to.equal('gives-up-first');
    expect(
      adviseSender(withSet('haraka', 'maxTempFailures=3'), exactWindow(200, 90_000))?.verdict,
    ).to.equal('gives-up-first');
  });

  it('refuses what is not name=value', () => {
    expect(problemOf(() => parseSetting('queue_run_delay')).code).to.equal('bad-setting');
    expect(problemOf(() => parseSetting('=5')).code).to.equal('bad-setting');
  });
});
