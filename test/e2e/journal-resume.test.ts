import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import * as v from 'valibot';
import { ProbeResultSchema } from '../../src/contract/probe-result.js';
import { RunListSchema, ShownRunSchema } from '../../src/contract/run-list.js';
import { PLAIN_POLICY } from '../../src/sandbox/greylister-policy.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';

const PROGRAM = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const DELAY_SECONDS = 6;
const RETRY_AT = '5s,6.5s';

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

describe('runs that outlive their process', () => {
  let state = '';
  let sandbox: Sandbox;
  let decisions = 0;
  const children = new Set<ChildProcess>();

  before(async () => {
    sandbox = await startSandbox({
      policy: { ...PLAIN_POLICY, delaySeconds: DELAY_SECONDS, clockGranularitySeconds: 0 },
      domain: 'grey.example',
      address: '127.0.0.1',
      smtpPort: 0,
      dnsPort: 0,
      onDecision: () => {
        decisions += 1;
      },
    });
  });

  after(() => sandbox.close());

  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), 'greyprobe-'));
    decisions = 0;
  });

  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(state, { recursive: true, force: true });
  });

  function start(args: readonly string[], stateDir = state): ChildProcess {
    const child = spawn(process.execPath, [PROGRAM, ...args, '--state-dir', stateDir], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  }

  async function ended(child: ChildProcess): Promise<Ended> {
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        texts[name] += text;
      });
    }
    const [code] = await once(child, 'close');
    return { ...texts, code: typeof code === 'number' ? code : null };
  }

  const greyprobe = (...args: readonly string[]) => ended(start(args));
  const resolver = () => `${sandbox.address}:${sandbox.dnsPort}`;
  const probe = (...more: readonly string[]) => probeAt(RETRY_AT, ...more);
  const probeAt = (ages: string, ...more: readonly string[]) => [
    'probe',
    'user@grey.example',
    ...['--from', '{nonce}@sender.example', '--helo', 'client.sender.example'],
    ...['--resolver', resolver(), '--port', String(sandbox.smtpPort)],
    ...['--retry-at', ages, '--resolution', '1s'],
    ...more,
  ];
  const resultOf = ({ stdout }: Ended) => v.parse(ProbeResultSchema, JSON.parse(stdout));

  /** Plants a run without waiting, and gives its id. */
  async function planted(ages = RETRY_AT): Promise<string> {
    const first = await greyprobe(...probeAt(ages, '--no-wait', '--json'));
    expect(first.code, first.stderr).to.equal(75);
    const result = resultOf(first);
    expect(result).to.include({ state: 'paused', reason: 'not-yet' });
    expect(Date.parse(result.nextDueAt ?? '')).to.be.above(Date.now());
    return result.run;
  }

  it('measure a window in visits that do not wait, and are shown again as they were', async function () {
    this.timeout(40_000);
    const run = await planted();
    const list = v.parse(RunListSchema, JSON.parse((await greyprobe('runs', '--json')).stdout));
    expect(list.runs.map(({ run: id, state: how }) => [id, how])).to.deep.equal([[run, 'waiting']]);
    expect((await greyprobe('runs')).stdout)
      .to.contain(run)
      .and.to.contain('waiting');

    const word = run.slice(-4);
    const last = await greyprobe('resume', word, '--json', '--resolver', resolver());
    expect(last.code, last.stderr).to.equal(0);
    const result = resultOf(last);
    expect(result.verdict).to.include({ kind: 'greylisted', confidence: 'confirmed' });
    expect(result.window?.opens.afterSeconds).to.be.within(4.5, DELAY_SECONDS);
    expect(result.window?.opens.bySeconds).to.be.within(DELAY_SECONDS, 9);

    const again = await greyprobe('resume', run, '--json');
    expect(again.stdout).to.equal(last.stdout);
    const text = await greyprobe('resume', run);
    const report = await greyprobe('report', run);
    expect(report.stdout).to.equal(text.stdout);
    const reportJson = await greyprobe('report', run, '--json');
    expect(JSON.parse(reportJson.stdout)).to.deep.equal(JSON.parse(last.stdout));

    const shown = v.parse(
      ShownRunSchema,
      JSON.parse((await greyprobe('runs', 'show', run, '--json')).stdout),
    );
    expect(shown).to.include({ state: 'finished', torn: false });
    expect(shown.result).to.deep.equal(result);
    expect((await greyprobe('runs', 'show', run)).stdout).to.contain('finished, resumed');

    const young = await greyprobe('runs', 'prune', '--older-than', '1h');
    expect(young.stdout).to.contain('Removed 0 runs');
    const pruned = await greyprobe('runs', 'prune', '--older-than', '0s', '--json');
    expect(JSON.parse(pruned.stdout)).to.have.nested.property('removed[0].run', run);
    expect(readdirSync(join(state, 'runs'))).to.deep.equal([]);
  });

  it('are left as they are by visits that come too early', async function () {
    this.timeout(40_000);
    const run = await planted('10m');
    const files = () =>
      readdirSync(join(state, 'runs')).map((name) =>
        readFileSync(join(state, 'runs', name), 'utf8'),
      );
    const before = files();
    const asked = decisions;
    for (const visit of [1, 2]) {
      const early = await greyprobe('resume', run, '--no-wait', '--json', '--resolver', resolver());
      expect(early.code, `visit ${visit}`).to.equal(75);
      expect(resultOf(early)).to.include({ run, state: 'paused', reason: 'not-yet' });
    }
    expect(files()).to.deep.equal(before);
    expect(decisions).to.equal(asked);
  });

  it('are driven by one of two processes, and the other says who has them', async function () {
    this.timeout(40_000);
    const run = await planted();
    const [one, other] = await Promise.all(
      [1, 2].map(() => greyprobe('resume', run, '--json', '--resolver', resolver())),
    );
    if (one === undefined || other === undefined) throw new Error('two were started');
    const [winner, loser] = one.code === 0 ? [one, other] : [other, one];
    expect(winner.code, winner.stderr).to.equal(0);
    expect(loser.code).to.equal(75);
    const { error } = JSON.parse(loser.stdout);
    expect(error.code).to.equal('run-is-locked');
    expect(error.message).to.match(/process \d+ on .*, since \d{4}-/u);
  });

  it('end on a signal with the command that resumes them', async function () {
    this.timeout(40_000);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const child = start(probe());
      const end = ended(child);
      await firstContact();
      child.kill(signal);
      const { code, stderr, stdout } = await end;
      expect(code, signal).to.equal(130);
      const run = /greyprobe resume (?<run>\S+)/u.exec(stderr)?.groups?.['run'] ?? '';
      expect(run, stderr).to.match(/^[a-z]{4}$/u);
      expect(stdout).not.to.equal('');
      const shown = v.parse(
        ShownRunSchema,
        JSON.parse((await greyprobe('runs', 'show', run, '--json')).stdout),
      );
      expect(shown).to.include({ state: 'interrupted' });
      expect(shown.result.reason).to.equal('interrupted');
    }
  });

  /** Until the server has answered the first transaction, and a moment more. */
  async function firstContact(): Promise<void> {
    decisions = 0;
    while (decisions === 0) await delay(20);
    await delay(500);
  }

  it('are not begun where they could not be kept', async () => {
    writeFileSync(join(state, 'file'), '');
    const { code, stdout } = await ended(start(probe('--json'), join(state, 'file')));
    expect(code).to.equal(2);
    expect(JSON.parse(stdout).error.code).to.equal('state-folder-unusable');
    expect(decisions).to.equal(0);
  });

  it('are named when they are not there', async () => {
    for (const args of [
      ['resume', 'zzzz'],
      ['runs', 'show', 'zzzz'],
    ]) {
      const { code, stdout } = await greyprobe(...args, '--json');
      expect(code).to.equal(2);
      expect(JSON.parse(stdout).error.code).to.equal('unknown-run');
    }
  });
});
