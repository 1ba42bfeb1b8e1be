import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createJournal } from '../../src/edges/journal/writer.js';
import { PLAIN_POLICY } from '../../src/sandbox/greylister-policy.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/start.js';
import { greyprobe } from '../support/cli.js';
import { OUTCOMES, outcomeRuns } from '../support/outcomes.js';

/** Wrong words, and faults of greyprobe. */
const BROKEN = [2, 70, null];

describe('the commands that an answer names', () => {
  let folder: string;
  let sandbox: Sandbox;
  let env: Readonly<Record<string, string>>;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'greyprobe-'));
    sandbox = await startSandbox({
      policy: PLAIN_POLICY,
      domain: 'grey.example',
      address: '127.0.0.1',
      smtpPort: 0,
      dnsPort: 0,
    });
    env = {
      GREYPROBE_STATE_DIR: folder,
      GREYPROBE_RESOLVER: `127.0.0.1:${sandbox.dnsPort}`,
    };
    for (const { run, events } of await outcomeRuns()) {
      const journal = createJournal(join(folder, 'runs'), run, { version: '1.2.3' });
      for (const event of events) journal.append(event);
      journal.close();
    }
  });

  after(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const { title, word } of OUTCOMES) {
    it(`run as they are printed: ${title}`, async () => {
      const { stdout, stderr, code } = await greyprobe(['report', word], env);
      expect([stderr, code]).to.deep.equal(['', 0]);
      const commands = [...stdout.matchAll(/greyprobe (.+)$/gmu)].map(([, words = '']) => words);
      expect(commands).to.include(`report ${word} --details`);
      for (const words of commands) {
        const ran = await greyprobe(words.split(' '), env);
        expect(BROKEN, `${words}: ${ran.stderr}`).not.to.include(ran.code);
        expect(ran.stdout, words).not.to.equal('');
      }
    });
  }
});
