import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { PROGRAM } from './support/program.js';

const PROBE = ['probe', 'user@[127.0.0.1]', '--from', 'me@sender.example', '--port', '1'];
/** A device that is always full. */
const FULL = '/dev/full';

interface Ended {
  readonly code: number | null;
  /** What came on the stream that could be written. */
  readonly text: string;
}

describe('output that cannot be written', () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'greyprobe-output-'));
  after(() => rmSync(stateDir, { recursive: true, force: true }));

  it('on stderr, in the middle of a run, costs neither the run nor its result', async () => {
    const child = spawn(
      process.execPath,
      [PROGRAM, ...PROBE, '--state-dir', stateDir, '-v', '--details'],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    child.stderr.destroy();
    const { code, text } = await ended(child, child.stdout);
    expect(text).to.contain('connection to port 1');
    expect(code).to.equal(5);
  });

  it('on standard output, is told in one sentence', async function () {
    if (!existsSync(FULL)) this.skip();
    const full = openSync(FULL, 'w');
    const child = spawn(process.execPath, [PROGRAM, 'mx', '[127.0.0.1]'], {
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    if (child.stderr === null) throw new Error('stderr is not a pipe');
    const { code, text } = await ended(child, child.stderr);
    expect(text).to.match(/^Error: Standard output cannot be written: the disk is full\.\n$/u);
    expect(code).to.equal(71);
  });
});

async function ended(
  child: ReturnType<typeof spawn>,
  stream: NodeJS.ReadableStream,
): Promise<Ended> {
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  stream.setEncoding('utf8');
  let text = '';
  for await (const chunk of stream) text += chunk;
  return { code: await exited, text };
}
