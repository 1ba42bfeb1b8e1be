import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { FORMAT_NAMES } from '../../src/report/formats/index.js';
import { greyprobe } from '../support/cli.js';
import { HOSTILE, obeyed } from '../support/hostile-words.js';
import { scriptedServer } from '../unit/edges/smtp/support/scripted-server.js';

const ALL = Object.values(HOSTILE).join(' ');
/** Where line ends and lone surrogates cannot come from: an SMTP line. */
const ON_THE_WIRE = ALL.replaceAll(/[\r\n]|\ud800/gu, ' ');

/** Formats that speak a language of their own, in which `::error::` at a line start is theirs. */
const SPEAKS_GITHUB: ReadonlySet<string> = new Set(['github']);

describe('words of others', () => {
  let folder = '';
  let state: readonly string[] = [];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'greyprobe-hostile-'));
    state = ['--state-dir', join(folder, 'state')];
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function check(args: readonly string[], speaksGithub = false): Promise<void> {
    const { stdout, stderr } = await greyprobe(args);
    // CSV ends its lines so (RFC 4180).
    const lines = stdout.replaceAll('\r\n', '\n');
    const told = speaksGithub ? lines.replaceAll(/^::(?:error|warning|notice)[ :]/gmu, '') : lines;
    expect(obeyed(told), `standard output of ${args[0]}`).to.equal(null);
    expect(obeyed(stderr), `stderr of ${args[0]}`).to.equal(null);
    expect(stderr).to.not.match(/^\s+at .*:\d+:\d+\)?$/mu);
  }

  // Each takes half a minute in all: a process a command. What each word becomes is a unit test.
  for (const name of ['escape', 'lineEnd'] as const) {
    it(`in arguments are harmless: ${name}`, async () => {
      const word = HOSTILE[name] + HOSTILE.bidi + HOSTILE.azure + HOSTILE.github;
      const probe = ['probe', 'user@example.org', '--resolver', '127.0.0.1:1', ...state];
      await check(['probe', word, '--from', 'a@b.example', ...state]);
      await check([...probe, '--from', word]);
      await check([...probe, '--from', 'a@b.example', '--helo', word]);
      await check([...probe, '--from', 'a@b.example', '--host', word]);
      await check([...probe, '--from', 'a@b.example', '--retry-at', word]);
      await check(['mx', word, '--resolver', word]);
      await check(['resume', word, ...state]);
      await check(['runs', 'show', word, ...state]);
      await check(['report', word]);
      await check(['check', '--config', word]);
      await check(['recommend', '--opens-by', word]);
      await check(['recommend', '--opens-by', '5m', '--for', word]);
      await check(['explain', word]);
      await check(['explain', '--greylister', word]);
      await check(['simulate', '--window', word]);
      await check([word]);
      await check(['mx', `--${word}`]);
    }).timeout(60_000);
  }

  it('in replies are harmless on the terminal, with the conversation, and in every format', async () => {
    const latin = Buffer.from(ON_THE_WIRE).toString('latin1');
    const server = await scriptedServer([
      { send: `220 ${latin}\r\n` },
      { expect: /^EHLO/ },
      { send: `250-${latin}\r\n250 ${latin}\r\n` },
      { expect: /^MAIL/ },
      { send: '250 Ok\r\n' },
      { expect: /^RCPT/ },
      { send: `550-5.7.1 ${latin}\r\n550 5.7.1 ${latin}\r\n` },
    ]);
    const probe = [
      ...['probe', 'user@example.org', '--from', 'a@b.example', '--host', '127.0.0.1'],
      ...['--port', String(server.port), ...state],
    ];
    await check([...probe, '-v']);
    await check([...probe, '--json']);
    for (const format of FORMAT_NAMES) {
      await check([...probe, '--format', format], SPEAKS_GITHUB.has(format));
    }
    await check([
      ...['check', 'user@example.org', '--from', 'a@b.example', '--host', '127.0.0.1'],
      ...['--port', String(server.port), '--expect-opens-no-later-than', '6m', ...state],
    ]);
    await check(['runs', ...state]);
    await server.close();
  }).timeout(60_000);

  it('in files that are explained are harmless, wherever a line is wrapped', async () => {
    const file = join(folder, 'mail.log');
    for (const pad of [0, 40, 60]) {
      writeFileSync(file, `450 4.7.1 ${'x'.repeat(pad)} ${ALL} ${ALL}\n`);
      await check(['explain', '--file', file]);
      await check(['explain', `450 4.7.1 ${'x'.repeat(pad)} ${ON_THE_WIRE}`]);
    }
  }).timeout(60_000);

  it('in a run that is kept are harmless, and name no command of a shell', async () => {
    await greyprobe([
      ...['probe', 'user@example.org', '--from', 'a@b.example', '--resolver', '127.0.0.1:1'],
      ...state,
    ]);
    const { stdout } = await greyprobe(['runs', '--json', ...state]);
    const [run] = JSON.parse(stdout).runs;
    const runs = join(folder, 'state', 'runs');
    const events = readFileSync(join(runs, `${run.run}.jsonl`), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.includes('"run-finished"'));
    const evil = join(folder, 'evil');
    mkdirSync(join(evil, 'runs'), { recursive: true });
    for (const [index, word] of ['$(touch pwned)', '`id`', "a'; id; '", ALL].entries()) {
      const named = events.map((line) =>
        line.replaceAll(run.run, JSON.stringify(word).slice(1, -1)),
      );
      const path = join(evil, 'runs', `2026-${index}.jsonl`);
      writeFileSync(path, `${named.join('\n')}\n`);
      for (const args of [
        ['resume', `2026-${index}`, '--no-wait'],
        ['runs', 'show', `2026-${index}`],
        ['report', path],
      ]) {
        const done = await greyprobe([
          ...args,
          ...(args[0] === 'report' ? [] : ['--state-dir', evil]),
        ]);
        expect(obeyed(done.stdout)).to.equal(null);
        expect(obeyed(done.stderr)).to.equal(null);
        expect(done.stderr + done.stdout).to.not.match(/greyprobe resume [^'\n]*[$`;]/u);
      }
    }
  }).timeout(60_000);

  it('in a configuration are harmless, and a file that is none keeps what is in it', async () => {
    const secret = join(folder, 'secret');
    const config = join(folder, 'greyprobe.yaml');
    for (const text of [
      'hunter2\n',
      'hunter2: hunter2\n',
      '- hunter2\n',
      'a: &hunter2 *hunter3\n',
      '{hunter2',
    ]) {
      writeFileSync(secret, text);
      writeFileSync(config, `extends: ./secret\ntargets: []\n`);
      const { code, stdout, stderr } = await greyprobe(['check', '--config', config]);
      expect(code).to.equal(2);
      expect(stdout + stderr).to.not.contain('hunter');
    }
    for (const word of [HOSTILE.github, ALL]) {
      for (const text of [
        { extends: word },
        { [word]: 1 },
        { targets: [{ recipient: word }] },
        { targets: [{ recipient: 'a@b.example', name: word, from: 'c@d.example', host: word }] },
      ]) {
        writeFileSync(config, JSON.stringify(text));
        await check(['check', '--config', config, ...state]);
      }
    }
  }).timeout(90_000);

  it('with a password are not shown again', async () => {
    for (const scheme of ['tls://', 'https://', '']) {
      for (const rest of ['user:hunter2@dns.example', 'user:hunter2/3@dns.example:x']) {
        const { code, stdout, stderr } = await greyprobe([
          ...['mx', 'example.org', '--resolver', `${scheme}${rest}`],
        ]);
        expect(code, scheme + rest).to.equal(2);
        expect(stdout + stderr).to.not.contain('hunter2');
      }
    }
  }).timeout(60_000);
});
