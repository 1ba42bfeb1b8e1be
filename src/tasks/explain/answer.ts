import type { ExplainedFinding } from '../../contract/explain-result.js';
import { nobodyAnswered, noMailService } from '../../core/advice/guidance.js';
import type { Span } from '../../core/advice/sender-advice-schema.js';
import { catalogueEntry } from '../../core/greylist/catalogue/index.js';
import { domainOf } from '../../mail/addresses.js';
import { isUsableHostName } from '../../model/values/domain.js';
import { formatDuration } from '../../model/values/duration.js';
import type { KnownSender, SenderOf } from './sender-outlook.js';

export type ExplainedAnswer = NonNullable<ExplainedFinding['answer']>;

/** What the answer rests on: an explanation that lacks only its answer. */
export type Explained = Omit<ExplainedFinding, 'answer'>;

/** Tries of the sender that a line names. */
const NAMED_TRIES = 3;
/** Tries are looked for up to the wait and this much more. */
const HORIZON_SECONDS = 6 * 3600;

/**
 * The three lines that end an explanation: how long, what that means for this sender, and who has to do
 * what. `senderOf` gives what is known of the sender's software.
 */
export function answerOf(explained: Explained, senderOf: SenderOf): ExplainedAnswer {
  if (explained.fate === 'delivered') return delivered(explained);
  if (explained.reply === null && explained.class === null) return unanswered(explained);
  if (isForGood(explained)) return forGood(explained);
  const wait = waitOf(explained);
  if (explained.direction === 'incoming') return ownRefusal(wait);
  const isGrey = explained.class === 'greylisting' || wait.seconds !== null;
  const sender = explained.software === null ? null : senderOf(explained.software);
  if (!isGrey) return otherCause(explained, sender);
  return waiting(explained, wait, sender);
}

function delivered({ outcome }: Explained): ExplainedAnswer {
  const at = outcome?.endedAtSeconds ?? null;
  const after = at === null ? '' : `, ${formatDuration(at)} after the first refusal`;
  return {
    waitSeconds: null,
    waitFrom: 'unknown',
    howLong: `It is over: the message was accepted${after}.`,
    thisSender: 'Its retries landed.',
    todo: 'nothing',
    what: 'Nothing.',
    command: null,
  };
}

function unanswered({ failure, fate, recipient }: Explained): ExplainedAnswer {
  const words = failure ?? '';
  const domain = recipient === null ? null : domainOf(recipient);
  const base = { waitSeconds: null, waitFrom: 'unknown' } as const;
  if (noMailService(words)) {
    return {
      ...base,
      howLong: 'No waiting helps: the domain says that it takes no mail.',
      thisSender: 'No retry can land.',
      todo: 'ask-receiver',
      what: 'Ask the recipient by another way for an address that works.',
      command: null,
    };
  }
  const returned = fate === 'gave-up' || fate === 'rejected';
  const silent = nobodyAnswered(words);
  return {
    ...base,
    howLong: silent
      ? 'Not known: no server answered, so there is no delay to wait for.'
      : 'Not known: the reply of the other side is not in this text.',
    thisSender: returned ? 'It has returned the message.' : 'It keeps the message and tries again.',
    todo: returned ? 'send-again' : 'wait',
    what: returned
      ? 'Send the message again once the host answers.'
      : silent
        ? 'Wait, and see whether the host answers.'
        : "Look in the sender's queue or log for the reply, and explain that.",
    command:
      silent && domain !== null && isUsableHostName(domain) ? `greyprobe mx ${domain}` : null,
  };
}

function isForGood({ reply, fate }: Explained): boolean {
  return fate === 'rejected' || (fate === 'unknown' && reply !== null && reply.code >= 500);
}

function forGood({ actions }: Explained): ExplainedAnswer {
  return {
    waitSeconds: null,
    waitFrom: 'unknown',
    howLong: 'Waiting does not help: the message was refused for good.',
    thisSender: 'It does not try again.',
    todo: 'ask-receiver',
    what: actions.find((action) => !action.startsWith('Do not retry')) ?? 'Ask the receiver.',
    command: null,
  };
}

interface Wait {
  readonly seconds: number | null;
  readonly from: ExplainedAnswer['waitFrom'];
  readonly howLong: string;
}

/** The stated time, else what the product ships with, said as that, else unknown. */
function waitOf({ hint, hypotheses, outcome }: Explained): Wait {
  const still = stillRefused(outcome ?? null);
  if (hint !== null) {
    const left = hint.meaning === 'remaining' ? ' from now on' : '';
    const howLong = `${formatDuration(hint.seconds)}${left}, as the server says${still}.`;
    return { seconds: hint.seconds, from: 'stated', howLong };
  }
  const named = hypotheses.find((one) => one.class === 'greylisting')?.implementation;
  const entry = named == null ? null : catalogueEntry(named.id);
  const ships = entry?.delaySeconds ?? null;
  if (entry !== null && ships !== null && ships > 0) {
    const howLong = `${formatDuration(ships)}, if this is ${entry.name} as it ships; the reply does not say${still}.`;
    return { seconds: ships, from: 'shipped', howLong };
  }
  return { seconds: null, from: 'unknown', howLong: `Not known: the reply does not say${still}.` };
}

function stillRefused(outcome: Explained['outcome'] | null): string {
  const last = outcome?.refusedAtSeconds.at(-1) ?? 0;
  return last > 0 ? `; still refused ${formatDuration(last)} after the first try` : '';
}

function ownRefusal(wait: Wait): ExplainedAnswer {
  return {
    waitSeconds: wait.seconds,
    waitFrom: wait.from,
    howLong: wait.howLong,
    thisSender: 'The client decides when it comes again; this log does not say.',
    todo: 'nothing',
    what: 'Nothing, if the client tries again; to let it in at once, exempt it on this server.',
    command: null,
  };
}

function otherCause(
  { actions, fate, class: cause }: Explained,
  sender: KnownSender | null,
): ExplainedAnswer {
  const returned = fate === 'gave-up';
  return {
    waitSeconds: null,
    waitFrom: 'unknown',
    howLong:
      cause === 'unknown' || cause === null
        ? 'Not known: the words do not say why.'
        : `Until its cause is gone (${cause}); no time is stated.`,
    thisSender: returned ? 'It has returned the message.' : triesOf(sender),
    todo: returned ? 'send-again' : cause === 'unknown' ? 'measure' : 'fix',
    what:
      actions.find((action) => !action.includes('command below')) ??
      'Measure it: behaviour tells what the words do not.',
    command: null,
  };
}

function waiting(explained: Explained, wait: Wait, sender: KnownSender | null): ExplainedAnswer {
  const base = { waitSeconds: wait.seconds, waitFrom: wait.from, howLong: wait.howLong };
  const returned = explained.fate === 'gave-up';
  if (wait.seconds === null) {
    return {
      ...base,
      thisSender: returned ? 'It has returned the message.' : triesOf(sender),
      todo: returned ? 'send-again' : 'measure',
      what: returned
        ? 'Send the message again, and measure the delay.'
        : 'Wait for the next try; measure the delay if it lasts.',
      command: explained.command,
    };
  }
  const landing = landingFor(wait.seconds, sender);
  const recommend = recommendCommand(wait.seconds, sender);
  const settable = sender?.settable ?? true;
  const sets = landing.lands !== 'first' && landing.lands !== 'unknown' && settable;
  if (returned) {
    return {
      ...base,
      thisSender: `It has returned the message. ${landing.sentence}`,
      todo: 'send-again',
      what: settable
        ? 'Send the message again, and set the retries so that they land:'
        : 'Send the message again, and ask the receiver to exempt you.',
      command: settable ? recommend : null,
    };
  }
  return {
    ...base,
    thisSender: landing.sentence,
    todo: sets ? 'set' : landing.lands === 'never' ? 'ask-receiver' : 'wait',
    what: sets
      ? 'Set the retries so that they land:'
      : landing.lands === 'never'
        ? 'Ask the receiver to exempt you: this sender cannot be set.'
        : 'Wait: the message passes with a later try. What its settings make of it:',
    command: settable ? recommend : null,
  };
}

interface LandingLine {
  readonly lands: 'first' | 'later' | 'perhaps' | 'never' | 'unknown';
  readonly sentence: string;
}

/** Which of the sender's tries, as it ships, come late enough. */
function landingFor(waitSeconds: number, sender: KnownSender | null): LandingLine {
  const spans = sender?.spans(waitSeconds + HORIZON_SECONDS) ?? [];
  const after = formatDuration(waitSeconds);
  if (sender === null || spans.length === 0) {
    const sentence = `Its schedule is not known here: a try lands from ${after} after the first on.`;
    return { lands: 'unknown', sentence };
  }
  const early = spans.filter(({ latestSeconds }) => latestSeconds < waitSeconds);
  const landing = spans.find(({ earliestSeconds }) => earliestSeconds >= waitSeconds);
  const between = spans.find(
    ({ earliestSeconds, latestSeconds }) =>
      earliestSeconds < waitSeconds && latestSeconds >= waitSeconds,
  );
  const { name } = sender;
  if (early.length === 0 && between === undefined && landing !== undefined) {
    const sentence = `As it ships, ${name} tries again after ${spanText(landing)}: that lands.`;
    return { lands: 'first', sentence };
  }
  const parts = [
    ...(early.length === 0 ? [] : [`${tooEarly(early)} for ${after}`]),
    ...(between === undefined ? [] : [`the one after ${spanText(between)} perhaps lands`]),
    ...(landing === undefined ? [] : [`the one after ${spanText(landing)} lands`]),
  ];
  const sentence = `Of the tries of ${name}, as it ships, ${parts.join('; ')}.`;
  if (between !== undefined) return { lands: 'perhaps', sentence };
  return { lands: landing === undefined ? 'never' : 'later', sentence };
}

/** `those after 60 s, 120 s and 180 s all come too early`. */
function tooEarly(early: readonly Span[]): string {
  return early.length === 1
    ? `the one after ${listOf(early)} comes too early`
    : `those after ${listOf(early)} all come too early`;
}

function triesOf(sender: KnownSender | null): string {
  const spans = sender?.spans(HORIZON_SECONDS).slice(0, NAMED_TRIES) ?? [];
  return sender === null || spans.length === 0
    ? 'It keeps the message and tries again; when is not known here.'
    : `As it ships, ${sender.name} tries again after ${spans.map(spanText).join(', ')}.`;
}

/** `60 s, 120 s and 180 s`. */
function listOf(spans: readonly Span[]): string {
  const texts = spans.slice(0, NAMED_TRIES).map(spanText);
  const last = texts.pop() ?? '';
  return texts.length === 0 ? last : `${texts.join(', ')} and ${last}`;
}

function spanText({ earliestSeconds, latestSeconds }: Span): string {
  const [early, late] = [earliestSeconds, latestSeconds].map((seconds) =>
    formatDuration(seconds < 300 ? seconds : Math.round(seconds / 60) * 60),
  );
  return early === late ? (early ?? '') : `${early} to ${late}`;
}

function recommendCommand(waitSeconds: number, sender: KnownSender | null): string {
  const opens = `greyprobe recommend --opens-by ${Math.ceil(waitSeconds)}s`;
  return sender === null ? opens : `${opens} --for ${sender.id}`;
}
