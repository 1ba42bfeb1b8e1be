import type { ExplainResult } from '../../contract/explain-result.js';
import type { Journey } from '../../mail/bounces/journey.js';
import { formatDuration } from '../../model/values/duration.js';

type ExplainedJourney = NonNullable<ExplainResult['journey']>;

/** A wait that is worth telling: below it lie clocks that differ, and ordinary work. */
const WORTH_TELLING_SECONDS = 60;

/** Where a mail that did arrive was held up, and for how long. */
export function explainJourney({ hops, greylist }: Journey): ExplainedJourney {
  const told = hops.map(({ by, from, at }, index) => {
    const before = hops[index - 1]?.at ?? null;
    return {
      by,
      from,
      at: at === null ? null : new Date(at * 1000).toISOString(),
      waitedSeconds: at === null || before === null ? null : Math.max(0, Math.round(at - before)),
    };
  });
  let longest: ExplainedJourney['longest'] = null;
  for (const [index, { waitedSeconds, by }] of told.entries()) {
    if (waitedSeconds !== null && waitedSeconds > (longest?.seconds ?? 0)) {
      const waitedAt = told[index - 1]?.by ?? told[index]?.from ?? null;
      longest = { waitedAt, takenBy: by, seconds: waitedSeconds };
    }
  }
  const seconds = greylist?.seconds ?? null;
  return { hops: told, longest, greylist, ...sentences(longest, greylist, seconds) };
}

function sentences(
  longest: ExplainedJourney['longest'],
  greylist: Journey['greylist'],
  seconds: number | null,
): Pick<ExplainedJourney, 'happened' | 'answer'> {
  const waited = longest === null || longest.seconds < WORTH_TELLING_SECONDS ? null : longest;
  const where =
    waited === null
      ? 'no server held it up for a minute or more'
      : `it waited longest, ${formatDuration(waited.seconds)}, at ${waited.waitedAt ?? 'a server that is not named'} until ${waited.takenBy ?? 'the next server'} took it`;
  const by =
    greylist === null
      ? ''
      : seconds === null
        ? ' The header speaks of greylisting.'
        : ` The greylister of the receiver says that it held it up for ${formatDuration(seconds)}.`;
  const wait = seconds ?? waited?.seconds ?? null;
  const command =
    greylist === null || wait === null ? null : `greyprobe recommend --opens-by ${wait}s`;
  return {
    happened: `The mail arrived; ${where}.${by}`,
    answer: {
      waitSeconds: wait,
      waitFrom: seconds === null ? 'unknown' : 'stated',
      howLong:
        wait === null
          ? 'It is over, and did not take long.'
          : `It is over: ${formatDuration(wait)}.`,
      thisSender: 'Its mail arrived: a retry landed, or none was needed.',
      todo: command === null ? 'nothing' : 'set',
      what: command === null ? 'Nothing.' : 'Nothing; for less waiting, fit the retries to it:',
      command,
    },
  };
}
