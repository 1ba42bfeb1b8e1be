import { classify } from '../greylist/classify.js';
import type { DeferralClass, Hypothesis } from '../greylist/hypothesis.js';
import type { Reply } from '../model/smtp.js';
import type { LogSummary } from '../result/explain-result.js';
import { domainOf } from './addresses.js';
import { BoundedTally, detached, type Tallied } from './bounded-tally.js';
import type { Direction, Finding } from './finding.js';
import { probeCommand } from './probe-command.js';

/** Different hosts, domains and texts that are held at a time. */
const CAPACITY = 4096;
/** Normalised replies whose class is remembered. */
const CLASS_CACHE = 4096;
/** Findings that are kept whole: a short log is told one by one. */
const KEPT_FINDINGS = 5;

interface Place {
  readonly first: string | null;
  last: string | null;
  readonly classes: Map<DeferralClass | null, number>;
  readonly example: Finding;
}

interface Wording {
  readonly reply: Reply;
  readonly direction: Direction;
  readonly line: number | null;
  readonly best: Hypothesis | null;
}

/** Adds findings up in bounded memory. */
export class LogTally {
  readonly #hosts = new BoundedTally<Place>(CAPACITY);
  readonly #destinations = new BoundedTally<Place>(CAPACITY);
  readonly #texts = new BoundedTally<Wording>(CAPACITY);
  readonly #classes = new BoundedTally<{ direction: Direction; class: DeferralClass | null }>(256);
  readonly #known = new Map<string, Hypothesis | null>();
  readonly #kept: Finding[] = [];
  #refusals = 0;
  #withoutReply = 0;
  #first: string | null = null;
  #last: string | null = null;

  get refusals(): number {
    return this.#refusals;
  }

  /** All findings while there are few; empty once there are more. */
  get few(): readonly Finding[] {
    return this.#refusals <= KEPT_FINDINGS ? this.#kept : [];
  }

  add(found: Finding): void {
    this.#refusals += 1;
    if (this.#refusals <= KEPT_FINDINGS) this.#kept.push(found);
    this.#first ??= found.when === null ? null : detached(found.when);
    this.#last = found.when ?? this.#last;
    const best = found.reply === null ? null : this.#addWording(found, found.reply);
    if (found.reply === null) this.#withoutReply += 1;
    const deferral = best?.class ?? null;
    const { direction } = found;
    this.#classes.add(`${direction} ${deferral}`, () => ({ direction, class: deferral }));
    if (direction === 'incoming') return;
    const host = found.remoteHost ?? found.remoteAddress;
    if (host !== null)
      note(
        this.#hosts.add(host, () => placeOf(found)),
        found,
        deferral,
      );
    const domain = found.recipient === null ? null : domainOf(found.recipient);
    if (domain !== null) {
      note(
        this.#destinations.add(domain, () => placeOf(found)),
        found,
        deferral,
      );
    }
  }

  /** The counts, with at most `limit` rows in each list. */
  summary(limit: number): LogSummary {
    return {
      refusals: this.#refusals,
      withoutReply: this.#withoutReply,
      first: this.#first,
      last: this.#last,
      classes: this.#classes.top(64).map(({ about, count }) => ({ ...about, count })),
      remoteHosts: this.#hosts.top(limit).map((row) => ({ host: row.key, ...placeRow(row) })),
      destinations: this.#destinations.top(limit).map((row) => ({
        domain: row.key,
        ...placeRow(row),
        recipient: row.about.example.recipient ?? '',
        command: probeCommand(row.about.example),
      })),
      texts: this.#texts.top(limit).map(({ about, count }) => ({
        direction: about.direction,
        reply: { ...about.reply, text: [...about.reply.text] },
        count,
        class: about.best?.class ?? null,
        confidence: about.best?.confidence ?? null,
        implementation: about.best?.implementation ?? null,
        line: about.line,
      })),
      cut: [
        ...(this.#hosts.cut ? (['remoteHosts'] as const) : []),
        ...(this.#destinations.cut ? (['destinations'] as const) : []),
        ...(this.#texts.cut ? (['texts'] as const) : []),
      ],
    };
  }

  #addWording(found: Finding, reply: Reply): Hypothesis | null {
    const key = `${found.direction} ${found.stage ?? ''} ${reply.code} ${reply.enhanced ?? ''} ${normalise(reply)}`;
    let best = this.#known.get(key);
    if (best === undefined) {
      best = classify(reply, found.stage)[0] ?? null;
      if (this.#known.size >= CLASS_CACHE) this.#known.clear();
      this.#known.set(detached(key), best);
    }
    const settled = best;
    this.#texts.add(key, () => ({
      reply: detachedReply(reply),
      direction: found.direction,
      line: found.line,
      best: settled,
    }));
    return settled;
  }
}

/**
 * The words without what differs from message to message: addresses, numbers, ids. Replies with the
 * same normalised words have the same class.
 */
export function normalise(reply: Reply): string {
  const text = reply.text.length === 1 ? (reply.text[0] ?? '') : reply.text.join(' ');
  return text
    .slice(0, 1024)
    .replace(/<[^<>]{0,400}>|[^\s<>@"'(),;:[\]]{1,64}@[^\s<>"'(),;:[\]]{1,255}/g, '<>')
    .replace(/(?=[\w.:-]{0,80}\d)[\w.:-]{12,80}|\d[\d.:]*/g, '#');
}

function placeOf(found: Finding): Place {
  return {
    first: found.when === null ? null : detached(found.when),
    last: null,
    classes: new Map(),
    example: detachedFinding(found),
  };
}

function note(row: Tallied<Place>, found: Finding, deferral: DeferralClass | null): void {
  row.about.last = found.when === null ? row.about.last : detached(found.when);
  row.about.classes.set(deferral, (row.about.classes.get(deferral) ?? 0) + 1);
}

function placeRow(row: Tallied<Place>) {
  const [most] = [...row.about.classes].sort(([, a], [, b]) => b - a);
  return {
    count: row.count,
    class: most?.[0] ?? null,
    first: row.about.first,
    last: row.about.last,
  };
}

function detachedReply(reply: Reply): Reply {
  return {
    code: reply.code,
    enhanced: reply.enhanced === null ? null : detached(reply.enhanced),
    text: reply.text.map(detached),
  };
}

/** Only what the summary uses of an example, in memory of its own. */
function detachedFinding(found: Finding): Finding {
  const own = (text: string | null) => (text === null ? null : detached(text));
  return {
    ...found,
    reply: null,
    failure: null,
    when: null,
    recipient: own(found.recipient),
    sender: own(found.sender),
    reportingHost: own(found.reportingHost),
    remoteHost: own(found.remoteHost),
    remoteAddress: own(found.remoteAddress),
  };
}
