import * as v from 'valibot';
import { landingOf } from '../core/advice/landing.js';
import { ASSUMED_CLOSE_SECONDS } from '../core/advice/sender-advice.js';
import type { Sender } from '../core/advice/sender-schema.js';
import type { SurveyRow } from './survey-row.js';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const seconds = v.pipe(v.number(), v.finite());

/** How many of something there are at least and at most: brackets do not always decide. */
const RangeSchema = v.object({ atLeast: count, atMost: count });

const GroupSchema = v.object({
  name: v.string(),
  targets: count,
  hosts: count,
  greylisted: count,
  /** Latest age at which half of them, and all, let a retry pass; null: none greylists. */
  medianOpensBySeconds: v.nullable(seconds),
  lastOpensBySeconds: v.nullable(seconds),
});

/** What a survey found, over all its rows. */
export const SurveyResultSchema = v.object({
  schema: v.literal('greyprobe.survey-result.v1'),
  survey: v.string(),
  version: v.string(),
  startedAt: v.string(),
  finishedAt: v.string(),
  /** Why it ended before its list did; null: it did not. */
  ended: v.nullable(v.picklist(['interrupted', 'asked-to-stop'])),
  contact: v.nullable(v.string()),
  counts: v.object({
    targets: count,
    /** Targets with a row. */
    done: count,
    hosts: count,
    connections: count,
    /** Hosts that asked to stop, or said that they block this client. */
    stops: count,
  }),
  /** Targets by verdict; `none`: left alone, as the list of those says that opted out. */
  verdicts: v.record(v.string(), count),
  products: v.array(GroupSchema),
  operators: v.array(GroupSchema),
  /** Targets that greylist and whose opening was seen: all below is about these. */
  measured: count,
  /** Which of them get the mail of a sender, as it is shipped, within so many seconds. */
  senders: v.array(
    v.object({
      id: v.string(),
      name: v.string(),
      within: v.array(v.object({ seconds, ...RangeSchema.entries })),
      /** It gives up before, or its retries can all miss. */
      never: RangeSchema,
    }),
  ),
  /** Waits before a first retry, and what each is good for. */
  firstRetry: v.array(
    v.object({
      seconds,
      ...RangeSchema.entries,
      /** Price: how much longer the mail waits than it must, on average over those served. */
      meanExtraSeconds: seconds,
    }),
  ),
  /** The wait that serves nine of ten with the first retry; null: nothing was measured. */
  best: v.nullable(v.object({ seconds, says: v.string() })),
  latenessMs: v.nullable(v.object({ p50: seconds, p99: seconds, most: seconds })),
});
export type SurveyResult = v.InferOutput<typeof SurveyResultSchema>;

const WITHIN_SECONDS = [300, 900, 1800, 3600, 14_400, 86_400];
/** Shares of the targets for which a first retry is looked for. */
const SHARES = [0.5, 0.75, 0.9, 0.95, 1];
const BEST_SHARE = 0.9;
/** A retry just at the edge may be too early by the host's clock. */
const MARGIN_SECONDS = 10;
const MOST_GROUPS = 20;

interface Bracket {
  readonly afterSeconds: number;
  readonly bySeconds: number;
  readonly closesSeconds: number;
  targets: number;
}

interface Group {
  targets: number;
  greylisted: number;
  readonly hosts: Set<string>;
  readonly opensBy: number[];
}

/** Counts rows as they come: a survey of a million keeps no million rows. */
export class SurveyTally {
  readonly #verdicts = new Map<string, number>();
  readonly #products = new Map<string, Group>();
  readonly #operators = new Map<string, Group>();
  readonly #brackets = new Map<string, Bracket>();
  readonly #runs = new Map<string, number>();
  #done = 0;

  add(row: SurveyRow): void {
    this.#done += 1;
    const verdict = row.verdict ?? 'none';
    this.#verdicts.set(verdict, (this.#verdicts.get(verdict) ?? 0) + 1);
    if (row.run !== null) this.#runs.set(row.run, row.connections);
    if (row.operator !== null) note(this.#operators, row.operator, row);
    if (row.verdict !== 'greylisted') return;
    note(this.#products, row.implementation ?? 'unknown', row);
    if (row.opensBySeconds === null) return;
    const { opensAfterSeconds, opensBySeconds, closesAfterSeconds } = row;
    const bracket = {
      // To the second: hosts of one kind then count as one.
      afterSeconds: Math.floor(opensAfterSeconds ?? 0),
      bySeconds: Math.ceil(opensBySeconds),
      closesSeconds: Math.max(closesAfterSeconds ?? 0, ASSUMED_CLOSE_SECONDS),
      targets: 0,
    };
    const key = `${bracket.afterSeconds} ${bracket.bySeconds} ${bracket.closesSeconds}`;
    const known = this.#brackets.get(key) ?? bracket;
    known.targets += 1;
    this.#brackets.set(key, known);
  }

  /** What all rows say together, for these senders. */
  result(senders: readonly Sender[]) {
    const brackets = [...this.#brackets.values()].sort((a, b) => a.bySeconds - b.bySeconds);
    const measured = brackets.reduce((sum, one) => sum + one.targets, 0);
    const firstRetry = measured === 0 ? [] : firstRetries(brackets, measured);
    return {
      done: this.#done,
      connections: [...this.#runs.values()].reduce((sum, one) => sum + one, 0),
      verdicts: Object.fromEntries([...this.#verdicts].sort(([, a], [, b]) => b - a)),
      products: groupsOf(this.#products),
      operators: groupsOf(this.#operators).slice(0, MOST_GROUPS),
      measured,
      senders: senders.map((sender) => landingsOf(sender, brackets)),
      firstRetry,
      best: bestOf(firstRetry, measured),
    };
  }
}

function note(groups: Map<string, Group>, name: string, row: SurveyRow): void {
  const group = groups.get(name) ?? { targets: 0, greylisted: 0, hosts: new Set(), opensBy: [] };
  groups.set(name, group);
  group.targets += 1;
  if (row.address !== null) group.hosts.add(row.address);
  if (row.verdict !== 'greylisted') return;
  group.greylisted += 1;
  if (row.opensBySeconds !== null) group.opensBy.push(row.opensBySeconds);
}

function groupsOf(groups: ReadonlyMap<string, Group>): SurveyResult['products'] {
  return [...groups]
    .map(([name, { targets, greylisted, hosts, opensBy }]) => {
      const sorted = opensBy.toSorted((a, b) => a - b);
      return {
        name,
        targets,
        hosts: hosts.size,
        greylisted,
        medianOpensBySeconds: sorted[Math.ceil(sorted.length / 2) - 1] ?? null,
        lastOpensBySeconds: sorted.at(-1) ?? null,
      };
    })
    .sort((a, b) => b.targets - a.targets);
}

/** Held against both ends of each bracket: the worst case at the late one, the best at the early one. */
function landingsOf(
  { id, name, schedule, giveUp }: Sender,
  brackets: readonly Bracket[],
): SurveyResult['senders'][number] {
  const cases = brackets.map(({ afterSeconds, bySeconds, closesSeconds, targets }) => {
    const at = (opensSeconds: number) =>
      schedule === null
        ? null
        : landingOf(schedule, giveUp, { opensSeconds, closesSeconds, restartsTimer: false });
    const [worst, best] = [at(bySeconds), at(afterSeconds)];
    const surely = worst === null || worst.missChance !== 0 ? null : worst.latestSeconds;
    // When it tries again is not known: it may be at once.
    const perhaps = best === null ? 0 : best.earliestSeconds;
    return { targets, surely, perhaps };
  });
  const count = (holds: (one: (typeof cases)[number]) => boolean) =>
    cases.reduce((sum, one) => sum + (holds(one) ? one.targets : 0), 0);
  return {
    id,
    name,
    within: WITHIN_SECONDS.map((limit) => ({
      seconds: limit,
      atLeast: count(({ surely }) => surely !== null && surely <= limit),
      atMost: count(({ perhaps }) => perhaps !== null && perhaps <= limit),
    })),
    never: {
      atLeast: count(({ perhaps }) => perhaps === null),
      atMost: count(({ surely }) => surely === null),
    },
  };
}

/** For each share of the targets the shortest wait that surely serves so many. Ascending by wait. */
function firstRetries(brackets: readonly Bracket[], measured: number): SurveyResult['firstRetry'] {
  const waits = SHARES.map((share) => {
    let served = 0;
    const last = brackets.find(({ targets }) => {
      served += targets;
      return served >= measured * share;
    });
    return (last?.bySeconds ?? 0) + MARGIN_SECONDS;
  });
  return [...new Set(waits)].map((wait) => {
    const served = brackets.filter(
      ({ bySeconds, closesSeconds }) => bySeconds <= wait && wait <= closesSeconds,
    );
    const perhaps = brackets.filter(
      ({ afterSeconds, closesSeconds }) => afterSeconds <= wait && wait <= closesSeconds,
    );
    const total = (some: readonly Bracket[]) => some.reduce((sum, one) => sum + one.targets, 0);
    const extra = served.reduce((sum, one) => sum + one.targets * (wait - one.bySeconds), 0);
    const atLeast = total(served);
    return {
      seconds: wait,
      atLeast,
      atMost: total(perhaps),
      meanExtraSeconds: Math.round(extra / Math.max(1, atLeast)),
    };
  });
}

function bestOf(waits: SurveyResult['firstRetry'], measured: number): SurveyResult['best'] {
  const best = waits.find(({ atLeast }) => atLeast >= measured * BEST_SHARE);
  if (best === undefined) return null;
  const { atLeast, atMost } = best;
  const undecided =
    atMost > atLeast
      ? ` Of ${atMost - atLeast} more the brackets do not decide it; --resolution narrows them.`
      : '';
  return {
    seconds: best.seconds,
    says:
      `A first retry after ${best.seconds} s gets the mail to ${atLeast} of ${measured} ` +
      `destinations at once; it waits ${best.meanExtraSeconds} s longer there than it must, on ` +
      `average.${undecided}`,
  };
}
