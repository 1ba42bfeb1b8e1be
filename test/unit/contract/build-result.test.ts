import { expect } from 'chai';
import * as v from 'valibot';
import { buildResult } from '../../../src/contract/build-result.js';
import { exitCodeOf } from '../../../src/contract/exit-code.js';
import { type ProbeResult, ProbeResultSchema } from '../../../src/contract/probe-result.js';
import { startRun } from '../../../src/core/run/engine.js';
import type { ProbeRequest } from '../../../src/core/run/request.js';
import { GreyprobeError } from '../../../src/model/errors.js';
import type { FailureCode } from '../../../src/model/smtp.js';
import {
  acceptsAll,
  busyAtConnect,
  checksHelo,
  greylists,
  mailboxFull,
  outageUntil,
  rejectsRecipient,
  wantsReverseDns,
} from '../../../src/sandbox/behaviours.js';
import type { GreylisterPolicy } from '../../../src/sandbox/greylister-policy.js';
import { PLAIN_POLICY } from '../../../src/sandbox/greylister-policy.js';
import type { MailHostBehaviour } from '../../../src/sandbox/mail-host-behaviour.js';
import { POSTGREY_LIKE } from '../../../src/sandbox/models/index.js';
import { simulatedWorld } from '../../../src/sandbox/virtual/run-simulation.js';
import { firstOf, refusesConnections } from '../../support/behaviours.js';
import { ACCEPTED, Story } from '../core/run/support/story.js';
import { ONE_SENDER, request, virtualRun } from '../core/run/support/virtual-run.js';

const START_MS = simulatedWorld('example.org', {}).clock.worldMs();
const DELAY_SECONDS = 300;

const greylister = (changes: Partial<GreylisterPolicy> = {}): MailHostBehaviour =>
  greylists({ ...POSTGREY_LIKE, delaySeconds: DELAY_SECONDS, ...changes });

async function probe(
  behaviour: MailHostBehaviour,
  changes: Partial<ProbeRequest> = {},
): Promise<ProbeResult> {
  const { state } = await virtualRun(behaviour, { maxWaitSeconds: 600, ...changes });
  const result = buildResult(state, '1.2.3');
  // What is printed is what its schema says, and survives the way through JSON.
  expect(v.parse(ProbeResultSchema, JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
  return result;
}

/** Defers whatever comes in the first connection of a client. */
function postscreen(): MailHostBehaviour {
  const reply = { code: 450, enhanced: '4.3.2', text: ['Service currently unavailable'] };
  let first: number | undefined;
  return {
    rcpt: ({ session }) => {
      first ??= session;
      return session === first ? reply : null;
    },
  };
}

/** A probe of which every connection fails in this way. */
async function probeFailing(code: FailureCode): Promise<ProbeResult> {
  const { ports } = simulatedWorld('example.org', {});
  const { clock } = ports;
  const state = await startRun('run', request(), {
    ...ports,
    dialer: {
      dial: async () => {
        const [sent, replied] = [clock.read(), clock.read()];
        const failure = { code, message: 'It failed.' };
        return { session: null, end: { stage: 'connect', reply: null, failure, sent, replied } };
      },
    },
  });
  return buildResult(state, '0');
}

const codes = ({ warnings }: ProbeResult) => warnings.map(({ code }) => code);

describe('the result of a probe', () => {
  it('proves greylisting, names the product, and gives window and advice', async () => {
    const result = await probe(greylister());
    expect(result.verdict).to.include({ kind: 'greylisted', confidence: 'confirmed' });
    expect(result.verdict.implementation?.id).to.equal('postgrey');
    expect(result.verdict.summary).to.match(
      / greylists \(Postgrey\): a retry passes after .* s\.$/u,
    );
    expect(result.window?.opens.afterSeconds).to.be.within(DELAY_SECONDS - 10, DELAY_SECONDS);
    expect(result.window?.opens.bySeconds).to.be.within(DELAY_SECONDS - 1, DELAY_SECONDS + 6);
    expect(result.advice?.exchange2003.glitchRetrySeconds).to.be.above(DELAY_SECONDS);
    expect(result.state).to.equal('finished');
    expect(result.version).to.equal('1.2.3');
  });

  it("makes settings for the recipient's domain alone, where a sender can", async () => {
    const recipient = { recipient: 'user@example.com', domain: 'example.com' };
    const result = await probe(greylister(), recipient);
    const exim = result.advice?.senders.find(({ id }) => id === 'exim-debian-q30m');
    expect(exim?.remedy?.paste.join('\n')).to.match(/^example\.com {2}\* {2}F,2h,/mu);
  });

  it('rests its proof on an attempt that shows it', async () => {
    const { verdict, attempts } = await probe(greylister());
    const contrast = verdict.evidence.find((one) => one.rule === 'contrast');
    const shown = attempts.find((one) => one.n === contrast?.attempt);
    expect(shown?.outcome).to.equal('accepted');
    const beside = attempts.filter((one) => one.session === shown?.session);
    expect(beside.map((one) => one.outcome)).to.include('deferred');
    expect(contrast?.says).to.match(/at most 1 time in [1-9][\d,]*\.$/u);
  });

  it('tells each attempt with its age, reply and class', async () => {
    const { attempts } = await probe(greylister(), { senders: ONE_SENDER });
    expect(attempts[0]).to.deep.include({
      n: 1,
      role: 'first',
      ageSeconds: null,
      stage: 'rcpt',
      outcome: 'deferred',
      class: 'greylisting',
    });
    const last = attempts.at(-1);
    expect(last?.ageSeconds?.[0]).to.be.above(DELAY_SECONDS - 1);
    expect(last?.ageSeconds?.[1]).to.be.above(last?.ageSeconds?.[0] ?? 0);
    expect(last).to.include({ outcome: 'accepted', class: null, error: null });
  });

  it('measures a list behind something else that defers, and reckons from what the list saw', async () => {
    const result = await probe(firstOf(postscreen(), greylister({ delaySeconds: 60 })));
    expect(result.verdict).to.include({ kind: 'greylisted', confidence: 'confirmed' });
    expect(result.verdict.implementation?.id).to.equal('postgrey');
    expect(result.window?.opens.afterSeconds ?? 0).to.be.at.most(60);
    expect(result.window?.opens.bySeconds).to.be.within(59, 66);
    expect(result.attempts[0]).to.include({ class: 'postscreen', ageSeconds: null });
  });

  it('confirms that nobody waits where a second domain and a second network are let in too', async () => {
    const addresses = ['a@one.example', 'b@two.example', 'c@two.example'];
    const result = await probe(acceptsAll(), {
      senders: { kind: 'list', addresses },
      sourceAddresses: ['198.51.100.1', '203.0.113.1'],
    });
    expect(result.verdict).to.include({ kind: 'accepted', confidence: 'confirmed' });
    expect(result.verdict.summary).to.include('no greylisting at RCPT');
  });

  it('measures with a sender who waits where another one is known', async () => {
    const list = greylister({ delaySeconds: 60 });
    const known: MailHostBehaviour = {
      ...list,
      rcpt: (query) => (query.sender.startsWith('bob@') ? null : (list.rcpt?.(query) ?? null)),
    };
    const addresses = ['ann', 'bob', 'cyd'].map((name) => `${name}@sender.example`);
    const result = await probe(known, { senders: { kind: 'list', addresses } });
    expect(result.verdict.kind).to.equal('greylisted');
    expect(result.window?.opens.bySeconds).to.be.within(60, 80);
  });

  it('never goes beyond likely with one sender, and says what would prove it', async () => {
    const result = await probe(greylister(), { senders: ONE_SENDER });
    expect(result.verdict).to.include({ kind: 'greylisted', confidence: 'likely' });
    expect(codes(result)).to.include('one-sender');
  });

  it('warns of senders that some servers take for one', async () => {
    const listed = async (...addresses: readonly string[]) =>
      codes(await probe(greylister(), { senders: { kind: 'list', addresses } }));
    expect(await listed('p+a@s.example', 'p+b@s.example')).to.include('alike-senders');
    expect(await listed('p-1@s.example', 'p-22@s.example')).to.include('alike-senders');
    expect(await listed('p1x@s.example', 'p2x@s.example')).not.to.include('alike-senders');
    expect(await listed('anna@s.example', 'bert@s.example')).not.to.include('alike-senders');
  });

  it('warns of several machines behind one address, where their banners differ', async () => {
    const banner = (name: string) => ({ code: 220, enhanced: null, text: [`${name} ESMTP`] });
    const names = ['mx1.example.org', 'mx2.example.org'];
    let session = 0;
    const dialogue = {
      get banner() {
        session += 1;
        return banner(names[session % 2] ?? '');
      },
    };
    const result = await probe({ ...greylister(), dialogue }, { senders: ONE_SENDER });
    expect(codes(result)).to.include('several-machines');
    expect(codes(await probe(greylister()))).to.not.include('several-machines');
  });

  it('says what the server states beside what was measured', async () => {
    const reply = { code: 451, enhanced: '4.7.1', text: ['Greylisted, come back in 20 minutes'] };
    const result = await probe(greylister({ reply }));
    expect(result.stated?.seconds).to.equal(1200);
    expect(result.window?.opens.bySeconds).to.be.below(DELAY_SECONDS * 1.3);
  });

  it('sees that early tries make it wait longer, and warns', async () => {
    const result = await probe(
      greylister({
        ...PLAIN_POLICY,
        delaySeconds: DELAY_SECONDS,
        earlyRetry: { kind: 'restart' },
        reply: SAYS,
      }),
    );
    expect(codes(result)).to.include('early-retry-harms');
    expect(result.window?.opens.bySeconds).to.be.within(DELAY_SECONDS - 1, DELAY_SECONDS * 1.3);
  });

  it('says that a pass let the whole client in', async () => {
    const result = await probe(greylister({ autoWhitelist: { scope: 'client', afterPasses: 1 } }));
    expect(codes(result)).to.include('client-let-in');
    expect(result.window?.opens.afterSeconds).to.be.at.most(DELAY_SECONDS);
  });

  it('leaves open whether a list is keyed by address or a fault has cleared', async () => {
    const byAddress = await probe(greylister({ key: ['client'] }));
    const outage = await probe(outageUntil(START_MS + 60_000, 'rcpt', SAYS));
    for (const result of [byAddress, outage]) {
      expect(result.verdict.confidence).to.not.equal('confirmed');
      expect(codes(result)).to.include('fresh-passed-too');
    }
  });

  it('has no advice while nothing has passed, and says how far it looked', async () => {
    const result = await probe(greylister({ delaySeconds: 5000 }));
    expect(result.reason).to.equal('waited-long-enough');
    expect(result.window?.opens.bySeconds).to.equal(null);
    // Once in a run a list may be restored, so that half of it is what the refusals are good for.
    expect(result.window?.opens.afterSeconds).to.be.within(290, 605);
    expect(result.advice).to.equal(null);
    expect(codes(result)).to.include('not-opened');
  });

  for (const [what, behaviour, deferralClass] of [
    ['a HELO check', checksHelo(), 'helo'],
    ['a reverse DNS check', wantsReverseDns(), 'reverse-dns'],
    ['a full mailbox', mailboxFull(), 'mailbox-full'],
  ] as const) {
    it(`calls ${what} by its name, and gives it no window`, async () => {
      const result = await probe(behaviour);
      expect(result.verdict).to.include({ kind: 'deferred', class: deferralClass });
      expect(result.window).to.equal(null);
      expect(result.advice).to.equal(null);
    });
  }

  it('keeps what it measured where the host takes offence after a pass', async () => {
    const list = greylister({ delaySeconds: 300 });
    let beganMs: number | null = null;
    const result = await probe({
      ...list,
      rcpt: (query) => {
        beganMs ??= query.atMs;
        const answer = list.rcpt?.(query) ?? null;
        const fresh = answer !== null;
        return fresh && query.atMs - beganMs > 303_000
          ? { code: 554, enhanced: '5.7.1', text: ['Access denied'] }
          : answer;
      },
    });
    expect(result.reason).to.equal('rejected');
    expect(result.verdict.kind).to.equal('greylisted');
    expect(result.window?.opens.bySeconds).to.be.within(300, 310);
    expect(result.advice).to.not.equal(null);
    expect(codes(result)).to.include('rejected-later');
  });

  it('says why a part of the key was not shown', async () => {
    const says = async (changes: Partial<ProbeRequest>) =>
      (await probe(greylister(), { key: true, ...changes })).key
        ?.filter(({ inKey }) => inKey === null)
        .map((one) => one.says.replace(/^Not shown whether it looks at /u, ''));

    expect(await says({ maxWaitSeconds: 60, otherRecipient: 'other@example.org' })).to.deep.equal([
      'the envelope sender: no retry passed.',
      'the HELO name: no retry passed.',
      'the recipient: no retry passed.',
      'the client address, or its network: no retry passed.',
    ]);
    expect(await says({})).to.deep.equal([
      'the recipient: that takes --other-recipient with a second real recipient.',
      'the client address, or its network: that takes --source-ip with a second address.',
    ]);
  });

  it('says that RCPT is not all where it was accepted at once', async () => {
    const result = await probe(acceptsAll());
    expect(result.verdict).to.include({ kind: 'accepted', confidence: 'likely' });
    expect(result.verdict.summary).to.equal(
      'mx.example.org [192.0.2.1] lets the mail in at once: the first attempt was accepted at RCPT.',
    );
    expect(result.verdict.evidence.at(-1)).to.deep.equal({
      rule: 'let-in',
      says: 'A greylister that knows this client or this sender domain does the same. What would tell: a sender of a second domain in --from, and a second address in another network in --source-ip.',
      attempt: null,
    });
    expect(codes(result)).to.include('rcpt-only');
    expect(codes(await probe(acceptsAll(), { recipient: 'postmaster@example.org' }))).to.include(
      'exempt-recipient',
    );
  });

  it('tells a rejection, a throttle and a closed host apart', async () => {
    expect((await probe(rejectsRecipient())).verdict.kind).to.equal('rejected');
    expect(codes(await probe(busyAtConnect()))).to.include('throttled');
    const closed = await probe(refusesConnections());
    expect(closed.verdict.kind).to.equal('unreachable');
    expect(closed.verdict.evidence[0]?.rule).to.equal('connection-refused');
    expect(codes(closed)).to.include('nothing-reachable');
    expect(closed.pinned).to.equal(null);
  });

  for (const [failure, hint] of [
    ['tls-not-offered', 'no-tls'],
    ['tls-failed', 'no-tls'],
    ['tls-plaintext-injected', 'no-tls'],
    ['smtputf8-not-offered', 'no-smtputf8'],
    ['garbled-reply', 'not-smtp'],
    ['timeout', 'nothing-reachable'],
  ] as const) {
    it(`gives the hint that fits where every host fails with ${failure}`, async () => {
      const result = await probeFailing(failure);
      expect(result.verdict).to.include({ kind: 'unreachable', confidence: 'confirmed' });
      expect(result.warnings.map(({ code }) => code)).to.deep.equal([hint]);
      expect(result.verdict.summary).to.match(
        hint.startsWith('no-') || hint === 'not-smtp'
          ? /could be measured, though one answered/u
          : /could be reached/u,
      );
    });
  }

  for (const [failure, hint] of [
    ['source-address', 'source-address'],
    ['machine-limit', 'machine-limit'],
    ['network', 'nothing-reachable'],
  ] as const) {
    it(`claims nothing of the hosts where this machine fails with ${failure}`, async () => {
      const result = await probeFailing(failure);
      expect(result.verdict).to.include({ kind: 'unreachable', confidence: 'possible' });
      expect(result.verdict.summary).to.contain('is not known');
      expect(result.warnings.map(({ code }) => code)).to.deep.equal([hint]);
      expect(exitCodeOf(result)).to.equal(failure === 'machine-limit' ? 71 : 5);
    });
  }

  for (const [code, confidence] of [
    ['dns-timeout', 'possible'],
    ['dns-failure', 'possible'],
    ['dns-loop', 'confirmed'],
  ] as const) {
    it(`is ${confidence} of what the DNS shows with ${code}`, async () => {
      const { ports } = simulatedWorld('example.org', {});
      const error = new GreyprobeError(code, 'The DNS server 192.0.2.53 did not answer.');
      const locate = async () => ({ kind: 'dns-failure', error }) as const;
      const { verdict } = buildResult(await startRun('run', request(), { ...ports, locate }), '0');
      expect(verdict).to.include({ kind: 'unreachable', confidence });
      expect(verdict.summary).to.contain(error.message);
    });
  }

  it('claims nothing of hosts whose addresses the DNS did not tell', async () => {
    const { ports } = simulatedWorld('example.org', {});
    const hosts = [
      { name: 'mx1.example.org', preference: 10, addresses: [], origin: 'mx' as const },
      { name: 'mx2.example.org', preference: 20, addresses: ['192.0.2.9'], origin: 'mx' as const },
    ];
    const warnings = [{ code: 'mx-lookup-failed', message: 'mx1.example.org: no answer in time.' }];
    const locate = async () => ({ kind: 'hosts', hosts, warnings }) as const;
    const { verdict } = buildResult(await startRun('run', request(), { ...ports, locate }), '0');
    expect(verdict).to.include({ kind: 'unreachable', confidence: 'possible' });
  });

  it('is sure of nothing when it was stopped before any host answered', async () => {
    const { ports } = simulatedWorld('example.org', {});
    const state = await startRun('run', request(), ports, { signal: AbortSignal.abort() });
    expect(state.finished).to.equal(null);
    expect(buildResult(state, '0').verdict).to.include({
      kind: 'unreachable',
      confidence: 'possible',
      summary: 'No mail host has answered yet.',
    });
  });

  it('names a first host that does not answer (nolisting)', async () => {
    const { ports } = simulatedWorld('example.org', greylister());
    const hosts = [
      { name: 'mx1.example.org', preference: 10, addresses: ['192.0.2.9'], origin: 'mx' as const },
      { name: 'mx.example.org', preference: 20, addresses: ['192.0.2.1'], origin: 'mx' as const },
    ];
    const state = await startRun('run', request({ maxWaitSeconds: 200 }), {
      ...ports,
      locate: async () => ({ kind: 'hosts', hosts, warnings: [] }),
    });
    const result = buildResult(state, '0');
    const warning = result.warnings.find(({ code }) => code === 'first-host-unreachable');
    expect(warning?.message).to.include('mx1.example.org');
    expect(result.verdict.kind).to.equal('greylisted');
  });

  it('passes on why the domain takes no mail', async () => {
    const { ports } = simulatedWorld('example.org', {});
    const error = new GreyprobeError('null-mx', 'example.org takes no mail (null MX).');
    const state = await startRun('run', request(), {
      ...ports,
      locate: async () => ({ kind: 'no-mail-service', error }),
    });
    const result = buildResult(state, '0');
    expect(result.verdict.kind).to.equal('no-mail-service');
    expect(result.verdict.summary).to.equal(error.message);
    expect(result.mailHosts).to.deep.equal([]);
  });
});

describe('the result of a run that goes on', () => {
  it('shows an attempt that was cut off as such', () => {
    const { state } = new Story().session(0, [{ tuple: 1 }, { tuple: 2, lost: 'never' }]);
    const result = buildResult(state, '0');
    expect(result.state).to.equal('running');
    expect(result.finishedAt).to.equal(null);
    expect(result.attempts[1]).to.deep.include({ outcome: 'failed', reply: null });
    expect(result.attempts[1]?.error?.code).to.equal('interrupted');
    expect(v.is(ProbeResultSchema, JSON.parse(JSON.stringify(result)))).to.equal(true);
  });

  it('says contradictory where no one list fits, and from where on all passed', () => {
    const { state } = new Story()
      .session(0, [{ tuple: 1 }, { tuple: 2 }, { tuple: 3 }, { tuple: 4 }])
      .session(50, [{ tuple: 5 }, { tuple: 1, reply: ACCEPTED }])
      .session(100, [{ tuple: 2 }])
      .session(200, [{ tuple: 3, reply: ACCEPTED }, { tuple: 5 }]);
    const result = buildResult(state, '0');
    expect(codes(result)).to.include('contradictory');
    expect(result.window?.opens).to.deep.equal({ afterSeconds: null, bySeconds: 200 });
    expect(result.verdict.confidence).to.not.equal('confirmed');
  });
});

const SAYS = { code: 451, enhanced: '4.7.1', text: ['Please come back later'] };
