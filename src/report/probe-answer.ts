import type { ProbeResult } from '../contract/probe-result.js';
import { guidanceFor } from '../core/advice/guidance.js';
import type { Confidence, DeferralClass } from '../core/greylist/hypothesis.js';
import { formatDuration } from '../model/values/duration.js';
import { bracketText, secondsText } from '../model/values/seconds-text.js';
import { replyWords } from './reply-words.js';
import { senderSentences } from './text/sender-sentences.js';
import type { Again } from './view.js';

/** What a probe's result says to people, in four slots. Sentences hold what hosts said: hostile text inside. */
export interface ProbeAnswer {
  /** What the host does. */
  readonly does: string;
  /** How sure that is; null where it leaves no doubt. */
  readonly sure: string | null;
  /** The reply itself, where the answer rests on its words. */
  readonly said: string | null;
  /** When a retry passes. */
  readonly when: string;
  /** What that means for senders: the most important first. */
  readonly senders: readonly string[];
  readonly next: readonly NextStep[];
}

/** What to do: a sentence, or what a command shows and the words of the command, quoted for a shell. */
export interface NextStep {
  readonly says: string;
  readonly command: readonly string[] | null;
}

export function probeAnswer(result: ProbeResult, again: Again): ProbeAnswer {
  return {
    does: doesWords(result),
    sure: sureWords(result),
    said: saidWords(result),
    when: whenWords(result),
    senders: sendersWords(result),
    next: nextSteps(result, again),
  };
}

const SURE: Readonly<Record<Confidence, string>> = {
  confirmed: 'Confirmed: what it did proves it.',
  likely: 'Likely, but not proved.',
  possible: 'Possible: other causes fit what was seen as well.',
};

function sureWords({ verdict, pinned }: ProbeResult): string | null {
  const { kind, confidence } = verdict;
  const measured = kind === 'deferred' || (kind === 'greylisted' && pinned !== null);
  return measured ? SURE[confidence] : null;
}

function doesWords({ verdict, pinned }: ProbeResult): string {
  const { kind, confidence, implementation, summary } = verdict;
  if (kind !== 'greylisted' || pinned === null) return summary;
  const host =
    pinned.name === pinned.address ? pinned.address : `${pinned.name} [${pinned.address}]`;
  const product = implementation === null ? '' : ` (${implementation.name})`;
  const does = confidence === 'possible' ? 'may greylist' : 'greylists';
  return `${host} ${does}${product}.`;
}

function saidWords({ verdict, attempts }: ProbeResult): string | null {
  if (verdict.kind !== 'deferred' && verdict.kind !== 'rejected') return null;
  const wanted = verdict.kind;
  const reply = attempts.find(({ outcome }) => outcome === wanted)?.reply ?? null;
  if (reply === null) return null;
  return `It says: "${replyWords({ reply, error: null })}"`;
}

function whenWords(result: ProbeResult): string {
  const { verdict, window } = result;
  switch (verdict.kind) {
    case 'greylisted':
      return window !== null && window.opens.bySeconds !== null
        ? openingWords(window)
        : `${noPassWords(result)}${statedWords(result)}`;
    case 'accepted':
      return `At once: the first try was accepted.${earlierWords(result)}${laterFilters(result)}`;
    case 'deferred':
      return `${noPassWords(result)}${statedWords(result)}`;
    case 'rejected':
      return 'Never: the refusal is for good (5yz), and a retry does not help.';
    case 'unreachable':
      return 'Not known: no mail host could be asked.';
    case 'no-mail-service':
      return 'Never: there is no mail host to take it.';
  }
}

function openingWords({ opens, closes }: NonNullable<ProbeResult['window']>): string {
  const begins = `A retry passes after ${bracketText(opens)}, counted from the first try.`;
  if (closes.bySeconds !== null) {
    return `${begins} After ${bracketText(closes)} it is refused again.`;
  }
  if ((closes.afterSeconds ?? 0) <= (opens.bySeconds ?? 0)) return begins;
  return `${begins} At ${secondsText(closes.afterSeconds ?? 0)} one still passed.`;
}

function noPassWords(result: ProbeResult): string {
  const { attempts, reason, connections, nextDueAt } = result;
  const aged = attempts.filter(({ ageSeconds }) => ageSeconds !== null);
  const passed = aged.find(({ outcome }) => outcome === 'accepted');
  if (passed !== undefined) {
    return `A retry passed ${secondsText(passed.ageSeconds?.[1] ?? 0)} after the first try.`;
  }
  if (reason === 'throttled') {
    const many = connections === 1 ? 'one connection' : `${connections} connections`;
    return `Not known: the host asked to stop, after ${many}.`;
  }
  if (nextDueAt !== null) return `Not known yet: the next try is due at ${nextDueAt}.`;
  const oldest = Math.max(0, ...aged.map(({ ageSeconds }) => ageSeconds?.[0] ?? 0));
  return oldest === 0
    ? 'Not known: no retry was made.'
    : `Not known: no retry passed, up to ${secondsText(oldest)} after the first try.`;
}

function statedWords({ stated }: ProbeResult): string {
  if (stated === null) return '';
  return ` The host itself says ${formatDuration(stated.seconds)} ("${stated.words}").`;
}

/** A host that made an earlier run wait knows its guests. */
function earlierWords({ warnings }: ProbeResult): string {
  const before = warnings.find(({ code }) => code === 'greylisted-before');
  return before === undefined ? '' : ` ${before.message}`;
}

function laterFilters({ warnings }: ProbeResult): string {
  const only = warnings.some(({ code }) => code === 'rcpt-only');
  return only ? ' Filters that look at the message were not tried.' : '';
}

function sendersWords(result: ProbeResult): readonly string[] {
  const { verdict, advice } = result;
  switch (verdict.kind) {
    case 'greylisted':
      return advice === null
        ? ['What to set is known once a retry has passed.']
        : senderSentences(advice, result.for ?? []);
    case 'accepted':
      return ['Mail gets through with its first try; nothing to set.'];
    case 'deferred':
      return [`${guidanceOf(result).meaning} There is no delay to set a sender to.`];
    case 'rejected':
      return ['No retry setting gets the mail through: senders give it back at once.'];
    case 'unreachable':
      return ['Senders keep the mail and try again, as a rule for days (RFC 5321 §4.5.4.1).'];
    case 'no-mail-service':
      return ['Senders give the mail back without trying again.'];
  }
}

function guidanceOf({ verdict }: ProbeResult) {
  const permanent = verdict.kind === 'rejected';
  return guidanceFor(verdict.class ?? 'unknown', { open: false, permanent });
}

function nextSteps(result: ProbeResult, again: Again): readonly NextStep[] {
  const settings = again.source === null ? [] : settingSteps(result, again.source);
  return [...remedySteps(result, again), ...settings, ...detailSteps(result, again)];
}

/** What to set, to be pasted: for those who were named, else for Exchange 2003. */
function settingSteps({ advice, ...result }: ProbeResult, source: readonly string[]): NextStep[] {
  if (advice === null) return [];
  const senders = result.for ?? ['exchange-2003'];
  const command = ['recommend', ...source, '--for', senders.join(',')];
  return [{ says: 'What to set', command }];
}

function detailSteps({ warnings }: ProbeResult, { details }: Again): NextStep[] {
  if (details.length === 0) return [];
  const notes = warnings.length === 1 ? 'one note' : `${warnings.length} notes`;
  const says = warnings.length === 0 ? 'All that was seen' : `All that was seen, and ${notes}`;
  return [{ says, command: details }];
}

/** What has its cause on the side of the sender. */
const OWN_SIDE: readonly DeferralClass[] = ['reverse-dns', 'helo', 'sender-domain'];
/** Needs no quotes in any shell. */
const PLAIN_NAME = /^[\w][\w.-]*$/u;
const MX_KINDS: readonly string[] = ['unreachable', 'no-mail-service'];

function remedySteps(result: ProbeResult, { resolver }: Again): readonly NextStep[] {
  const { verdict, reason, target } = result;
  const steps: NextStep[] = [];
  const say = (says: string) => steps.push({ says, command: null });
  if (reason === 'throttled') say('Wait an hour or more before you ask this host again.');
  else if (verdict.kind === 'deferred' && verdict.class === 'unknown') {
    say('Probe again later, with retries up to the longest wait that senders make.');
  } else if (verdict.kind === 'deferred' || verdict.kind === 'rejected') {
    say(guidanceOf(result).actions[0] ?? 'Ask the operator of that server.');
  }
  const proof = proofWords(result);
  if (proof !== null) say(proof);
  if (MX_KINDS.includes(verdict.kind) && PLAIN_NAME.test(target.domain)) {
    steps.push({ says: 'Where its mail goes', command: ['mx', target.domain, ...resolver] });
  }
  if (OWN_SIDE.includes(verdict.class ?? 'unknown')) {
    steps.push({ says: 'What is wrong here', command: ['doctor', ...resolver] });
  }
  if (verdict.kind === 'unreachable') {
    const host = result.mailHosts.find(({ name }) => PLAIN_NAME.test(name))?.name;
    const at = host === undefined ? [] : ['--host', host];
    steps.push({ says: 'Whether it is this machine', command: ['doctor', ...at, ...resolver] });
  }
  return steps;
}

/** What would make a verdict surer. */
function proofWords({ verdict, warnings, reason, attempts }: ProbeResult): string | null {
  if (verdict.kind !== 'greylisted' || verdict.confidence === 'confirmed') return null;
  if (reason === 'throttled') return null;
  const passed = attempts.some((one) => one.ageSeconds !== null && one.outcome === 'accepted');
  if (!passed)
    return 'To prove it, let a retry pass beside a fresh sender: --max-wait looks further.';
  const known = warnings.find(({ code }) => Object.hasOwn(PROOFS, code));
  return `To prove it, probe again ${PROOFS[known?.code ?? ''] ?? 'later'}.`;
}

/** What is lacking where a retry has passed, by the warning that says so. */
const PROOFS: Readonly<Record<string, string>> = {
  'one-sender': "with fresh senders: --from 'probe-{nonce}@your.domain'",
  'few-senders': "with more senders: --from 'probe-{nonce}@your.domain'",
  'fresh-passed-too': 'from two client addresses: --source-ip',
  'client-let-in': 'when the host has forgotten this client',
};
