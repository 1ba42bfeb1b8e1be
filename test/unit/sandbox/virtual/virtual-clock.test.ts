import { expect } from 'chai';
import { createVirtualClock } from '../../../../src/sandbox/virtual/virtual-clock.js';

describe('createVirtualClock', () => {
  it('jumps to the time of the sleeper', async () => {
    const clock = createVirtualClock(1_000);
    await clock.sleepUntil(14_400_000);
    expect(clock.read()).deep.equal({ monotonicMs: 14_400_000, wallMs: 14_401_000 });
  });

  it('wakes several sleepers in the order of their times', async () => {
    const clock = createVirtualClock();
    const woken: string[] = [];
    const sleep = async (name: string, ...times: number[]) => {
      for (const time of times) {
        await clock.sleepUntil(time);
        woken.push(`${name}${clock.read().monotonicMs}`);
      }
    };
    await Promise.all([sleep('a', 100, 200, 600), sleep('b', 50, 300)]);
    expect(woken).deep.equal(['b50', 'a100', 'a200', 'b300', 'a600']);
  });

  it('never goes back, and does not sleep for a time that is past', async () => {
    const clock = createVirtualClock();
    clock.advance(500);
    await clock.sleepUntil(100);
    expect(clock.read().monotonicMs).equal(500);
  });

  it('rejects with the reason of a signal that is aborted, before and during sleep', async () => {
    const clock = createVirtualClock();
    const reason = new Error('enough');
    const controller = new AbortController();
    clock.at(50, () => controller.abort(reason));
    const other = clock.sleepUntil(60);
    const caught = await clock.sleepUntil(100, controller.signal).catch((error: unknown) => error);
    await other;
    expect(caught).equal(reason);
    expect(clock.read().monotonicMs).equal(60);
    const again = await clock.sleepUntil(200, controller.signal).catch((error: unknown) => error);
    expect(again).equal(reason);
    expect(clock.read().monotonicMs).equal(60);
  });

  it('lets the wall clock jump without the monotonic one, and others do not notice', () => {
    const clock = createVirtualClock(1_000_000);
    clock.advance(5_000);
    clock.shiftWall(-3_600_000);
    expect(clock.read()).deep.equal({ monotonicMs: 5_000, wallMs: -2_595_000 });
    expect(clock.worldMs()).equal(1_005_000);
  });

  it('wakes the due when it is moved by hand', async () => {
    const clock = createVirtualClock();
    const times: number[] = [];
    const note = () => times.push(clock.read().monotonicMs);
    const first = clock.sleepUntil(10).then(note);
    const second = clock.sleepUntil(10_000).then(note);
    clock.advance(20);
    expect(clock.read().monotonicMs).equal(20);
    await first;
    expect(times).deep.equal([20]);
    await second;
    expect(times).deep.equal([20, 10_000]);
  });
});
