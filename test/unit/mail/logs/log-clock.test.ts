import { expect } from 'chai';
import { LogClock } from '../../../../src/mail/logs/log-clock.js';

describe('LogClock', () => {
  it('goes on over a new year, and over the end of February in a leap year', () => {
    const clock = new LogClock(2023);
    const times = ['Dec 31 23:59:50', 'Jan  1 00:00:10', 'Feb 29 00:00:00', 'Mar  1 00:00:00'];
    const seconds = times.map((when) => clock.seconds(when));
    expect(seconds).to.deep.equal([
      Date.UTC(2023, 11, 31, 23, 59, 50) / 1000,
      Date.UTC(2024, 0, 1, 0, 0, 10) / 1000,
      Date.UTC(2024, 1, 29) / 1000,
      Date.UTC(2024, 2, 1) / 1000,
    ]);
  });

  it('takes a small step back for disorder, not for a new year', () => {
    const clock = new LogClock(2026);
    clock.seconds('Oct 25 02:59:59');
    expect(clock.seconds('Oct 25 02:00:00')).to.equal(Date.UTC(2026, 9, 25, 2) / 1000);
  });

  it('reads what names year and zone', () => {
    const clock = new LogClock();
    const expected = Date.UTC(2026, 0, 5, 9, 0, 0) / 1000 + 0.5;
    expect(clock.seconds('2026-01-05T10:00:00.5+01:00')).to.equal(expected);
    expect(clock.seconds('2026-01-05 04:00:00.500 -0500')).to.equal(expected);
    expect(clock.seconds('2026-01-05T09:00:00.5Z')).to.equal(expected);
  });

  it('says null for what is no time', () => {
    const clock = new LogClock();
    for (const text of ['', 'yesterday', 'Jan', 'Jan 5', '2026', 'Foo  5 10:00:00']) {
      expect(clock.seconds(text), text).to.equal(null);
    }
  });
});
