import fc from 'fast-check';
import {
  DEFAULT_MANNERS,
  type ProbeRequest,
  type SenderPool,
} from '../../../src/core/run/request.js';
import { request } from '../../unit/core/run/support/virtual-run.js';
import { byMagnitude, onceIn } from './numbers.js';
import { GIVEN } from './surroundings-case.js';

const LIST = [...GIVEN];

/** A new address each time. */
export const freshSenders: fc.Arbitrary<SenderPool> = fc
  .constantFrom('probe-{nonce}@sender.example', '{nonce}@sender.example')
  .map((template) => ({ kind: 'template', template }));

/** One address or a few, some of them alike. */
export const givenSenders: fc.Arbitrary<SenderPool> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(listOf(1)) },
  { weight: 2, arbitrary: fc.integer({ min: 2, max: LIST.length }).map(listOf) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom('sender.example', 'second.example'), { minLength: 2, maxLength: 10 })
      .map(listIn),
  },
  { weight: 1, arbitrary: fc.integer({ min: 2, max: LIST.length }).map(oneADomain) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom('+', '-', null), { minLength: 2, maxLength: LIST.length })
      .map(alikeOf),
  },
);

export const anySenders: fc.Arbitrary<SenderPool> = fc.oneof(
  { weight: 4, arbitrary: freshSenders },
  { weight: 5, arbitrary: givenSenders },
);

function listOf(count: number): SenderPool {
  return { kind: 'list', addresses: LIST.slice(0, count).map((name) => `${name}@sender.example`) };
}

/** Senders of two domains. */
function listIn(domains: readonly string[]): SenderPool {
  return { kind: 'list', addresses: domains.map((domain, index) => `${LIST[index]}@${domain}`) };
}

/** Each of a domain of its own, the first of them of one that a host may exempt. */
function oneADomain(count: number): SenderPool {
  const domains = ['second.example', 'sender.example', ...LIST.map((name) => `${name}.example`)];
  return {
    kind: 'list',
    addresses: LIST.slice(0, count).map((name, n) => `${name}@${domains[n]}`),
  };
}

/** Some differ from each other only after a +, or in digits. */
function alikeOf(separators: readonly ('+' | '-' | null)[]): SenderPool {
  const names = separators.map((separator, index) => {
    if (separator === null) return LIST[index];
    return separator === '+' ? `probe+${LIST[index]}` : `probe-${index}`;
  });
  return { kind: 'list', addresses: names.map((name) => `${name}@sender.example`) };
}

/** Ages from seconds to above an hour, in tenths of seconds, ascending. */
const schedules = fc
  .array(byMagnitude(1, 4500), { minLength: 1, maxLength: 10 })
  .map((ages) => [...new Set(ages.map((age) => Math.round(age * 10) / 10))].sort((a, b) => a - b));

const CLIENTS = ['198.51.100.1', '203.0.113.1'];

const closingAges = fc.constantFrom<readonly number[]>(
  ...Array<readonly number[]>(6).fill([]),
  [7200, 14_400, 28_800],
  [3600, 86_400, 172_800],
);

/** What a user can ask for with such senders: ages, stage, limits. */
export function requestsWith(senders: fc.Arbitrary<SenderPool>): fc.Arbitrary<ProbeRequest> {
  return fc
    .record({
      senders,
      stage: fc.constantFrom(
        'rcpt' as const,
        'rcpt' as const,
        'rcpt' as const,
        'data' as const,
        'message' as const,
      ),
      retryAtSeconds: fc.oneof(
        { weight: 3, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: schedules },
      ),
      maxWaitSeconds: fc.constantFrom(3900, 3900, 600, 7500),
      resolutionSeconds: fc.constantFrom(5, 5, 1, 30),
      closingAgesSeconds: closingAges,
      key: onceIn(6),
      otherRecipient: fc.constantFrom(null, null, 'other@example.org'),
      sourceAddresses: fc.constantFrom<readonly string[]>([], [], [], CLIENTS),
      connectionsPerHour: fc.constantFrom(30, 30, 30, 10, 60),
    })
    .map(({ connectionsPerHour, ...asked }) =>
      request({
        ...asked,
        deliver: asked.stage === 'message',
        manners: { ...DEFAULT_MANNERS, connectionsPerHour },
      }),
    );
}
