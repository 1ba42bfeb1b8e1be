import * as v from 'valibot';
import { sendersNamed } from '../../core/advice/senders.js';
import { VERDICT_KINDS, type VerdictKind } from '../../core/evidence/verdict-schema.js';
import { CONFIDENCES } from '../../core/greylist/hypothesis.js';
import { usageError } from '../../model/errors.js';
import { durationText, parseDuration } from '../../model/values/duration.js';
import {
  choice,
  duration,
  EMPTY,
  expected,
  expectedChoice,
  keys,
  list,
  text,
  toggle,
  WITH_UNIT,
} from './config-values.js';

const age = (description: string) =>
  v.exactOptional(duration(parseDuration, `${description} ${WITH_UNIT}`));

const yesOrNo = (description: string) => v.exactOptional(toggle(description));

const kind = v.picklist(VERDICT_KINDS, expectedChoice(VERDICT_KINDS));

/** What a run is held against, as configurations write it; what is read are seconds and lists. */
export const ExpectSchema = v.pipe(
  keys({
    verdict: v.exactOptional(
      v.pipe(
        v.union(
          [kind, v.pipe(list(kind), v.minLength(1, EMPTY))],
          expectedChoice(VERDICT_KINDS, ['a list']),
        ),
        v.description('What the mail host does; a list means any of these.'),
        v.transform((wanted): readonly VerdictKind[] => [wanted].flat()),
      ),
    ),
    opensNoLaterThan: age('A retry at this age is accepted.'),
    opensNoEarlierThan: age('A retry before this age is refused.'),
    closesNoEarlierThan: age('A retry at this age is still accepted.'),
    confidenceAtLeast: v.exactOptional(choice(CONFIDENCES, 'How sure the verdict must be.')),
    unchanged: yesOrNo('The run shows what the last one that is kept has shown.'),
    hostsShareState: yesOrNo('All mail hosts know of a sender that one of them has seen.'),
    tlsOffered: yesOrNo('The mail host offers STARTTLS.'),
    noHostUnreachable: yesOrNo('Each mail host of the domain answers; it is greeted to find out.'),
    landsWithin: v.exactOptional(
      v.pipe(
        v.record(
          text(knownSenders, 'A sender that `greyprobe recommend` knows.'),
          duration(parseDuration, `The longest delay of a mail from this sender. ${WITH_UNIT}`),
          expected('keys with values'),
        ),
        v.description(
          'By sender, such as postfix or exchange-2003: the longest delay of its mail.',
        ),
      ),
    ),
  }),
  v.description('What the run is held against. Only what stands here is judged.'),
);

function knownSenders(name: string): string {
  sendersNamed(name);
  return name;
}

/** What a run is held against. Absent ones are not looked at. Times in seconds. */
export type Expectations = Readonly<v.InferOutput<typeof ExpectSchema>>;

/** The names of expectations, as configurations write them. */
export const EXPECTATION_NAMES = Object.keys(ExpectSchema.entries);

/** Expectations over other expectations, one by one; `landsWithin` sender by sender. */
export function mergeExpectations(under: Expectations = {}, over: Expectations = {}): Expectations {
  const landsWithin = { ...under.landsWithin, ...over.landsWithin };
  const lands = Object.keys(landsWithin).length === 0 ? {} : { landsWithin };
  return { ...under, ...over, ...lands };
}

/** Throws `contradiction` where no mail host could hold them. `name` is whom they are held against. */
export function refuseContradiction(
  name: string,
  { opensNoLaterThan: latest, opensNoEarlierThan: earliest }: Expectations,
): void {
  if (latest === undefined || earliest === undefined || earliest <= latest) return;
  throw usageError(
    'contradiction',
    `${name} cannot open no earlier than ${durationText(earliest)} and no later than ${durationText(latest)}.`,
    'Give the shorter time as the earliest.',
  );
}
