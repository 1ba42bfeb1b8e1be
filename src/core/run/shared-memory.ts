import type { PinnedHost } from '../../model/mail-host.js';
import { dialRequest, type Session } from '../../model/ports/dialer.js';
import type { Random } from '../../model/ports/random.js';
import type { Failure, Reply } from '../../model/smtp.js';
import type { Tuple } from '../../model/tuple.js';
import { assess } from '../evidence/assess.js';
import { isVariant } from '../evidence/key.js';
import { saySame } from '../greylist/same-words.js';
import { GRAIN_SECONDS } from '../plan/plan-view.js';
import { elapsedSeconds } from '../window/elapsed.js';
import type { ProbePorts } from './ports.js';
import { nextSender } from './probe-senders.js';
import type { SenderPool } from './request.js';
import type { RunState, TupleHistory } from './state.js';

/** Whether a tuple that aged at one host counts as aged at another. */
export interface Sharing {
  readonly from: PinnedHost;
  readonly to: PinnedHost;
  /** Null: not shown. */
  readonly shared: boolean | null;
  readonly says: string;
  readonly control: Reply | null;
  readonly aged: Reply | null;
}

/**
 * Tries a tuple that aged at one host, and was never tried at the other, at that other host beside a
 * fresh control, in one session. A sender that goes on to the next mail host starts over where the
 * two do not share what they remember.
 */
export async function trySharing(
  from: RunState,
  to: RunState,
  ports: ProbePorts,
  signal?: AbortSignal,
): Promise<Sharing | null> {
  if (from.pinned === null || to.pinned === null) return null;
  const hosts = { from: from.pinned, to: to.pinned };
  const opensBy = assess(to).inference.opens.bySeconds;
  if (opensBy === null) return { ...hosts, ...untried(NOT_MEASURED) };
  const planted = leftAlone(from, to);
  const fresh = unusedSender(to.request.senders, [from, to], ports.random);
  if (planted === null || fresh === null) return { ...hosts, ...untried(NO_TUPLE) };
  const old = await untilOld(planted, from, opensBy + GRAIN_SECONDS, ports, signal);
  if (old === null) return null;
  return { ...hosts, ...(await tryBoth(to, hosts.to, { fresh, aged: old.tuple }, ports, signal)) };
}

const NOT_MEASURED = 'Not tried: the second host let no retry pass.';
const NO_TUPLE =
  'Not tried: no sender was left that had aged at the first host alone. A template with {nonce} gives enough.';

const untried = (says: string) => ({ shared: null, says, control: null, aged: null });

type Answers = Pick<Sharing, 'control' | 'aged'>;

/**
 * The oldest tuple of a run that was tried once, and deferred by the list; and whose sender the other
 * host has not met, since with a list of one sender both runs use it.
 */
function leftAlone(from: RunState, to: RunState): TupleHistory | null {
  const met = sendersOf(to);
  const listed = new Set(
    assess(from).seen.flatMap(({ attempt, end, fresh, otherCause }) =>
      fresh && end.outcome === 'deferred' && !otherCause ? [attempt.n] : [],
    ),
  );
  const alone = [...from.histories.values()].filter(
    ({ tuple, attempts }) =>
      attempts.length === 1 &&
      listed.has(attempts[0]?.n ?? 0) &&
      !met.has(tuple.sender) &&
      !isVariant(from, tuple),
  );
  return alone[0] ?? null;
}

/** A sender of the pool that none of the runs has used; null where it has none left. */
function unusedSender(pool: SenderPool, runs: readonly RunState[], random: Random): string | null {
  const used = new Set(runs.flatMap((run) => [...sendersOf(run)]));
  for (let index = 0; ; index += 1) {
    const sender = nextSender(pool, index, random);
    if (sender === null || !used.has(sender)) return sender;
  }
}

function sendersOf(run: RunState): ReadonlySet<string> {
  return new Set(run.attempts.map(({ tuple }) => tuple.sender));
}

/** Waits until the tuple is old enough; null when the wait was interrupted. */
async function untilOld(
  tuple: TupleHistory,
  from: RunState,
  ageSeconds: number,
  { clock }: ProbePorts,
  signal?: AbortSignal,
): Promise<TupleHistory | null> {
  const replied = tuple.attempts[0]?.end?.replied;
  if (replied === undefined) return null;
  const now = { ...clock.read(), segment: from.segment };
  const left = ageSeconds - elapsedSeconds(replied, now).low;
  try {
    if (left > 0) await clock.sleepUntil(now.monotonicMs + left * 1000, signal);
    return tuple;
  } catch (reason) {
    if (signal?.aborted === true) return null;
    throw reason;
  }
}

async function tryBoth(
  to: RunState,
  pinned: PinnedHost,
  { fresh, aged }: { readonly fresh: string; readonly aged: Tuple },
  ports: ProbePorts,
  signal?: AbortSignal,
): Promise<Omit<Sharing, 'from' | 'to'>> {
  const dialled = await ports.dialer.dial(
    dialRequest(pinned, { ...to.request, sourceAddress: aged.client, helo: aged.helo }),
    signal,
  );
  if (dialled.session === null) {
    const answers = { control: dialled.end.reply, aged: null };
    return { ...answers, ...conclusion(answers, dialled.end.failure) };
  }
  const { session } = dialled;
  try {
    const control = await tryOne(session, fresh, to);
    const answers = {
      control,
      aged: session.open ? await tryOne(session, aged.sender, to) : null,
    };
    return { ...answers, ...conclusion(answers) };
  } finally {
    await session.quit();
  }
}

async function tryOne(session: Session, sender: string, { request }: RunState) {
  // A message is never sent for this: RCPT, or DATA broken off, shows the same.
  const stage = request.stage === 'rcpt' ? 'rcpt' : 'data';
  const { recipient } = request;
  return (await session.transact({ sender, recipient, stage, message: null })).reply;
}

function conclusion(
  { control, aged }: Answers,
  failure: Failure | null = null,
): Pick<Sharing, 'shared' | 'says'> {
  if (failure?.code === 'left-alone') return { shared: null, says: failure.message };
  if (control !== null && control.code < 400) {
    return { shared: null, says: 'Not shown: a fresh sender passed as well.' };
  }
  if (control === null || aged === null || control.code >= 500 || aged.code >= 500) {
    return { shared: null, says: 'Not shown: the second host did not answer both.' };
  }
  if (aged.code < 400) {
    return { shared: true, says: 'A sender that aged at the first passed at the second.' };
  }
  return saySame(control, aged)
    ? { shared: false, says: 'A sender that aged at the first starts over at the second.' }
    : { shared: null, says: 'Not shown: the second host deferred the two in different words.' };
}
