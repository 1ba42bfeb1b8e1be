import type { LogSummary } from '../../contract/explain-result.js';
import { classify } from '../../core/greylist/classify.js';
import type { DeferralClass, Hypothesis } from '../../core/greylist/hypothesis.js';
import { domainOf } from '../../mail/addresses.js';
import { type Direction, type Finding, finding, type InputFormat } from '../../mail/finding.js';
import type { Reply } from '../../model/smtp.js';
import { detached } from '../../model/values/detached.js';
import { BoundedTally, type Tallied } from './bounded-tally.js';
import { normaliseWords } from './normalise-words.js';
import type { RecipientOutcome } from './outcomes.js';
import { probeCommand } from './probe-command.js';

/** Different hosts, domains and texts that are held at a time. */
const CAPACITY = 2048;
/** Normalised replies whose class is remembered. */
const CLASS_CACHE = 2048;
/** Findings that are told one by one: of a log a few, of mails and texts more. */
const FEW_OF_LOG = 5;
const FEW_OF_OTHERS = 50;

/** A finding that is told by itself, with what became of the message. */
export interface Kept {
  readonly found: Finding;
  readonly outcome: RecipientOutcome | null;
}

interface Place {
  readonly first: string | null;
  last: string | null;
  readonly firstClass: DeferralClass | null;
  /** Counts of the classes; most places only ever have one, and need no map. */
  classes: Map<DeferralClass | null, number> | null;
}

/** A place with its first refusal, in memory of its own. */
interface Destination extends Place {
  readonly recipient: string | null;
  readonly sender: string | null;
  readonly host: string | null;
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
  readonly #destinations = new BoundedTally<Destination>(CAPACITY);
  readonly #texts = new BoundedTally<Wording>(CAPACITY);
  readonly #classes = new BoundedTally<{ direction: Direction; class: DeferralClass | null }>(256);
  readonly #known = new Map<string, Hypothesis | null>();
  readonly #kept: Kept[] = [];
  #typical: Kept | null = null;
  #typicalIsGrey = false;
  #refusals = 0;
  #withoutReply = 0;
  #first: string | null = null;
  #last: string | null = null;

  get refusals(): number {
    return this.#refusals;
  }

  /** The first greylisting, else the first refusal: the one that the answer of a summary speaks of. */
  get typical(): Kept | null {
    return this.#typical;
  }

  /** All findings while there are few for an input of this format; empty once there are more. */
  few(format: InputFormat | null): readonly Kept[] {
    const most = format === 'log' ? FEW_OF_LOG : FEW_OF_OTHERS;
    return this.#refusals <= most ? this.#kept : [];
  }

  /** Adds one finding, read in this line (from 1; null: not read by lines). */
  add(found: Finding, line: number | null, outcome: RecipientOutcome | null): void {
    this.#refusals += 1;
    if (this.#refusals <= FEW_OF_OTHERS) this.#kept.push({ found: { ...found, line }, outcome });
    else if (this.#kept.length > 0) this.#kept.length = 0;
    // Many lines have the time of the one before: one copy serves all of them.
    if (found.when !== null && found.when !== this.#last) this.#last = detached(found.when);
    const when = found.when === null ? null : this.#last;
    this.#first ??= when;
    const best = found.reply === null ? null : this.#addWording(found, found.reply, line);
    if (found.reply === null) this.#withoutReply += 1;
    const deferral = best?.class ?? (found.greylister === null ? null : 'greylisting');
    this.#noteTypical(found, line, deferral);
    const { direction } = found;
    this.#classes.add(`${direction} ${deferral}`, () => ({ direction, class: deferral }));
    if (direction === 'incoming') return;
    const host = found.remoteHost ?? found.remoteAddress;
    if (host !== null) {
      const row = this.#hosts.add(host, () => placeAt(when, deferral));
      note(row, when, deferral);
    }
    const domain = found.recipient === null ? null : domainOf(found.recipient);
    if (domain === null) return;
    // Written out, not spread: most refusals of a large log are the first of their domain in a while.
    const row = this.#destinations.add(domain, () => ({
      first: when,
      last: when,
      firstClass: deferral,
      classes: null,
      recipient: own(found.recipient),
      sender: own(found.sender),
      host: own(host),
    }));
    note(row, when, deferral);
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
        recipient: row.about.recipient ?? '',
        command: commandFor(row.about),
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
      different: {
        remoteHosts: this.#hosts.size,
        destinations: this.#destinations.size,
        texts: this.#texts.size,
      },
      cut: [
        ...(this.#hosts.cut ? (['remoteHosts'] as const) : []),
        ...(this.#destinations.cut ? (['destinations'] as const) : []),
        ...(this.#texts.cut ? (['texts'] as const) : []),
      ],
    };
  }

  #noteTypical(found: Finding, line: number | null, deferral: DeferralClass | null): void {
    const isGrey = deferral === 'greylisting' && found.direction === 'outgoing';
    if (this.#typical !== null && (this.#typicalIsGrey || !isGrey)) return;
    this.#typicalIsGrey = isGrey;
    // What became of one message says nothing of the others.
    this.#typical = { found: { ...found, line, fate: 'deferred' }, outcome: null };
  }

  #addWording(found: Finding, reply: Reply, line: number | null): Hypothesis | null {
    const key = `${found.direction} ${found.stage ?? ''} ${reply.code} ${reply.enhanced ?? ''} ${normaliseWords(reply)}`;
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
      line,
      best: settled,
    }));
    return settled;
  }
}

function placeAt(when: string | null, firstClass: DeferralClass | null): Place {
  return { first: when, last: when, firstClass, classes: null };
}

function note(row: Tallied<Place>, when: string | null, deferral: DeferralClass | null): void {
  const place = row.about;
  place.last = when ?? place.last;
  if (place.classes === null) {
    if (deferral === place.firstClass) return;
    place.classes = new Map([[place.firstClass, row.count - 1]]);
  }
  place.classes.set(deferral, (place.classes.get(deferral) ?? 0) + 1);
}

function placeRow(row: Tallied<Place>) {
  const { first, last, firstClass, classes } = row.about;
  const [most] = [...(classes ?? [])].sort(([, a], [, b]) => b - a);
  return { count: row.count, class: most === undefined ? firstClass : most[0], first, last };
}

function detachedReply(reply: Reply): Reply {
  return {
    code: reply.code,
    enhanced: reply.enhanced === null ? null : detached(reply.enhanced),
    text: reply.text.map(detached),
  };
}

function own(text: string | null): string | null {
  return text === null ? null : detached(text);
}

/** The command for the first refusal of a destination. */
function commandFor({ recipient, sender, host }: Destination): string | null {
  return probeCommand(
    finding({ source: 'reply', fate: 'deferred', recipient, sender, remoteHost: host }),
  );
}
