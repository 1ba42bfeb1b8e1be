import { sendersNamed } from '../../core/advice/senders.js';
import { VERDICT_KINDS, type VerdictKind } from '../../core/evidence/verdict-schema.js';
import { usageError } from '../../model/errors.js';
import { parseDuration } from '../../model/values/duration.js';
import { ofFlag } from '../../model/values/flag-value.js';
import { didYouMean } from '../../model/values/nearest.js';
import type { Expectations } from '../../tasks/check/expectations.js';
import type { ExpectFlags } from './check-flags.js';

/** The expectations among the flags of `check`, read. Throws usage errors that name the flag. */
export function expectFromFlags(flags: ExpectFlags): Expectations {
  const seconds = (
    name: `expect-${'opens-no-later' | 'opens-no-earlier' | 'closes-no-earlier'}-than`,
  ) => {
    const given = flags[name];
    return given === undefined ? undefined : ofFlag(`--${name}`, () => parseDuration(given));
  };
  return withoutUndefined({
    verdict: flags['expect-verdict']?.split(',').map(toVerdict),
    confidenceAtLeast: flags['expect-confidence-at-least'],
    opensNoLaterThan: seconds('expect-opens-no-later-than'),
    opensNoEarlierThan: seconds('expect-opens-no-earlier-than'),
    closesNoEarlierThan: seconds('expect-closes-no-earlier-than'),
    landsWithin: landings(flags['expect-lands-within'] ?? []),
    tlsOffered: flags['expect-tls-offered'],
    noHostUnreachable: flags['expect-no-host-unreachable'],
    unchanged: flags['expect-unchanged'],
    hostsShareState: flags['expect-hosts-share-state'],
  });
}

function toVerdict(text: string): VerdictKind {
  const wanted = text.trim();
  const kind = VERDICT_KINDS.find((one) => one === wanted);
  if (kind !== undefined) return kind;
  throw usageError(
    'bad-verdict',
    `'${wanted}' is not a verdict.${didYouMean(wanted, VERDICT_KINDS)}`,
    `Verdicts: ${VERDICT_KINDS.join(', ')}.`,
  );
}

/** `postfix=30m` gives 1800 for postfix. */
function landings(texts: readonly string[]): Record<string, number> | undefined {
  if (texts.length === 0) return undefined;
  const limits = new Map<string, number>();
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at <= 0) {
      throw usageError(
        'bad-landing',
        `'${text}' does not name a sender and a time.`,
        'Write it as in: --expect-lands-within postfix=30m',
      );
    }
    const sender = text.slice(0, at).trim().toLowerCase();
    ofFlag('--expect-lands-within', () => sendersNamed(sender));
    if (limits.has(sender)) {
      throw usageError(
        'bad-landing',
        `--expect-lands-within names '${sender}' twice.`,
        'Give each sender one time.',
      );
    }
    limits.set(
      sender,
      ofFlag('--expect-lands-within', () => parseDuration(text.slice(at + 1))),
    );
  }
  return Object.fromEntries(limits);
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function withoutUndefined<T extends object>(values: T): Defined<T> {
  const kept: Defined<T> = {};
  for (const key in values) {
    const value = values[key];
    if (isDefined(value)) kept[key] = value;
  }
  return kept;
}

function isDefined<T>(value: T): value is Exclude<T, undefined> {
  return value !== undefined;
}
