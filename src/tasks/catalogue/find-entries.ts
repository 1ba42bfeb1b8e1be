import type { ListedSender, SendersResult } from '../../contract/senders-result.js';
import { lastRetryOf } from '../../core/advice/last-retry.js';
import type { Sender } from '../../core/advice/sender-schema.js';
import { SENDER_ALIASES, SENDERS } from '../../core/advice/senders.js';
import { retrySpans } from '../../core/advice/spans.js';
import { loadCatalogue } from '../../core/greylist/catalogue/index.js';
import type { CatalogueEntry } from '../../core/greylist/catalogue/schema.js';
import { usageError } from '../../model/errors.js';
import { nearestNames } from '../../model/values/nearest.js';

const FIRST_RETRIES = 6;
const DAY_SECONDS = 86_400;

/** The senders in which each of the words stands; all without a word. Throws `nothing-found` (usage). */
export function findSenders(words: readonly string[]): SendersResult {
  const senders = SENDERS.map(listed).filter((sender) => holds(JSON.stringify(sender), words));
  if (senders.length > 0) return { schema: 'greyprobe.senders.v1', senders };
  const names = [...SENDERS.map(({ id }) => id), ...SENDER_ALIASES.map(({ name }) => name)];
  throw nothingFound('sender', words, names);
}

/** The greylisters in which each of the words stands; all without a word. Throws `nothing-found`. */
export function findGreylisters(words: readonly string[]): readonly CatalogueEntry[] {
  const all = loadCatalogue().filter(({ kind }) => kind === 'greylister');
  const found = all.filter((entry) => holds(JSON.stringify(entry), words));
  if (found.length > 0) return found;
  throw nothingFound(
    'greylister',
    words,
    all.map(({ id }) => id),
  );
}

function holds(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word.toLowerCase()));
}

function listed(sender: Sender): ListedSender {
  const { id, name, schedule, giveUp, settings, queueRun, notes, confidence } = sender;
  return {
    id,
    name,
    aliases: SENDER_ALIASES.flatMap((alias) => (alias.sender === id ? [alias.name] : [])),
    firstRetries:
      schedule === null
        ? null
        : retrySpans(sender, 30 * DAY_SECONDS)
            .slice(0, FIRST_RETRIES)
            .map(({ earliestSeconds, latestSeconds }) => [earliestSeconds, latestSeconds]),
    givesUpAfterSeconds: giveUp.seconds ?? lastRetryOf(sender),
    settings: settings.map(({ name, where, default: value, unit }) => ({
      name,
      where,
      value,
      unit,
    })),
    queueRun: queueRun?.command ?? null,
    notes: [...notes],
    confidence,
    source: sender.source,
    checked: sender.checked,
  };
}

function nothingFound(what: string, words: readonly string[], names: readonly string[]): Error {
  const shown = words.join(' ').slice(0, 60);
  const near = nearestNames(shown, names, 5);
  return usageError(
    'nothing-found',
    `No ${what} has ${JSON.stringify(shown)} in its entry.`,
    near.length > 0 ? `Near it: ${near.join(', ')}.` : `All of them: greyprobe ${what}s`,
  );
}
