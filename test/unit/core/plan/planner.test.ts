import { expect } from 'chai';
import { assess } from '../../../../src/core/evidence/assess.js';
import { PROOF_CHANCE } from '../../../../src/core/evidence/chance.js';
import { resumeRun, startRun } from '../../../../src/core/run/engine.js';
import type { ProbeEvent } from '../../../../src/core/run/events.js';
import type { ProbeRequest } from '../../../../src/core/run/request.js';
import type { RunState } from '../../../../src/core/run/state.js';
import type { Reply } from '../../../../src/model/smtp.js';
import {
  acceptsAll,
  alwaysReplies,
  busyAtConnect,
  checksHelo,
  greylists,
  mailboxFull,
  rejectsRecipient,
  verifiesRecipients,
} from '../../../../src/sandbox/behaviours.js';
import type { GreylisterPolicy } from '../../../../src/sandbox/greylister-policy.js';
import { PLAIN_POLICY } from '../../../../src/sandbox/greylister-policy.js';
import type { MailHostBehaviour } from '../../../../src/sandbox/mail-host-behaviour.js';
import { simulatedWorld } from '../../../../src/sandbox/virtual/run-simulation.js';
import { hangsUp } from '../run/support/hangs-up.js';
import { transcript } from '../run/support/transcript.js';
import { ONE_SENDER, request, virtualRun } from '../run/support/virtual-run.js';

/*
 * The plan as it shows on the wire: one line a connection, with x for deferred, o for accepted.
 * Without latency, so that the times are those that the plan wants.
 */

const GREYLISTED: Reply = { code: 451, enhanced: '4.7.1', text: ['Greylisted'] };
const THREE: ProbeRequest['senders'] = {
  kind: 'list',
  addresses: ['a@x.example', 'b@x.example', 'c@x.example'],
};

function greylister(changes: Partial<GreylisterPolicy> = {}): MailHostBehaviour {
  const plain = {
    ...PLAIN_POLICY,
    clockGranularitySeconds: 0,
    delaySeconds: 30,
    reply: GREYLISTED,
  };
  return greylists({ ...plain, ...changes });
}

async function run(
  behaviour: MailHostBehaviour,
  changes: Partial<ProbeRequest> = {},
): Promise<RunState> {
  const { state } = await virtualRun(behaviour, changes, { latencyMs: { low: 0, high: 0 } });
  return state;
}

async function lines(...args: Parameters<typeof run>): Promise<readonly string[]> {
  return transcript(await run(...args));
}

describe('the plan with a host that hangs up after a deferral', () => {
  for (const noticed of ['at once', 'later'] as const) {
    it(`lets the retried tuple go first, so that it is heard (${noticed})`, async () => {
      const { state } = await virtualRun(
        greylister(),
        { retryAtSeconds: [10, 20, 28, 32, 40] },
        { latencyMs: { low: 0, high: 0 }, through: (dialer) => hangsUp(dialer, noticed) },
      );
      const { inference, contrast, seen } = assess(state);
      // Early tries may do harm: that of the retried tuple is a refusal, and no lower edge.
      expect(inference.refusedUntil).to.be.within(27, 30);
      expect(inference.opens.bySeconds).to.be.within(30, 33);
      // After its pass the host listens on: a fresh sender is deferred in the same connection.
      expect(contrast).to.not.equal(null);
      // The age beyond the pass is reached, and not tried for ever behind controls.
      expect(seen.some((one) => one.age.low >= 40)).to.equal(true);
      expect(state.sessions.length).to.be.below(12);
    });
  }

  it('does not take one broken connection for that', async () => {
    let dialled = 0;
    const { state } = await virtualRun(
      greylister(),
      { retryAtSeconds: [10, 20, 32] },
      {
        latencyMs: { low: 0, high: 0 },
        through: (dialer) => ({
          dial: (request, signal) => {
            dialled += 1;
            return (dialled === 2 ? hangsUp(dialer, 'later') : dialer).dial(request, signal);
          },
        }),
      },
    );
    const steps = transcript(state).filter((line) => line.startsWith('retry'));
    for (const step of steps) expect(step).to.match(/: control t\d+ /u);
  });
});

describe('the plan with a pool of senders', () => {
  it('begins with the tuple that it will retry, and plants fresh ones', async () => {
    const [first] = await lines(greylister());
    expect(first).to.equal(
      'first contact at 0: first t1 x, control t2 x, control t3 x, control t4 x, control t5 x',
    );
  });

  it('asks a fresh control first at each step, then the retried tuple', async () => {
    const steps = (await lines(greylister())).filter((line) => line.startsWith('retry'));
    expect(steps).to.have.length.above(2);
    for (const step of steps)
      expect(step).to.match(/^retry at \d+: control t\d+ x, retry t1 [xo]/u);
  });

  it('tries one tuple that was left alone beside the retried one, once that is old enough', async () => {
    const [, early, , later] = await lines(greylister());
    expect(early).to.not.include('confirm');
    expect(later).to.match(/retry t1 x, confirm t\d+ x/u);
  });

  it('narrows after the pass with tuples left alone, oldest last, and ends with a control', async () => {
    const told = await lines(greylister());
    const after = told.slice(told.findIndex((line) => line.includes('retry t1 o')));
    expect(after).to.have.length.within(2, 5);
    for (const line of after) expect(line).to.match(/control t\d+ x$/u);
    const tried = [...after.join().matchAll(/confirm t\d+ [xo]/gu)].map(([one]) => one);
    const again = tried.filter((one, index) => tried.indexOf(one) !== index);
    expect(again.join(), 'who has passed is to pass again').to.match(/^(?:confirm t\d+ o,?)*$/u);
    expect(again).to.have.length.below(3);
  });

  it('begins with a control where an acceptance ends the session, so that the pass is proved', async () => {
    const state = await run(greylister({ stage: 'data' }), { stage: 'data' });
    const verifying = transcript(state).filter((line) => line.startsWith('narrow and prove'));
    const passed = verifying.filter((line) => line.endsWith(' o'));
    expect(passed).to.have.length.above(1);
    for (const line of passed)
      expect(line).to.match(/: control t\d+ x, (?:confirm t\d+ x, )*confirm t\d+ o$/u);
    expect(assess(state).chance).to.be.below(PROOF_CHANCE);
  });

  it('never tries a tuple in the session in which it was planted', async () => {
    const state = await run(greylister({ delaySeconds: 0 }));
    for (const { attempts } of state.histories.values()) {
      const [first, second] = attempts;
      if (second !== undefined) expect(second.session).to.be.above(first?.session ?? 0);
    }
  });

  it('ends at the pass where fresh senders pass too, since nothing more can be told', async () => {
    const told = await lines(greylister({ key: ['client'] }));
    expect(told.at(-1)).to.match(/^retry at 31: control t\d+ o, retry t1 o, .*control t\d+ o$/u);
  });

  it('asks a second client address where fresh senders pass, if there is one', async () => {
    const told = await lines(greylister({ key: ['client'] }), {
      sourceAddresses: ['192.0.2.25', '192.0.2.26'],
    });
    const second = told.filter((line) => line.startsWith('second client address'));
    expect(second).to.have.length(1);
    expect(second[0]).to.match(/: control t\d+ x$/u);
  });

  it('has no use for controls where the host answers before MAIL', async () => {
    const told = await lines(greylister({ key: ['client'], stage: 'connect' }));
    for (const line of told.slice(0, -1)) expect(line).to.match(/: (first|retry) t1 x$/u);
    expect(told.at(-1)).to.include('retry t1 o');
  });
});

describe('the plan with one sender', () => {
  it('is a plain ladder, and ends at the pass', async () => {
    expect(await lines(greylister(), { senders: ONE_SENDER })).to.deep.equal([
      'first contact at 0: first t1 x',
      'retry at 2: retry t1 x',
      'retry at 9: retry t1 x',
      'retry at 19: retry t1 x',
      'retry at 31: retry t1 o',
    ]);
  });

  it('makes each step once', async () => {
    const state = await run(alwaysReplies('rcpt', GREYLISTED), { senders: ONE_SENDER });
    const starts = state.sessions.map((one) => one.started.monotonicMs);
    const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
    expect(Math.min(...gaps)).to.be.at.least(1500);
  });
});

describe('the plan with a list of three', () => {
  it('spends the controls first, then tries them after the pass', async () => {
    expect(await lines(greylister(), { senders: THREE })).to.deep.equal([
      'first contact at 0: first t1 x',
      'retry at 2: control t2 x, retry t1 x',
      'retry at 9: control t3 x, retry t1 x',
      'retry at 19: retry t1 x',
      'retry at 31: retry t1 o',
      'narrow and prove at 34: confirm t3 x, confirm t2 o',
    ]);
  });

  it('keeps a control for each step of a schedule', async () => {
    const told = await lines(greylister(), { senders: THREE, retryAtSeconds: [10, 40] });
    expect(told.slice(0, 3)).to.deep.equal([
      'first contact at 0: first t1 x',
      'retry at 10: control t2 x, retry t1 x',
      'retry at 40: control t3 x, retry t1 o',
    ]);
  });
});

describe('the plan with a schedule of the user', () => {
  it('looks at those ages and no others', async () => {
    const ages = [10, 40, 100];
    for (const senders of [ONE_SENDER, THREE]) {
      const state = await run(alwaysReplies('rcpt', GREYLISTED), { senders, retryAtSeconds: ages });
      const at = state.sessions.map((one) => Math.round(one.started.monotonicMs / 1000));
      expect(at).to.deep.equal([0, ...ages]);
      expect(state.finished?.reason).to.equal('waited-long-enough');
    }
  });

  it('goes on to the ages beyond the pass, each with a tuple that was left alone', async () => {
    const told = await lines(greylister(), { retryAtSeconds: [10, 40, 100] });
    expect(told.at(-1)).to.match(/^later age at 100: control t\d+ x, confirm t2 o$/u);
  });

  it('is also followed where the words say something else than greylisting', async () => {
    const state = await run(checksHelo(), { retryAtSeconds: [10, 20] });
    expect(state.finished?.reason).to.equal('waited-long-enough');
  });
});

describe('the plan for the closing edge', () => {
  it('keeps a tuple for each age, and stops at the first that is forgotten', async () => {
    const told = await lines(greylister({ windowSeconds: 10_000 }), {
      closingAgesSeconds: [7200, 14_400, 28_800],
    });
    const later = told.filter((line) => line.startsWith('later age'));
    expect(later).to.have.length(2);
    expect(later[0]).to.match(/^later age at 7200: control t\d+ x, confirm t2 o$/u);
    // Two are refused, and the list still knows the one that has passed: it has closed.
    expect(later[1]).to.match(
      /^later age at 14400: control t\d+ x, confirm t3 x, confirm t\d+ x, retry t1 o$/u,
    );
  });

  it('takes the oldest tuples also in processes that come a little late', async () => {
    const events: ProbeEvent[] = [];
    const { clock, ports } = simulatedWorld('example.org', greylister());
    const options = { noWait: true, keep: (event: ProbeEvent) => void events.push(event) };
    const asked = request({ closingAgesSeconds: [7200, 14_400] });
    let state = await startRun('run', asked, ports, options);
    while (state.finished === null) {
      const waitMs = (state.paused?.dueWallMs ?? 0) - clock.read().wallMs;
      clock.advance(Math.max(0, waitMs) + 300);
      state = await resumeRun([...events], ports, options);
    }
    const later = transcript(state).filter((line) => line.startsWith('later age'));
    expect(later.map((line) => line.split(', ').at(-1))).to.deep.equal([
      'confirm t2 o',
      'confirm t3 o',
    ]);
  });
});

describe('a run stops', () => {
  const closing: Reply = { code: 421, enhanced: '4.7.0', text: ['Closing connection'] };
  const crowded: Reply = { code: 450, enhanced: '4.7.0', text: ['Too many connections from you'] };

  for (const [what, behaviour, reason, connections] of [
    ['at 421 in the greeting', busyAtConnect(), 'throttled', 1],
    ['at 421 to RCPT', alwaysReplies('rcpt', closing), 'throttled', 1],
    ['when it is told of too many connections', alwaysReplies('rcpt', crowded), 'throttled', 1],
    ['when it is rejected for good', rejectsRecipient(), 'rejected', 1],
    ['when the first attempt is accepted', acceptsAll(), 'answered', 1],
    ['at a look-alike that waiting does not cure', checksHelo(), 'answered', 1],
    ['at a full mailbox', mailboxFull(), 'answered', 1],
    ['at a host that takes connections and never answers', silent(), 'unreachable', 3],
    ['when no retry passes until the longest wait', stuck(), 'waited-long-enough', null],
  ] as const) {
    it(what, async () => {
      const state = await run(behaviour, { maxWaitSeconds: 600 });
      expect(state.finished?.reason).to.equal(reason);
      if (connections !== null) expect(state.sessions).to.have.length(connections);
    });
  }

  it('after a rejection of the retry as well', async () => {
    const denied: Reply = { code: 550, enhanced: '5.7.1', text: ['Denied'] };
    const behaviour: MailHostBehaviour = {
      rcpt: ({ session }) => (session === 1 ? GREYLISTED : denied),
    };
    const state = await run(behaviour);
    expect(state.finished?.reason).to.equal('rejected');
    expect(state.sessions).to.have.length(2);
  });

  it('after three connections in a row that failed, ten seconds apart', async () => {
    const behaviour: MailHostBehaviour = {
      connect: ({ session }) => (session === 1 ? null : 'refuse'),
      rcpt: () => GREYLISTED,
    };
    const state = await run(behaviour);
    expect(state.finished?.reason).to.equal('unreachable');
    const at = state.sessions.map((one) => Math.round(one.started.monotonicMs / 1000));
    expect(at).to.deep.equal([0, 2, 12, 22]);
  });

  it('not after one that failed: it tries again, and finds the window all the same', async () => {
    const inner = greylister();
    const behaviour: MailHostBehaviour = {
      ...inner,
      connect: (query) => (query.session === 4 ? 'refuse' : (inner.connect?.(query) ?? null)),
    };
    const state = await run(behaviour, { senders: ONE_SENDER });
    expect(state.finished?.reason).to.equal('answered');
    expect(state.attempts.at(-1)?.end?.outcome).to.equal('accepted');
  });

  it('a minute after verification began, and not before', async () => {
    const passes = await run(verifiesRecipients(20));
    expect(passes.finished?.reason).to.equal('answered');
    expect(passes.attempts.at(-1)?.end?.outcome).to.equal('accepted');
    const lasts = await run(verifiesRecipients(10_000));
    expect(lasts.finished?.reason).to.equal('answered');
    expect((lasts.sessions.at(-1)?.started.monotonicMs ?? 0) / 1000).to.be.within(40, 70);
  });
});

function silent(): MailHostBehaviour {
  return { rcpt: () => 'silence' };
}

function stuck(): MailHostBehaviour {
  return alwaysReplies('rcpt', GREYLISTED);
}
