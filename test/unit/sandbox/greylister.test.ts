import { expect } from 'chai';
import fc from 'fast-check';
import { createGreylister } from '../../../src/sandbox/greylister.js';
import type { GreylisterPolicy, GreylistQuery } from '../../../src/sandbox/greylister-policy.js';
import { PLAIN_POLICY } from '../../../src/sandbox/greylister-policy.js';
import { modelById, POSTGREY_LIKE } from '../../../src/sandbox/models/index.js';

const START_MS = 1_000_000_000_000;

/** Drives one greylister; every call is one transaction at so many seconds after the start. */
function driver(policy: Partial<GreylisterPolicy>, base: GreylisterPolicy = PLAIN_POLICY) {
  const whole = { ...base, ...policy };
  const greylister = createGreylister(whole);
  const say = (seconds: number, changes: Partial<GreylistQuery> = {}) =>
    greylister.decide({
      host: 'mx1',
      client: '192.0.2.1',
      helo: 'client.example',
      sender: 'probe@sender.example',
      recipient: 'user@grey.example',
      stage: whole.stage,
      messageId: null,
      body: null,
      atMs: START_MS + Math.round(seconds * 1000),
      ...changes,
    });
  return {
    say,
    passes: (seconds: number, changes: Partial<GreylistQuery> = {}) =>
      say(seconds, changes) === null,
  };
}

describe('createGreylister', () => {
  it('defers a new tuple, then an early retry, and lets a late one pass', () => {
    const { passes } = driver({ delaySeconds: 60 });
    expect(passes(0)).equal(false);
    expect(passes(59)).equal(false);
    expect(passes(60)).equal(true);
  });

  it('with delay 0 still defers the first attempt, and only that', () => {
    const { passes } = driver({ delaySeconds: 0 });
    expect(passes(0)).equal(false);
    expect(passes(0)).equal(true);
  });

  it('answers only at its own stage', () => {
    const { passes } = driver({ stage: 'data' });
    expect(passes(0, { stage: 'rcpt' })).equal(true);
    expect(passes(0, { stage: 'data' })).equal(false);
  });

  it('opens at exactly the delay of an exact clock, whatever the attempts before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.array(fc.integer({ min: 0, max: 4_999_999 }), { maxLength: 6 }),
        (delaySeconds, agesMs) => {
          const { passes } = driver({ delaySeconds, clockGranularitySeconds: 0 });
          passes(0);
          for (const ageMs of agesMs
            .filter((age) => age < delaySeconds * 1000)
            .sort((a, b) => a - b)) {
            expect(passes(ageMs / 1000)).equal(false);
          }
          expect(passes(delaySeconds - 0.001)).equal(false);
          expect(passes(delaySeconds)).equal(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('with a truncated clock counts ticks, not time', () => {
    const early = driver({ delaySeconds: 60, clockGranularitySeconds: 1 });
    early.passes(0.9);
    expect(early.passes(60.0)).equal(true, '59.1 s old, yet 60 ticks');
    const late = driver({ delaySeconds: 60, clockGranularitySeconds: 1 });
    late.passes(0.1);
    expect(late.passes(59.99)).equal(false, 'only 59 ticks');
  });

  it('is off by less than one tick from the true age', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 59_999 }),
        fc.integer({ min: 0, max: 600_000 }),
        fc.constantFrom(1, 10, 60),
        (firstMs, ageMs, granularity) => {
          const { passes } = driver({ delaySeconds: 300, clockGranularitySeconds: granularity });
          passes(firstMs / 1000);
          const passed = passes((firstMs + ageMs) / 1000);
          if (ageMs <= 300_000 - granularity * 1000) expect(passed).equal(false);
          if (ageMs >= 300_000 + granularity * 1000) expect(passed).equal(true);
        },
      ),
    );
  });

  describe('early retries', () => {
    it('that restart the wait can keep a tuple out for ever', () => {
      const { passes } = driver({ delaySeconds: 60, earlyRetry: { kind: 'restart' } });
      for (const age of [0, 30, 60, 90, 149]) expect(passes(age)).equal(false, `at ${age}`);
      expect(passes(209)).equal(true);
    });

    it('that cost a penalty add to the wait', () => {
      const policy = { delaySeconds: 60, earlyRetry: { kind: 'penalty', seconds: 120 } } as const;
      const { passes } = driver(policy);
      passes(0);
      expect(passes(30)).equal(false);
      expect(passes(179)).equal(false);
      expect(passes(299)).equal(false);
      expect(passes(421)).equal(true);
    });
  });

  describe('window', () => {
    it('forgets a tuple that comes back too late', () => {
      const { passes } = driver({ delaySeconds: 60, windowSeconds: 600 });
      passes(0);
      expect(passes(601)).equal(false);
      expect(passes(660)).equal(false);
      expect(passes(661)).equal(true);
    });

    it('counted from the last attempt is kept open by early tries', () => {
      const policy = { delaySeconds: 600, windowSeconds: 700 } as const;
      const fromLast = driver({ ...policy, windowFrom: 'last' });
      const fromFirst = driver(policy);
      for (const { passes } of [fromLast, fromFirst]) {
        passes(0);
        passes(500);
      }
      expect(fromLast.passes(1100)).equal(true);
      expect(fromFirst.passes(1100)).equal(false);
    });

    it('null never closes', () => {
      const { passes } = driver({ windowSeconds: null });
      passes(0);
      expect(passes(10_000_000)).equal(true);
    });
  });

  describe('after a pass', () => {
    it('lets the tuple through until it has not been used for the life of the entry', () => {
      const { passes } = driver({ delaySeconds: 60, whitelistSeconds: 1000 });
      passes(0);
      expect(passes(60)).equal(true);
      expect(passes(1060)).equal(true);
      expect(passes(2060)).equal(true);
      expect(passes(3061)).equal(false);
    });

    it('0 forgets the tuple at once', () => {
      const { passes } = driver({ delaySeconds: 60, whitelistSeconds: 0 });
      passes(0);
      expect(passes(60)).equal(true);
      expect(passes(61)).equal(false);
    });

    for (const [scope, other, opened] of [
      ['client', { sender: 'x@other.example', recipient: 'y@grey.example' }, true],
      ['client', { client: '192.0.2.2' }, false],
      ['client-sender', { recipient: 'y@grey.example' }, true],
      ['client-sender', { sender: 'x@sender.example' }, false],
      ['client-sender-domain', { sender: 'x@sender.example' }, true],
      ['client-sender-domain', { sender: 'x@other.example' }, false],
      ['none', { recipient: 'y@grey.example' }, false],
    ] as const) {
      it(`whitelisting by ${scope} ${opened ? 'covers' : 'leaves out'} ${JSON.stringify(other)}`, () => {
        const { passes } = driver({ autoWhitelist: { scope, afterPasses: 1 } });
        passes(0);
        expect(passes(1, other)).equal(false);
        expect(passes(300)).equal(true);
        // A fresh tuple: another HELO is not in any of these keys, a new recipient is.
        const fresh = { ...other, recipient: 'fresh@grey.example' };
        expect(
          passes(301, scope === 'none' ? { ...other, recipient: 'z@grey.example' } : fresh),
        ).equal(opened);
      });
    }

    it('counts passes only when they are far enough apart', () => {
      const { passes } = driver({
        autoWhitelist: { scope: 'client', afterPasses: 3, secondsBetweenPasses: 3600 },
      });
      passes(0);
      for (const age of [300, 301, 302, 303]) passes(age);
      expect(passes(304, { sender: 'a@a.example' })).equal(false);
      passes(4000);
      expect(passes(4001, { sender: 'b@b.example' })).equal(false);
      passes(8000);
      expect(passes(8001, { sender: 'c@c.example' })).equal(true);
    });
  });

  describe('keys', () => {
    it('tells tuples apart by the parts of the key and by nothing else', () => {
      const { passes } = driver({ key: ['client', 'recipient'] });
      passes(0);
      expect(passes(300, { sender: 'fresh@sender.example', helo: 'other.example' })).equal(true);
      expect(passes(300, { recipient: 'other@grey.example' })).equal(false);
    });

    it('keeps parts apart: no two different tuples share a key', () => {
      const { passes } = driver({ key: ['helo', 'sender'], senderNormalisation: 'none' });
      passes(0, { helo: 'a","b', sender: 'c' });
      expect(passes(300, { helo: 'a', sender: 'b","c' })).equal(false);
    });

    it('takes neighbours of a network for one client', () => {
      const { passes } = driver({ key: ['client-network', 'sender', 'recipient'] });
      passes(0);
      expect(passes(300, { client: '192.0.2.77' })).equal(true);
      expect(passes(300, { client: '192.0.3.1' })).equal(false);
    });

    it('can key on the body and the Message-ID', () => {
      const { passes } = driver({ key: ['body', 'message-id'], stage: 'message' });
      passes(0, { body: 'a', messageId: '<1@x>' });
      expect(passes(300, { body: 'a', messageId: '<2@x>' })).equal(false);
      expect(passes(300, { body: 'a', messageId: '<1@x>' })).equal(true);
    });

    it('shares memory between hosts or not', () => {
      for (const sharedState of [true, false]) {
        const { passes } = driver({ sharedState });
        passes(0);
        expect(passes(300, { host: 'mx2' })).equal(sharedState);
      }
    });
  });

  it('can want a new session, however late', () => {
    const { passes } = driver({ key: ['client'], delaySeconds: 0, newSessionNeeded: true });
    expect(passes(0, { session: 1 })).equal(false);
    expect(passes(0, { session: 1, sender: 'fresh@sender.example' })).equal(false);
    expect(passes(1000, { session: 1 })).equal(false);
    expect(passes(1, { session: 2 })).equal(true);
  });

  it('can forget a pass that no message follows', () => {
    const { passes } = driver({ delaySeconds: 60, passNeedsMessage: true });
    passes(0);
    expect(passes(60)).equal(true);
    expect(passes(61)).equal(false);
    expect(passes(121)).equal(true);
    expect(passes(121, { stage: 'message' })).equal(true);
    expect(passes(122)).equal(true);
  });

  it('leaves exempt recipients alone', () => {
    const { passes } = driver({ exemptRecipients: ['postmaster'] });
    expect(passes(0, { recipient: 'Postmaster@grey.example' })).equal(true);
    expect(passes(0, { recipient: 'user@grey.example' })).equal(false);
  });

  it('fills in what the reply names', () => {
    const { say } = driver({
      delaySeconds: 90,
      reply: {
        code: 450,
        enhanced: '4.7.1',
        text: [
          '<{rcpt}> {rcpt_domain} {sender} {client} {helo} {host}',
          '{remaining} {delay} {odd}',
        ],
      },
    });
    say(0);
    expect(say(30)).deep.equal({
      code: 450,
      enhanced: '4.7.1',
      text: [
        '<user@grey.example> grey.example probe@sender.example 192.0.2.1 client.example mx1',
        '60 90 {odd}',
      ],
    });
  });

  it('does not fill in what a client hid in its own words', () => {
    const { say } = driver({ reply: { code: 450, enhanced: null, text: ['{sender}'] } });
    expect(say(0, { sender: '{remaining}@x' })?.text).deep.equal(['{remaining}@x']);
  });
});

describe('policies', () => {
  it('Postgrey takes numbered senders for one, and opens for the client after five hours of passes', () => {
    const { passes } = driver({}, POSTGREY_LIKE);
    passes(0, { sender: 'probe-1@sender.example' });
    expect(passes(300, { sender: 'probe-2@sender.example' })).equal(true);
    expect(passes(300, { sender: 'probe7x@sender.example' })).equal(false);
    for (const hour of [1, 2, 3, 4, 5])
      passes(300 + hour * 3600, { sender: 'probe-3@sender.example' });
    expect(passes(20_000, { sender: 'fresh@other.example' })).equal(true);
  });

  it('SQLgrey opens for a sender after one pass, and always names the configured delay', () => {
    const { say, passes } = driver({}, modelById('sqlgrey').policy);
    passes(0, { sender: 'bounce-12@sender.example' });
    expect(say(200, { sender: 'bounce-12@sender.example' })?.text[0]).match(/for 5 minutes$/);
    expect(passes(250, { sender: 'bounce-34@sender.example' })).equal(false, 'tuples are exact');
    expect(passes(300, { sender: 'bounce-12@sender.example' })).equal(true);
    const fresh = { sender: 'bounce-56@sender.example', recipient: 'other@grey.example' };
    expect(passes(301, fresh)).equal(true, 'the whitelist is not');
  });

  it('milter-greylist counts the time down', () => {
    const { say } = driver({}, modelById('milter-greylist').policy);
    expect(say(0)?.text[0]).match(/come back in 00:30:00$/);
    expect(say(2)?.text[0]).match(/come back in 00:29:58$/);
  });

  it('spamd needs a late try, a scan and another try, and then opens for the client', () => {
    const { passes } = driver({}, modelById('openbsd-spamd').policy);
    const scanSeconds = 60 - ((START_MS / 1000 + 1600) % 60);
    passes(0);
    expect(passes(1499)).equal(false);
    expect(passes(1600)).equal(false, 'the first late try only marks');
    expect(passes(1600 + scanSeconds - 1)).equal(false, 'no scan yet');
    const fresh = { sender: 'fresh@sender.example' };
    expect(passes(1600 + scanSeconds - 1, fresh)).equal(false);
    expect(passes(1600 + scanSeconds, fresh)).equal(true, 'the scan opened for everybody there');
    expect(passes(1600 + scanSeconds)).equal(true);
  });

  it('greylistd counts its window from the last try', () => {
    const { passes } = driver({ delaySeconds: 20_000 }, modelById('greylistd').policy);
    passes(0);
    passes(19_000);
    expect(passes(30_000)).equal(true);
  });

  it('a restarting server is never passed by polling', () => {
    const { passes } = driver({ earlyRetry: { kind: 'restart' } }, PLAIN_POLICY);
    for (let age = 0; age < 3000; age += 100) expect(passes(age)).equal(false);
  });
});
