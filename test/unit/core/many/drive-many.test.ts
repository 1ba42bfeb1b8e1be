import { expect } from 'chai';
import fc from 'fast-check';
import { ManyRuns } from '../../../../src/core/many/drive-many.js';
import { DueHeap } from '../../../../src/core/many/heap.js';
import { createVirtualClock } from '../../../../src/sandbox/virtual/virtual-clock.js';

describe('a heap of due times', () => {
  it('gives the earliest first, whatever the order of pushing', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 })), (times) => {
        const heap = new DueHeap<number>();
        for (const time of times) heap.push(time, time);
        const popped: number[] = [];
        for (let one = heap.pop(); one !== undefined; one = heap.pop()) popped.push(one.item);
        expect(popped).to.deep.equal(times.toSorted((a, b) => a - b));
        expect(heap.nextMs).to.equal(null);
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});

describe('many runs', () => {
  const clock = () => createVirtualClock();

  it('are visited when they are due, again and again, until all have ended', async () => {
    const time = clock();
    const beganMs = time.read().monotonicMs;
    const seen: string[] = [];
    const visits = new Map([
      ['a', [3000, 9000]],
      ['b', [1000]],
    ]);
    const many = new ManyRuns<string>(
      time,
      async (run) => {
        const nowMs = time.read().monotonicMs - beganMs;
        seen.push(`${run} at ${nowMs}`);
        const next = visits.get(run)?.shift();
        return next === undefined ? null : beganMs + next;
      },
      { inFlight: 10 },
    );
    many.add('a', Number.NEGATIVE_INFINITY);
    many.add('b', Number.NEGATIVE_INFINITY);
    many.close();
    await many.drive();

    expect(seen).to.deep.equal(['a at 0', 'b at 0', 'b at 1000', 'a at 3000', 'a at 9000']);
  });

  it('are looked at soon after the machine slept: by age they may be due', async () => {
    const time = clock();
    const visitedMs: number[] = [];
    // Asleep for an hour: the monotonic clock stood still.
    time.at(100_000, () => time.shiftWall(3_600_000));
    const many = new ManyRuns<string>(
      time,
      async () => {
        visitedMs.push(time.read().monotonicMs);
        return visitedMs.length === 1 ? 3_000_000 : null;
      },
      { inFlight: 10 },
    );
    many.add('a', Number.NEGATIVE_INFINITY);
    many.close();
    await many.drive();

    expect(visitedMs).to.have.length(2);
    expect(visitedMs[1]).to.be.within(100_000, 160_000);
  });

  it('are under way at most so many at a time', async () => {
    const time = clock();
    let now = 0;
    let most = 0;
    const many = new ManyRuns<number>(
      time,
      async () => {
        now += 1;
        most = Math.max(most, now);
        await time.sleepUntil(time.read().monotonicMs + 1000);
        now -= 1;
        return null;
      },
      { inFlight: 3 },
    );
    for (let run = 0; run < 20; run += 1) many.add(run, 0);
    many.close();
    await many.drive();

    expect(most).to.equal(3);
    expect(many.waiting).to.equal(0);
  });

  it('end with the first failure, once what is under way has ended', async () => {
    const time = clock();
    const ended: number[] = [];
    const many = new ManyRuns<number>(
      time,
      async (run) => {
        if (run === 1) throw new Error('the disk is full');
        await time.sleepUntil(time.read().monotonicMs + 1000);
        ended.push(run);
        return null;
      },
      { inFlight: 10 },
    );
    for (const run of [0, 1, 2]) many.add(run, 0);
    const error = await many.drive().catch((reason: unknown) => reason);

    expect(error).to.have.property('message', 'the disk is full');
    expect(ended).to.deep.equal([0, 2]);
  });

  it('stop when they are told, and start nothing more', async () => {
    const time = clock();
    const stop = new AbortController();
    const seen: number[] = [];
    const many = new ManyRuns<number>(
      time,
      async (run) => {
        seen.push(run);
        if (run === 1) stop.abort();
        return null;
      },
      { inFlight: 1, signal: stop.signal },
    );
    for (const run of [0, 1, 2]) many.add(run, run);
    await many.drive();

    expect(seen).to.deep.equal([0, 1]);
  });
});
