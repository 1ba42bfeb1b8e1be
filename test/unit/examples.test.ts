import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import * as v from 'valibot';
import { parse } from 'yaml';
import { parseOutputs } from '../../src/cli/flags/output-flags.js';
import { FORMAT_NAMES, type FormatName } from '../../src/report/formats/index.js';
import { EXPECTATION_NAMES } from '../../src/tasks/check/expectations.js';
import { checkTargets } from '../../src/tasks/check/targets.js';
import { temporaryFolder } from './edges/journal/support/folder.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');

const ActionSchema = v.object({
  inputs: v.record(v.string(), v.object({ description: v.string(), default: v.string() })),
  runs: v.object({
    using: v.literal('composite'),
    steps: v.tuple([
      v.object({
        shell: v.literal('bash'),
        run: v.string(),
        env: v.record(v.string(), v.string()),
      }),
    ]),
  }),
});

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version']).error === undefined;
}

/** Commands of greyprobe in a file, as words. */
function commandsIn(text: string): readonly (readonly string[])[] {
  const joined = text.replaceAll(/\\\n\s*/gu, ' ').replaceAll(/\n\s+--/gu, ' --');
  return [...joined.matchAll(/greyprobe (?<words>(?:check|report) [^\n]*)/gu)].map(({ groups }) =>
    (groups?.['words'] ?? '').trim().split(/\s+/u),
  );
}

function valuesOf(words: readonly string[], flag: string): readonly string[] {
  return words.flatMap((word, index) => (word === flag ? (words[index + 1] ?? []) : []));
}

function isFormat(text: string): text is FormatName {
  return FORMAT_NAMES.some((name) => name === text);
}

describe('docs/ci.md', () => {
  it('shows the examples as they are', () => {
    const blocks = [
      ...read('docs/ci.md').matchAll(
        /<!-- (?<file>examples\/\S+) -->\n```\w*\n(?<text>.*?)\n```/gsu,
      ),
    ];
    expect(blocks.length).to.be.at.least(9);
    for (const { groups } of blocks) {
      expect(`${groups?.['text']}\n`).to.equal(read(groups?.['file'] ?? ''));
    }
  });

  it('names every expectation and every format', () => {
    const text = read('docs/ci.md');
    for (const name of [...EXPECTATION_NAMES, ...FORMAT_NAMES]) {
      expect(text).to.match(new RegExp(`^\\| \`${name}\` +\\|`, 'mu'));
    }
  });
});

describe('the examples', () => {
  it('have a configuration that is valid', () => {
    const targets = checkTargets({
      recipients: [],
      config: join(ROOT, 'examples/greyprobe.yaml'),
      settings: {},
      expect: {},
      environment: { PROBE_DOMAIN: 'sender.example' },
    });

    expect(targets.map(({ name }) => name)).to.deep.equal(['our own MX', 'a partner']);
    expect(targets[0]?.expectations.landsWithin).to.deep.equal({
      postfix: 1200,
      'exchange-2003': 1200,
    });
    expect(targets[1]?.expectations.noHostUnreachable).to.equal(true);
  });

  it('call greyprobe with formats and files that go together', () => {
    const commands = [
      'examples/crontab',
      'examples/gitlab-ci.yml',
      'examples/nagios/greyprobe.cfg',
      'examples/systemd/greyprobe-check.service',
      'examples/systemd/prometheus.conf',
    ].flatMap((name) => commandsIn(read(name)));

    expect(commands).to.have.length(6);
    for (const words of commands) {
      const formats = valuesOf(words, '--format').filter(isFormat);
      expect(formats).to.have.length(valuesOf(words, '--format').length);
      parseOutputs({ format: formats, output: [...valuesOf(words, '--output')] }, false);
    }
  });

  it('are YAML where they say so', () => {
    for (const name of readdirSync(join(ROOT, 'examples'), { recursive: true, encoding: 'utf8' })) {
      if (/\.ya?ml$/u.test(name))
        expect(parse(read(join('examples', name))), name).to.be.an('object');
    }
  });

  // These need Debian's prometheus and systemd; the shape is tested above where they are missing.
  it('have alerts that promtool tests, where it is installed', function () {
    if (!isInstalled('promtool')) this.skip();
    const cwd = join(ROOT, 'examples/prometheus');
    for (const args of [
      ['check', 'rules', 'greyprobe.rules.yml'],
      ['test', 'rules', 'greyprobe.rules.test.yml'],
    ]) {
      const { status, stdout, stderr } = spawnSync('promtool', args, { cwd, encoding: 'utf8' });
      expect(status, `${stdout}${stderr}`).to.equal(0);
    }
  });

  describe('for systemd', () => {
    const folder = temporaryFolder();

    it('pass systemd-analyze, where it is installed', function () {
      if (!isInstalled('systemd-analyze')) this.skip();
      const units = ['greyprobe-check.service', 'greyprobe-check.timer'].map((name) => {
        const path = join(folder(), name);
        // The program need not be installed where this is tested.
        const text = read(join('examples/systemd', name)).replaceAll(
          '/usr/bin/greyprobe',
          '/bin/true',
        );
        writeFileSync(path, text);
        return path;
      });
      const { status, stderr } = spawnSync('systemd-analyze', ['verify', ...units], {
        encoding: 'utf8',
      });
      expect([status, stderr]).to.deep.equal([0, '']);
    });
  });
});

describe('action.yml', () => {
  const folder = temporaryFolder();
  const action = v.parse(ActionSchema, parse(read('action.yml')));
  const [step] = action.runs.steps;

  /** Runs the step as a runner would, with a greyprobe that notes its words and ends with `code`. */
  function run(code: number, inputs: Readonly<Record<string, string>> = {}) {
    const bin = join(folder(), 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(
      join(bin, 'greyprobe'),
      `#!/bin/sh\nprintf '%s\\n' "$@" > "$RUNNER_TEMP/words"\necho table > "$RUNNER_TEMP/greyprobe-summary.md"\nexit ${code}\n`,
    );
    chmodSync(join(bin, 'greyprobe'), 0o755);
    const values = Object.fromEntries(
      Object.entries(step.env).map(([name, value]) => {
        const input =
          /^\$\{\{ inputs\.(?<input>[\w-]+) \}\}$/u.exec(value)?.groups?.['input'] ?? '';
        return [name, inputs[input] ?? action.inputs[input]?.default ?? `unknown ${input}`];
      }),
    );
    const { status } = spawnSync('bash', ['--noprofile', '--norc', '-e', '-c', step.run], {
      env: {
        ...values,
        PATH: `${bin}:${process.env['PATH'] ?? ''}`,
        RUNNER_TEMP: folder(),
        GITHUB_STEP_SUMMARY: join(folder(), 'summary'),
        GITHUB_OUTPUT: join(folder(), 'output'),
      },
    });
    const told = (name: string) => readFileSync(join(folder(), name), 'utf8');
    return { status, words: told('words'), summary: told('summary'), output: told('output') };
  }

  it('passes, fails and warns as the check ended', () => {
    const outcomes = [0, 1, 2, 3, 75].map((code) => {
      const { status, output } = run(code);
      return [code, status, output.trim().split('\n').at(-1)];
    });

    expect(outcomes).to.deep.equal([
      [0, 0, 'outcome=passed'],
      [1, 1, 'outcome=failed'],
      [2, 2, 'outcome=error'],
      [3, 0, 'outcome=not-judged'],
      [75, 0, 'outcome=not-judged'],
    ]);
    expect(run(3, { 'not-judged': 'fail' }).status).to.equal(3);
  });

  it('adds the table to the summary', () => {
    expect(run(0).summary).to.equal('table\n');
  });

  it('hands inputs on as words, whatever they hold', () => {
    const config = 'a b"; touch /nonexistent; $(false) `false`.yaml';
    const { words, status } = run(0, { config, junit: 'my report.xml' });

    expect(status).to.equal(0);
    expect(words.split('\n')).to.include(config).and.to.include('my report.xml');
  });

  it('puts no input into the script itself', () => {
    expect(step.run).to.not.contain('${{');
  });
});
