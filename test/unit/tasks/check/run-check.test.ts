import { copyFileSync } from 'node:fs';
import { expect } from 'chai';
import type { CheckResult } from '../../../../src/contract/check-result.js';
import { exitCodeOfCheck } from '../../../../src/contract/exit-code.js';
import type { ProbePorts } from '../../../../src/core/run/ports.js';
import { DEFAULT_MANNERS } from '../../../../src/core/run/request.js';
import { storedRuns } from '../../../../src/edges/journal/find.js';
import { journalPath } from '../../../../src/edges/journal/paths.js';
import { systemRunsFolder } from '../../../../src/edges/journal/state-folder.js';
import {
  acceptsAll,
  busyAtConnect,
  greylists,
  rejectsRecipient,
} from '../../../../src/sandbox/behaviours.js';
import { createGreylister } from '../../../../src/sandbox/greylister.js';
import { POSTGREY_LIKE } from '../../../../src/sandbox/models/index.js';
import { runCheck } from '../../../../src/tasks/check/run-check.js';
import { reopenKeptRun } from '../../../../src/tasks/runs/kept-run.js';
import { listRuns } from '../../../../src/tasks/runs/list.js';
import { refusesConnections } from '../../../support/behaviours.js';
import { temporaryFolder } from '../../edges/journal/support/folder.js';
import { contextOf, createWorld, targetFor, type Zone } from './support/world.js';

const greylisting = (delaySeconds = 300) => greylists({ ...POSTGREY_LIKE, delaySeconds });

const ZONE = (): Zone => ({
  'grey.example': [['mx.grey.example', '192.0.2.1', greylisting()]],
  'plain.example': [['mx.plain.example', '192.0.2.2', acceptsAll()]],
  'busy.example': [['mx.busy.example', '192.0.2.3', busyAtConnect()]],
  'dead.example': [['mx.dead.example', '192.0.2.4', refusesConnections()]],
  'no.example': [['mx.no.example', '192.0.2.5', rejectsRecipient()]],
  'half.example': [
    ['mx1.half.example', '192.0.2.6', acceptsAll()],
    ['mx2.half.example', '192.0.2.7', refusesConnections()],
  ],
});

function outcomes(result: CheckResult): readonly (readonly [string, string, string | null])[] {
  return result.targets.flatMap(({ judgements }) =>
    judgements.map(({ expectation, outcome, reason }) => [expectation, outcome, reason] as const),
  );
}

const NAMES = [
  'verdict',
  'opensNoLaterThan',
  'opensNoEarlierThan',
  'closesNoEarlierThan',
  'confidenceAtLeast',
  'hostsShareState',
  'noHostUnreachable',
  'landsWithin.postfix',
];

describe('runCheck', () => {
  const stateDir = temporaryFolder();
  const folder = () => systemRunsFolder(stateDir());

  it('passes what holds and fails what does not, with all values', async () => {
    const { ports } = createWorld(ZONE());
    const result = await runCheck(
      [
        targetFor('user@grey.example', {
          verdict: ['greylisted'],
          opensNoLaterThan: 360,
          opensNoEarlierThan: 3600,
          confidenceAtLeast: 'confirmed',
          tlsOffered: false,
          landsWithin: { postfix: 1200 },
        }),
      ],
      contextOf(ports, folder()),
    );

    expect(outcomes(result)).to.deep.equal([
      ['verdict', 'passed', null],
      ['opensNoLaterThan', 'passed', null],
      ['opensNoEarlierThan', 'failed', null],
      ['confidenceAtLeast', 'passed', null],
      ['tlsOffered', 'passed', null],
      ['landsWithin.postfix', 'passed', null],
    ]);
    const failure = result.targets[0]?.judgements[2];
    expect(failure?.expected).to.equal('opens no earlier than 1 h');
    expect(failure?.found).to.match(/^opens at /u);
    expect(failure?.values).to.include({ limitSeconds: 3600, verdict: 'greylisted' });
    expect(failure?.values['opensBySeconds']).to.be.within(300, 320);
    expect([result.outcome, exitCodeOfCheck(result)]).to.deep.equal(['failed', 1]);
    expect(result.counts).to.deep.equal({ passed: 5, failed: 1, notJudged: 0 });
  });

  it('holds a run against the last one that is kept', async () => {
    const check = async (delaySeconds: number, seed: number) => {
      const host = ['mx.grey.example', '192.0.2.1', greylisting(delaySeconds)] as const;
      const { ports } = createWorld({ 'grey.example': [host] }, seed);
      const target = targetFor('user@grey.example', { unchanged: true });
      const { targets } = await runCheck([target], contextOf(ports, folder()));
      const { outcome, reason, expected } = targets[0]?.judgements[0] ?? expect.fail('none');
      return { told: [outcome, reason], expected };
    };
    expect((await check(300, 1)).told).to.deep.equal(['not-judged', 'no-earlier-run']);
    expect((await check(300, 2)).told).to.deep.equal(['passed', null]);
    const changed = await check(900, 3);
    expect(changed.told).to.deep.equal(['failed', null]);
    expect(changed.expected).to.match(/^as on \d{4}-\d\d-\d\d: greylisted, opens at 29/u);
  });

  it('lets a target that is known to be bad fail nothing', async () => {
    const { ports } = createWorld(ZONE());
    const suppressed = { until: '9999-12-31', reason: 'they move' };
    const good = targetFor('user@plain.example', { verdict: ['accepted'] });
    const bad = { ...targetFor('user@no.example', { verdict: ['accepted'] }), suppressed };
    const result = await runCheck([good, bad], contextOf(ports, folder()));
    expect([result.outcome, exitCodeOfCheck(result)]).to.deep.equal(['passed', 0]);
    expect(result.counts).to.deep.equal({ passed: 1, failed: 0, notJudged: 1, suppressed: 1 });
    expect(result.targets[1]).to.deep.include({ outcome: 'passed', suppressed });
    expect(outcomes(result)[1]).to.deep.equal(['verdict', 'not-judged', 'suppressed']);
  });

  it('ends with 0 when all held', async () => {
    const { ports } = createWorld(ZONE());
    const result = await runCheck(
      [targetFor('user@plain.example', { verdict: ['accepted'], opensNoLaterThan: 60 })],
      contextOf(ports, folder()),
    );

    expect([result.outcome, exitCodeOfCheck(result)]).to.deep.equal(['passed', 0]);
  });

  it('measures where nothing is expected, and ends with 0 where that gave a verdict', async () => {
    const { ports } = createWorld(ZONE());
    const context = contextOf(ports, folder());
    const result = await runCheck(
      [
        targetFor('user@grey.example', {}),
        targetFor('user@plain.example', { verdict: ['accepted'] }),
      ],
      context,
    );
    expect(
      result.targets.map(({ outcome, judgements }) => [outcome, judgements.length]),
    ).to.deep.equal([
      ['passed', 0],
      ['passed', 1],
    ]);
    expect(result.targets[0]?.result.verdict.kind).to.equal('greylisted');
    expect(exitCodeOfCheck(result)).to.equal(0);
    const dead = await runCheck([targetFor('user@dead.example', {})], context);
    expect([dead.targets[0]?.outcome, exitCodeOfCheck(dead)]).to.deep.equal(['not-judged', 3]);
  });

  it('never passes or fails what was throttled or out of reach', async () => {
    const { ports } = createWorld(ZONE());
    const all = {
      verdict: ['greylisted'],
      opensNoLaterThan: 360,
      opensNoEarlierThan: 1,
      closesNoEarlierThan: 3600,
      confidenceAtLeast: 'possible',
      hostsShareState: false,
      noHostUnreachable: true,
      landsWithin: { postfix: 60 },
    } as const;
    const result = await runCheck(
      [targetFor('user@dead.example', all), targetFor('user@busy.example', all)],
      contextOf(ports, folder()),
    );

    for (const { recipient, judgements } of result.targets) {
      const isDead = recipient === 'user@dead.example';
      const reason = isDead ? 'unreachable' : 'throttled';
      expect(judgements.map((one) => [one.expectation, one.outcome, one.reason])).to.deep.equal(
        NAMES.map((name) =>
          // A host that says it is busy has been reached.
          name === 'noHostUnreachable' && !isDead
            ? [name, 'passed', null]
            : [name, 'not-judged', reason],
        ),
      );
    }
    expect(exitCodeOfCheck(result)).to.equal(3);
  });

  it('ends with 3 when something was not judged and nothing failed', async () => {
    const { ports } = createWorld(ZONE());
    const result = await runCheck(
      [
        targetFor('user@dead.example', { verdict: ['greylisted'] }),
        targetFor('user@plain.example', { verdict: ['accepted'] }),
      ],
      contextOf(ports, folder()),
    );

    expect([result.outcome, exitCodeOfCheck(result)]).to.deep.equal(['not-judged', 3]);
    expect(result.counts).to.deep.equal({ passed: 1, failed: 0, notJudged: 1 });
  });

  it('fails for one host that is silent beside others that answer', async () => {
    const { ports } = createWorld(ZONE());
    const result = await runCheck(
      [targetFor('user@half.example', { noHostUnreachable: true, hostsShareState: true })],
      contextOf(ports, folder()),
    );

    expect(outcomes(result)).to.deep.equal([
      ['hostsShareState', 'not-judged', 'not-measured'],
      ['noHostUnreachable', 'failed', null],
    ]);
    expect(result.targets[0]?.judgements[1]?.values['unreachable']).to.equal('mx2.half.example');
  });

  describe('with several mail hosts', () => {
    const zone = (sharedState: boolean): Zone => {
      const memory = createGreylister({ ...POSTGREY_LIKE, delaySeconds: 120, sharedState });
      return {
        'two.example': [
          ['mx1.two.example', '192.0.2.8', greylists(memory)],
          ['mx2.two.example', '192.0.2.9', greylists(memory)],
        ],
      };
    };
    const sharing = async (shared: boolean, noWait = false) => {
      const { ports } = createWorld(zone(shared));
      const target = targetFor('user@two.example', {
        hostsShareState: true,
        noHostUnreachable: true,
      });
      const context = { ...contextOf(ports, folder()), noWait };
      return outcomes(await runCheck([target], context));
    };

    it('measures whether they share what they know of senders', async () => {
      expect(await sharing(true)).to.deep.equal([
        ['hostsShareState', 'passed', null],
        ['noHostUnreachable', 'passed', null],
      ]);
      expect((await sharing(false))[0]).to.deep.equal(['hostsShareState', 'failed', null]);
    });

    it('does not judge that when it must not wait', async () => {
      expect((await sharing(true, true))[0]?.[1]).to.equal('not-judged');
    });
  });

  it('plants now and judges later', async () => {
    const { ports, clock } = createWorld(ZONE());
    const target = targetFor('user@grey.example', {
      verdict: ['greylisted'],
      opensNoLaterThan: 900,
    });
    const visit = () => runCheck([target], { ...contextOf(ports, folder()), noWait: true });

    const first = await visit();
    expect(exitCodeOfCheck(first)).to.equal(75);
    expect(outcomes(first)).to.deep.equal([
      ['verdict', 'not-judged', 'not-yet'],
      ['opensNoLaterThan', 'not-judged', 'not-yet'],
    ]);
    const run = first.targets[0]?.result.run;
    let last = first;
    for (let visits = 0; visits < 50 && exitCodeOfCheck(last) === 75; visits += 1) {
      clock.advance(Math.max(0, Date.parse(last.nextDueAt ?? '') - clock.read().wallMs));
      last = await visit();
      expect(last.targets[0]?.result.run).to.equal(run);
    }

    expect([last.outcome, exitCodeOfCheck(last)]).to.deep.equal(['passed', 0]);
    const next = await visit();
    expect(next.targets[0]?.result.run).to.not.equal(run);
  });

  it('judges the other targets while another process drives the run of one', async () => {
    const { ports } = createWorld(ZONE());
    const context = contextOf(ports, folder());
    const waiting = targetFor('user@grey.example', { verdict: ['greylisted'] });
    const planted = await runCheck([waiting], { ...context, noWait: true });
    expect(planted.targets[0]?.result.reason).to.equal('not-yet');
    const [stored] = storedRuns(folder());
    const held = reopenKeptRun(stored?.run ?? '', stored?.path ?? '');
    held.keep({ type: 'run-resumed', at: { segment: 1, ...ports.clock.read() }, warnings: [] });

    const other = targetFor('user@plain.example', { verdict: ['accepted'] });
    const result = await runCheck([waiting, other], context);
    held.close();

    expect(outcomes(result)).to.deep.equal([
      ['verdict', 'not-judged', 'running'],
      ['verdict', 'passed', null],
    ]);
    expect(exitCodeOfCheck(result)).to.equal(75);
  });

  for (const [minutes, outcome] of [
    [5, 'passed'],
    [60, 'not-judged'],
  ] as const) {
    it(`judges a limit of 6 min as ${outcome} where the second visit comes after ${minutes} min`, async () => {
      const { ports, clock } = createWorld(ZONE());
      const target = targetFor('user@grey.example', { opensNoLaterThan: 360 });
      const context = contextOf(ports, folder());
      await runCheck([target], { ...context, noWait: true });
      clock.advance(minutes * 60_000);
      const result = await runCheck([target], context);
      const [judgement] = result.targets[0]?.judgements ?? [];
      expect(judgement?.outcome).to.equal(outcome);
      if (outcome === 'not-judged') {
        expect(judgement?.found).to.contain('come back before the limit, or let one visit wait');
      }
    });
  }

  it('ends a run that is older than its own plan, begins anew, and says so', async () => {
    const { ports, clock } = createWorld(ZONE());
    const target = targetFor('user@grey.example', { opensNoLaterThan: 360 });
    const context = contextOf(ports, folder());
    const planted = await runCheck([target], { ...context, noWait: true });
    clock.advance(24 * 3_600_000);
    const result = await runCheck([target], context);
    expect(outcomes(result)).to.deep.equal([['opensNoLaterThan', 'passed', null]]);
    const [one] = result.targets;
    expect(one?.result.run).to.not.equal(planted.targets[0]?.result.run);
    expect(one?.result.warnings.map(({ code }) => code)).to.include('begun-anew');
    expect(listRuns(stateDir()).runs.map(({ state }) => state)).to.deep.equal([
      'finished',
      'finished',
    ]);
  });

  it('finds the run that waits, however many are kept beside it', async () => {
    const { ports } = createWorld(ZONE());
    const target = targetFor('user@grey.example', { opensNoLaterThan: 360 });
    const context = { ...contextOf(ports, folder()), noWait: true };
    const planted = await runCheck([target], context);
    await runCheck([targetFor('user@plain.example', { verdict: ['accepted'] })], context);
    const [other] = storedRuns(folder()).filter(
      ({ run }) => run !== planted.targets[0]?.result.run,
    );
    if (other === undefined) throw new Error('no other run');
    // Newer, and more than a folder is looked through one by one.
    for (let n = 0; n < 600; n += 1) {
      copyFileSync(
        other.path,
        journalPath(folder(), `20991231T235959-${String(n).padStart(4, '0')}`),
      );
    }
    const again = await runCheck([target], context);
    expect(again.targets[0]?.result.run).to.equal(planted.targets[0]?.result.run);
  });

  it('does not take up a run that was asked for in other words', async () => {
    const { ports } = createWorld(ZONE());
    const context = { ...contextOf(ports, folder()), noWait: true };
    const expectations = { verdict: ['greylisted'] } as const;
    const first = await runCheck([targetFor('user@grey.example', expectations)], context);
    const other = await runCheck(
      [targetFor('user@grey.example', expectations, { helo: 'other.sender.example' })],
      context,
    );

    expect(other.targets[0]?.result.run).to.not.equal(first.targets[0]?.result.run);
  });

  it('keeps runs that are interrupted, judges nothing of them, and ends with 130', async () => {
    const { ports, clock } = createWorld(ZONE());
    const stop = new AbortController();
    clock.at(60_000, () => stop.abort());
    const result = await runCheck([targetFor('user@grey.example', { verdict: ['greylisted'] })], {
      ...contextOf(ports, folder()),
      signal: stop.signal,
    });

    expect(outcomes(result)).to.deep.equal([['verdict', 'not-judged', 'interrupted']]);
    expect(exitCodeOfCheck(result)).to.equal(130);
  });

  it('checks many targets without a word from Node.js', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on('warning', note);
    try {
      const { ports: plain } = createWorld({});
      const locate: typeof plain.locate = async (request, signal) => {
        signal?.addEventListener('abort', () => {});
        return plain.locate(request, signal);
      };
      const ports = { ...plain, locate };
      const targets = Array.from({ length: 12 }, (_, index) =>
        targetFor(`user@n${index}.example`, { verdict: ['no-mail-service'] }),
      );
      await runCheck(targets, contextOf(ports, folder()));
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('warning', note);
    }

    expect(warnings).to.deep.equal([]);
  });

  it('keeps to the limit of an address over all runs, whatever domains lead there', async () => {
    const { ports, clock } = createWorld({
      'one.example': [['mx.shared.example', '192.0.2.1', greylisting()]],
      'two.example': [['mx.shared.example', '192.0.2.1', greylisting()]],
    });
    const begun: number[] = [];
    const dialer: ProbePorts['dialer'] = {
      dial: (request, signal) => {
        begun.push(clock.read().monotonicMs / 1000);
        return ports.dialer.dial(request, signal);
      },
    };
    const connectionsPerHour = 4;
    const manners = { ...DEFAULT_MANNERS, connectionsPerHour };
    const result = await runCheck(
      ['user@one.example', 'user@two.example'].map((recipient) =>
        targetFor(recipient, { verdict: ['greylisted'] }, { manners }),
      ),
      contextOf({ ...ports, dialer }, folder()),
    );

    expect(result.targets.map((one) => one.result.state)).to.deep.equal(['finished', 'finished']);
    expect(begun.length).to.be.above(connectionsPerHour);
    const spans = begun.slice(connectionsPerHour).map((at, n) => at - (begun[n] ?? 0));
    // The time of this world goes on while the disk of the other one keeps that a connection begins.
    expect(Math.min(...spans)).to.be.at.least(3599);
  });

  it('asks a host no more for an hour that asked one target to stop, and says since when', async () => {
    const { ports, dialer } = createWorld({
      'busy.example': [['mx.busy.example', '192.0.2.3', busyAtConnect()]],
      'other.example': [['mx2.busy.example', '192.0.2.8', acceptsAll()]],
    });
    const context = contextOf(ports, folder());
    await runCheck([targetFor('user@busy.example', { verdict: ['accepted'] })], context);
    const result = await runCheck(
      [
        targetFor('other@busy.example', { verdict: ['accepted'] }),
        targetFor('user@other.example', { verdict: ['accepted'] }),
      ],
      context,
    );

    expect(dialer.connections).to.equal(1);
    expect(outcomes(result).map(([, ...rest]) => rest)).to.deep.equal([
      ['not-judged', 'throttled'],
      ['not-judged', 'throttled'],
    ]);
    const says = result.targets.map(({ judgements }) => judgements[0]?.found);
    expect(says[0]).to.match(
      /^Not asked: the host asked to stop at \d\d:\d\d UTC, and is left alone/u,
    );
    expect(says[1]).to.match(/^Not asked: a host of busy\.example asked to stop at/u);
  });

  it('gives the targets in their order, however long each takes', async () => {
    const { ports } = createWorld(ZONE());
    const recipients = ['a@grey.example', 'b@plain.example', 'c@grey.example', 'd@no.example'];
    const result = await runCheck(
      recipients.map((one) => targetFor(one, { verdict: ['greylisted', 'accepted'] })),
      contextOf(ports, folder()),
    );

    expect(result.targets.map(({ recipient }) => recipient)).to.deep.equal(recipients);
    expect(result.targets.map(({ outcome }) => outcome)).to.deep.equal([
      'passed',
      'passed',
      'passed',
      'failed',
    ]);
  });

  it('passes the events of all runs on', async () => {
    const { ports } = createWorld(ZONE());
    const seen = new Map<string, string[]>();
    await runCheck(
      [
        targetFor('a@plain.example', { verdict: ['accepted'] }),
        targetFor('b@no.example', { verdict: ['rejected'] }),
      ],
      {
        ...contextOf(ports, folder()),
        onEvent: (run, { type }) => seen.set(run, [...(seen.get(run) ?? []), type]),
      },
    );

    expect(seen.size).to.equal(2);
    for (const types of seen.values()) {
      expect([types[0], types.at(-1)]).to.deep.equal(['run-started', 'run-finished']);
    }
  });
});
