import type { Reply } from '../../model/smtp.js';
import { parseHint } from './hints.js';
import { RANK, type Ranked, ranked } from './ranking.js';

/**
 * What an earlier reply to the same tuple adds: a waiting time that has become shorter belongs to
 * a timer of this tuple, and a server that said greylisting before still means it when it now says
 * less. Both make greylisting possible, never more: limits count down as well.
 */
export function withEarlierReply(
  readings: readonly Ranked[],
  reply: Reply,
  earlier: Reply,
  earlierReadings: readonly Ranked[],
): Ranked[] {
  if (reply.code < 400 || reply.code > 499) return [...readings];
  if (readings.some((r) => r.class === 'greylisting' && r.rank >= RANK.signature)) {
    return [...readings];
  }
  const reading = countsDown(reply, earlier) ?? saidBefore(earlierReadings);
  return reading === null ? [...readings] : ranked([...readings, reading]);
}

function countsDown(reply: Reply, earlier: Reply): Ranked | null {
  const now = parseHint(reply);
  const before = parseHint(earlier);
  if (now === null || before === null || now.seconds >= before.seconds) return null;
  return {
    class: 'greylisting',
    implementation: null,
    confidence: 'possible',
    rule: 'counts-down',
    words: now.words,
    rank: RANK.possibleWords + 1,
  };
}

function saidBefore(earlier: readonly Ranked[]): Ranked | null {
  const [top] = earlier;
  if (top?.class !== 'greylisting' || top.confidence !== 'likely') return null;
  return {
    ...top,
    confidence: 'possible',
    rule: `earlier/${top.rule}`,
    rank: RANK.possibleWords + 1,
  };
}
