import type { PinnedHost } from '../../model/mail-host.js';
import { type FailureCode, type Reply, STAGES, type Stage } from '../../model/smtp.js';
import type { SecondsInterval, Stamp } from '../../model/time.js';
import { saySame } from '../greylist/same-words.js';
import { kindsOf } from '../run/probe-senders.js';
import type { Attempt, AttemptEnd, RunState, TupleHistory } from '../run/state.js';
import type { AgedObservation } from '../window/aged-observation.js';
import { ageSeconds, type Exposure, elapsedSeconds } from '../window/elapsed.js';
import { bypassedSessions } from './bypass.js';
import { type MachineOf, machinesOf } from './machines.js';
import { sameHost } from './same-host.js';
import { looksOther } from './words.js';

/** An attempt that ended, with what the server's memory can know of its tuple. */
export interface SeenAttempt {
  readonly attempt: Attempt;
  readonly end: AttemptEnd;
  /** Those of one kind are measured together: see `kindsOf`. */
  readonly kind: string;
  /** The first attempt of its tuple at this host. */
  readonly fresh: boolean;
  /** Since the tuple's first attempt; zero when fresh. */
  readonly age: AgedObservation['age'];
  /** Null when fresh. */
  readonly aged: AgedObservation | null;
  /** The tuple had been accepted before: what it gets now says nothing about the window. */
  readonly passedBefore: boolean;
  /**
   * Answered by something else than the list, and perhaps before the list could meet the tuple: a
   * rate limit, postscreen before Postgrey, a time in which nobody asked the list. Neither fresh nor
   * aged.
   */
  readonly otherCause: boolean;
  /** The machine that answered, where several have names of their own. */
  readonly machine: string | null;
}

/**
 * All attempts at one host that ended with a reply, in order, with the ages of their tuples.
 * Variants of a tuple, which explore the key, are left out: they are neither fresh nor aged. So is
 * what their tuple got afterwards: to a host that does not look at the changed part, the variant was
 * one more try of it.
 */
export function seenAttempts(state: RunState, host: PinnedHost): readonly SeenAttempt[] {
  const machineOf = machinesOf(state, host);
  const kindOf = kindsOf(state.request.senders);
  const bypassed = bypassedSessions(state, host, machineOf);
  const deferredElsewhere = otherCauses(state, host);
  const hasOtherCause: HasOtherCause = (attempt, end, opens) =>
    end.outcome === 'accepted'
      ? bypassed.has(attempt.session)
      : deferredElsewhere(attempt, end, opens);
  const bases = new Map<string, TupleHistory>();
  const varied = new Map<string, number>();
  for (const history of state.histories.values()) {
    if (!sameHost(history.host, host)) continue;
    const { sender } = history.tuple;
    if (!bases.has(sender)) bases.set(sender, history);
    else if (!varied.has(sender)) varied.set(sender, history.attempts[0]?.n ?? 0);
  }
  const mayBeKnown = state.request.senders.kind === 'list';
  return [...bases]
    .flatMap(([sender, { attempts }]) => {
      const end = varied.get(sender) ?? Number.POSITIVE_INFINITY;
      const tried = attempts.filter(({ n }) => n < end);
      return seenOfTuple(tried, { hasOtherCause, machineOf, mayBeKnown });
    })
    .map((one) => ({
      ...one,
      kind: kindOf(one.attempt.tuple),
      machine: machineOf(one.attempt.session),
    }))
    .sort((a, b) => a.attempt.n - b.attempt.n);
}

/** Whether an answer did not come from the list; `opens` is true for the first answer to a tuple. */
type HasOtherCause = (attempt: Attempt, end: AttemptEnd, opens: boolean) => boolean;

/**
 * Which deferrals did not come from the list. Where some deferrals may be greylisting, those whose
 * words say something else are not, nor are those that came at an earlier stage, nor the first answer
 * to a tuple where it is not in the words of the first one of all: SQLgrey can limit how many senders
 * wait, and does not remember those beyond the limit. What a tuple is told at first in other words, is
 * nobody's greylisting either in the rest of that session: a fault defers all. Later answers may else
 * be worded otherwise. Where all say something else, the words may be wrong, and nothing is told apart.
 * `a 451 Greylisted at RCPT, b 452 Mailbox is full, c 451 at MAIL -> those of b and c`
 */
function otherCauses(state: RunState, host: PinnedHost): HasOtherCause {
  let latest = -1;
  let words: Reply | null = null;
  for (const { end, host: asked } of state.attempts) {
    if (end?.outcome !== 'deferred' || !sameHost(asked, host) || looksOther({ end })) continue;
    if (orderOf(end.stage) > latest) words = end.reply;
    latest = Math.max(latest, orderOf(end.stage));
  }
  if (latest < 0) return () => false;
  const differs = (reply: Reply) => words !== null && !saySame(words, reply);
  const foreign = foreignReplies(state, differs);
  return ({ session }, end, opens) => {
    const { reply } = end;
    if (end.outcome !== 'deferred') return false;
    if (looksOther({ end }) || orderOf(end.stage) < latest) return true;
    if (reply === null) return false;
    if (opens) return differs(reply);
    return foreign.get(session)?.some((other) => saySame(other, reply)) ?? false;
  };
}

/** By session, the first answers to tuples that differ from the words of the list. */
function foreignReplies(
  { histories }: RunState,
  differs: (reply: Reply) => boolean,
): ReadonlyMap<number, readonly Reply[]> {
  const foreign = new Map<number, Reply[]>();
  for (const { attempts } of histories.values()) {
    const answered = attempts.find(({ end }) => end?.reply);
    const reply = answered?.end?.reply ?? null;
    if (answered === undefined || reply === null || !differs(reply)) continue;
    foreign.set(answered.session, [...(foreign.get(answered.session) ?? []), reply]);
  }
  return foreign;
}

function orderOf(stage: Stage): number {
  return STAGES.indexOf(stage);
}

/** What the attempts of all tuples tell of one. */
interface OfHost {
  readonly hasOtherCause: HasOtherCause;
  readonly machineOf: MachineOf;
  /** A sender that was given may have written to the host before. */
  readonly mayBeKnown: boolean;
}

/**
 * Nobody knows whether the list has seen an attempt without a known end (the process was killed, the
 * connection broke after RCPT), or one that something else deferred. Where that is a tuple's first
 * one, its age lies between that since the first answer of the list and that since the unknown one;
 * such a tuple is never fresh.
 * No answer at 0 s, 4xx at 60 s, 250 at 360 s -> 4xx at 0 to 60 s, 250 at 300 to 360 s.
 */
function seenOfTuple(
  attempts: readonly Attempt[],
  { hasOtherCause, machineOf, mayBeKnown }: OfHost,
): readonly Omit<SeenAttempt, 'machine' | 'kind'>[] {
  const seen: Omit<SeenAttempt, 'machine' | 'kind'>[] = [];
  const met = new MetByMachine();
  let first: Exposure | null = null;
  let previous: Exposure | null = null;
  let unanswered: Stamp | null = null;
  let deferredElsewhere = false;
  let passedBefore = false;
  let doubtful = false;
  for (const attempt of attempts) {
    const { end } = attempt;
    const otherCause = end !== null && hasOtherCause(attempt, end, first === null);
    if (end !== null && otherCause) {
      const age = ageAtMost(unanswered, first, end);
      seen.push({ attempt, end, fresh: false, age, aged: null, passedBefore, otherCause });
      deferredElsewhere = true;
    }
    if (end === null || end.reply === null || otherCause) {
      // It may have reached the list: as a first attempt it spoils the tuple, later it may have
      // been one more early try, so the gap before the next one is at most known from above.
      if (mayHaveBeenSeen(end)) {
        if (first === null) unanswered ??= attempt.started;
        else doubtful = true;
      }
      continue;
    }
    if (first === null || previous === null) {
      const age = ageAtMost(unanswered, null, end);
      const fresh = unanswered === null;
      // The list was never seen to refuse it: that it passes shows nothing of a sender it may know.
      const unmet = deferredElsewhere && !fresh && !mayBeKnown;
      const aged = unmet ? passedUnmet(attempts, attempt, end, age) : null;
      seen.push({ attempt, end, fresh, age, aged, passedBefore, otherCause });
      first = end;
    } else {
      const machine = machineOf(attempt.session);
      const age = met.widen(ageSince(unanswered, first, end), machine, end);
      const gap = met.widenGap(ageSeconds(previous, end), machine, end);
      const aged: AgedObservation = {
        attempt: attempt.n,
        tuple: attempt.tuple.id,
        planted: attempts[0]?.session ?? attempt.session,
        session: attempt.session,
        age,
        gap: doubtful ? { low: 0, high: gap.high } : gap,
        previousAge:
          previous === first
            ? doubtful
              ? age
              : null
            : met.widenPrevious(ageSince(unanswered, first, previous), machine),
        accepted: end.outcome === 'accepted',
      };
      seen.push({ attempt, end, fresh: false, age, aged, passedBefore, otherCause });
    }
    previous = end;
    met.meet(machineOf(attempt.session), end);
    if (end.outcome === 'accepted') passedBefore = true;
  }
  return seen;
}

/**
 * Machines with names of their own may each have a list of its own. A tuple's age at a machine is then
 * somewhere between that since this machine met it and that since any did.
 * Met by A at 0 s, by B at 60 s; at 100 s by A -> 100 s old, by B -> 40 to 100 s old.
 */
class MetByMachine {
  readonly #first = new Map<string, Exposure>();
  readonly #last = new Map<string, Exposure>();

  meet(name: string | null, end: AttemptEnd): void {
    if (name === null) return;
    if (!this.#first.has(name)) this.#first.set(name, end);
    this.#last.set(name, end);
  }

  widen(age: SecondsInterval, name: string | null, end: AttemptEnd): SecondsInterval {
    if (name === null) return age;
    const here = this.#first.get(name);
    if (here !== undefined) return { ...age, low: ageSeconds(here, end).low };
    if (end.outcome !== 'accepted') return { ...age, low: 0 };
    // Whose list let it in is not known: it can be that of the last one that met it.
    const ages = [...this.#first.values()].map((one) => ageSeconds(one, end).low);
    return { ...age, low: Math.min(age.low, ...ages) };
  }

  widenGap(gap: SecondsInterval, name: string | null, end: AttemptEnd): SecondsInterval {
    const here = this.#last.get(name ?? '');
    return here === undefined ? gap : { low: gap.low, high: ageSeconds(here, end).high };
  }

  /** The age at the try before, as this machine may know it: perhaps it had not met the tuple by then. */
  widenPrevious(age: SecondsInterval, name: string | null): SecondsInterval {
    if (name === null) return age;
    const [first, last] = [this.#first.get(name), this.#last.get(name)];
    const known = first !== undefined && last !== undefined && first !== last;
    return { ...age, low: known ? Math.min(age.low, ageSeconds(first, last).low) : 0 };
  }
}

/**
 * A tuple that something else deferred at first was accepted: if the list had met it, then at the
 * earliest with that deferral, and it may have been tried more than once.
 * `450 Service unavailable at 0 s, 250 at 60 s -> passed at an age of 0 to 60 s`
 */
function passedUnmet(
  attempts: readonly Attempt[],
  attempt: Attempt,
  { outcome }: AttemptEnd,
  age: SecondsInterval,
): AgedObservation | null {
  if (outcome !== 'accepted') return null;
  const { n, tuple, session } = attempt;
  const planted = attempts[0]?.session ?? session;
  const tried = { attempt: n, tuple: tuple.id, planted, session };
  return { ...tried, age, gap: age, previousAge: age, accepted: true };
}

/** The age at an attempt whose tuple the list may not have met before. */
function ageAtMost(
  unanswered: Stamp | null,
  first: Exposure | null,
  end: AttemptEnd,
): SecondsInterval {
  if (first !== null) return ageSince(unanswered, first, end);
  return { low: 0, high: unanswered === null ? 0 : elapsedSeconds(unanswered, end.replied).high };
}

function ageSince(unanswered: Stamp | null, first: Exposure, later: Exposure): SecondsInterval {
  const age = ageSeconds(first, later);
  if (unanswered === null) return age;
  return { low: age.low, high: elapsedSeconds(unanswered, later.replied).high };
}

/** The attempt can have reached a greylister, though nobody knows: it has no answer. */
export function mayHaveBeenSeen(end: Pick<AttemptEnd, 'stage'> | null): boolean {
  return end === null || orderOf(end.stage) >= orderOf('mail');
}

/**
 * What the window can be inferred from: refusals in the words of the list, and first acceptances.
 *
 * A pass may let more in than its tuple: the whole client, at once or after a few passes. So an
 * acceptance after the first one counts only where a younger tuple was still kept out, unless a
 * control is `toCome` that will tell.
 * 4xx for a, b | 250 for a | 250 for b: that of b counts with 4xx for a fresh c beside it.
 */
export function windowObservations(
  seen: readonly SeenAttempt[],
  toCome: boolean,
): readonly AgedObservation[] {
  const opened = firstPass(seen);
  const letIn = opened !== null && isLetInAfter(seen, opened);
  const isOfList = wordsOfList(seen);
  const counts = (one: SeenAttempt) =>
    one === opened || keptOutBeside(seen, one) || (toCome && !letIn);
  return seen.flatMap((one) => {
    if (one.aged === null || one.passedBefore || !hasKnownAge(one.aged)) return [];
    if (one.end.outcome === 'accepted') {
      return counts(one) && !wasNeverRefused(seen, one) ? [one.aged] : [];
    }
    return one.end.outcome === 'deferred' && isOfList(one) ? [one.aged] : [];
  });
}

/**
 * Whether a refusal is in the words of the list: those of its first, or those in which most of the
 * later ones are, since some say something else to a tuple that they know.
 * `451 Greylisted to a, b, c, then to a, b, and 451 Local problem to c -> that of c does not count`
 * `451 Greylisted to a, then 451 Local problem to a -> both count`
 */
function wordsOfList(seen: readonly SeenAttempt[]): (one: SeenAttempt) => boolean {
  const refusals = seen.filter((one) => one.end.outcome === 'deferred' && !looksOther(one));
  const first = refusals.find((one) => one.fresh)?.end.reply;
  const later = refusals.flatMap(({ aged, end }) => (aged === null ? [] : (end.reply ?? [])));
  const mostly = later.find(
    (one) => later.filter((other) => saySame(one, other)).length * 2 > later.length,
  );
  const words = [first, mostly].flatMap((reply) => reply ?? []);
  return ({ end: { reply } }) =>
    refusals.some((one) => one.end.reply === reply) &&
    reply !== null &&
    (words.length === 0 || words.some((one) => saySame(one, reply)));
}

/** Connections in which a tuple that had passed before passed again: the list still knew it. */
export function rememberedIn(seen: readonly SeenAttempt[]): ReadonlySet<number> {
  return new Set(
    seen.flatMap(({ passedBefore, end, attempt }) =>
      passedBefore && end.outcome === 'accepted' ? [attempt.session] : [],
    ),
  );
}

/**
 * A tuple that had passed was refused again, in the words of the list, while any list remembers it: the
 * connection met another list, this one has lost its memory, or something else refuses.
 */
export function isRefusedAgain(seen: readonly SeenAttempt[]): boolean {
  const isOfList = wordsOfList(seen);
  return seen.some(({ attempt, end, passedBefore }, index) => {
    if (!passedBefore || end.outcome !== 'deferred') return false;
    const passed = seen
      .slice(0, index)
      .findLast(
        (one) => one.attempt.tuple.id === attempt.tuple.id && one.end.outcome === 'accepted',
      );
    return (
      passed !== undefined &&
      isOfList(seen[index] ?? passed) &&
      elapsedSeconds(passed.end.replied, end.sent).high < LET_IN_FOR_SECONDS
    );
  });
}

/** What was seen at an age without an upper bound says nothing of the window. */
function hasKnownAge({ age }: AgedObservation): boolean {
  return Number.isFinite(age.high);
}

/** No list of clients that were let in is known to forget them within this time. */
const LET_IN_FOR_SECONDS = 3600;

/**
 * A younger tuple was deferred soon after; or a fresh one right before, and none was let in later. An older
 * one that was deferred before shows nothing: the way may have been opened to the client by it, as OpenBSD
 * spamd does for a late try.
 * `a 250 | b 250, c 4xx -> b counts, by c; a 250 | d 4xx, new, b 250 -> b counts, by d`
 */
function keptOutBeside(seen: readonly SeenAttempt[], accepted: SeenAttempt): boolean {
  const { n, session } = accepted.attempt;
  const isKeptOut = (one: SeenAttempt) =>
    one.end.outcome === 'deferred' &&
    !one.otherCause &&
    one.age.high < accepted.age.low &&
    // Another client address, or sender domain, is kept out whoever was let in.
    one.kind === accepted.kind;
  const after = seen.some(
    (one) =>
      one.attempt.n > n &&
      isKeptOut(one) &&
      elapsedSeconds(accepted.end.replied, one.end.sent).high < LET_IN_FOR_SECONDS,
  );
  if (after) return true;
  const before = seen.findLast((one) => one.attempt.n < n);
  const rightBefore = before?.attempt.session === session && before.fresh && isKeptOut(before);
  return rightBefore && !isLetInAfter(seen, accepted);
}

/**
 * The same attempts as a list that does not look at senders would see them: one tuple, whatever the
 * senders. Ends with the first acceptance, since such a list then knows the client; null where it was
 * deferred after that, which such a list does not do. To it each attempt that is `lost`, or was
 * answered by something else, may have been one more try.
 * a 4xx at 0 s, b 4xx at 60 s, c 250 at 300 s -> 4xx at 60 s, 250 at 300 s. Then d 4xx -> null.
 */
export function pooledObservations(
  own: readonly SeenAttempt[],
  lost: readonly Attempt[],
): readonly AgedObservation[] | null {
  const pooled: AgedObservation[] = [];
  const answered = own.filter(
    (one) => !one.otherCause && (one.end.outcome !== 'deferred' || !looksOther(one)),
  );
  // Who is let in at once before others wait is known to the host, or exempt.
  const known = new Set(
    answered.flatMap((one) =>
      (isLetIn(one) || isLetInUnmet(one)) && isDeferredAfter(answered, one)
        ? [one.attempt.tuple.id]
        : [],
    ),
  );
  const counted = answered.filter((one) => !known.has(one.attempt.tuple.id));
  const letIn = counted.filter((one) => one.end.outcome === 'accepted');
  if (letIn.some((one) => isDeferredAfter(counted, one))) return null;
  const [first] = counted;
  const elsewhere = own.filter((one) => one.otherCause).map((one) => one.attempt);
  const lostOfClient = [...lost, ...elsewhere].sort((a, b) => a.n - b.n);
  const earliest = lostOfClient.find((one) => one.n < (first?.attempt.n ?? 0))?.started ?? null;
  const met = new MetByMachine();
  for (const [index, one] of counted.entries()) {
    const previous = counted[index - 1];
    if (previous !== undefined) met.meet(previous.machine, previous.end);
    if (first === undefined || previous === undefined) continue;
    const between = lostOfClient.filter(({ n }) => n > previous.attempt.n && n < one.attempt.n);
    const alone = previous === first && between.length === 0;
    const accepted = one.end.outcome === 'accepted';
    pooled.push({
      attempt: one.attempt.n,
      tuple: 'client',
      planted: first.attempt.session,
      session: one.attempt.session,
      age: met.widen(ageSince(earliest, first.end, one.end), one.machine, one.end),
      gap: met.widenGap(gapSince(previous.end, between, one.end), one.machine, one.end),
      previousAge: alone
        ? null
        : met.widenPrevious(ageSince(earliest, first.end, previous.end), one.machine),
      accepted,
    });
    if (accepted) break;
  }
  return pooled.filter(hasKnownAge);
}

/**
 * Since the last answered try, or since one of the lost ones after it.
 * 4xx at 60 s, no answer at 200 s, 250 at 300 s -> 100 to 240 s.
 */
function gapSince(
  previous: Exposure,
  between: readonly Attempt[],
  later: Exposure,
): SecondsInterval {
  const gap = ageSeconds(previous, later);
  const latest = between.at(-1);
  if (latest === undefined) return gap;
  const low = latest.end === null ? 0 : elapsedSeconds(latest.end.replied, later.sent).low;
  return { low: Math.max(0, low), high: gap.high };
}

/** Attempts at a host that have no answer, and of which the host may know all the same. */
export function lostAttempts(state: RunState, host: PinnedHost): readonly Attempt[] {
  return state.attempts.filter(
    ({ host: asked, end }) =>
      sameHost(asked, host) &&
      (end === null || (end.reply === null && !NEVER_ARRIVED.has(end.failure?.code ?? null))),
  );
}

const NEVER_ARRIVED: ReadonlySet<FailureCode | null> = new Set([
  'connection-refused',
  'host-unreachable',
  'source-address',
  'left-alone',
]);

/**
 * Somebody of the client was deferred by the machine after it had let one in, while a list of clients
 * still knew whom it had let in.
 *
 * `250 at 44 s, 4xx at 60 s -> true;  250 at 44 s, 250 at 1 d, 4xx at 2 d -> false: forgotten by then`
 */
export function isDeferredAfter(seen: readonly SeenAttempt[], letIn: SeenAttempt): boolean {
  let last = letIn;
  for (const one of seen) {
    const isOfIt =
      one.attempt.n > letIn.attempt.n &&
      !one.otherCause &&
      one.machine === letIn.machine &&
      one.attempt.tuple.client === letIn.attempt.tuple.client;
    if (!isOfIt) continue;
    if (one.end.outcome === 'accepted') last = one;
    else if (
      one.end.outcome === 'deferred' &&
      elapsedSeconds(last.end.replied, one.end.sent).high < LET_IN_FOR_SECONDS
    ) {
      return true;
    }
  }
  return false;
}

/** The first attempt at which an aged tuple was accepted. */
export function firstPass(seen: readonly SeenAttempt[]): SeenAttempt | null {
  const passes = seen.filter(
    (one) => one.aged !== null && one.end.outcome === 'accepted' && !one.passedBefore,
  );
  return passes.find((one) => !wasNeverRefused(seen, one)) ?? null;
}

/**
 * The list was never seen to refuse the tuple, only something else was, and others of the client had to
 * wait after it had passed: the host may know its sender, so that its age shows nothing.
 * `a 450 Service unavailable | a 250 | b 4xx -> a was never refused`
 */
function wasNeverRefused(seen: readonly SeenAttempt[], passed: SeenAttempt): boolean {
  const { tuple, n } = passed.attempt;
  const refused = seen.some(
    ({ attempt, end, otherCause }) =>
      attempt.tuple.id === tuple.id && attempt.n < n && end.outcome === 'deferred' && !otherCause,
  );
  return !refused && isDeferredAfter(seen, passed);
}

/**
 * From after the pass on fresh tuples were accepted: it opened the way for more than its tuple.
 * `a 4xx | a 250 | b 250, new -> true; c 4xx after that -> false`
 */
export function isLetInAfter(seen: readonly SeenAttempt[], pass: SeenAttempt): boolean {
  const letIn = seen.filter((one) => isLetIn(one) && one.attempt.n > pass.attempt.n);
  return letIn.some((one) => one.kind === pass.kind && !isDeferredAfter(seen, one));
}

/**
 * Accepted when the list was first asked for certain: nobody knows whether it had met the tuple at the
 * attempts before, which had no answer or that of something else.
 */
export function isLetInUnmet({ fresh, aged, end, otherCause }: SeenAttempt): boolean {
  return !fresh && aged === null && !otherCause && end.outcome === 'accepted';
}

/** Accepted at its first attempt. */
export function isLetIn({ fresh, end }: SeenAttempt): boolean {
  return fresh && end.outcome === 'accepted';
}
