import type { Reply, Stage } from '../../model/smtp.js';
import { withEarlierReply } from './earlier-reply.js';
import { gather, isDeferral } from './evidence.js';
import type { Hypothesis } from './hypothesis.js';
import { findNestedReply } from './nested.js';
import { capped, RANK, type Ranked, ranked } from './ranking.js';
import { leftOpen, readingsOf } from './readings.js';
import { settle } from './settle.js';

const MAX_NESTING = 3;

/** What is known beside the reply. */
export interface ClassifyContext {
  /** The last deferral of the same tuple. */
  readonly previous?: Reply | null;
}

/**
 * Reads a reply: what it can mean, best reading first, never an empty list.
 *
 * `likely` is given only where the words name the cause and nothing known says the same for
 * another cause. Text never proves greylisting, and a 5yz reply is never greylisting. A 4yz basic
 * code with a 5.x.x enhanced code goes by the basic code.
 *
 * @param stage where the reply was given; null when it is not known, as with a line of a log.
 */
export function classify(
  reply: Reply,
  stage: Stage | null,
  { previous = null }: ClassifyContext = {},
): readonly Hypothesis[] {
  const alone = classifyNested(reply, stage, 0);
  const readings =
    previous === null
      ? alone
      : withEarlierReply(alone, reply, previous, classifyNested(previous, stage, 0));
  return readings.map(asHypothesis);
}

function classifyNested(reply: Reply, stage: Stage | null, depth: number): Ranked[] {
  const nested = depth < MAX_NESTING ? findNestedReply(reply) : null;
  if (nested === null) return classifyPlain(reply, stage);
  const inner = classifyNested(nested.reply, null, depth + 1)
    .filter((reading) => reading.class !== 'greylisting' || isDeferral(reply))
    .map(asRelayed);
  const outer = classifyPlain(nested.outer, stage)
    .filter((reading) => reading.rank > RANK.enhancedCode)
    .map(cappedGreylisting);
  return outer.length + inner.length > 0
    ? ranked([...outer, ...inner])
    : classifyPlain(reply, stage);
}

/** A relayed reply was given to somebody else: it says why the gateway could not go on. */
function asRelayed(reading: Ranked): Ranked {
  return {
    ...cappedGreylisting(reading),
    rule: reading.rule.startsWith('nested/') ? reading.rule : `nested/${reading.rule}`,
    rank: Math.min(reading.rank, RANK.nested),
  };
}

/** Greylisting of a gateway by the host behind it says nothing of the tuple that was tried. */
function cappedGreylisting(reading: Ranked): Ranked {
  return reading.class === 'greylisting' ? capped(reading) : reading;
}

function classifyPlain(reply: Reply, stage: Stage | null): Ranked[] {
  const evidence = gather(reply, stage);
  const settled = settle(readingsOf(evidence), evidence);
  return ranked([...settled, ...leftOpen(settled, evidence)]);
}

function asHypothesis(reading: Ranked): Hypothesis {
  return {
    class: reading.class,
    implementation: reading.implementation,
    confidence: reading.confidence,
    rule: reading.rule,
    words: reading.words,
  };
}
