import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { PLAIN_POLICY } from '../../src/sandbox/greylister-policy.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { greyprobe } from '../support/cli.js';

describe('greyprobe doctor', () => {
  it('finds a sound machine sound, and leaves nothing behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'greyprobe-'));
    const sandbox = await startSandbox({
      policy: PLAIN_POLICY,
      domain: 'grey.example',
      address: '127.0.0.1',
      smtpPort: 0,
      dnsPort: 0,
      names: { 'sender.example': { A: ['127.0.0.1'] } },
    });
    try {
      const { code, stdout, stderr, seconds } = await greyprobe(
        [
          ...['doctor', '--from', 'probe-{nonce}@sender.example', '--helo', 'mx.grey.example'],
          ...['--host', 'mx.grey.example', '--port', String(sandbox.smtpPort)],
          ...['--resolver', `127.0.0.1:${sandbox.dnsPort}`],
        ],
        { GREYPROBE_STATE_DIR: join(folder, 'state') },
      );

      expect(stderr).to.equal('');
      expect(stdout.split('\n')[0]).to.equal(
        'greyprobe can measure greylisting from here: 1 skipped.',
      );
      const outcomes = [...stdout.matchAll(/^(ok|warning|failed|skipped) /gmu)].map(
        ([, outcome]) => outcome,
      );
      expect(outcomes).to.deep.equal(['ok', 'ok', 'ok', 'ok', 'ok', 'skipped', 'ok', 'ok']);
      expect(code).to.equal(0);
      expect(seconds).to.be.below(10);
      // The limits of good manners are shared by all processes: it says when it connected, and no more.
      const left = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      expect(
        left.filter((name) => !/^state(?:\/connections(?:\/\d+\.jsonl)?)?$/u.test(name)),
      ).to.deep.equal([]);
    } finally {
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
