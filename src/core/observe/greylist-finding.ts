import type { Edge } from '../../model/time.js';
import { PROOF_CHANCE } from '../evidence/chance.js';
import type { Confidence } from '../greylist/hypothesis.js';
import { chanceOfPairs, forwardPairs, type Pairs } from './forward-pairs.js';
import type { FirstContact, HostEvidence, KeptFirst, SeenPass } from './host-evidence.js';
import { beyondChance, letInByChance } from './let-in-by-chance.js';
import { changeIn, KEYS, openingOf, supported } from './opening.js';

const DAY_SECONDS = 86_400;
/** Words that do not name greylisting need more: some hosts refuse at random. */
const PROOF_CHANCE_UNSPOKEN = 1e-6;
/** Days on which such a host refused whoever was new, and never anybody who was not. */
const DAYS_UNSPOKEN = 7;
/** Pairs against ages that are no accident. */
const AGAINST = 3;
/** In a long log, tuples that may have been refused before it began do not bound from above. */
const UNSURE_AT_BEGIN_SECONDS = 21_600;
const LONG_LOG_SECONDS = DAY_SECONDS / 2;

/** A mail host that greylists, as far as the log tells. */
export interface GreylistFinding {
  readonly host: string | null;
  readonly address: string | null;
  readonly opens: Edge;
  readonly confidence: Confidence;
  readonly firstContacts: number;
  readonly refused: number;
  readonly waitedSeconds: number;
  readonly lost: number;
  readonly pairs: Pairs;
  /** Retries that passed, and how many of them bound the opening. */
  readonly passes: number;
  readonly boundingPasses: number;
  /** Mail that nothing but this greylist kept back, and what it waited in all. */
  readonly keptBack: { readonly messages: number; readonly waitedSeconds: number };
  /** New senders are let in at once since so many tuples had passed; null: not seen. */
  readonly letsInAfterPasses: number | null;
  readonly forgottenAfterSeconds: number | null;
  readonly misfits: number;
  /** Several machines behind one address, or a delay that was changed. */
  readonly contradictory: boolean;
  /** The delay was changed: `opens` is of the time since then. */
  readonly changed: { readonly at: number; readonly before: Edge } | null;
  /** The words name greylisting. */
  readonly saysSo: boolean;
  /** Somebody of ours whose mail waited here. */
  readonly sender: string | null;
  readonly recipient: string | null;
}

/** A host with its evidence. */
interface Host {
  readonly host: string | null;
  readonly address: string | null;
  readonly firstContacts: number;
  readonly spoken: HostEvidence | null;
  readonly unspoken: HostEvidence | null;
}

/** What a log of `spanSeconds` from `begin` tells of a host's greylist; null: it shows none. */
export function greylistFinding(
  host: Host,
  begin: number,
  spanSeconds: number,
): GreylistFinding | null {
  const spoken = host.spoken !== null && host.spoken.refusals > 0 ? host.spoken : null;
  const evidence = spoken ?? host.unspoken;
  if (evidence === null) return null;
  const firsts = [...evidence.firsts].sort((a, b) => a.at - b.at);
  const unsure = Math.min(UNSURE_AT_BEGIN_SECONDS, spanSeconds / 4);
  const sureFrom = spanSeconds > LONG_LOG_SECONDS ? begin + unsure : 0;
  const bounding = boundingPasses(
    evidence.passed.filter(({ since }) => since >= sureFrom),
    firsts,
  );
  const whole = openingOf(evidence.refused, bounding.passes, evidence.ruledOut);
  const changed = whole.contradictory
    ? changeIn(evidence.refused, bounding.passes, evidence.ruledOut)
    : null;
  const fitting =
    changed === null ? whole : { opens: changed.after, misfits: 0, contradictory: false };
  const opening = {
    ...fitting,
    opens: beyondChance(fitting.opens, evidence.refused, bounding.passes, {
      share: letInByChance(firsts),
      ruledOut: evidence.ruledOut,
    }),
  };
  const by = opening.opens.bySeconds;
  const steps = evidence.steps
    .filter(({ at }) => at >= (changed?.at ?? 0))
    .sort((a, b) => a.at - b.at);
  const pairs: Pairs =
    by === null
      ? { agedPassedFreshRefused: 0, agedRefusedFreshPassed: 0 }
      : forwardPairs(steps, by);
  const chance = chanceOfPairs(pairs);
  // New tuples get in more often than old ones: what passed did so for another reason than its age.
  const againstAge =
    pairs.agedRefusedFreshPassed >= AGAINST &&
    pairs.agedRefusedFreshPassed > pairs.agedPassedFreshRefused;
  const contradictory = opening.contradictory || againstAge;
  const fits = opening.misfits === 0 && !contradictory;
  if (spoken === null && !isUnspokenGreylist(evidence, firsts, fits, chance)) return null;
  const opens = againstAge ? { afterSeconds: null, bySeconds: null } : opening.opens;
  const confirmed =
    by !== null && fits && chance <= (spoken === null ? PROOF_CHANCE_UNSPOKEN : PROOF_CHANCE);
  return {
    host: host.host,
    address: host.address,
    opens:
      spoken === null
        ? { ...opens, afterSeconds: supported(evidence.refused.filter(isSecondTry)) }
        : opens,
    confidence: confirmed ? 'confirmed' : spoken !== null && fits ? 'likely' : 'possible',
    firstContacts: host.firstContacts,
    refused: evidence.refusedFirst,
    waitedSeconds: evidence.waitedSeconds,
    lost: evidence.lost,
    pairs,
    passes: evidence.passes,
    boundingPasses: bounding.passes.length,
    keptBack: { ...evidence.keptBack },
    letsInAfterPasses: letsInAfter(evidence.passed, firsts),
    forgottenAfterSeconds: evidence.forgottenAfterSeconds,
    misfits: opening.misfits,
    contradictory,
    changed: changed === null || againstAge ? null : { at: changed.at, before: changed.before },
    saysSo: spoken !== null,
    sender: evidence.sender,
    recipient: evidence.recipient,
  };
}

function isSecondTry({ previousAge }: { readonly previousAge: number | null }): boolean {
  return previousAge === null;
}

/** A fault does not pick those who are new, on day after day; or the pairs prove it. */
function isUnspokenGreylist(
  { passed }: HostEvidence,
  firsts: readonly FirstContact[],
  fits: boolean,
  chance: number,
): boolean {
  if (!fits) return false;
  if (chance <= PROOF_CHANCE_UNSPOKEN) return true;
  const refused = firsts.filter(({ accepted }) => !accepted);
  const days = new Set(refused.map(({ at }) => Math.floor(at / DAY_SECONDS)));
  const lastRefused = refused.at(-1)?.at ?? 0;
  const letIn = firsts.some(({ at, accepted }) => accepted && at < lastRefused);
  return (
    days.size >= DAYS_UNSPOKEN &&
    refused.length >= 2 * DAYS_UNSPOKEN &&
    !letIn &&
    passed.length >= refused.length / 2
  );
}

interface Bounding {
  readonly passes: readonly SeenPass[];
}

/**
 * The passes whose age was the reason. A tuple may be let in while it waits, since a host that has seen
 * enough of the sender lists it: then its age shows nothing. That is ruled out where nobody else got in
 * since the tuple was last refused, or where the next stranger whom the list would know was refused still.
 */
function boundingPasses(passed: readonly SeenPass[], firsts: readonly KeptFirst[]): Bounding {
  const list = listOf(firsts, passed[0]?.at ?? Number.POSITIVE_INFINITY);
  const judged = passed.map((pass) => {
    const next = nextStranger(pass, firsts, list);
    const controlled =
      next !== null &&
      !next.accepted &&
      (list !== 'sender' || next.sender === pass.sender || pass.alone);
    return { pass, controlled, valid: controlled || pass.alone };
  });
  const controlled = judged.filter((one) => one.controlled);
  const best = controlled.length > 0 ? controlled : judged.filter((one) => one.valid);
  return { passes: best.map(({ pass }) => pass) };
}

/** Whom a list at the host knows, by those whom it let in at once since the first pass; null: nobody was. */
function listOf(
  firsts: readonly KeptFirst[],
  firstPass: number,
): 'client' | 'sender-domain' | 'sender' | null {
  const letIn = firsts.filter(({ at, accepted }) => accepted && at >= firstPass);
  if (letIn.length === 0) return null;
  if (letIn.some(({ known }) => known[SENDER_DOMAIN] === false)) return 'client';
  return letIn.some(({ known }) => known[SENDER] === false) ? 'sender-domain' : 'sender';
}

const SENDER = KEYS.indexOf('sender');
const SENDER_DOMAIN = KEYS.indexOf('sender-domain');

/** The next one whom the list would let in as well as the one who passed. */
function nextStranger(
  pass: SeenPass,
  firsts: readonly KeptFirst[],
  list: ReturnType<typeof listOf>,
): KeptFirst | null {
  let low = 0;
  let high = firsts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((firsts[middle]?.at ?? 0) > pass.at) high = middle;
    else low = middle + 1;
  }
  const looksAtDomain = list === 'sender-domain' || list === 'sender';
  for (let index = low; index < firsts.length; index += 1) {
    const next = firsts[index];
    if (next === undefined || next.at - pass.at > DAY_SECONDS) return null;
    if (next.tuple === pass.tuple || next.source !== pass.source) continue;
    if (!looksAtDomain || next.domain === pass.domain) return next;
  }
  return null;
}

/** Passes before the first stranger who was let in, where none was refused any more. */
function letsInAfter(passed: readonly SeenPass[], firsts: readonly FirstContact[]): number | null {
  const lastRefused = firsts.reduce(
    (last, { at, accepted }) => (accepted ? last : Math.max(last, at)),
    0,
  );
  const letIn = firsts.find(({ at, accepted }) => accepted && at > lastRefused);
  if (letIn === undefined) return null;
  const passes = passed.filter(({ at }) => at < letIn.at).length;
  return passes > 0 ? passes : null;
}
