import { expect } from 'chai';
import { startTimer } from '../../../../src/edges/system/timer.js';
import type { Clock } from '../../../../src/model/ports/clock.js';
import { createVirtualClock } from '../../../../src/sandbox/virtual/virtual-clock.js';
import { BANNER, describeEnd, ehlo, MAIL_OK, withServer } from '../smtp/support/dialling.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Nothing else of this process runs meanwhile, as while it is stopped. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('a timer', () => {
  it('fires when the time is up, and not once it is called off', async () => {
    const clock = createVirtualClock();
    const fired: string[] = [];
    startTimer(clock, 1000, () => fired.push('kept'));
    startTimer(clock, 1000, () => fired.push('called off'))();
    await pause(5);
    expect(fired).to.deep.equal(['kept']);
  });

  it('lets what lies in the socket be read first', () =>
    withServer(
      {
        script: [
          ...BANNER,
          ...ehlo(),
          ...MAIL_OK,
          { expect: /^RCPT/ },
          { send: '450 4.7.1 Greylisted\r\n' },
          { run: () => standStill(200) },
        ],
        request: { timeoutMs: 100 },
      },
      async (attempt) => {
        expect(describeEnd(await attempt.transact())).to.equal('rcpt 450 4.7.1');
      },
    ));

  it('gives the time for which the process stood still once more', async () => {
    let nowMs = 0;
    let stopsForMs = 8000;
    const waited: number[] = [];
    const clock: Clock = {
      read: () => ({ monotonicMs: nowMs, wallMs: nowMs }),
      sleepUntil: async (dueMs) => {
        waited.push(dueMs - nowMs);
        nowMs = dueMs + stopsForMs;
        stopsForMs = 0;
      },
    };
    await new Promise<void>((expired) => startTimer(clock, 5000, expired));
    expect(waited).to.deep.equal([5000, 5000]);
  });
});
