/** Delays that many servers ship, in seconds: 1, 3, 5, 10, 15, 20, 25, 30, 50 and 60 minutes. */
const COMMON_DELAYS_SECONDS = [60, 180, 300, 600, 900, 1200, 1500, 1800, 3000, 3600];

/** First steps: a delay of zero, and the shortest ones seen, are found at once. */
const FIRST_STEPS_SECONDS = [2, 9];

/**
 * Each step is this much later than the one before: with the constant, the answer comes at no more
 * than 1.1 times the delay plus 5 s for the median server.
 */
const STEP_RATIO = 1.2;
const STEP_SECONDS = 8;
/**
 * From here on the proof may take some seconds more, and the steps are nearer to each other: where fresh
 * senders bear the retries. To a list that lets early tries wait longer, one retried sender would never pass.
 */
const LATE_SECONDS = 80;
const LATE_STEP_RATIO = 1.11;
const LATE_STEP_SECONDS = 36;
/** A common delay this little beyond the next step takes its place. */
const STRETCH = 1.08;

export interface LadderOptions {
  readonly maxWaitSeconds: number;
  /** Delays that the server's words or its name make likely: steps just below and just above. */
  readonly likelyDelaysSeconds: readonly number[];
  /** There are fresh senders at each step, so that late steps may be near to each other. */
  readonly freshSenders: boolean;
}

/**
 * Ages at which to try when the user gave none: dense first, each step a fixed part later than the
 * one before, moved to just above a common delay where one lies on the way. Ascending, none above
 * the longest wait; the longest wait itself is the last.
 * `130 s at most -> 2, 9, 18.8, 30.6, 44.7, 61.3, 81.6, 126.6, 130`
 * `300 s at most, 230 s likely -> ..., 126.6, 181.6, 226.5, 231.7, 300`
 */
export function ladderAges(options: LadderOptions): readonly number[] {
  const { maxWaitSeconds, freshSenders } = options;
  const likely = options.likelyDelaysSeconds.filter((delay) => delay > 0);
  const wanted = likely
    .flatMap((delay) => [justBelow(delay), justAbove(delay)])
    .filter((age) => age > 1 && age < maxWaitSeconds);
  const plain: number[] = FIRST_STEPS_SECONDS.filter((age) => age < maxWaitSeconds);
  let last = plain.at(-1) ?? 0;
  while (last < maxWaitSeconds) {
    last = Math.min(nextAge(last, freshSenders), maxWaitSeconds);
    plain.push(last);
  }
  const room = (age: number) => wanted.every((near) => Math.abs(age - near) > near * CROWD_RATIO);
  const steps = [...plain.filter((age) => age === maxWaitSeconds || room(age)), ...wanted];
  return [...new Set(steps)].sort((a, b) => a - b);
}

/** A plain step this close to a wanted one would only cost a connection. */
const CROWD_RATIO = 0.08;

/**
 * So much later than the last step, or just above the highest common delay on the way.
 * `after 44.7 s: 61.64 s by the ratio -> 61.3 s; after 126.6 s: 176.5 s -> 181.6 s, above three minutes`
 */
function nextAge(last: number, freshSenders: boolean): number {
  const far =
    freshSenders && last >= LATE_SECONDS
      ? last * LATE_STEP_RATIO + LATE_STEP_SECONDS
      : last * STEP_RATIO + STEP_SECONDS;
  const common = COMMON_DELAYS_SECONDS.map(justAbove).filter(
    (age) => age > last + 2 && age <= far * STRETCH,
  );
  return round(common.at(-1) ?? far);
}

function justAbove(delaySeconds: number): number {
  return round(delaySeconds * 1.002 + 1.2);
}

function justBelow(delaySeconds: number): number {
  return round(delaySeconds * 0.99 - 1.2);
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
