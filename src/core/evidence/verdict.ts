import type { PinnedHost } from '../../model/mail-host.js';
import type { FailureCode } from '../../model/smtp.js';
import type { SecondsInterval } from '../../model/time.js';
import { senderDomain } from '../../model/tuple.js';
import { clientNetwork } from '../../model/values/client-network.js';
import { bracketText, secondsText } from '../../model/values/seconds-text.js';
import type { WeighedReading } from '../greylist/behaviour.js';
import type { Confidence, Hypothesis } from '../greylist/hypothesis.js';
import { restText } from '../manners/rest-text.js';
import { isAboutSession } from '../run/session-limit.js';
import type { RunState } from '../run/state.js';
import type { Assessment } from './assess.js';
import { CLASS_PHRASES } from './class-phrases.js';
import { type Contrast, isOtherClient } from './contrast.js';
import { isLetIn } from './observations.js';
import type { Verdict } from './verdict-schema.js';
import { readWords } from './words.js';

type Evidence = Verdict['evidence'][number];

/** The verdict on a run: what the host does, how sure that is, and what it rests on. Pure. */
export function verdictOf(state: RunState, assessment: Assessment): Verdict {
  if (state.hostsFailed !== null) return withoutHost(state.hostsFailed);
  const { first } = assessment;
  const notAsked = state.finished?.notAsked;
  if (first === null && notAsked !== undefined) return leftAlone(notAsked);
  if (first === null) return unreachable(state);
  const rejected = assessment.seen.find((one) => one.end.outcome === 'rejected');
  // Once a sender was accepted, the host does take mail for the recipient: see `rejected-later`.
  if (rejected !== undefined && assessment.pass === null) return rejection(state, rejected);
  if (first.end.outcome === 'accepted' && assessment.pass === null) {
    return acceptance(state, assessment);
  }
  const [lead] = assessment.readings;
  if (lead?.class === 'greylisting') return greylisting(state, assessment, lead);
  return lookAlike(state, assessment, lead ?? null);
}

/** Only what the DNS has answered is known: a server that fails, or keeps silent, shows nothing. */
function withoutHost({ kind, code, message }: NonNullable<RunState['hostsFailed']>): Verdict {
  const answered = kind === 'no-mail-service' || code === 'dns-loop';
  return {
    kind: kind === 'no-mail-service' ? 'no-mail-service' : 'unreachable',
    confidence: answered ? 'confirmed' : 'possible',
    summary: answered
      ? message
      : `No mail host was looked for, since the DNS did not help: ${message}`,
    evidence: [],
    class: null,
    implementation: null,
  };
}

/** Nothing was asked: what another run was told is all that is known. */
function leftAlone(notAsked: NotAsked): Verdict {
  const { host, who } = notAsked;
  return {
    kind: 'deferred',
    confidence: 'possible',
    summary: `Not asked: ${restText(host, notAsked)}.`,
    evidence: [
      {
        rule: 'asked-to-stop',
        says: `${host.name} (${host.address} port ${host.port}) is left alone, since ${who} asked another run to stop.`,
        attempt: null,
      },
    ],
    class: 'too-many-connections',
    implementation: null,
  };
}

type NotAsked = NonNullable<NonNullable<RunState['finished']>['notAsked']>;

/** Failures of a host that was reached. */
const ANSWERED: ReadonlySet<FailureCode> = new Set([
  'garbled-reply',
  'reply-too-long',
  'tls-not-offered',
  'tls-failed',
  'tls-plaintext-injected',
  'smtputf8-not-offered',
]);

/** Failures of this machine: they say nothing of the host. */
const OURS: ReadonlySet<FailureCode> = new Set([
  'machine-limit',
  'source-address',
  'network',
  'interrupted',
  'left-alone',
]);

function unreachable(state: RunState): Verdict {
  const failures = state.attempts.filter((one) => one.end?.failure);
  const hosts = new Set(failures.map((one) => one.host.name));
  const codes = failures.map((one) => one.end?.failure?.code ?? 'network');
  const answered = codes.some((code) => ANSWERED.has(code));
  const ours = codes.some((code) => OURS.has(code));
  // Who was not looked up was not tried: a DNS that is overloaded shows nothing of a host.
  const unknown = state.warnings.some(({ code }) => code === 'mx-lookup-failed');
  return {
    kind: 'unreachable',
    // A run that was stopped early has not tried all there is to try.
    confidence: state.finished === null || ours || unknown ? 'possible' : 'confirmed',
    summary:
      state.finished === null
        ? 'No mail host has answered yet.'
        : ours
          ? `Whether a mail host of ${state.request.domain} can be reached is not known: this machine did not get so far (${hosts.size} tried).`
          : `No mail host of ${state.request.domain} could be ${answered ? 'measured, though one answered' : 'reached'} (${hosts.size} tried).`,
    evidence: failures.map((one) => ({
      rule: one.end?.failure?.code ?? 'network',
      says: `${one.host.name} (${one.host.address} port ${one.host.port}): ${one.end?.failure?.message ?? ''}`,
      attempt: one.n,
    })),
    class: null,
    implementation: null,
  };
}

type Seen = Assessment['seen'][number];

function rejection(state: RunState, rejected: Seen): Verdict {
  const [top] = readWords(rejected);
  const later = rejected.fresh ? '' : ', after it had deferred it before';
  const { reply } = rejected.end;
  const ofSession = reply !== null && isAboutSession(reply);
  return {
    kind: 'rejected',
    confidence: ofSession ? 'possible' : 'confirmed',
    summary: ofSession
      ? `${hostName(rejected)} refuses the session for good, and says nothing of mail to ${state.request.recipient}.`
      : `${hostName(rejected)} rejects mail to ${state.request.recipient} for good${later}.`,
    evidence: [spoken(rejected, top ?? null)],
    class: top?.class ?? 'unknown',
    implementation: top?.implementation ?? null,
  };
}

/**
 * An acceptance is about these senders and this client, now. That nobody is made to wait takes what
 * rules out the whitelists that are known: of the client (its network) and of the sender domain.
 *
 * `250 for a@one.example, from 192.0.2.1 only  ->  let in at once, likely`
 */
function acceptance(state: RunState, assessment: Assessment): Verdict {
  const { first, seen } = assessment;
  const stage = state.request.stage.toUpperCase();
  const host = first === null ? state.request.domain : hostName(first);
  const letIn = seen.filter(isLetIn);
  const keptOut = seen.filter((one) => one.end.outcome === 'deferred');
  // The run was stopped in its very first attempt: the host may have met the sender then.
  const met = first !== null && !first.fresh;
  const lacking = whatWouldDecide(letIn);
  const shown = keptOut.length === 0 && lacking.length === 0;
  return {
    kind: 'accepted',
    confidence: met || keptOut.length > 0 ? 'possible' : shown ? 'confirmed' : 'likely',
    summary: met
      ? `${host} accepted the sender at ${stage}, but may have met it before the run was stopped.`
      : `${host} lets the mail in at once: ${shown ? `no greylisting at ${stage}` : `the first attempt was accepted at ${stage}`}.`,
    evidence: [
      ...(first === null ? [] : [spoken(first, null)]),
      ...(met || shown
        ? []
        : [{ rule: 'let-in', says: letInText(lacking, keptOut), attempt: null }]),
    ],
    class: null,
    implementation: null,
  };
}

/** Addresses of one network are one client to many; the widest that is known has 19 bits (rspamd). */
const WIDE = { ipv4: 16, ipv6: 32 } as const;

/** What was not tried yet of that which tells a host without a list from one that knows the sender. */
function whatWouldDecide(letIn: readonly Seen[]): readonly string[] {
  const tuples = letIn.map((one) => one.attempt.tuple);
  const domains = new Set(tuples.map(({ sender }) => senderDomain(sender)));
  const networks = new Set(tuples.map(({ client }) => clientNetwork(client ?? '', WIDE)));
  return [
    ...(domains.size > 1 ? [] : ['a sender of a second domain in --from']),
    ...(networks.size > 1 ? [] : ['a second address in another network in --source-ip']),
  ];
}

function letInText(lacking: readonly string[], keptOut: readonly Seen[]): string {
  if (keptOut.length > 0) {
    const client = keptOut[0]?.attempt.tuple.client ?? 'another client address';
    return `Senders from ${client} were deferred: the host knows the first client address, or exempts it.`;
  }
  return `A greylister that knows this client or this sender domain does the same. What would tell: ${lacking.join(', and ')}.`;
}

function greylisting(state: RunState, assessment: Assessment, lead: WeighedReading): Verdict {
  const host = assessment.first === null ? state.request.domain : hostName(assessment.first);
  const name = lead.implementation === null ? '' : ` (${lead.implementation.name})`;
  return {
    kind: 'greylisted',
    confidence: lead.confidence,
    summary: `${host} ${VERBS[lead.confidence]}${name}${windowClause(assessment)}.`,
    evidence: evidenceOf(assessment),
    class: 'greylisting',
    implementation: lead.implementation,
  };
}

const VERBS: Readonly<Record<Confidence, string>> = {
  confirmed: 'greylists',
  likely: 'very likely greylists',
  possible: 'may greylist',
};

function windowClause({ inference, pass, seen }: Assessment): string {
  const { opens } = inference;
  if (opens.bySeconds !== null) return `: a retry passes after ${bracketText(opens)}`;
  if (pass !== null) return ': a retry passed, at an age that the clocks do not tell';
  const oldest = oldestAge(seen);
  if (oldest !== null) return `: no retry passed, up to ${secondsText(oldest.low)}`;
  return '';
}

function oldestAge(seen: readonly Seen[]): SecondsInterval | null {
  return seen.reduce<SecondsInterval | null>(
    (oldest, one) =>
      one.aged !== null && (oldest === null || one.age.low > oldest.low) ? one.age : oldest,
    null,
  );
}

function lookAlike(state: RunState, assessment: Assessment, lead: WeighedReading | null): Verdict {
  const host = assessment.first === null ? state.request.domain : hostName(assessment.first);
  const deferralClass = lead?.class ?? 'unknown';
  const phrase = CLASS_PHRASES[deferralClass];
  const then = assessment.pass === null ? '' : ', and accepted it later';
  return {
    kind: 'deferred',
    confidence: lead?.confidence ?? 'possible',
    summary: `${host} deferred the mail${then}: ${phrase}.`,
    evidence: evidenceOf(assessment),
    class: deferralClass,
    implementation: lead?.implementation ?? null,
  };
}

function evidenceOf(assessment: Assessment): Evidence[] {
  const { seen, deferral, hypotheses, contrast, pass, chance, observed, known } = assessment;
  const evidence: Evidence[] = [];
  if (deferral !== null) evidence.push(spoken(deferral, hypotheses[0] ?? null));
  if (contrast !== null) {
    evidence.push(contrastEvidence(contrast, chance));
  } else if (pass !== null) {
    evidence.push({
      rule: 'passed-with-age',
      says: `A sender that had been deferred was accepted at an age of ${ageText(pass.age)}.`,
      attempt: pass.attempt.n,
    });
  }
  for (const { attempt } of known) {
    evidence.push({
      rule: 'sender-known',
      says: `${attempt.tuple.sender} was let in at once, and others from the same address had to wait after that: the host knows this sender or its domain, or exempts it. Nothing of it is in the window.`,
      attempt: attempt.n,
    });
  }
  if (observed.has('fresh-passed-too') && known.length === 0) {
    const fresh = seen.find((one) => one.fresh && one.end.outcome === 'accepted');
    evidence.push({
      rule: 'fresh-passed-too',
      says: 'A fresh sender was accepted as well: either the list is keyed by client address, or a passing fault had cleared.',
      attempt: fresh?.attempt.n ?? null,
    });
  }
  if (observed.has('same-for-other-senders')) {
    evidence.push({
      rule: 'same-for-other-senders',
      says: 'Every sender that was tried got a deferral.',
      attempt: null,
    });
  }
  if (observed.has('same-throughout')) {
    evidence.push({
      rule: 'same-throughout',
      says: 'The words were the same for every sender and at every age, also when every known greylister lets a retry pass.',
      attempt: null,
    });
  }
  return evidence;
}

function contrastEvidence(contrast: Contrast, chance: number): Evidence {
  const { accepted, deferred } = contrast;
  const control = deferred.fresh ? 'a fresh sender' : `a sender ${ageText(deferred.age)} old`;
  const [rule, says] = isOtherClient(contrast)
    ? [
        'client-contrast',
        `After the first client address was let in (attempt ${accepted.attempt.n}), a fresh sender ` +
          `from ${deferred.attempt.tuple.client} was still deferred (attempt ${deferred.attempt.n}): ` +
          'the list is keyed by client address.',
      ]
    : [
        'contrast',
        `In one session ${control} was deferred (attempt ${deferred.attempt.n}) and a sender ` +
          `${ageText(accepted.age)} old accepted (attempt ${accepted.attempt.n}).`,
      ];
  return { rule, says: `${says} ${oddsText(chance)}`, attempt: accepted.attempt.n };
}

/** `... at most 1 time in 4,000`, rounded down to what the bound carries. */
function oddsText(chance: number): string {
  const times = 1 / chance;
  if (times < 2) return 'So few answers do not rule out a server that defers at random.';
  const scale = 10 ** Math.floor(Math.log10(times));
  const carried = (Math.floor(times / scale) * scale).toLocaleString('en-US');
  return `A server that defers at random shows such a run at most 1 time in ${carried}.`;
}

function ageText(age: SecondsInterval): string {
  if (!Number.isFinite(age.high)) return `${secondsText(age.low)} or more`;
  return secondsText((age.low + age.high) / 2);
}

/** What the server said, and which of its words were read how. */
function spoken(seen: Seen, hypothesis: Hypothesis | null): Evidence {
  const { reply, stage } = seen.end;
  const codes = reply === null ? '' : [reply.code, reply.enhanced].filter(Boolean).join(' ');
  const words = reply === null ? '' : reply.text.join(' ');
  return {
    rule: hypothesis?.rule ?? 'reply',
    says: `At ${stage.toUpperCase()}: "${`${codes} ${words}`.trim()}"${readingOf(hypothesis, words)}.`,
    attempt: seen.attempt.n,
  };
}

function readingOf(hypothesis: Hypothesis | null, all: string): string {
  if (hypothesis === null || hypothesis.class === 'unknown') return '';
  const { words } = hypothesis;
  const part = words !== '' && words.length < all.length / 2 ? `, where "${words}"` : ', which';
  return `${part} says ${hypothesis.class}`;
}

function hostName(seen: Seen): string {
  const { host }: { host: PinnedHost } = seen.attempt;
  return host.name === host.address ? host.address : `${host.name} [${host.address}]`;
}
