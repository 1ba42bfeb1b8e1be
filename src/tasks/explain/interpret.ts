import type { ExplainedFinding } from '../../contract/explain-result.js';
import {
  guidanceFor,
  guidanceWithoutReply,
  nobodyAnswered,
  noMailService,
} from '../../core/advice/guidance.js';
import { catalogueEntry } from '../../core/greylist/catalogue/index.js';
import { classify } from '../../core/greylist/classify.js';
import { parseHint } from '../../core/greylist/hints.js';
import type { Hypothesis } from '../../core/greylist/hypothesis.js';
import { isExpiry } from '../../mail/bounces/exchange-status.js';
import type { Fate, Finding } from '../../mail/finding.js';
import type { Reply } from '../../model/smtp.js';
import { formatDuration } from '../../model/values/duration.js';
import { answerOf, type Explained } from './answer.js';
import type { RecipientOutcome } from './outcomes.js';
import { probeCommand } from './probe-command.js';
import type { SenderOf } from './sender-outlook.js';

/**
 * What a finding means: classes with their words, and sentences that answer the reader's questions.
 * `senderOf` gives what is known of the sender's software.
 */
export function interpret(
  found: Finding,
  senderOf: SenderOf,
  outcome: RecipientOutcome | null = null,
): ExplainedFinding {
  const told = outcome === null ? found : { ...found, fate: fateAfter(found, outcome) };
  return interpretTold(told, senderOf, outcome);
}

/** What the rest of the log says of the message goes before what the line says. */
function fateAfter({ fate }: Finding, { end }: RecipientOutcome): Fate {
  if (end === 'delivered') return 'delivered';
  return end === 'expired' ? 'gave-up' : fate;
}

function interpretTold(
  found: Finding,
  senderOf: SenderOf,
  outcome: RecipientOutcome | null,
): ExplainedFinding {
  const hypotheses = hypothesesOf(found);
  const best = hypotheses[0] ?? null;
  const permanent = found.reply !== null && found.reply.code >= 500;
  const own = ownMeaning(found);
  const guidance =
    best === null
      ? guidanceWithoutReply(found.failure ?? '')
      : guidanceFor(best.class, { open: isOpen(hypotheses), permanent });
  const command = noMailService(found.failure ?? '') ? null : probeCommand(found);
  const explained: Explained = {
    source: found.source,
    line: found.line,
    when: found.when,
    software: found.software,
    direction: found.direction,
    fate: found.fate,
    reply: found.reply,
    codeAssumed: found.codeAssumed,
    failure: found.failure,
    stage: found.stage,
    recipient: found.recipient,
    sender: found.sender,
    reportingHost: found.reportingHost,
    remoteHost: found.remoteHost,
    remoteAddress: found.remoteAddress,
    class: best?.class ?? null,
    confidence: best?.confidence ?? null,
    hypotheses: hypotheses.map((hypothesis) => ({ ...hypothesis })),
    hint: found.reply === null ? null : parseHint(found.reply),
    happened: [
      happened(found),
      outcome === null ? '' : outcomeSentence(outcome, found.reply !== null),
    ]
      .join(' ')
      .trim(),
    saidBy: saidBy(found),
    meaning: own ?? guidance.meaning,
    next: nextOf(found, senderOf),
    actions: actionsOf(ownActions(found) ?? guidance.actions, found, command),
    command,
    outcome:
      outcome === null
        ? null
        : { ...outcomeOf(outcome), refusedAtSeconds: [...outcome.refusedAtSeconds] },
  };
  return { ...explained, answer: answerOf(explained, senderOf) };
}

function outcomeOf({ end, endedAtSeconds }: RecipientOutcome) {
  return { end, endedAtSeconds };
}

/**
 * `Refused at 0 s and 250 s, accepted at 750 s: the window opened between.` Empty where no age tells. Where
 * nobody replied (`isReply` false), nothing was refused, and no window opened.
 */
function outcomeSentence(
  { end, refusedAtSeconds, endedAtSeconds }: RecipientOutcome,
  isReply: boolean,
): string {
  const ages = refusedAtSeconds.map((seconds) => formatDuration(seconds));
  const last = ages.pop() ?? '';
  const at = ages.length === 0 ? last : `${ages.join(', ')} and ${last}`;
  const tried = `${isReply ? 'Refused' : 'Tried in vain'} at ${at}`;
  if (end === 'waiting') return ages.length === 0 ? '' : `${tried}.`;
  if (endedAtSeconds === null || (endedAtSeconds === 0 && ages.length === 0)) return '';
  const ended = formatDuration(endedAtSeconds);
  if (end !== 'delivered')
    return `${tried}, ${end === 'expired' ? 'given up' : 'returned'} at ${ended}.`;
  return `${tried}, accepted at ${ended}${isReply ? ': the window opened between' : ''}.`;
}

/** A greylister's own log needs no words to say what it does. */
function hypothesesOf({ reply, stage, greylister }: Finding): readonly Hypothesis[] {
  const read = reply === null ? [] : classify(reply, stage);
  if (greylister === null) return read;
  const entry = catalogueEntry(greylister);
  const own: Hypothesis = {
    class: 'greylisting',
    implementation: entry === null ? null : { id: entry.id, name: entry.name },
    confidence: 'likely',
    rule: 'log-of-greylister',
    words: read[0]?.words ?? 'its own log',
  };
  return [own, ...read.filter((one) => one.class !== 'greylisting')];
}

const LOOK_AT_SENDER =
  'Look in the queue or the log of the sender for the reply of the other side, and explain that.';
const SEND_AGAIN = 'Send the message again: this one will not be tried any more.';

/** What words of the sender's own mean; null where they are the other side's. */
function ownMeaning(found: Finding): string | null {
  if (!isOwnWord(found)) return null;
  return isExpired(found)
    ? 'The sender wrote this itself when the time in its queue ran out; why the other side refused is not in it.'
    : 'The sender wrote this itself, since the message is late; why the other side defers it is not in it.';
}

function ownActions(found: Finding): readonly string[] | null {
  if (!isOwnWord(found)) return null;
  return isExpired(found) ? [LOOK_AT_SENDER, SEND_AGAIN] : [LOOK_AT_SENDER];
}

/** Said by the sender's own server, so it is no refusal of the other side. */
function isOwnWord(found: Finding): boolean {
  return found.reply !== null && isExpiry(found.reply);
}

/** Its time ran out. A warning in between has the same status, and the message still waits. */
function isExpired(found: Finding): boolean {
  return isOwnWord(found) && found.fate !== 'deferred';
}

/** More than one class with nothing likely: the words do not decide. */
function isOpen(hypotheses: readonly Hypothesis[]): boolean {
  return (
    hypotheses.every(({ confidence }) => confidence === 'possible') &&
    hypotheses.some((hypothesis) => hypothesis.class !== hypotheses[0]?.class)
  );
}

function happened(found: Finding): string {
  if (found.reply === null) return withoutReply(found);
  if (isExpired(found)) return 'The sender tried until its time ran out, and returned the message.';
  if (isOwnWord(found)) return `The sender tells of a delay. ${FATE_SENTENCES[found.fate]}`;
  const codes = codesOf(found.reply);
  const refusal = found.reply.code < 500 ? 'a temporary refusal' : 'a refusal for good';
  const at = found.stage === null ? '' : ` at ${STAGE_WORDS[found.stage]}`;
  const to = found.recipient === null ? '' : ` of ${found.recipient}`;
  const fate = found.direction === 'incoming' ? '' : FATE_SENTENCES[found.fate];
  return `${codes}${at}: ${refusal}${to}. ${fate}`.trim();
}

function withoutReply({ greylister, failure, recipient }: Finding): string {
  if (greylister === null) return `No reply: ${failure ?? 'the source does not say why'}.`;
  const whom = recipient === null ? '' : ` for ${recipient}`;
  return `The greylister of this server held a message${whom} up.`;
}

const STAGE_WORDS = {
  connect: 'the greeting',
  helo: 'HELO',
  starttls: 'STARTTLS',
  mail: 'MAIL FROM',
  rcpt: 'RCPT TO',
  data: 'DATA',
  message: 'the end of the message',
} as const;

const FATE_SENTENCES: Readonly<Record<Fate, string>> = {
  deferred: 'The message waits in the queue of the sender.',
  delivered: 'A later try was accepted.',
  'gave-up': 'The sender gave up and returned the message.',
  rejected: 'The message was not delivered.',
  unknown: '',
};

function saidBy(found: Finding): string {
  if (isOwnWord(found)) return named(found.reportingHost, null, "the sender's own server");
  if (found.reply === null) {
    if (!nobodyAnswered(found.failure ?? '')) {
      return named(found.reportingHost, null, "the sender's own server");
    }
    const host = named(found.remoteHost, found.remoteAddress, '');
    return host === '' ? 'nobody: no server answered' : `nobody: ${host} did not answer`;
  }
  if (found.direction === 'incoming') {
    const here = named(found.reportingHost, null, 'the server that wrote this log');
    return `${here}, to the client ${named(found.remoteHost, found.remoteAddress, '(not named)')}`;
  }
  const nobody =
    found.source === 'reply' ? 'not in the text' : 'the receiving server; its name is not given';
  return named(found.remoteHost, found.remoteAddress, nobody);
}

function named(host: string | null, address: string | null, otherwise: string): string {
  if (host !== null && address !== null) return `${host} [${address}]`;
  return host ?? (address === null ? otherwise : `[${address}]`);
}

const UNKNOWN_SCHEDULE =
  'The sender keeps the message and tries again; which server it is, and so when, is not known here.';

function nextOf(found: Finding, senderOf: SenderOf): string {
  if (found.direction === 'incoming') {
    return 'The client that was refused decides when it tries again; this log does not say.';
  }
  const permanent = found.reply !== null && found.reply.code >= 500;
  if (found.fate === 'delivered') return 'Nothing: the message was delivered.';
  if (found.fate === 'rejected' || (found.fate === 'unknown' && permanent)) {
    return 'Nothing: a refusal for good ends the delivery.';
  }
  const schedule = found.software === null ? null : (senderOf(found.software)?.outlook ?? null);
  if (found.fate !== 'gave-up') return schedule ?? UNKNOWN_SCHEDULE;
  const ended = 'Nothing more with this message: it was returned.';
  return schedule === null ? ended : `${ended} ${schedule}`;
}

function actionsOf(actions: readonly string[], found: Finding, command: string | null): string[] {
  const hopeless = noMailService(found.failure ?? '');
  const returned = found.fate === 'gave-up' && !isExpired(found) && !hopeless;
  const wanted = found.direction === 'incoming' ? OWN_REFUSAL_ACTIONS : actions;
  const list = wanted.filter(
    (action) =>
      (command !== null || !action.includes('command below')) &&
      !((returned || found.fate === 'delivered') && action.startsWith('Wait')),
  );
  if (returned) {
    list.unshift('Send the message again: the sender has returned this one.');
  }
  const temporary = found.reply !== null && found.reply.code < 500;
  if (command === null && temporary) {
    list.push('Name the recipient to measure: greyprobe probe <recipient>');
  }
  return list;
}

const OWN_REFUSAL_ACTIONS: readonly string[] = [
  'The server that wrote this log refused the client itself: its own settings decide.',
  'Measure what strangers meet there with the command below.',
];

/** `450 4.7.1`, or `450`. */
function codesOf(reply: Reply): string {
  return reply.enhanced === null ? String(reply.code) : `${reply.code} ${reply.enhanced}`;
}
