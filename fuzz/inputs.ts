import fc from 'fast-check';
import type { Target } from './targets.js';

const LONGEST_BYTES = 200_000;

/** Bytes of every kind for a target: noise, its own pieces, and its samples cut, changed, repeated. */
function inputsFor({ samples, pieces }: Target): fc.Arbitrary<Buffer> {
  const noise = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
  const piece = fc.constantFrom(...pieces).map((text) => Buffer.from(text, 'latin1'));
  const soup = fc.array(fc.oneof(piece, noise), { maxLength: 40 }).map((all) => Buffer.concat(all));
  const sample = fc.constantFrom(...samples);
  const part = fc.oneof(sample, soup, piece, noise);
  const changed = fc
    .tuple(sample, fc.array(fc.tuple(fc.nat(), fc.nat(20), part), { minLength: 1, maxLength: 6 }))
    .map(([whole, edits]) => edits.reduce(edited, whole));
  const repeated = fc
    .tuple(part, fc.oneof(piece, soup), fc.nat(20_000), part)
    .map(([before, one, times, after]) =>
      Buffer.concat([
        before,
        Buffer.alloc(Math.min(LONGEST_BYTES, one.length * times), one),
        after,
      ]),
    );
  return fc.oneof(
    { arbitrary: changed, weight: 6 },
    { arbitrary: soup, weight: 3 },
    { arbitrary: repeated, weight: 1 },
    { arbitrary: noise, weight: 1 },
  );
}

/** Puts something in place of so many bytes. */
function edited(whole: Buffer, [at, length, put]: readonly [number, number, Buffer]): Buffer {
  const start = at % (whole.length + 1);
  return Buffer.concat([whole.subarray(0, start), put, whole.subarray(start + length)]);
}

const BATCH = 50;

/** The input of that number: batches have seeds of their own, so that each can be made anew. */
export function* inputsFrom(target: Target, seed: number, first: number): Generator<Buffer> {
  const inputs = inputsFor(target);
  for (let batch = Math.floor(first / BATCH); ; batch += 1) {
    const drawn = fc.sample(inputs, { seed: seed + batch, numRuns: BATCH });
    yield* drawn.slice(Math.max(0, first - batch * BATCH));
  }
}
