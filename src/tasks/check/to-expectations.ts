import { usageError } from '../../model/errors.js';
import { durationText, parseDuration } from '../../model/values/duration.js';
import type { ConfigExpect } from './config-schema.js';
import type { Expectations } from './expectations.js';

/**
 * Expectations as a configuration writes them, in seconds. `name` is whom they are held against.
 * Throws `contradiction` where no mail host could hold them.
 */
export function toExpectations(name: string, expect: ConfigExpect): Expectations {
  const { verdict, opensNoLaterThan, opensNoEarlierThan, closesNoEarlierThan, landsWithin } =
    expect;
  const { confidenceAtLeast, hostsShareState, tlsOffered, noHostUnreachable } = expect;
  const expectations: Expectations = {
    ...(verdict === undefined ? {} : { verdict: [verdict].flat() }),
    ...seconds('opensNoLaterThan', opensNoLaterThan),
    ...seconds('opensNoEarlierThan', opensNoEarlierThan),
    ...seconds('closesNoEarlierThan', closesNoEarlierThan),
    ...(confidenceAtLeast === undefined ? {} : { confidenceAtLeast }),
    ...(hostsShareState === undefined ? {} : { hostsShareState }),
    ...(tlsOffered === undefined ? {} : { tlsOffered }),
    // Hosts out of reach are nothing that anybody expects: false takes the default back.
    ...(noHostUnreachable === true ? { noHostUnreachable } : {}),
    ...(landsWithin === undefined ? {} : { landsWithin: secondsOf(landsWithin) }),
  };
  refuseContradiction(name, expectations);
  return expectations;
}

function refuseContradiction(name: string, expectations: Expectations): void {
  const { opensNoLaterThan: latest, opensNoEarlierThan: earliest } = expectations;
  if (latest === undefined || earliest === undefined || earliest <= latest) return;
  throw usageError(
    'contradiction',
    `${name} cannot open no earlier than ${durationText(earliest)} and no later than ${durationText(latest)}.`,
    'Give the shorter time as the earliest.',
  );
}

function seconds<K extends string>(key: K, text: string | undefined): { [Key in K]?: number } {
  if (text === undefined) return {};
  const parsed: { [Key in K]?: number } = {};
  parsed[key] = parseDuration(text);
  return parsed;
}

function secondsOf(limits: Readonly<Record<string, string>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(limits).map(([sender, text]) => [sender, parseDuration(text)]),
  );
}
