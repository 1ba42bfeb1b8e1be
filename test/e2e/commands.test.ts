import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Config, Parser } from '@oclif/core';
import { expect } from 'chai';
import * as v from 'valibot';
import { ExplainResultSchema } from '../../src/contract/explain-result.js';
import { MxResultSchema } from '../../src/contract/mx-result.js';
import { ProbeResultSchema } from '../../src/contract/probe-result.js';
import { RecommendResultSchema } from '../../src/contract/recommend-result.js';
import { SandboxLineSchema } from '../../src/contract/sandbox-result.js';
import { type Finished, greyprobe } from '../support/cli.js';
import { startProgram } from './support/program.js';
import { parsedJson } from './support/schemas.js';
import { EXACT, useWorld } from './support/world.js';

const EXCHANGE_REPORT = '450 4.7.1 <user@example.org>: Recipient address rejected: Greylisted';
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ESCAPE = '\u001b[';

function expectNarrow(text: string, what: string): void {
  // Commands are there to be copied: they stay whole.
  const isCommand = (line: string) => /^ +greyprobe /u.test(line);
  const wide = text.split('\n').filter((line) => line.length > 80 && !isCommand(line));
  expect(wide, what).to.deep.equal([]);
}

describe('the other commands, built', () => {
  const world = useWorld({ policy: { ...EXACT, delaySeconds: 2 }, address: '127.0.23.1' });
  let demo: Promise<Finished>;

  before(() => {
    demo = greyprobe(['demo', '--delay', '3s', '--json']);
  });

  it('mx shows the mail hosts, for people and for scripts', async () => {
    const [people, script, none] = await Promise.all([
      world().run('mx', 'user@grey.example'),
      world().run('mx', 'grey.example', '--json'),
      world().run('mx', 'null.grey.example'),
    ]);
    expect([people.code, people.stderr]).to.deep.equal([0, '']);
    expect(people.stdout).to.match(/10 {2}mx\.grey\.example {2}127\.0\.23\.1/u);
    const result = v.parse(MxResultSchema, parsedJson('mx-result.v1', script.stdout));
    expect(result).to.have.nested.property('hosts[0].addresses[0]', '127.0.23.1');
    expect(none.code).to.equal(4);
    expect(none.stdout).to.contain('null MX');
  });

  it('explain recognises the reply in a report of Exchange', async () => {
    const [people, script, nothing] = await Promise.all([
      greyprobe(['explain', EXCHANGE_REPORT]),
      greyprobe(['explain', EXCHANGE_REPORT, '--json']),
      greyprobe(['explain', 'nothing that a server says']),
    ]);
    expect(people.code).to.equal(0);
    expect(people.stdout)
      .to.match(/greylist/iu)
      .and.to.contain('greyprobe probe');
    const result = v.parse(ExplainResultSchema, parsedJson('explain-result.v1', script.stdout));
    expect(result.recognised).to.equal(true);
    expect(JSON.stringify(result)).to.contain('"greylisting"');
    expect(nothing.code).to.equal(3);
  });

  it('recommend shows why 120 is not enough, and writes the file as regedit does', async () => {
    const file = join(world().folder, 'greylist.reg');
    const window = ['recommend', '--opens-by', '300s', '--closes-after', '4h'];
    const [people, script] = await Promise.all([
      greyprobe([...window, '--reg', file]),
      greyprobe([...window, '--json']),
    ]);
    expect(people.code, people.stderr).to.equal(0);
    expect(people.stdout).to.match(/120 +often quoted +120 early, 240 early/u);
    const result = v.parse(RecommendResultSchema, parsedJson('recommend-result.v1', script.stdout));
    const seconds = result.advice.exchange2003.glitchRetrySeconds ?? 0;
    expect(seconds).to.be.within(301, 4 * 3600);

    const bytes = readFileSync(file);
    expect([...bytes.subarray(0, 2)]).to.deep.equal([0xff, 0xfe]);
    const lines = bytes.subarray(2).toString('utf16le').split('\r\n');
    expect(lines[0]).to.equal('Windows Registry Editor Version 5.00');
    expect(lines.join('')).not.to.contain('\n');
    const dword = seconds.toString(16).padStart(8, '0');
    expect(lines).to.include(`"GlitchRetrySeconds"=dword:${dword}`);
  });

  it('simulate tries senders against a window, and a probe against a model', async () => {
    const [senders, server] = await Promise.all([
      greyprobe(['simulate', '--sender', 'postfix', '--window', '300s..2h', '--json']),
      greyprobe(['simulate', '--server', 'postgrey', '--delay', '300s', '--json']),
    ]);
    parsedJson('simulate-senders-result.v1', senders.stdout);
    const probed = v.parse(ProbeResultSchema, parsedJson('probe-result.v1', server.stdout));
    expect(server.code).to.equal(0);
    expect(probed.verdict).to.include({ kind: 'greylisted', confidence: 'confirmed' });
    expect(probed.window?.opens.afterSeconds).to.be.at.most(301);
    expect(probed.window?.opens.bySeconds).to.be.at.least(299);
  });

  it('runs lists what is kept, and report shows it again', async () => {
    const { result, stdout } = await world().probeJson(
      'kept@open.grey.example',
      '--state-dir',
      world().folder,
    );
    const [list, again, markdown] = await Promise.all([
      world().run('runs', '--json'),
      world().run('report', result.run, '--json'),
      world().run('report', result.run, '--format', 'markdown'),
    ]);
    parsedJson('runs.v1', list.stdout);
    expect(list.stdout).to.contain(result.run);
    expect(JSON.parse(again.stdout)).to.deep.equal(JSON.parse(stdout));
    expect([markdown.code, markdown.stderr]).to.deep.equal([0, '']);
    expect(markdown.stdout).to.match(/^#+ /mu).and.to.contain('accepted');
  });

  it('sandbox says where it listens, can be probed as it says, and ends on SIGTERM', async () => {
    const running = startProgram(
      ['sandbox', '--json', '--port', '0', '--dns-port', '0', '--delay', '1s'],
      {},
    );
    await running.says(/\n/u);
    const [first = ''] = running.stdout().split('\n');
    const ready = parsedJson('sandbox.v1', first);
    expect(v.is(SandboxLineSchema, ready)).to.equal(true);
    const { probe } = v.parse(v.object({ probe: v.array(v.string()) }), ready);
    const probed = await greyprobe(
      [...probe.slice(1), '--retry-at', '1m', '--no-wait', '--json'],
      world().env,
    );
    expect(JSON.parse(probed.stdout)).to.have.nested.property('verdict.kind', 'greylisted');

    running.child.kill('SIGTERM');
    const { code, stderr, stdout } = await running.ended;
    expect([code, stderr]).to.deep.equal([0, '']);
    for (const line of stdout.trimEnd().split('\n')) parsedJson('sandbox.v1', line);
  });

  it('demo measures what it runs', async () => {
    const { code, stdout, seconds } = await demo;
    const result = v.parse(ProbeResultSchema, parsedJson('probe-result.v1', stdout));
    expect(code).to.equal(0);
    expect(result.verdict).to.include({ kind: 'greylisted', confidence: 'confirmed' });
    expect(result.window?.opens.afterSeconds).to.be.at.most(4);
    expect(result.window?.opens.bySeconds).to.be.at.least(3);
    expect(seconds).to.be.below(30);
  });
});

describe('the output, built', () => {
  const world = useWorld({ policy: { ...EXACT, delaySeconds: 2 }, address: '127.0.24.1' });
  const shown = new Map<string, Finished>();
  let loud: Promise<Finished>;

  before(async () => {
    const { run, probeWords, env } = world();
    const words = probeWords('wide@grey.example', '--retry-at', '1s,3s');
    const texts: readonly (readonly string[])[] = [
      ['recommend', '--opens-by', '300s', '--closes-after', '4h', '--for', 'all'],
      ['simulate', '--window', '300s..48h'],
      ['simulate', '--server', 'postgrey'],
      ['explain', EXCHANGE_REPORT],
      ['explain', '--catalogue'],
      ['explain', '--id', 'postgrey'],
      ['mx', 'grey.example'],
      ['mx', 'closed.grey.example'],
      words,
      probeWords('wide@closed.grey.example'),
      probeWords('wide@helo.grey.example', '--retry-at', '1s'),
      probeWords('wide@reject.grey.example'),
      [...words, '--dry-run'],
    ];
    loud = run(...probeWords('loud@grey.example', '--retry-at', '1s,3s', '--verbose', '--json'));
    await Promise.all([
      ...texts.map(async (one) => shown.set(one.join(' '), await run(...one))),
      greyprobe([...probeWords('c@open.grey.example', '--verbose')], {
        ...env,
        FORCE_COLOR: '1',
      }).then((finished) => shown.set('coloured', finished)),
    ]);
    shown.set('runs', await run('runs'));
  });

  it('fits in 80 columns, and has no escape sequence in a pipe', () => {
    expect(shown.size).to.equal(15);
    for (const [what, { stdout, stderr }] of shown) {
      if (what === 'coloured') continue;
      expect(stdout, what).not.to.equal('');
      expectNarrow(stdout, what);
      expect(`${stdout}${stderr}`, what).not.to.contain('\u001b');
    }
  });

  it('has colours where they are asked for', () => {
    expect(shown.get('coloured')?.stdout).to.contain(ESCAPE);
  });

  it('shows the whole conversation on stderr with --verbose, which ends with QUIT', async () => {
    const { stderr, stdout } = await loud;
    const sessions = stderr.split(/^\* Connected to /mu).slice(1);
    const result = v.parse(ProbeResultSchema, parsedJson('probe-result.v1', stdout));
    expect(sessions).to.have.length(result.connections);
    for (const session of sessions) {
      expect(session).to.match(/^> EHLO client\.sender\.example$/mu);
      expect(session).to.match(/^> QUIT\n< 221 [^\n]*\n$/mu);
      expect(session.match(/^> RCPT TO:/gmu)).to.have.length.within(1, 5);
    }
  });
});

const ManifestSchema = v.object({
  commands: v.record(
    v.string(),
    v.object({ id: v.string(), examples: v.optional(v.array(v.string()), []) }),
  ),
});

describe('the help, built', () => {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../oclif.manifest.json', import.meta.url), 'utf8'),
  );
  const commands = Object.values(v.parse(ManifestSchema, manifest).commands);
  const helps = new Map<string, Finished>();

  before(async () => {
    const waiting = ['', ...commands.map(({ id }) => id)];
    const worker = async () => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
        helps.set(id, await greyprobe([...id.split(':').filter(Boolean), '--help']));
      }
    };
    await Promise.all([worker(), worker(), worker()]);
  });

  it('is there for every command, within 80 columns, with the exit codes', () => {
    expect(helps.size).to.be.at.least(14);
    for (const [id, { code, stdout, stderr }] of helps) {
      expect([code, stderr], id).to.deep.equal([0, '']);
      expect(stdout, id).to.contain('USAGE');
      expect(stdout, id).to.contain(id === '' || id === 'help' ? 'SUBJECTS' : 'EXIT CODES');
      expectNarrow(stdout, id);
      expect(stdout, id).not.to.match(/default: \]|\| +\||<options/u);
    }
  });

  it('has examples that the commands take', async () => {
    const examples = commands.flatMap(({ id, examples: shown }) =>
      shown.map((text) => ({ id, words: wordsOf(text, id) })),
    );
    expect(examples.length).to.be.at.least(commands.length);
    const config = await Config.load({ root: ROOT });
    for (const { id, words } of examples) {
      const command = await config.findCommand(id, { must: true }).load();
      const { flags, args, strict } = command;
      const own = words.slice(id.split(':').length).filter((word) => word !== '--json');
      await Parser.parse(own, { flags, args, strict }).catch((error: unknown) => {
        expect.fail(`${words.join(' ')}: ${error}`);
      });
    }
  });
});

/** The words of an example as a shell splits them, behind `greyprobe`. */
function wordsOf(example: string, id: string): readonly string[] {
  const line = example
    .replaceAll('<%= config.bin %>', 'greyprobe')
    .replaceAll('<%= command.id %>', id.replaceAll(':', ' '));
  const command = line.slice(line.indexOf('greyprobe ') + 'greyprobe '.length);
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/gu)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? '',
  );
}
