import { expect } from 'chai';
import { buildResult } from '../../../../src/contract/build-result.js';
import type { ProbeRequest } from '../../../../src/core/run/request.js';
import type { RunState } from '../../../../src/core/run/state.js';
import type { Reply } from '../../../../src/model/smtp.js';
import { greylists } from '../../../../src/sandbox/behaviours.js';
import { PLAIN_POLICY } from '../../../../src/sandbox/greylister-policy.js';
import type { MailHostBehaviour } from '../../../../src/sandbox/mail-host-behaviour.js';
import { ONE_SENDER, virtualRun } from './support/virtual-run.js';

const DELAY_SECONDS = 60;

/** A greylister that takes so many transactions a connection, and refuses more in these words. */
function takes(limit: number, refusal: Reply, at: 'mail' | 'rcpt' = 'mail'): MailHostBehaviour {
  const inner = greylists({ ...PLAIN_POLICY, delaySeconds: DELAY_SECONDS });
  const begun = new Map<number, number>();
  const refuse = (session = 0) => {
    const n = (begun.get(session) ?? 0) + 1;
    begun.set(session, n);
    return n > limit ? refusal : null;
  };
  return {
    ...inner,
    [at]: (query: Parameters<NonNullable<MailHostBehaviour['mail']>>[0]) =>
      refuse(query.session) ?? inner[at]?.(query) ?? null,
  };
}

function reply(line: string): Reply {
  const [, code, enhanced, text] = /^(\d{3}) (?:(\d\.\d+\.\d+) )?(.*)$/.exec(line) ?? [];
  return { code: Number(code), enhanced: enhanced ?? null, text: [text ?? ''] };
}

function perSession({ sessions, attempts }: RunState): number[] {
  return sessions.map(({ n }) => attempts.filter((one) => one.session === n).length);
}

const REFUSALS = [
  '554 too many transactions in this connection',
  '503 nested MAIL',
  '503 5.5.1 Error: nested MAIL command',
  '503 5.5.1 Sender already specified',
  '452 too many messages this session',
  '452 4.5.3 too many recipients this session',
  '452 4.5.3 Too many recipients',
  '450 4.7.1 Transaction limit reached, open a new connection',
  '451 4.7.0 Only one message per connection, please',
  '550 5.7.1 No more mail in this session',
  '550 Maximum messages per connection exceeded',
  '554 5.5.1 Error: no valid transaction',
  '500 Command unrecognized',
  '550 Requested action not taken',
  '421 4.7.0 too many messages in this connection',
];

const REQUESTS: Readonly<Record<string, Partial<ProbeRequest>>> = {
  'a template': {},
  'one sender': { senders: ONE_SENDER },
  'the key': { key: true },
  'ages to come': { closingAgesSeconds: [600] },
};

describe('a refusal that is about the session', () => {
  for (const line of REFUSALS.filter((one) => !one.startsWith('421'))) {
    for (const at of ['mail', 'rcpt'] as const) {
      for (const limit of [1, 2]) {
        it(`is not about the recipient: ${line}, at ${at}, after ${limit}`, async () => {
          const { state } = await virtualRun(takes(limit, reply(line), at));
          const { verdict, window, attempts } = buildResult(state, '0');
          expect(verdict.kind).to.equal('greylisted');
          expect(window?.opens.afterSeconds).to.be.within(0, DELAY_SECONDS);
          expect(window?.opens.bySeconds).to.be.within(DELAY_SECONDS, 2 * DELAY_SECONDS);
          const refused = attempts.filter((one) => one.error?.code === 'session-limit');
          expect(refused).to.have.length(1);
          expect(refused[0]?.error?.message).to.contain(reply(line).text[0]);
          const limited = refused[0]?.session ?? 0;
          expect(Math.max(...perSession(state).slice(limited))).to.equal(1);
        });
      }
    }
  }

  for (const [what, changes] of Object.entries(REQUESTS)) {
    it(`ends with ${what}`, async () => {
      const limited = takes(1, reply('554 too many transactions'));
      const { state, connections } = await virtualRun(limited, changes);
      expect(state.finished?.reason).to.equal('answered');
      expect(connections).to.be.below(40);
    });
  }

  it('is told with what the host said', async () => {
    const { state } = await virtualRun(takes(1, reply('503 nested MAIL')));
    const warning = buildResult(state, '0').warnings.find((one) => one.code === 'session-limit');
    expect(warning?.message).to.contain('one transaction a connection');
  });
});

describe('a refusal that is about the mail', () => {
  for (const line of [
    '550 5.1.1 <user@example.org>: Recipient address rejected: User unknown',
    '550 5.7.1 Service unavailable; client blocked using zen.spamhaus.org',
    '552 5.2.2 Mailbox full',
    '554 5.7.1 Access denied',
  ]) {
    it(`is heard in the second transaction too: ${line}`, async () => {
      const { state } = await virtualRun(takes(1, reply(line), 'rcpt'));
      expect(state.finished?.reason).to.equal('rejected');
    });
  }

  it('is believed in the first transaction of a connection', async () => {
    const { state, connections } = await virtualRun({ rcpt: () => reply('550 Denied') });
    expect(state.finished?.reason).to.equal('rejected');
    expect(connections).to.equal(1);
  });

  for (const line of [
    '554 too many transactions in this connection',
    '503 nested MAIL',
    '502 What?',
  ]) {
    it(`is no refusal of the mail, even there: ${line}`, async () => {
      const { state } = await virtualRun({ rcpt: () => reply(line) });
      const { kind, confidence, summary } = buildResult(state, '0').verdict;
      expect([kind, confidence]).to.deep.equal(['rejected', 'possible']);
      expect(summary).to.equal(
        'mx.example.org [192.0.2.1] refuses the session for good, and says nothing of mail to user@example.org.',
      );
    });
  }

  it('is believed once it is repeated in the first transaction of another', async () => {
    const greylisted = reply('450 4.7.1 Greylisted');
    const denied = reply('550 Denied');
    let n = 0;
    const behaviour: MailHostBehaviour = {
      rcpt: () => {
        n += 1;
        return n === 1 ? greylisted : denied;
      },
    };
    const { state, connections } = await virtualRun(behaviour);
    expect(state.finished?.reason).to.equal('rejected');
    expect(connections).to.equal(2);
  });
});
