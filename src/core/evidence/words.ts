import type { Reply } from '../../model/smtp.js';
import { readBanner } from '../greylist/banner.js';
import { classify } from '../greylist/classify.js';
import type { Hypothesis } from '../greylist/hypothesis.js';
import type { Attempt, AttemptEnd, RunState } from '../run/state.js';

/** What the words need of an attempt: how it ended. */
interface Answered {
  readonly end: Pick<AttemptEnd, 'reply' | 'stage'>;
}

/** A reply's words do not change, and the planner asks for them at each transaction. */
const READ = new WeakMap<Reply, readonly Hypothesis[]>();

/** Readings of a deferral's or rejection's words; empty where there was no reply. */
export function readWords(seen: Answered): readonly Hypothesis[] {
  const { reply, stage } = seen.end;
  if (reply === null) return [];
  const known = READ.get(reply);
  if (known !== undefined) return known;
  const hypotheses = classify(reply, stage);
  READ.set(reply, hypotheses);
  return hypotheses;
}

/** The words say something else than greylisting, and nothing else says the same. */
export function looksOther(seen: Answered): boolean {
  const [top] = readWords(seen);
  return top !== undefined && top.confidence === 'likely' && top.class !== 'greylisting';
}

/** postscreen is a list of client addresses, though no greylister. */
export function saysPostscreen(seen: Answered): boolean {
  return readWords(seen)[0]?.class === 'postscreen';
}

/** What the host says of itself leads what its deferral says. */
export function readHost(
  state: RunState,
  deferred: Answered & { readonly attempt: Attempt },
): readonly Hypothesis[] {
  const words = readWords(deferred);
  const facts = state.sessions.find((one) => one.n === deferred.attempt.session)?.facts ?? null;
  const introduced = facts === null ? null : readBanner(facts.banner, facts.greeting);
  return introduced === null ? words : [introduced, ...words];
}
