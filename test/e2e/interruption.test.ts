import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import * as v from 'valibot';
import { ProbeResultSchema } from '../../src/contract/probe-result.js';
import { RunListSchema } from '../../src/contract/run-list.js';
import { readJournal } from '../../src/edges/journal/reader.js';
import { tarpits } from '../support/behaviours.js';
import { PROGRAM, startProgram } from './support/program.js';
import { hasPseudoTerminals, onTerminal } from './support/pseudo-terminal.js';
import { parsedJson } from './support/schemas.js';
import { EXACT, useWorld } from './support/world.js';

describe('greyprobe probe, when it is stopped', () => {
  const world = useWorld({
    policy: { ...EXACT, delaySeconds: 20 },
    address: '127.0.21.1',
    hosts: [
      {
        name: 'mx.slow.example',
        preference: 10,
        address: '127.0.21.60',
        domain: 'slow.example',
        does: tarpits(1500),
      },
    ],
  });

  const begin = (recipient: string, ...more: readonly string[]) =>
    startProgram(world().probeWords(recipient, '--retry-at', '15s,25s', ...more), world().env);

  it('by Ctrl-C while it waits: says what is known, and how to go on', async () => {
    const running = begin('user@grey.example', '--verbose');
    await running.says(/< 221 /u);
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;

    expect(code).to.equal(130);
    expect(stdout).to.match(/^Verdict +mx\.grey\.example .* greylists/u);
    expect(stdout).to.match(/^Next +\S/mu);
    expect(stderr).to.match(
      /\n {2}greyprobe resume (?:\d{8}T\d{6}-)?[a-z]{4}(?: --state-dir \S+)?\n$/u,
    );
    expect(`${stdout}${stderr}`).not.to.match(/^\s*at /mu);
  });

  it('by Ctrl-C in the middle of a session: takes its leave with QUIT', async () => {
    const running = begin('user@slow.example', '--verbose');
    await running.says(/> MAIL FROM/u);
    const stoppedAt = performance.now();
    running.child.kill('SIGINT');
    const { code, stderr } = await running.ended;

    expect(code).to.equal(130);
    expect(performance.now() - stoppedAt).to.be.below(8000);
    const sent = stderr.split('\n').filter((line) => line.startsWith('> '));
    expect(sent.at(-1)).to.equal('> QUIT');
    expect(stderr).to.contain('greyprobe resume ');
  });

  it('by Ctrl-C under --json: prints the result so far as one object', async () => {
    const running = begin('json@grey.example', '--json', '--verbose');
    await running.says(/< 221 /u);
    running.child.kill('SIGINT');
    const { code, stdout } = await running.ended;

    expect(code).to.equal(130);
    const result = v.parse(ProbeResultSchema, parsedJson('probe-result.v1', stdout));
    expect(result).to.include({ state: 'paused', reason: 'interrupted' });
    expect(result.attempts.length).to.be.at.least(1);
  });

  it('by closing the window: the run is kept with a last event', async function () {
    if (!hasPseudoTerminals()) this.skip();
    const { env } = world();
    const words = world().probeWords('closed@grey.example', '--retry-at', '15s,25s');
    const { code, problem } = await onTerminal(words, env, [['Done at', null]]);

    expect(code, problem).to.equal(130);
    const { stdout } = await startProgram(['runs', '--json'], env).ended;
    const { runs } = v.parse(RunListSchema, parsedJson('runs.v1', stdout));
    const run = runs.find(({ target }) => target === 'closed@grey.example');
    expect(run).to.include({ state: 'interrupted', heldBy: null });
    const last = readJournal(run?.path ?? '').events.at(-1);
    expect(last).to.include({ type: 'run-paused', reason: 'interrupted' });
  });

  it('while all mail hosts are measured: says how to go on with each', async () => {
    const running = begin('user@grey.example', '--all-hosts', '--verbose');
    await running.says(/< 221 /u);
    running.child.kill('SIGTERM');
    const { code, stderr } = await running.ended;

    expect(code).to.equal(130);
    expect(stderr).to.match(/which is kept. Go on with:\n {2}greyprobe resume \S+/u);
  });

  for (const args of [
    ['simulate', '--window', '300s..48h'],
    ['explain', '--catalogue', '--json'],
  ]) {
    it(`by a reader that goes away: ${args.join(' ')}`, async () => {
      const command = `"$0" "$1" "$2" "$3" "$4" | head -n 1`;
      const child = spawn('bash', ['-c', command, process.execPath, PROGRAM, ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      await once(child, 'close');
      expect(stdout.split('\n')).to.have.length(2);
      expect(stderr).to.equal('');
    });
  }
});
