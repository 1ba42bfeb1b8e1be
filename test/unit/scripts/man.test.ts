import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { commandPages } from '../../../scripts/man/commands.js';
import { configurationPage } from '../../../scripts/man/configuration.js';
import type { DescribedCommand } from '../../../src/cli/oclif/command-help.js';
import Check from '../../../src/commands/check.js';
import Recommend from '../../../src/commands/recommend.js';
import RunsShow from '../../../src/commands/runs/show.js';
import { EXIT_MEANINGS } from '../../../src/model/exit-codes.js';
import { EXPECTATION_NAMES } from '../../../src/tasks/check/expectations.js';
import { FILE_SETTING_NAMES } from '../../../src/tasks/settings/probe-settings.js';
import { temporaryFolder } from '../edges/journal/support/folder.js';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

const SHOWN = { check: Check, recommend: Recommend, 'runs:show': RunsShow };

const COMMANDS: readonly DescribedCommand[] = Object.entries(SHOWN).map(
  ([id, { summary, description, flags, args, examples, usage, exits }]) => ({
    ...{ id, summary, flags, args, examples, exits },
    ...(description === undefined ? {} : { description }),
    ...(usage === undefined ? {} : { usage }),
  }),
);

/** Texts that are commands of roff where they are not escaped. */
const HOSTILE: DescribedCommand = {
  id: 'odd',
  summary: '.so /etc/passwd',
  description: `.sy false\n'br\nA \\fBbackslash\\fR, "quotes" and a-dash`,
  flags: {},
  args: {},
  examples: ['.ab\n\\n'],
};

const PAGES: ReadonlyMap<string, string> = new Map([
  ...commandPages({
    version: '1.2.3',
    description: 'Measures.',
    commands: [...COMMANDS, HOSTILE],
  }),
  [
    'greyprobe.yaml.5',
    configurationPage(
      '1.2.3',
      JSON.parse(read('schemas/config.v1.json')),
      read('examples/greyprobe.yaml'),
    ),
  ],
]);

describe('manual pages', () => {
  const folder = temporaryFolder();

  function rendered(name: string): string {
    const path = join(folder(), name);
    writeFileSync(path, PAGES.get(name) ?? '');
    const { stdout, stderr } = spawnSync('man', ['--warnings=all', '--local-file', path], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: '80', MANROFFOPT: '-c', MANPAGER: 'cat' },
    });
    expect(stderr).to.equal('');
    return stdout;
  }

  before(function () {
    // Debian's minimal images have no man; the check of the Debian package renders all pages.
    if (spawnSync('man', ['--version']).error !== undefined) this.skip();
  });

  it('are one for the program, one for each command, and one for the configuration', () => {
    expect([...PAGES.keys()]).to.deep.equal([
      'greyprobe.1',
      'greyprobe-check.1',
      'greyprobe-odd.1',
      'greyprobe-recommend.1',
      'greyprobe-runs-show.1',
      'greyprobe.yaml.5',
    ]);
  });

  it('render without a warning', () => {
    for (const name of PAGES.keys()) expect(rendered(name)).to.match(/^NAME$/mu);
  });

  it('have every flag that the help shows, and the exit codes of the command', () => {
    const page = rendered('greyprobe-check.1');
    for (const name of Object.keys(Check.flags)) expect(page).to.include(`--${name}`);
    const codesOf = (text: string) =>
      [...(text.split('EXIT STATUS')[1] ?? '').matchAll(/^ +(\d+) +[a-z]/gmu)].map(
        ([, code]) => code,
      );
    expect(codesOf(page)).to.deep.equal(['0', '1', '2', '3', '70', '71', '75', '130']);
    expect(codesOf(rendered('greyprobe.1'))).to.deep.equal(Object.keys(EXIT_MEANINGS));
  });

  it('have the words of a command and not its id', () => {
    expect(rendered('greyprobe-runs-show.1')).to.match(/^ {7}greyprobe runs show /mu);
  });

  it('have every key of the configuration', () => {
    const page = rendered('greyprobe.yaml.5');
    for (const key of [...FILE_SETTING_NAMES, ...EXPECTATION_NAMES, 'extends', 'recipient']) {
      expect(page).to.match(new RegExp(`^ {7}${key}\\b`, 'mu'));
    }
  });

  it('show what looks like a command of roff as it is written', () => {
    const page = rendered('greyprobe-odd.1');
    expect(page).to.include('greyprobe-odd - .so /etc/passwd');
    expect(page).to.match(/\.sy false 'br A \\fBbackslash\\fR, "quotes"\s+and\s+a-dash/u);
    expect(page).to.match(/^ +\.ab\n +\\n$/mu);
  });
});
