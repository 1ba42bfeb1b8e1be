import type { Manners } from '../../../src/core/run/request.js';
import type { Random } from '../../../src/model/ports/random.js';
import type {
  HostAnswer,
  HostQuery,
  MailHostBehaviour,
} from '../../../src/sandbox/mail-host-behaviour.js';

/** A connection as the mail host saw it. */
export interface SeenConnection {
  readonly atMs: number;
  transactions: number;
}

/** What a mail host saw, whatever the client says that it did. */
export interface HostLog {
  readonly connections: readonly SeenConnection[];
  readonly behaviour: MailHostBehaviour;
}

/**
 * A mail host that keeps a log. A share of its answers is lost on the way: the host has decided, and
 * the client never hears of it.
 */
export function watched(behaviour: MailHostBehaviour, lost: number, random: Random): HostLog {
  const connections: SeenConnection[] = [];
  const maybeLost = (answer: HostAnswer): HostAnswer => {
    if (lost === 0 || random.integer(1_000_000) >= lost * 1_000_000) return answer;
    return random.integer(4) === 0 ? 'silence' : 'close';
  };
  return {
    connections,
    behaviour: {
      ...behaviour,
      connect: (query: HostQuery) => {
        connections.push({ atMs: query.atMs, transactions: 0 });
        return maybeLost(behaviour.connect?.(query) ?? null);
      },
      mail: (query: HostQuery) => {
        const last = connections.at(-1);
        if (last !== undefined) last.transactions += 1;
        return maybeLost(behaviour.mail?.(query) ?? null);
      },
      rcpt: (query: HostQuery) => maybeLost(behaviour.rcpt?.(query) ?? null),
    },
  };
}

/**
 * Where the client broke its manners. Two connections can come up to the spread of the latency
 * nearer to each other than they were begun.
 */
export function brokenManners(
  connections: readonly SeenConnection[],
  manners: Manners,
  spreadMs: number,
): readonly string[] {
  const hourMs = 3_600_000 - spreadMs;
  const pauseMs = manners.secondsBetweenConnections * 1000;
  return connections.flatMap((one, index) => {
    const faults: string[] = [];
    const before = connections[index - 1];
    if (before !== undefined && one.atMs - before.atMs < pauseMs) {
      faults.push(`connection ${index + 1} came ${one.atMs - before.atMs} ms after the last`);
    }
    const hourAgo = connections[index - manners.connectionsPerHour];
    if (hourAgo !== undefined && one.atMs - hourAgo.atMs < hourMs) {
      faults.push(`connection ${index + 1} is one too many within an hour`);
    }
    if (one.transactions > manners.transactionsPerSession) {
      faults.push(`connection ${index + 1} had ${one.transactions} transactions`);
    }
    return faults;
  });
}
