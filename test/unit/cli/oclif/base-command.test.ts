import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import { captureOutput } from '@oclif/test';
import { expect } from 'chai';
import { BaseCommand } from '../../../../src/cli/oclif/base-command.js';
import { HOSTILE_TEXTS } from '../../report/formats/support/reports.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

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

describe('wrong usage', () => {
  const before = { env: process.env['NODE_ENV'], exitCode: process.exitCode };

  afterEach(() => {
    process.exitCode = before.exitCode;
    if (before.env === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before.env;
  });

  it('is told without a warning for developers, also where NODE_ENV asks for them', async () => {
    process.env['NODE_ENV'] = 'development';
    const warnings: Error[] = [];
    const keep = (warning: Error) => warnings.push(warning);
    process.on('warning', keep);
    const config = await Config.load({ root: ROOT });
    const { stderr } = await captureOutput(() => Hostile.run(['--nonsense'], config));
    // A process emits its warnings in a later turn.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', keep);

    expect(stderr).to.match(/^Error: There is no flag --nonsense here/u);
    expect(warnings).to.deep.equal([]);
  });
});
