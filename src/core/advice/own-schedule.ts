import { usageError } from '../../model/errors.js';
import { parseDuration } from '../../model/values/duration.js';
import type { Sender } from './sender-schema.js';

const MOST_WAITS = 100;

/**
 * A sender of one's own, by its waits from try to try; three dots: the last goes on for ever.
 * `1m,5m,15m,1h...` -> tries after 1, 6, 21, 81, 141 min and so on.
 * Throws a usage error (code `bad-schedule`, `bad-duration`).
 */
export function senderOfSchedule(text: string): Sender {
  const goesOn = /(?:\.{3}|…)\s*$/u.test(text);
  const waits = text
    .replace(/(?:\.{3}|…)\s*$/u, '')
    .split(',')
    .map((wait) => wait.trim());
  if (waits.length > MOST_WAITS || waits.includes('')) throw badSchedule(text);
  const seconds = waits.map(parseDuration);
  if (seconds.some((wait) => wait < 1)) throw badSchedule(text);
  return {
    id: 'own',
    name: `A sender of your own: ${waits.join(', ')}${goesOn ? ' ...' : ''}`,
    schedule: {
      kind: 'stages',
      mostRetries: null,
      pollSeconds: null,
      stages: seconds.map((everySeconds, i) => ({
        everySeconds,
        times: goesOn && i === seconds.length - 1 ? null : 1,
      })),
    },
    otherReadings: [],
    checked: null,
    source: '--schedule',
    confidence: 'given',
    lessSureFrom: null,
    giveUp: { seconds: null, test: 'before-try', confidence: 'given' },
    nextHostInSameRun: null,
    settings: [],
    remedy: null,
    queueRun: null,
    instead: [],
    notes: [],
  };
}

function badSchedule(text: string): Error {
  return usageError(
    'bad-schedule',
    `${JSON.stringify(text.slice(0, 80))} is not a schedule.`,
    `Write at most ${MOST_WAITS} waits of a second or more from try to try: 1m,5m,15m,1h or, to go on for ever, 1m,5m,15m,1h...`,
  );
}
