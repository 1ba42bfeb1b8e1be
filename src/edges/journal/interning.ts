import type { ProbeEvent } from '../../core/run/events.js';
import type { PinnedHost } from '../../model/mail-host.js';
import type { SessionFacts } from '../../model/ports/dialer.js';
import type { Reply } from '../../model/smtp.js';
import type { Stamp } from '../../model/time.js';
import type { Tuple } from '../../model/tuple.js';

/** Of each kind so many different values are remembered; hostile journals must not grow the memory. */
const MOST_REMEMBERED = 256;

/**
 * Lets the events of one journal share what they have in common: a long run says the same host, reply
 * and recipient thousands of times. Values are equal to those that came in.
 */
export class EventSharing {
  readonly #texts = new Map<string, string>();
  readonly #replies = new Map<string, Reply>();
  readonly #hosts = new Map<string, PinnedHost>();
  readonly #facts = new Map<string, SessionFacts>();
  /** Mostly the next one is the same, which is sooner seen than looked up. */
  #lastReply: Reply | null = null;

  share(event: ProbeEvent): ProbeEvent {
    switch (event.type) {
      case 'session-started':
        return {
          ...event,
          at: lean(event.at),
          host: remembered(this.#hosts, JSON.stringify(event.host), event.host),
          purpose: this.#text(event.purpose),
        };
      case 'session-opened':
        return {
          ...event,
          facts: remembered(this.#facts, JSON.stringify(event.facts), event.facts),
        };
      case 'attempt-started':
        return {
          ...event,
          at: lean(event.at),
          tuple: this.#tuple(event.tuple),
        };
      case 'attempt-finished': {
        const { reply } = event;
        return {
          ...event,
          reply: reply === null ? null : this.#reply(reply),
          sent: lean(event.sent),
          replied: lean(event.replied),
        };
      }
      case 'session-ended':
        return { ...event, at: lean(event.at) };
      default:
        return event;
    }
  }

  #reply(reply: Reply): Reply {
    const last = this.#lastReply;
    if (last !== null && isSame(last, reply)) return last;
    this.#lastReply = remembered(this.#replies, JSON.stringify(reply), reply);
    return this.#lastReply;
  }

  #text(text: string): string {
    return remembered(this.#texts, text, text);
  }

  #tuple({ id, client, helo, sender, recipient }: Tuple): Tuple {
    return {
      id,
      client: client === null ? null : this.#text(client),
      helo: this.#text(helo),
      sender,
      recipient: this.#text(recipient),
    };
  }
}

function isSame(one: Reply, other: Reply): boolean {
  return (
    one.code === other.code &&
    one.enhanced === other.enhanced &&
    one.text.length === other.text.length &&
    one.text.every((line, index) => line === other.text[index])
  );
}

function remembered<T>(values: Map<string, T>, key: string, value: T): T {
  const known = values.get(key);
  if (known !== undefined) return known;
  if (values.size < MOST_REMEMBERED) values.set(key, value);
  return value;
}

/** An object written as a literal takes less room than one that grew property by property. */
function lean({ segment, monotonicMs, wallMs, apartMs }: Stamp): Stamp {
  return apartMs === undefined
    ? { segment, monotonicMs, wallMs }
    : { segment, monotonicMs, wallMs, apartMs };
}
