/** Delays that many servers ship, in seconds: 1, 3, 5, 10, 15, 20, 25, 30, 50, 58 and 60 minutes. */
const COMMON_DELAYS_SECONDS = [60, 180, 300, 600, 900, 1200, 1500, 1800, 3000, 3480, 3600];

/** First steps: a delay of zero, and the shortest ones seen, are found at once. */
const FIRST_STEPS_SECONDS = [2, 7, 13, 20];

/** Each step is this much later than the one before: with the constant, the answer comes at no
 * more than 1.1 times the delay plus 5 s for the median server. */
const STEP_RATIO = 1.2;
const STEP_SECONDS = 8;

export interface LadderOptions {
  readonly maxWaitSeconds: number;
  /** Delays that the server's words or its name make likely: steps just below and just above. */
  readonly likelyDelaysSeconds: readonly number[];
}

/**
 * Ages at which to try when the user gave none: dense first, each step a fixed part later than the
 * one before, moved to just above a common delay where one lies on the way. Ascending, none above
 * the longest wait; the longest wait itself is the last.
 */
export function ladderAges(options: LadderOptions): readonly number[] {
  const { maxWaitSeconds } = options;
  const wanted = options.likelyDelaysSeconds.filter((delay) => delay > 0);
  const ages: number[] = [];
  for (const age of FIRST_STEPS_SECONDS) if (age < maxWaitSeconds) ages.push(age);
  let last = ages.at(-1) ?? 0;
  while (last < maxWaitSeconds) {
    const far = last * STEP_RATIO + STEP_SECONDS;
    const common = COMMON_DELAYS_SECONDS.map(justAbove).filter(
      (age) => age > last + 2 && age <= far,
    );
    last = Math.min(common.at(-1) ?? far, maxWaitSeconds);
    ages.push(round(last));
  }
  for (const delay of wanted) {
    for (const age of [justBelow(delay), justAbove(delay)]) {
      if (age > 1 && age < maxWaitSeconds) ages.push(age);
    }
  }
  return spaced(
    ages.sort((a, b) => a - b),
    new Set(wanted.flatMap((d) => [justBelow(d), justAbove(d)])),
  );
}

function justAbove(delaySeconds: number): number {
  return round(delaySeconds * 1.002 + 1.2);
}

function justBelow(delaySeconds: number): number {
  return round(delaySeconds * 0.99 - 1.2);
}

/** Drops plain steps that lie so close to a wanted one that they would only cost a connection. */
function spaced(ages: readonly number[], keep: ReadonlySet<number>): readonly number[] {
  const kept: number[] = [];
  for (const [index, age] of ages.entries()) {
    const next = ages[index + 1];
    const tooCloseToNext = next !== undefined && keep.has(next) && next - age < age * 0.06 + 1;
    const previous = kept.at(-1);
    const tooCloseToPrevious = previous !== undefined && age - previous < previous * 0.06 + 1;
    const last = index === ages.length - 1;
    if (!keep.has(age) && !last && (tooCloseToNext || tooCloseToPrevious)) continue;
    if (previous !== age) kept.push(age);
  }
  return kept;
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
