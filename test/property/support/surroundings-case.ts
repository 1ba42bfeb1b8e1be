import fc from 'fast-check';
import type { Reply } from '../../../src/model/smtp.js';
import { domainOf, localPartOf } from '../../../src/sandbox/address-parts.js';
import { createGreylister } from '../../../src/sandbox/greylister.js';
import type {
  Greylister,
  GreylisterPolicy,
  GreylistQuery,
} from '../../../src/sandbox/greylister-policy.js';
import type { HostQuery, MailHostBehaviour } from '../../../src/sandbox/mail-host-behaviour.js';
import { createVirtualRandom } from '../../../src/sandbox/virtual/virtual-random.js';
import { byMagnitude, evenly, onceIn, seeds } from './numbers.js';

/*
 * What stands around a list in the world: several machines behind one address, a memory that is
 * restored from a backup, senders that the host knows, noise.
 */

/** Several machines behind one address. */
interface Cluster {
  readonly machines: number;
  /** What decides which machine answers: the connection, or each recipient anew. */
  readonly turns: 'round-robin' | 'random' | 'client-port' | 'each-recipient';
  readonly lists: 'shared' | 'lagging' | 'separate';
  readonly lagSeconds: number;
  /** Each machine's banner has its name. */
  readonly named: boolean;
}

export interface Surroundings {
  readonly seed: number;
  readonly cluster: Cluster | null;
  /** At that time of the run the list is put back to what it was so long before; then it goes on. */
  readonly restored: { readonly atSeconds: number; readonly bySeconds: number } | null;
  /** Share of the given senders that are let in at once, and the domain that is. */
  readonly known: { readonly share: number; readonly domain: string | null } | null;
  /** A share of connections or recipients is put off for another reason. */
  readonly noise: {
    readonly share: number;
    readonly of: 'connection' | 'recipient';
    /** Null: in the words of the list. */
    readonly words: Reply | null;
  } | null;
  /** For so long nobody asks the list, and all are let in. */
  readonly bypassed: { readonly fromSeconds: number; readonly untilSeconds: number } | null;
}

export const PEACEFUL: Surroundings = {
  seed: 0,
  cluster: null,
  restored: null,
  known: null,
  noise: null,
  bypassed: null,
};

const cluster = (named: boolean): fc.Arbitrary<Cluster> =>
  fc.record({
    machines: fc.integer({ min: 2, max: 8 }),
    turns: fc.constantFrom(
      ...(['round-robin', 'random', 'client-port'] as const),
      ...(named ? [] : (['each-recipient'] as const)),
    ),
    lists: fc.constantFrom('shared', 'lagging', 'separate'),
    lagSeconds: byMagnitude(0.1, 60),
    named: fc.constant(named),
  });

const restored = fc.record({ atSeconds: byMagnitude(1, 8000), bySeconds: byMagnitude(1, 8000) });

const known = fc.record({
  share: evenly(0, 0.7),
  domain: fc.constantFrom(null, null, 'second.example', 'sender.example'),
});

const bypassed = fc
  .record({ from: byMagnitude(1, 2000), lasts: byMagnitude(5, 300) })
  .map(({ from, lasts }) => ({ fromSeconds: from, untilSeconds: from + lasts }));

/** What a program can see through: here nothing that it says may be wrong. */
export const surroundings: fc.Arbitrary<Surroundings> = fc
  .record({
    seed: seeds,
    known: fc.option(known, { freq: 3 }),
    cluster: cluster(true),
    isCluster: onceIn(6),
  })
  .map(({ seed, isCluster, ...drawn }) => ({
    ...PEACEFUL,
    seed,
    known: drawn.known,
    cluster: isCluster ? drawn.cluster : null,
  }));

const noise = fc.record({
  share: evenly(0.02, 0.15),
  of: fc.constantFrom('connection' as const, 'recipient' as const),
  words: fc.constantFrom<Reply | null>(null, {
    code: 451,
    enhanced: '4.3.0',
    text: ['Temporary lookup failure'],
  }),
});

/**
 * What nobody can tell for sure from one machine and one list: here the share of errors is counted. A list
 * that is restored while a run plants forgets some tuples of a planting and keeps others: no plan sees that.
 */
export const troubledSurroundings: fc.Arbitrary<Surroundings> = fc
  .record({
    seed: seeds,
    kind: fc.constantFrom('cluster', 'cluster', 'noise', 'noise', 'bypassed', 'restored'),
    restored,
    cluster: cluster(false),
    noise,
    bypassed,
  })
  .map(({ seed, kind, ...drawn }) => ({
    ...PEACEFUL,
    seed,
    cluster: kind === 'cluster' ? drawn.cluster : null,
    noise: kind === 'noise' ? drawn.noise : null,
    bypassed: kind === 'bypassed' ? drawn.bypassed : null,
    restored: kind === 'restored' ? drawn.restored : null,
  }));

/** The list of a policy with all that stands around it. Built anew for each run. */
export function surrounded(
  policy: GreylisterPolicy,
  around: Surroundings,
  startMs: number,
): MailHostBehaviour {
  const random = createVirtualRandom(around.seed);
  const machines = machinesOf(policy, around, startMs);
  const turns = turnsOf(around.cluster, () => random.integer(machines.length), machines.length);
  let noisy = false;
  const drawNoise = () => random.integer(1_000_000) < (around.noise?.share ?? 0) * 1_000_000;
  const decide = (query: HostQuery): Reply | null => {
    const machine = turns.of(query);
    const seconds = (query.atMs - startMs) / 1000;
    const { bypassed: gap } = around;
    if (gap !== null && seconds >= gap.fromSeconds && seconds < gap.untilSeconds) return null;
    if (isKnown(around, query)) return null;
    const answer = machines[machine]?.decide(query) ?? null;
    if (around.noise === null || query.stage !== policy.stage || query.sender === '') return answer;
    const hit = around.noise.of === 'connection' ? noisy : drawNoise();
    if (!hit) return answer;
    return around.noise.words ?? answer ?? policy.reply;
  };
  return {
    connect: (query) => {
      turns.next(query);
      noisy = drawNoise();
      return decide(query) ?? bannerOf(around.cluster, turns.of(query));
    },
    mail: decide,
    rcpt: decide,
    data: decide,
    message: decide,
  };
}

function bannerOf(cluster: Cluster | null, machine: number): Reply | null {
  if (cluster?.named !== true) return null;
  return { code: 220, enhanced: null, text: [`mx${machine + 1}.mail.example ESMTP`] };
}

interface Turns {
  next(query: HostQuery): void;
  of(query: HostQuery): number;
}

function turnsOf(cluster: Cluster | null, draw: () => number, count: number): Turns {
  let current = 0;
  let connections = 0;
  return {
    next: () => {
      connections += 1;
      if (cluster?.turns === 'round-robin') current = connections % count;
      else current = cluster === null ? 0 : draw();
    },
    of: (query) => {
      // One recipient meets one list: the question is asked again at DATA and with the message.
      if (cluster?.turns === 'each-recipient' && query.stage === 'rcpt') current = draw();
      return current;
    },
  };
}

function isKnown({ known: senders, seed }: Surroundings, { sender }: GreylistQuery): boolean {
  if (senders === null || sender === '') return false;
  if (domainOf(sender) === senders.domain) return true;
  // A new address is known to nobody; the seed decides which of the given ones are.
  const name = localPartOf(sender);
  if (!GIVEN.has(name)) return false;
  const index = [...GIVEN].indexOf(name);
  return createVirtualRandom(seed + index).integer(1000) < senders.share * 1000;
}

/** Local parts of given senders, which a host can have met before. */
export const GIVEN: ReadonlySet<string> = new Set([
  'amber',
  'birch',
  'cedar',
  'dogwood',
  'elm',
  'fir',
  'gorse',
  'hazel',
  'ivy',
  'juniper',
]);

function machinesOf(
  policy: GreylisterPolicy,
  { cluster, restored: back }: Surroundings,
  startMs: number,
): readonly Greylister[] {
  const build = (): Greylister =>
    back === null
      ? createGreylister(policy)
      : restorable(policy, startMs + back.atSeconds * 1000, back.bySeconds * 1000);
  if (cluster === null) return [build()];
  if (cluster.lists === 'shared') {
    const one = build();
    return Array.from({ length: cluster.machines }, () => one);
  }
  const lists = Array.from({ length: cluster.machines }, build);
  return cluster.lists === 'separate' ? lists : lagging(lists, cluster.lagSeconds * 1000);
}

/** At a moment the list is put back to its backup: what it met since then it has never met. */
function restorable(policy: GreylisterPolicy, atMs: number, byMs: number): Greylister {
  let list = createGreylister(policy);
  let isBack = false;
  const asked: GreylistQuery[] = [];
  return {
    decide: (query) => {
      if (!isBack && query.atMs >= atMs) {
        isBack = true;
        list = createGreylister(policy);
        for (const one of asked) if (one.atMs < atMs - byMs) list.decide(one);
      }
      if (!isBack) asked.push(query);
      return list.decide(query);
    },
  };
}

/** Each list hears what the others were asked, later. */
function lagging(lists: readonly Greylister[], lagMs: number): readonly Greylister[] {
  const pending = lists.map((): GreylistQuery[] => []);
  return lists.map((list, index) => ({
    decide: (query) => {
      const news = pending[index] ?? [];
      while (news[0] !== undefined && news[0].atMs + lagMs <= query.atMs) {
        const [heard] = news.splice(0, 1);
        if (heard !== undefined) list.decide(heard);
      }
      for (const [other, inbox] of pending.entries()) if (other !== index) inbox.push(query);
      return list.decide(query);
    },
  }));
}
