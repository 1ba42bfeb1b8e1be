import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { bashCompletion } from '../../../scripts/completions/bash.js';
import { fishCompletion } from '../../../scripts/completions/fish.js';
import { type CompletedCommand, completedCommands } from '../../../scripts/completions/model.js';
import { zshCompletion } from '../../../scripts/completions/zsh.js';
import Check from '../../../src/commands/check.js';
import Report from '../../../src/commands/report.js';
import RunsShow from '../../../src/commands/runs/show.js';
import Runs from '../../../src/commands/runs.js';
import { FORMAT_NAMES } from '../../../src/report/formats/index.js';
import { temporaryFolder } from '../edges/journal/support/folder.js';

const COMMANDS: readonly CompletedCommand[] = completedCommands(
  Object.entries({ check: Check, report: Report, runs: Runs, 'runs:show': RunsShow }).map(
    ([id, { summary, flags, args }]) => ({ id, summary, flags, args }),
  ),
);

/** A summary and a choice that would break out of quotes. */
const HOSTILE: CompletedCommand = {
  id: 'odd',
  summary: `It's "odd": [a] $(false) \`false\` \\ {x} | ; &`,
  takesFiles: true,
  flags: [
    {
      name: 'odd',
      char: 'x',
      description: `Isn't it [odd]: "$(false)" \\`,
      value: 'word',
      choices: [],
      repeats: true,
    },
  ],
};

function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  expect([status, stderr]).to.deep.equal([0, '']);
  return stdout;
}

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version']).error === undefined;
}

describe('shell completion', () => {
  const folder = temporaryFolder();

  function write(name: string, text: string): string {
    const path = join(folder(), name);
    writeFileSync(path, text);
    return path;
  }

  describe('for bash', () => {
    function complete(...words: string[]): readonly string[] {
      const path = write('greyprobe.bash', bashCompletion([...COMMANDS, HOSTILE]));
      const array = words.map((word) => `'${word}'`).join(' ');
      const script = `source '${path}'; COMP_WORDS=(greyprobe ${array}); COMP_CWORD=${words.length}; _greyprobe; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return run('bash', '--norc', '-c', script)
        .split('\n')
        .filter((line) => line !== '');
    }

    it('offers commands, and the words after them', () => {
      expect(complete('')).to.include.members(['check', 'report', 'runs', '--version']);
      expect(complete('re')).to.deep.equal(['report']);
      expect(complete('runs', 's')).to.deep.equal(['show']);
    });

    it('offers the flags of the command', () => {
      expect(complete('check', '--expect-o')).to.deep.equal([
        '--expect-opens-no-later-than',
        '--expect-opens-no-earlier-than',
      ]);
      expect(complete('runs', 'show', '--state')).to.deep.equal(['--state-dir']);
    });

    it('offers the values of a flag, also after =', () => {
      expect(complete('check', '--format', '')).to.deep.equal([...FORMAT_NAMES]);
      expect(complete('check', 'user@example.org', '--format', 'n')).to.deep.equal([
        'ndjson',
        'nagios',
      ]);
      expect(complete('check', '--format', '=', 'ju')).to.deep.equal(['junit']);
      expect(complete('check', '--from', '')).to.deep.equal([]);
    });
  });

  // The scripts of zsh and fish are read by these shells where they are installed (Debian: zsh, fish).
  it('for zsh offers the same, where it is installed', function () {
    if (!isInstalled('zsh')) this.skip();
    mkdirSync(join(folder(), 'functions'));
    const path = write('functions/_greyprobe', zshCompletion([...COMMANDS, HOSTILE]));
    run('zsh', '-f', '-n', path);
    const offered = run('zsh', '-f', '-c', ZSH_TRIAL, 'zsh', path);

    expect(offered).to.contain('_describe check:').and.contain('runs:List the runs');
    expect(offered).to.contain('_describe show:');
    expect(offered).to.contain(`--format=[How to show the result`);
    expect(offered).to.contain(`:format:(${FORMAT_NAMES.join(' ')})`);
  });

  it('for zsh completes words, flags, values and files on a terminal, where it is installed', function () {
    if (!isInstalled('zsh')) this.skip();
    mkdirSync(join(folder(), 'functions'), { recursive: true });
    write('functions/_greyprobe', zshCompletion(COMMANDS));
    write('greyprobe.yaml', '');
    const typed = [
      ['greyprobe che', 'greyprobe check'],
      ['greyprobe runs sh', 'greyprobe runs show'],
      ['greyprobe check --expect-conf', '--expect-confidence-at-least='],
      ['greyprobe check user@example.org --no-w', '--no-wait'],
      ['greyprobe check --format ju', '--format junit'],
      ['greyprobe check --format=nag', '--format=nagios'],
      ['greyprobe check --config greyp', '--config greyprobe.yaml'],
      ['greyprobe runs show --sta', '--state-dir='],
      ['greyprobe report greyp', 'greyprobe.yaml'],
      ['greyprobe --ver', '--version'],
    ];
    const { stdout } = spawnSync(
      'zsh',
      ['-f', '-c', ZSH_TERMINAL, 'zsh', folder(), ...typed.flat()],
      { encoding: 'utf8', timeout: 30_000 },
    );

    expect(stdout.trim().split('\n')).to.deep.equal(typed.map(([, wanted]) => wanted));
  }).timeout(40_000);

  it('for fish offers the same, where it is installed', function () {
    if (!isInstalled('fish')) this.skip();
    const path = write('greyprobe.fish', fishCompletion([...COMMANDS, HOSTILE]));
    const complete = (line: string) =>
      run('fish', '--no-config', '-c', `source '${path}'; complete -C '${line}'`)
        .split('\n')
        .map((offer) => offer.split('\t')[0] ?? '')
        .filter((offer) => offer !== '');

    expect(complete('greyprobe ')).to.have.members(['check', 'report', 'runs', 'odd']);
    expect(complete('greyprobe runs ')).to.deep.equal(['show']);
    expect(complete('greyprobe check --expect-o')).to.have.members([
      '--expect-opens-no-later-than',
      '--expect-opens-no-earlier-than',
    ]);
    expect(complete('greyprobe check --format n')).to.have.members(['ndjson', 'nagios']);
  });
});

/** Stands in for the functions of zsh that show offers, and says what they were given. */
const ZSH_TRIAL = `
  _describe() { print -r -- _describe "\${(@P)@[-1]}" }
  _arguments() { print -r -- "$@" }
  CURRENT=2 words=(greyprobe ''); source "$1"
  CURRENT=3 words=(greyprobe runs ''); _greyprobe
  CURRENT=3 words=(greyprobe check --format); _greyprobe
`;

/**
 * A zsh on a pseudo-terminal, in the folder given. Types each line and TAB, and says what was wanted
 * once it stands there; where it does not come, the time limit of the test ends it. One TAB inserts a
 * match at once (menu_complete), so that it stands in one piece.
 */
const ZSH_TERMINAL = `
  zmodload zsh/zpty
  cd "$1"; shift
  zpty shell "TERM=dumb COLUMNS=200 zsh -f -i"
  zpty -w shell "PROMPT=; fpath=($PWD/functions \\$fpath); autoload -Uz compinit; compinit -u -D; setopt menu_complete; print re''ady"
  zpty -r -m shell seen '*ready*'
  for typed wanted in "$@"; do
    zpty -w -n shell "$typed"$'\\t'
    zpty -r -m shell seen "*$wanted*" && print -r -- "$wanted"
    zpty -w shell $'\\025'"print re''ady"
    zpty -r -m shell seen '*ready*'
  done
  zpty -d shell
`;
