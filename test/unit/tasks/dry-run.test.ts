import { expect } from 'chai';
import * as v from 'valibot';
import { PlanResultSchema } from '../../../src/contract/plan-result.js';
import { renderPlan } from '../../../src/report/text/plan-text.js';
import { greylists } from '../../../src/sandbox/behaviours.js';
import { PLAIN_POLICY } from '../../../src/sandbox/greylister-policy.js';
import { dryRun } from '../../../src/tasks/dry-run.js';
import { ONE_SENDER, request, virtualRun } from '../core/run/support/virtual-run.js';

describe('the plan of a probe', () => {
  it('is what its schema says', async () => {
    const plan = await dryRun(request({ maxWaitSeconds: 300 }));
    expect(v.parse(PlanResultSchema, JSON.parse(JSON.stringify(plan)))).to.deep.equal(plan);
  });

  it('shows the ages of a schedule, to the second', async () => {
    const { connections, atMost } = await dryRun(
      request({ senders: ONE_SENDER, retryAtSeconds: [60, 300, 900] }),
    );
    expect(connections.map((one) => one.atSeconds)).to.deep.equal([0, 60, 300, 900]);
    expect(connections.map((one) => one.attempts)).to.deep.equal([
      [{ tuple: 't1', role: 'first' }],
      ...Array(3).fill([{ tuple: 't1', role: 'retry' }]),
    ]);
    expect(atMost).to.deep.equal({ connections: 4, attempts: 4, seconds: 900 });
  });

  it('holds: no real run against a host that defers takes more', async () => {
    for (const changes of [
      {},
      { senders: ONE_SENDER },
      { stage: 'data' as const },
      { retryAtSeconds: [30, 100, 400] },
      { closingAgesSeconds: [7200, 14_400] },
    ]) {
      const asked = { maxWaitSeconds: 600, ...changes };
      const { atMost } = await dryRun(request(asked));
      for (const delaySeconds of [20, 95, 590]) {
        const policy = { ...PLAIN_POLICY, delaySeconds, stage: changes.stage ?? ('rcpt' as const) };
        const reply = { code: 451, enhanced: '4.7.1', text: ['Greylisted'] };
        const run = await virtualRun(greylists({ ...policy, reply }), asked);
        expect(run.connections, `delay ${delaySeconds}`).to.be.at.most(atMost.connections);
        // Latency and the pauses of good manners come on top of a plan without them.
        expect(run.seconds, `delay ${delaySeconds}`).to.be.at.most(atMost.seconds * 1.01 + 15);
      }
    }
  });

  it('counts what comes after a late pass: the closing edge', async () => {
    const plan = await dryRun(
      request({ maxWaitSeconds: 300, closingAgesSeconds: [7200, 172_800] }),
    );
    expect(plan.atMost.seconds).to.be.within(172_800, 173_000);
    expect(plan.atMost.connections).to.be.above(plan.connections.length);
  });

  it('goes as far as the stage that was asked for', async () => {
    const plan = await dryRun(request({ maxWaitSeconds: 300, stage: 'message', deliver: true }));
    expect(plan.stage).to.equal('message');
    expect(plan.connections.length).to.be.above(10);
  });

  it('reckons with an early pass, where given ages lie beyond it', async () => {
    const names = ['amber', 'birch', 'cedar', 'elm', 'fir'];
    const addresses = names.map((name) => `${name}@sender.example`);
    const asked = request({
      senders: { kind: 'list', addresses },
      retryAtSeconds: [1.9, 9.9, 36, 220.6, 262.2, 575, 4451.2],
    });
    const { atMost } = await dryRun(asked);
    const early = greylists({
      ...PLAIN_POLICY,
      delaySeconds: 31.4,
      earlyRetry: { kind: 'restart' },
    });
    const run = await virtualRun(early, asked);
    expect(run.connections).to.be.at.most(atMost.connections);
    expect(run.seconds).to.be.at.most(atMost.seconds + 5);
  });

  it('says how many messages it may deliver, where it delivers any', async () => {
    const asked = request({ stage: 'message', deliver: true, retryAtSeconds: [60, 300] });
    const said = (await dryRun(asked)).notes.find((note) => note.includes('delivers a message'));
    const most = Number(/up to (\d+)/u.exec(said ?? '')?.[1]);
    const host = greylists({ ...PLAIN_POLICY, delaySeconds: 45, stage: 'message' });
    const { state } = await virtualRun(host, asked);
    const delivered = state.attempts.filter((one) => one.end?.outcome === 'accepted');
    expect(delivered.length).to.be.within(1, most);
    const notes = (await dryRun(request({ retryAtSeconds: [60] }))).notes.join(' ');
    expect(notes).to.not.include('message');
  });

  it('says that a server moves the steps only where it does', async () => {
    const moves = async (retryAtSeconds: readonly number[] | null) =>
      (await dryRun(request({ retryAtSeconds, maxWaitSeconds: 300 }))).notes.some((note) =>
        note.includes('moves the steps'),
      );
    expect(await moves(null)).to.equal(true);
    expect(await moves([60])).to.equal(false);
  });

  it('reads well: bounds first, one line a connection, within 80 columns', async () => {
    const text = renderPlan(await dryRun(request({ retryAtSeconds: [60, 300] })));
    expect(text).to.match(/^Plan for user@example\.org: at most \d+ connections/u);
    expect(text).to.include('Nothing was sent.');
    expect(text).to.match(/\n +1 +0 s {2}first attempt, 4 fresh senders\n/u);
    expect(text).to.match(/\n +3 +1 min {2}fresh sender, retry/u);
    for (const line of text.split('\n')) expect(line.length, line).to.be.at.most(80);
  });

  it('escapes what could move the cursor', async () => {
    const plan = await dryRun(request({ retryAtSeconds: [60] }));
    const target = { recipient: 'a\u001b[2Jb@example.org', domain: 'example.org' };
    expect(renderPlan({ ...plan, target })).to.not.include('\u001b');
  });
});
