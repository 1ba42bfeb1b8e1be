import type { ProbeRequest } from '../../src/core/run/request.js';
import { GreyprobeError } from '../../src/model/errors.js';
import {
  acceptsAll,
  alwaysReplies,
  busyAtConnect,
  checksHelo,
  greylists,
  mailboxFull,
  rejectsRecipient,
  wantsReverseDns,
} from '../../src/sandbox/behaviours.js';
import type { MailHostBehaviour } from '../../src/sandbox/mail-host-behaviour.js';
import { POSTGREY_LIKE } from '../../src/sandbox/models/index.js';
import { ONE_SENDER, type VirtualRun, virtualRun } from '../unit/core/run/support/virtual-run.js';
import { refusesConnections } from './behaviours.js';

/** What a probe may find, by the heading under which docs/output.md shows it. */
interface Outcome {
  readonly title: string;
  readonly word: string;
  readonly behaviour: () => MailHostBehaviour;
  readonly changes?: Partial<ProbeRequest>;
  readonly noMail?: true;
}

const postgrey = () => greylists({ ...POSTGREY_LIKE, delaySeconds: 300 });
const vague = () =>
  alwaysReplies('rcpt', {
    code: 451,
    enhanced: '4.7.1',
    text: ['Please try again later'],
  });
const limitsRate = () =>
  alwaysReplies('rcpt', {
    code: 450,
    enhanced: '4.7.1',
    text: ['Error: too much mail from {client}'],
  });
const SHORT = { retryAtSeconds: [60, 120] };

export const OUTCOMES: readonly Outcome[] = [
  { title: 'Greylisted, confirmed', word: 'aaaa', behaviour: postgrey },
  {
    title: 'Greylisted, likely',
    word: 'bbbb',
    behaviour: postgrey,
    changes: { senders: ONE_SENDER },
  },
  { title: 'Greylisted, possible', word: 'cccc', behaviour: vague, changes: SHORT },
  { title: 'Accepted', word: 'dddd', behaviour: acceptsAll },
  { title: 'HELO name', word: 'eeee', behaviour: checksHelo, changes: SHORT },
  { title: 'Reverse DNS', word: 'ffff', behaviour: wantsReverseDns, changes: SHORT },
  { title: 'Mailbox full', word: 'gggg', behaviour: () => mailboxFull(), changes: SHORT },
  { title: 'Rate limit', word: 'hhhh', behaviour: limitsRate, changes: SHORT },
  { title: 'Rejected', word: 'iiii', behaviour: rejectsRecipient },
  { title: 'Unreachable', word: 'jjjj', behaviour: refusesConnections },
  { title: 'No mail', word: 'kkkk', behaviour: acceptsAll, noMail: true },
  { title: 'Throttled', word: 'llll', behaviour: busyAtConnect },
];

export type OutcomeRun = VirtualRun & { readonly run: string; readonly title: string };

/** Each outcome from a run against a simulated host, with the events that a journal would hold. */
export async function outcomeRuns(): Promise<readonly OutcomeRun[]> {
  return Promise.all(
    OUTCOMES.map(async ({ title, word, behaviour, changes = {}, noMail }) => {
      const run = `20261130T100000-${word}`;
      const settings = noMail === undefined ? { run } : { run, located: NO_MAIL };
      return { run, title, ...(await virtualRun(behaviour(), changes, settings)) };
    }),
  );
}

const NO_MAIL = {
  kind: 'no-mail-service',
  error: new GreyprobeError('null-mx', 'example.org says that it takes no mail (null MX).'),
} as const;
