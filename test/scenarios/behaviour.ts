import type { Random } from '../../src/model/ports/random.js';
import { senderDomain } from '../../src/model/tuple.js';
import { greylists, limitsRate } from '../../src/sandbox/behaviours.js';
import {
  type GreylisterPolicy,
  PLAIN_POLICY,
  policyWith,
} from '../../src/sandbox/greylister-policy.js';
import type {
  HostAnswer,
  HostQuery,
  MailHostBehaviour,
} from '../../src/sandbox/mail-host-behaviour.js';
import { modelById } from '../../src/sandbox/models/index.js';
import { fillReply, placeholdersOf } from '../../src/sandbox/reply-template.js';
import { createVirtualRandom } from '../../src/sandbox/virtual/virtual-random.js';
import { firstOf, tarpits } from '../support/behaviours.js';
import type { Scenario } from './scenario.js';

type Greylists = NonNullable<Scenario['host']['greylists']>;
type Fault = Scenario['host']['faults'][number];

/** The mail host of a scenario: its faults are asked first, in their order, then its greylist. */
export function behaviourOf({ host }: Scenario, startMs: number): MailHostBehaviour {
  const random = createVirtualRandom(7);
  const faults = host.faults.map((fault) => faultOf(fault, startMs, random));
  const list = host.greylists === undefined ? [] : [greylisterOf(host.greylists)];
  return tarpits(host['takes-over-each-reply'] * 1000, firstOf(...faults, ...list));
}

/** When the greylist lets a retry pass; null: there is none, or early tries add to the wait. */
export function delayOf({ host }: Scenario): number | null {
  if (host.greylists === undefined) return null;
  const { delaySeconds, earlyRetry } = policyOf(host.greylists);
  return earlyRetry.kind === 'penalty' ? null : delaySeconds;
}

function greylisterOf(told: Greylists): MailHostBehaviour {
  const dialogue = told.like === undefined ? {} : modelById(told.like).dialogue;
  const lists = Array.from({ length: told.machines }, () => greylists(policyOf(told), dialogue));
  const list = lists.length > 1 ? inTurn(lists) : (lists[0] ?? {});
  return told.knows.length === 0 ? list : letsIn(told.knows, list);
}

/** Machines behind one address, each with a name and a list of its own: each connection meets the next. */
function inTurn(machines: readonly MailHostBehaviour[]): MailHostBehaviour {
  let connections = 0;
  const now = () => machines[connections % machines.length];
  return {
    connect: (query) => {
      connections += 1;
      const name = `mx${(connections % machines.length) + 1}.mail.example`;
      return now()?.connect?.(query) ?? { code: 220, enhanced: null, text: [`${name} ESMTP`] };
    },
    mail: (query) => now()?.mail?.(query) ?? null,
    rcpt: (query) => now()?.rcpt?.(query) ?? null,
    data: (query) => now()?.data?.(query) ?? null,
    message: (query) => now()?.message?.(query) ?? null,
  };
}

/** Senders, or all of a domain, whom the list does not make wait. */
function letsIn(known: readonly string[], list: MailHostBehaviour): MailHostBehaviour {
  const isKnown = ({ sender }: HostQuery) =>
    known.includes(sender) || known.includes(senderDomain(sender));
  return {
    ...list,
    mail: (query) => (isKnown(query) ? null : (list.mail?.(query) ?? null)),
    rcpt: (query) => (isKnown(query) ? null : (list.rcpt?.(query) ?? null)),
    data: (query) => (isKnown(query) ? null : (list.data?.(query) ?? null)),
    message: (query) => (isKnown(query) ? null : (list.message?.(query) ?? null)),
  };
}

function policyOf(told: Greylists): GreylisterPolicy {
  const shipped = told.like === undefined ? PLAIN_POLICY : modelById(told.like).policy;
  const early = told['early-retry'];
  const scope = told['opens-for'];
  return policyWith(shipped, {
    ...given('delaySeconds', told.delay),
    ...given('windowSeconds', told.window),
    ...given('whitelistSeconds', told.remembers),
    ...given('key', told.key),
    ...given('stage', told.at),
    ...given('reply', told.says),
    ...given('laterReply', told['says-later']),
    ...given('exemptRecipients', told.exempt),
    ...(early === undefined ? {} : { earlyRetry: EARLY_RETRIES[early] }),
    ...(scope === undefined
      ? {}
      : {
          autoWhitelist: {
            scope: scope === 'nobody' ? 'none' : scope,
            afterPasses: told['after-passes'] ?? 1,
          },
        }),
  });
}

const EARLY_RETRIES: Readonly<
  Record<NonNullable<Greylists['early-retry']>, GreylisterPolicy['earlyRetry']>
> = {
  harmless: { kind: 'harmless' },
  restart: { kind: 'restart' },
  doubles: { kind: 'double' },
  'adds 2m': { kind: 'penalty', seconds: 120 },
};

function given<K extends string, T>(key: K, value: T | undefined) {
  return value === undefined ? {} : { [key]: value };
}

function faultOf(fault: Fault, startMs: number, random: Random): MailHostBehaviour {
  const answer = (query: HostQuery): HostAnswer =>
    fault.says === undefined ? (fault.does ?? null) : fillReply(fault.says, placeholdersOf(query));
  const known = new Set<string>();
  const limit = fault['beyond-per-minute'];
  const rate = limit === undefined ? null : limitsRate(limit, 60).rcpt;
  return {
    [fault.at]: (query: HostQuery) => {
      const seconds = (query.atMs - startMs) / 1000;
      if (seconds < (fault.from ?? 0) || seconds >= (fault.until ?? Infinity)) return null;
      if (fault.connections?.includes(query.session ?? 0) === false) return null;
      if (fault.chance !== undefined && random.integer(1000) >= fault.chance * 1000) return null;
      if (rate?.(query) === null) return null;
      if (isKnown(query, fault['beyond-senders'], known)) return null;
      return answer(query);
    },
  };
}

/** The first senders, up to so many, are remembered; the others never are. */
function isKnown({ sender }: HostQuery, limit: number | undefined, known: Set<string>): boolean {
  if (limit === undefined) return false;
  if (known.size < limit) known.add(sender);
  return known.has(sender);
}
