import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { greylists } from '../../src/sandbox/behaviours.js';
import { POSTGREY_LIKE } from '../../src/sandbox/models/index.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { temporaryFolder } from '../unit/edges/journal/support/folder.js';
import { readPlugin } from '../unit/report/formats/support/plugin-output.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The built check against a greylisting mail host on loopback. */
describe('greyprobe check, built', () => {
  const folder = temporaryFolder();
  let sandbox: Sandbox;

  before(async () => {
    sandbox = await startSandbox({
      policy: { ...POSTGREY_LIKE, delaySeconds: 4 },
      domain: 'grey.example',
      address: '127.0.0.1',
      smtpPort: 0,
      dnsPort: 0,
      hosts: [
        {
          name: 'mx.silent.example',
          preference: 10,
          address: '127.0.0.2',
          does: 'refuses-connections',
          domain: 'silent.example',
        },
        {
          name: 'mx.own.example',
          preference: 10,
          address: '127.0.0.3',
          does: greylists({ ...POSTGREY_LIKE, delaySeconds: 4, sharedState: false }),
          domain: 'own.example',
        },
      ],
    });
  });
  after(() => sandbox.close());

  function config(targets: readonly object[]): string {
    const path = join(folder(), 'greyprobe.json');
    const defaults = {
      from: 'probe-{nonce}@sender.example',
      helo: 'client.sender.example',
      resolver: `127.0.0.1:${sandbox.dnsPort}`,
      port: sandbox.smtpPort,
      maxWait: '12s',
      resolution: '3s',
    };
    writeFileSync(path, JSON.stringify({ defaults, targets }));
    return path;
  }

  function greyprobe(...args: string[]) {
    return new Promise<{ stdout: string; stderr: string; code: number | null }>((resolve) => {
      const child = spawn(process.execPath, [join(ROOT, 'bin/run.js'), ...args], {
        cwd: folder(),
        env: { ...process.env, GREYPROBE_STATE_DIR: folder() },
      });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk) => {
        stdout += String(chunk);
      });
      child.stderr.on('data', (chunk) => {
        stderr += String(chunk);
      });
      child.on('close', (code) => resolve({ stdout, stderr, code }));
    });
  }

  it('judges several targets, each by itself, and writes every place', async () => {
    const path = config([
      { name: 'holds', recipient: 'a@grey.example', expect: { opensNoLaterThan: '11s' } },
      { name: 'fails', recipient: 'b@own.example', expect: { opensNoEarlierThan: '1h' } },
      { name: 'silent', recipient: 'c@silent.example', expect: { verdict: 'greylisted' } },
    ]);
    const { stdout, code } = await greyprobe(
      ...['check', '--config', path],
      ...['--format', 'json', '--output', 'check.json'],
      ...['--format', 'junit', '--output', 'check.xml', '--format', 'nagios'],
    );

    expect(readPlugin(stdout).state).to.equal('CRITICAL');
    expect(code).to.equal(2);
    const result = JSON.parse(readFileSync(join(folder(), 'check.json'), 'utf8'));
    const schema = JSON.parse(readFileSync(join(ROOT, 'schemas/check-result.v1.json'), 'utf8'));
    expect(new Ajv2020({ strict: false }).validate(schema, result)).to.equal(true);
    expect(
      result.targets.map((one: { name: string; outcome: string }) => [one.name, one.outcome]),
    ).to.deep.equal([
      ['holds', 'passed'],
      ['fails', 'failed'],
      ['silent', 'not-judged'],
    ]);
    expect(readFileSync(join(folder(), 'check.xml'), 'utf8')).to.contain(
      'not judged (unreachable)',
    );
    expect((await greyprobe('report', 'check.json', '--format', 'nagios')).stdout).to.equal(stdout);
  }).timeout(60_000);

  it('plants in one visit and judges in the next', async () => {
    const path = config([{ recipient: 'd@grey.example', expect: { verdict: 'greylisted' } }]);
    const first = await greyprobe('check', '--config', path, '--no-wait', '--json');
    expect(first.code).to.equal(75);
    expect(JSON.parse(first.stdout)).to.include({ outcome: 'not-judged' });

    const second = await greyprobe('check', '--config', path, '--json');
    expect(second.code).to.equal(0);
    const [before, after] = [first, second].map(({ stdout }) => JSON.parse(stdout));
    expect(after.targets[0].result.run).to.equal(before.targets[0].result.run);
    expect(after.targets[0].outcome).to.equal('passed');
  }).timeout(60_000);

  it('says what is wrong before anything is sent', async () => {
    const path = config([{ recipient: 'e@grey.example', expect: { verdct: 'greylisted' } }]);
    const { stderr, stdout, code } = await greyprobe('check', '--config', path);

    expect([stdout, code]).to.deep.equal(['', 2]);
    expect(stderr).to.contain("there is no key 'verdct'").and.contain("Did you mean 'verdict'?");
    expect(existsSync(join(folder(), 'runs'))).to.equal(false);
    expect(readdirSync(folder())).to.deep.equal(['greyprobe.json']);
  });
});
