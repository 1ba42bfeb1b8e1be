import { classify } from '../../core/greylist/classify.js';
import type { ContactOutcome, Refusal } from '../../core/observe/contact.js';
import type { EarlierContact } from '../../core/observe/message-memory.js';
import { SenderStudy } from '../../core/observe/sender-study.js';
import type { LogEvent, LoggedAttempt, LoggedOutcome, PassedOver } from '../../mail/logs/events.js';
import type { Reply, Stage } from '../../model/smtp.js';
import { detached } from '../../model/values/detached.js';
import { normaliseWords } from '../explain/normalise-words.js';

/** Normalised replies whose meaning is remembered. */
const MEANINGS = 2048;

/** Makes contacts of what senders' logs tell, for the study of them. */
export class SenderLog {
  readonly study = new SenderStudy();
  readonly #meanings = new Map<string, Refusal>();
  #source = { logHost: '', instance: '', name: '/' };

  /** Takes an event at its time, in seconds. */
  add(event: LogEvent, at: number): void {
    switch (event.kind) {
      case 'active':
        if (event.message !== null) {
          this.study.announce(this.#sourceOf(event), event.message, lower(event.sender));
        }
        return;
      case 'attempt':
        if (event.recipient === null) return;
        this.study.add(this.#contactOf(event, at, lower(event.recipient)));
        return;
      case 'passed-over':
        this.study.addEarlier(
          this.#contactOf(event, at, event.recipient === null ? null : lower(event.recipient)),
        );
        return;
      case 'gone':
        if (event.why === 'expired' && event.message !== null) {
          this.study.expire(this.#sourceOf(event), event.message, event.recipient);
        }
        return;
      default:
    }
  }

  #contactOf<R extends string | null>(
    event: LoggedAttempt | PassedOver,
    at: number,
    recipient: R,
  ): EarlierContact & { readonly recipient: R } {
    const { outcome } = event;
    const { host, address } =
      event.host === null && event.address === null ? unanswering(outcome) : event;
    const told = event.kind === 'attempt' ? event : null;
    const arrivedAt = told?.arrivedAt ?? null;
    return {
      at,
      durationSeconds: durationOf(told),
      sinceArrivalSeconds:
        told?.sinceArrivalSeconds ?? (arrivedAt === null ? null : at - arrivedAt),
      countedByClock: told?.sinceArrivalSeconds == null && arrivedAt !== null,
      source: this.#sourceOf(event),
      message: event.message ?? `to ${event.recipient}`,
      sender: told?.sender == null ? null : lower(told.sender),
      recipient,
      host,
      address,
      outcome: this.#outcomeOf(outcome),
    };
  }

  #outcomeOf(outcome: LoggedOutcome): ContactOutcome {
    switch (outcome.kind) {
      case 'accepted':
      case 'suspended':
        return { kind: outcome.kind };
      case 'own-side':
        return { kind: 'no-answer', final: outcome.final };
      case 'refused': {
        const refusal = this.#meaningOf(outcome.reply, outcome.stage);
        return { kind: 'refused', refusal, final: outcome.final };
      }
    }
  }

  #meaningOf(reply: Reply, stage: Stage | null): Refusal {
    const key = `${stage} ${reply.code} ${reply.enhanced} ${normaliseWords(reply)}`;
    const known = this.#meanings.get(key);
    if (known !== undefined) return known;
    const refusal = meaningOf(reply, stage);
    if (this.#meanings.size >= MEANINGS) this.#meanings.clear();
    this.#meanings.set(detached(key), refusal);
    return refusal;
  }

  /** Of our machine; most lines are of the same one as the line before. */
  #sourceOf(event: LogEvent): string {
    const logHost = event.logHost ?? '';
    const instance = event.instance ?? '';
    const known = this.#source;
    if (known.logHost === logHost && known.instance === instance) return known.name;
    const name = detached(`${logHost}/${instance}`);
    this.#source = { logHost: detached(logHost), instance: detached(instance), name };
    return name;
  }
}

/** sendmail cuts its times to whole seconds. */
function durationOf(told: LoggedAttempt | null): number | null {
  const seconds = told?.durationSeconds ?? null;
  return seconds !== null && told?.source === 'sendmail-log' ? seconds + 1 : seconds;
}

/** The host that did not answer stands in the reason: `connect to mx[192.0.2.9]:25: timed out`. */
const UNANSWERING =
  /\b(?:connect to|lost connection with|conversation with) ([\w.-]{1,253})\[([\da-fA-F.:]{2,45})\]/;

function unanswering(outcome: LoggedOutcome): {
  readonly host: string | null;
  readonly address: string | null;
} {
  const found = outcome.kind === 'own-side' ? UNANSWERING.exec(outcome.reason) : null;
  return { host: found?.[1]?.toLowerCase() ?? null, address: found?.[2] ?? null };
}

function meaningOf(reply: Reply, stage: Stage | null): Refusal {
  const readings = classify(reply, stage);
  const [best] = readings;
  if (best === undefined || reply.code >= 500)
    return { class: best?.class ?? 'unknown', says: 'other' };
  const mayGreylist =
    best.class === 'unknown' || readings.some((one) => one.class === 'greylisting');
  const isSaid = best.class === 'greylisting' && best.confidence === 'likely';
  return { class: best.class, says: isSaid ? 'greylisting' : mayGreylist ? 'open' : 'other' };
}

function lower(address: string): string {
  return address.toLowerCase();
}
