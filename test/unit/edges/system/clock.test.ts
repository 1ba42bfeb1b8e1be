import { expect } from 'chai';
import { systemClock } from '../../../../src/edges/system/clock.js';

describe('the clock of this machine', () => {
  it('sleeps until a time, not less', async () => {
    const untilMs = systemClock.read().monotonicMs + 20;
    await systemClock.sleepUntil(untilMs);
    expect(systemClock.read().monotonicMs).to.be.at.least(untilMs);
  });

  it('does not sleep for what is past, and is woken by a signal with its reason', async () => {
    await systemClock.sleepUntil(Number.NEGATIVE_INFINITY);
    const stop = new AbortController();
    const farMs = systemClock.read().monotonicMs + 3_600_000;
    const asleep = systemClock.sleepUntil(farMs, stop.signal).catch((reason: unknown) => reason);
    stop.abort('woken');
    expect(await asleep).to.equal('woken');
    const late = systemClock.sleepUntil(farMs, stop.signal).catch((reason: unknown) => reason);
    expect(await late).to.equal('woken');
  });
});
