import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import { captureOutput } from '@oclif/test';
import { expect } from 'chai';
import { BaseCommand } from '../../../src/cli/base-command.js';
import { HOSTILE_TEXTS } from '../report/formats/support/reports.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

class Hostile extends BaseCommand {
  async run(): Promise<readonly string[]> {
    await this.parse(Hostile);
    return HOSTILE_TEXTS;
  }
}

describe('--json', () => {
  it('prints what parses to the same and holds nothing that is obeyed', async () => {
    const config = await Config.load({ root: ROOT });
    const { stdout } = await captureOutput(() => Hostile.run(['--json'], config), {
      stripAnsi: false,
    });

    expect(JSON.parse(stdout)).to.deep.equal(HOSTILE_TEXTS);
    expect(stdout.replaceAll('\n', '')).to.match(/^[^\p{Cc}]*$/u);
    expect(stdout).to.not.match(/##\w*\[/u);
  });
});
