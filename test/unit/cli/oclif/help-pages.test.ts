import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import { captureOutput } from '@oclif/test';
import { expect } from 'chai';
import type { DescribedCommand } from '../../../../src/cli/oclif/command-help.js';
import PlainHelp from '../../../../src/cli/oclif/help.js';
import {
  FORMAT_USES,
  longHelp,
  longRootHelp,
  SHORT_LINES,
  SUBJECT_NAMES,
  shortHelp,
  shortRootHelp,
  subjectHelp,
} from '../../../../src/cli/oclif/help-pages.js';
import { EXIT_MEANINGS } from '../../../../src/model/exit-codes.js';
import { FORMAT_NAMES } from '../../../../src/report/formats/index.js';
import { PLAIN } from '../../../../src/report/text/style.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const NARROW = { ...PLAIN, columns: 40 };

/** Lines that are there to be copied stay whole where a word is longer than the line. */
function tooLong(text: string, columns: number): string[] {
  return text
    .split('\n')
    .filter((line) => line.length > columns && !/^ *(?:greyprobe|-|'|\S+ \\$)/u.test(line));
}

describe('the help', () => {
  let config: Config;
  let commands: readonly DescribedCommand[];
  let program: Parameters<typeof longRootHelp>[0];

  before(async () => {
    config = await Config.load({ root: ROOT });
    commands = [...config.commands];
    program = { description: 'Measures.', version: '1.2.3', commands };
  });

  const shown = async (...words: string[]) => {
    const { stdout, stderr } = await captureOutput(() => new PlainHelp(config).showHelp(words));
    return { stdout, stderr };
  };

  it('is short for -h: examples first, then the flags that are used most', () => {
    for (const command of commands) {
      const text = shortHelp(command, PLAIN);
      expect(text.split('\n').length, command.id).to.be.at.most(SHORT_LINES);
      expect(tooLong(text, 80), command.id).to.deep.equal([]);
      expect(text.split('\n')[2], command.id).to.match(/^ {2}greyprobe /u);
    }
    expect(shortRootHelp(program, PLAIN).split('\n').length).to.be.at.most(SHORT_LINES);
  });

  it('fits 40 columns, the long one too', () => {
    for (const command of commands) {
      for (const text of [shortHelp(command, NARROW), longHelp(command, commands, NARROW)]) {
        expect(tooLong(text, 40), command.id).to.deep.equal([]);
      }
    }
    expect(tooLong(shortRootHelp(program, NARROW), 40)).to.deep.equal([]);
    expect(tooLong(longRootHelp(program, NARROW), 40)).to.deep.equal([]);
    for (const name of SUBJECT_NAMES) {
      expect(tooLong(subjectHelp(name, program, NARROW) ?? '', 40), name).to.deep.equal([]);
    }
  });

  it('names the exit codes of a command, and no others', async () => {
    const codes = ({ stdout }: { stdout: string }) =>
      [...(stdout.split('EXIT CODES\n')[1] ?? '').matchAll(/^ {2}(\d+) /gmu)].map(
        ([, code]) => code,
      );
    expect(codes(await shown('mx', '--help'))).to.deep.equal(['0', '2', '4', '5', '70', '71']);
    expect(codes(await shown('senders', '--help'))).to.deep.equal(['0', '2', '70', '71']);
    expect(codes(await shown('help', 'exit-codes'))).to.deep.equal(Object.keys(EXIT_MEANINGS));
  });

  it('finds a command by its words, whatever stands behind them', async () => {
    const wanted = await shown('help', 'runs', 'show');
    expect(wanted.stdout).to.match(/^Show a run that is kept/u);
    expect(await shown('runs', 'show', 'qzkw', '--help')).to.deep.equal(wanted);
    expect((await shown('runs', 'show', '-h')).stdout).to.contain('All of it: greyprobe runs show');
    expect((await shown('help')).stdout)
      .to.contain('SUBJECTS')
      .and.contain('COMMANDS');
    expect((await shown('-h')).stdout).not.to.contain('SUBJECTS');
  });

  it('says what was meant where there is none', async () => {
    const before = process.exitCode;
    const { stdout, stderr } = await shown('help', 'exit-code');
    expect(process.exitCode).to.equal(2);
    process.exitCode = before;
    expect(stdout).to.equal('');
    expect(stderr).to.match(/'exit-code' is not a command .* Did you mean 'exit-codes'\?/u);
  });

  it('tells of every format what it is for, and of every variable that a flag reads', async () => {
    expect(FORMAT_NAMES.filter((name) => !(name in FORMAT_USES))).to.deep.equal([]);
    const { stdout } = await shown('help', 'environment');
    for (const name of ['GREYPROBE_FROM', 'GREYPROBE_STATE_DIR', 'NO_COLOR', 'FORCE_COLOR']) {
      expect(stdout).to.contain(name);
    }
  });
});
