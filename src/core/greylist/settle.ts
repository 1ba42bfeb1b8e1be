import type { Evidence } from './evidence.js';
import { capped, isLikely, RANK, type Ranked, ranked } from './ranking.js';

/**
 * Who loses `likely` to whom. The first line that applies decides.
 *
 * 1. Greylisting in words with nothing against it explains all else: the rest is possible.
 * 2. The reply says greylisting and another cause: the text does not decide.
 * 3. A greylister sends this to the letter, and so may others: the text does not decide, unless
 *    it is the wording of that greylister alone.
 * 4. The wording of one product explains the reply: general rules beside it are possible.
 */
export function settle(readings: readonly Ranked[], evidence: Evidence): Ranked[] {
  const { saysGreylisting, exact } = evidence;
  if (saysGreylisting === 'clear') return onlyBestGreylisting(readings);
  if (saysGreylisting === 'doubtful') return readings.map(capped);
  const classes = new Set(exact.map((match) => match.class));
  if (classes.has('greylisting')) {
    const ownWording = exact.every((match) => match.distinctive) && classes.size === 1;
    const disputed = saysGreylisting === 'otherwise';
    return ownWording && !disputed ? onlyBestGreylisting(readings) : readings.map(capped);
  }
  if (!exact.some((match) => match.distinctive)) return [...readings];
  return readings.map((reading) => (reading.rank <= RANK.likelyWords ? capped(reading) : reading));
}

function onlyBestGreylisting(readings: readonly Ranked[]): Ranked[] {
  const best = ranked(readings.filter((r) => r.class === 'greylisting' && isLikely(r)))[0];
  return readings.map((reading) => (reading === best ? reading : capped(reading)));
}
