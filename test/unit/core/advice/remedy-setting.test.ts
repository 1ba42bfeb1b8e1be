import { expect } from 'chai';
import { withStep } from '../../../../src/core/advice/remedy-list.js';
import { settingOptions } from '../../../../src/core/advice/remedy-setting.js';
import type { Remedy, Schedule, ScheduleOf } from '../../../../src/core/advice/sender-schema.js';
import { sendersNamed } from '../../../../src/core/advice/senders.js';

const HOUR = 3_600;

/** A sender with the setting that its remedy changes. */
function known(id: string) {
  const [sender] = sendersNamed(id);
  const setting = sender?.settings.find(({ name }) => name === sender.remedy?.setting);
  if (sender?.remedy == null || setting === undefined) throw new Error(id);
  return { sender, setting, remedy: sender.remedy };
}

function window(opensSeconds: number, closesSeconds: number) {
  return { opensSeconds, closesSeconds, restartsTimer: false };
}

/** The values worth a try: wait, queue scan, longest wait, and when a retry lands. */
function options(id: string, opensSeconds: number, closesSeconds = 4 * HOUR) {
  const { sender, setting, remedy } = known(id);
  const all = settingOptions(
    sender,
    setting,
    remedy,
    window(opensSeconds, closesSeconds),
    'a.example',
  );
  return all.map(({ filling, landsSeconds, ...option }) => ({
    ...filling,
    ...option,
    lands: landsSeconds.join(' to '),
  }));
}

const NO_SUCH: Remedy['also'] = [{ setting: 'nonsense', value: '1' }];

describe('the values of a setting that are worth a try', () => {
  it('let one of several retries land just inside the opening', () => {
    expect(options('exchange-2019', 310).map(({ value, lands }) => [value, lands])).to.deep.equal([
      ['00:05:10', '310 to 310'],
      ['00:02:40', '320 to 320'],
      ['00:01:50', '330 to 330'],
      ['00:01:20', '320 to 320'],
      ['00:01:00', '360 to 360'],
      ['00:00:40', '320 to 320'],
      ['00:00:30', '330 to 330'],
    ]);
  });

  it('are no longer than the window is open', () => {
    const seconds = (closes: number) =>
      options('exchange-2019', 310, closes).map((one) => one.seconds);
    expect(seconds(310)).to.deep.equal([310]);
    expect(seconds(309)).to.deep.equal([]);
  });

  it('are whole minutes where people write minutes', () => {
    expect(options('iis-smtp', 300).map(({ value }) => value)).to.deep.equal(['5', '3', '2', '1']);
  });

  it('go further inside where the wait has a jitter: 190 to 200 s by a fortieth each way', () => {
    const [first, second] = options('kumomta', 190, 400);
    expect([first?.seconds, first?.lands]).to.deep.equal([200, '195 to 205']);
    expect(second?.seconds).to.equal(210);
  });

  it('come with a queue scan that is no longer than they are, or a more frequent one', () => {
    const all = options('postfix', 310).filter(({ seconds }) => seconds >= 160);
    expect(all.map((one) => [one.seconds, one.scanSeconds, one.lands])).to.deep.equal([
      [310, 300, '311 to 610'],
      [310, 60, '311 to 370'],
      [310, 30, '311 to 340'],
      [160, 160, '310 to 629'],
      [160, 60, '341 to 460'],
      [160, 30, '341 to 400'],
    ]);
    // The longest wait of Postfix is 4000 s; it is raised where the shortest one is longer.
    expect(all[0]?.longestSeconds).to.equal(4_000);
    expect(options('postfix', 5_000, 8_000)[0]?.longestSeconds).to.equal(5_040);
    expect(all.slice(0, 2).map(({ settings }) => settings)).to.deep.equal([
      ['minimal_backoff_time'],
      ['minimal_backoff_time', 'queue_run_delay'],
    ]);
  });

  it('come with the queue scan as it is, whatever the wait, where rules set the wait', () => {
    const all = options('exim-debian-q30m', 310).filter(({ seconds }) => seconds === 310);
    expect(all.map(({ scanSeconds, lands }) => [scanSeconds, lands])).to.deep.equal([
      [1_800, '312 to 2111'],
      [600, '312 to 911'],
      [300, '312 to 611'],
      [60, '312 to 371'],
      [30, '312 to 341'],
    ]);
    expect(all[0]?.longestSeconds).to.equal(310);
  });

  it('are for the first retry alone, by scans no longer than the wait, where none is known', () => {
    expect(options('exim', 310).map((one) => [one.seconds, one.scanSeconds])).to.deep.equal([
      [310, 300],
      [310, 60],
      [310, 30],
    ]);
    expect(options('exim', 600)[0]?.scanSeconds).to.equal(600);
  });

  it('need the settings that the remedy names', () => {
    const { sender, setting, remedy } = known('postfix');
    const wrong = { ...remedy, also: NO_SUCH };
    expect(() => settingOptions(sender, setting, wrong, window(310, HOUR), '')).to.throw(
      RangeError,
      'postfix has no setting nonsense',
    );
  });
});

describe('a step in a list of any kind', () => {
  const { sender, setting, remedy } = known('haraka');
  const step = (schedule: Schedule | null, opensSeconds: number, closesSeconds = 2_000_000) => {
    const found = withStep(
      { ...sender, schedule },
      setting,
      remedy,
      window(opensSeconds, closesSeconds),
    );
    return found === null ? null : `${found.list}; ${found.retries} retries`;
  };
  const growing: ScheduleOf<'geometric'> = {
    kind: 'geometric',
    firstSeconds: 60,
    factor: 2,
    rounding: 'none',
    maxSeconds: null,
    retries: 3,
    jitter: null,
  };
  const endless = (everySeconds: number): ScheduleOf<'stages'> => ({
    kind: 'stages',
    mostRetries: null,
    pollSeconds: null,
    stages: [{ everySeconds, times: null }],
  });

  it('stands between waits that grow: 1 and 2 min are too early for 200 s', () => {
    expect(step(growing, 200)).to.equal('1m, 2m, 20s, 4m; 4 retries');
    expect(step({ ...growing, retries: null }, 200)).to.equal(null);
    const jitter = { low: 0, high: 1, unit: 'seconds', scaled: false } as const;
    expect(step({ ...growing, jitter }, 200)).to.equal(null);
  });

  it('adds one to so many retries', () => {
    expect(step({ ...endless(60), mostRetries: 3 }, 100)).to.equal('1m, 40s, 1m, 1m; 4 retries');
    expect(step({ ...endless(60), mostRetries: 3 }, 120)).to.equal('1m, 1m, 1m, 1m; 4 retries');
    expect(step(endless(60), 100)).to.equal('1m, 40s, 1m; 3 retries');
  });

  it('is none where the queue is polled, or where there is no list', () => {
    expect(step({ ...endless(60), pollSeconds: 60 }, 100)).to.equal(null);
    expect(step({ kind: 'scan', scanSeconds: 300 }, 400)).to.equal(null);
    expect(step(null, 100)).to.equal(null);
  });

  it('is one of 60 at most, and of a week at most', () => {
    expect(step(endless(10), 585)?.split(',')).to.have.length(60);
    expect(step(endless(10), 595)).to.equal(null);
    expect(step({ ...growing, retries: 1 }, 60 + 604_800)).to.equal('1m, 7d; 2 retries');
    expect(step({ ...growing, retries: 1 }, 61 + 604_800)).to.equal(null);
  });

  it('needs the settings that the remedy names', () => {
    const wrong = { ...remedy, also: NO_SUCH };
    expect(() => withStep(sender, setting, wrong, window(2_400, HOUR))).to.throw(
      RangeError,
      'haraka has no setting nonsense',
    );
  });
});
