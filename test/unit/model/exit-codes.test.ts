import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import { captureOutput } from '@oclif/test';
import { expect } from 'chai';
import PlainHelp from '../../../src/cli/oclif/help.js';
import { EXIT, EXIT_MEANINGS } from '../../../src/model/exit-codes.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

describe('the exit codes', () => {
  it('each have one meaning', () => {
    expect(Object.keys(EXIT_MEANINGS).map(Number).sort(byNumber)).to.deep.equal(
      Object.values(EXIT).sort(byNumber),
    );
  });

  for (const page of ['docs/exit-codes.md', 'README.md']) {
    it(`stand in ${page} as in the code`, () => {
      const text = readFileSync(`${ROOT}/${page}`, 'utf8');
      const [, table = ''] = text.split(/^\| code +\| meaning +\|$/mu);
      const [own = ''] = table.split('\n\n');
      const rows = [...own.matchAll(/^\| (?<code>\d+) +\| (?<meaning>.+?) +\|$/gmu)].map(
        ({ groups }) => [groups?.['code'], groups?.['meaning']],
      );

      expect(Object.fromEntries(rows)).to.deep.equal(EXIT_MEANINGS);
    });
  }

  it('stand in the help as in the code', async () => {
    const config = await Config.load({ root: ROOT });
    const help = new PlainHelp(config);
    const { stdout } = await captureOutput(() => help.showHelp(['help', 'exit-codes']), {
      stripAnsi: true,
    });
    const words = stdout.replaceAll(/\s+/gu, ' ');

    for (const [code, meaning] of Object.entries(EXIT_MEANINGS)) {
      expect(words).to.contain(` ${code} ${meaning} `);
    }
  });
});

function byNumber(a: number, b: number): number {
  return a - b;
}
