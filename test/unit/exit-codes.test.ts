import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import { captureOutput } from '@oclif/test';
import { expect } from 'chai';
import HelpWithExitCodes from '../../src/cli/help.js';
import { EXIT, EXIT_MEANINGS } from '../../src/exit-codes.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('the exit codes', () => {
  it('each have one meaning', () => {
    expect(Object.keys(EXIT_MEANINGS).map(Number).sort(byNumber)).to.deep.equal(
      Object.values(EXIT).sort(byNumber),
    );
  });

  it('stand in the docs as in the code', () => {
    const text = readFileSync(`${ROOT}/docs/exit-codes.md`, 'utf8');
    const [table = ''] = text.split('\n## ');
    const rows = [...table.matchAll(/^\| (?<code>\d+) +\| (?<meaning>.+?) +\|$/gmu)].map(
      ({ groups }) => [groups?.['code'], groups?.['meaning']],
    );

    expect(Object.fromEntries(rows)).to.deep.equal(EXIT_MEANINGS);
  });

  it('stand in the help as in the code', async () => {
    const config = await Config.load({ root: ROOT });
    const { stdout } = await captureOutput(() => new HelpWithExitCodes(config).showRootHelp(), {
      stripAnsi: true,
    });
    const [, table = ''] = stdout.split('EXIT CODES\n');
    const words = table.replaceAll(/\s+/gu, ' ');

    for (const [code, meaning] of Object.entries(EXIT_MEANINGS)) {
      expect(words).to.contain(` ${code} ${meaning} `);
    }
  });
});

function byNumber(a: number, b: number): number {
  return a - b;
}
