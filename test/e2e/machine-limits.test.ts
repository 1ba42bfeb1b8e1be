import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { greyprobe } from '../support/cli.js';
import { greeted, MAIL_OK } from '../unit/edges/smtp/support/dialling.js';
import { scriptedServer } from '../unit/edges/smtp/support/scripted-server.js';

const PROGRAM = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const PROBE = ['probe', 'user@example.org', '--from', 'a@b.example', '--resolver', '127.0.0.1:1'];

describe('a limit of this machine', () => {
  let stateDir = '';
  before(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'greyprobe-limits-'));
  });
  after(() => rmSync(stateDir, { recursive: true, force: true }));

  // Below 20 Node.js itself does not start.
  for (const files of [20, 24, 30, 40, 50]) {
    it(`of ${files} open files is told in one sentence`, () => {
      const limited = `ulimit -n ${files}; exec "$0" "$@"`;
      const words = [process.execPath, PROGRAM, ...PROBE, '--state-dir', stateDir];
      const { status, stderr } = spawnSync('bash', ['-c', limited, ...words], { encoding: 'utf8' });
      expect(stderr).to.match(/^Error: This machine has reached a limit[^\n]*open no more files/u);
      expect(stderr.split('\n')).to.have.length(3);
      expect(status).to.equal(71);
    });
  }

  it('is told as data for scripts', () => {
    const words = [process.execPath, PROGRAM, ...PROBE, '--json', '--state-dir', stateDir];
    const { status, stdout } = spawnSync('bash', ['-c', 'ulimit -n 22; exec "$0" "$@"', ...words], {
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout).error.code).to.equal('machine-limit');
    expect(status).to.equal(71);
  });

  it('a full device for events ends the run before it connects', async function () {
    if (!existsSync('/dev/full')) this.skip();
    const server = await scriptedServer([
      ...greeted(),
      ...MAIL_OK,
      { expect: /^RCPT/ },
      { send: '450 4.7.1 Greylisted\r\n' },
    ]);
    const words = [
      ...['probe', 'user@example.org', '--from', 'a@b.example', '--host', '127.0.0.1'],
      ...['--port', String(server.port), '--format', 'ndjson', '--state-dir', stateDir],
    ];
    const child = spawn(process.execPath, [PROGRAM, ...words], {
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    let stderr = '';
    child.stderr?.on('data', (chunk) => {
      stderr += chunk;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    await server.close();
    expect(code).to.equal(71);
    expect(stderr).to.contain('Standard output cannot be written: the disk is full.');
    // The first event is written before anything else is done in the world.
    expect(server.connections).to.equal(0);
  });

  it('a folder where the lock of a run should be is told in one sentence', async () => {
    const own = mkdtempSync(join(stateDir, 'locked-'));
    const words = [
      ...['probe', 'user@[127.0.0.1]', '--from', 'a@b.example', '--host', '127.0.0.1'],
      ...['--port', '1', '--format', 'ndjson', '--state-dir', own],
    ];
    // What was to show its events is full: the run is kept, and not over.
    const full = spawnSync('bash', [
      '-c',
      '"$0" "$@" >/dev/full',
      process.execPath,
      PROGRAM,
      ...words,
    ]);
    expect(full.status).to.equal(71);
    const runs = join(own, 'runs');
    const [journal = '', lock = ''] = ['.jsonl', '.lock'].map(
      (ending) => readdirSync(runs).find((name) => name.endsWith(ending)) ?? '',
    );
    rmSync(join(runs, lock));
    mkdirSync(join(runs, lock));
    const resumed = await greyprobe(['resume', journal.replace('.jsonl', ''), '--state-dir', own]);
    expect(resumed.code).to.equal(2);
    expect(resumed.stderr).to.match(
      /^Error: The run cannot be locked with \S+: it is no file\.\n/u,
    );
    const listed = await greyprobe(['runs', '--state-dir', own]);
    expect(listed.code).to.equal(0);
  });
});
