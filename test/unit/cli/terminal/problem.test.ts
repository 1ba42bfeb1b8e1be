import { fileURLToPath } from 'node:url';
import { Args, Config, Flags } from '@oclif/core';
import { captureOutput } from '@oclif/test';
import { expect } from 'chai';
import { BaseCommand } from '../../../../src/cli/oclif/base-command.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

class Strict extends BaseCommand {
  static override args = {
    target: Args.string({ required: true, description: 'Domain or address' }),
  };

  static override flags = {
    from: Flags.string(),
    format: Flags.string(),
    port: Flags.integer({ min: 1, max: 65535 }),
    'retry-at': Flags.string({ dependsOn: ['from'] }),
  };

  async run(): Promise<void> {
    await this.parse(Strict);
  }
}

async function problem(...words: readonly string[]): Promise<string> {
  const config = await Config.load({ root: ROOT });
  const { stderr } = await captureOutput(() => Strict.run([...words], config));
  const code = process.exitCode;
  process.exitCode = undefined;
  expect(code).to.equal(2);
  return stderr.split('\n')[0] ?? '';
}

describe('wrong words on the command line', () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    [
      'an unknown flag',
      ['x', '--retyr-at', '5s'],
      'no flag --retyr-at here. Did you mean --retry-at?',
    ],
    ['one near two', ['x', '--form', 'a'], 'no flag --form here. Did you mean --format or --from?'],
    ['one near none', ['x', '--zzzzzzz'], 'There is no flag --zzzzzzz here.'],
    ['a letter', ['x', '-q'], 'There is no flag -q here.'],
    ['control characters', ['x', '--a\u001b[2Jb'], 'There is no flag --a\\x1b[2Jb here.'],
    ['no argument', [], 'An argument is missing: TARGET (Domain or address).'],
    ['a port out of range', ['x', '--port', '0'], 'Error: --port: Expected an integer greater'],
    ['a flag without its partner', ['x', '--retry-at', '5s'], 'Error: --retry-at needs --from.'],
  ];
  for (const [what, words, says] of cases) {
    it(`are told in a sentence: ${what}`, async () => {
      expect(await problem(...words)).to.contain(says);
    });
  }
});
