import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect } from 'chai';
import { queuedInChasquid } from './support/chasquid.js';
import { cached, ended, pastedFor } from './support/remedies.js';
import { makeWorkspace, removeWorkspace } from './support/workspace.js';

/*
 * What recommend prints, read by the programs that it is for. Beside what a program takes, each test has
 * a line that it refuses.
 */

const WINDOWS = 50;
const CRON = /^(?<when>(?:\*\/\d+|\*) \* \* \* \*) root (?<command>.+)$/u;

/** What cron is told to run, and when. */
function cronJobs(lines: readonly string[]): { when: string; command: string }[] {
  return lines.flatMap((line) => {
    const { when, command } = CRON.exec(line)?.groups ?? {};
    return when === undefined || command === undefined ? [] : [{ when, command }];
  });
}

describe('what is to be pasted', function () {
  this.timeout(300_000);
  let folder: string;

  before(async () => {
    folder = await makeWorkspace('remedies');
  });

  after(() => removeWorkspace(folder));

  async function postfixTakes(settings: readonly string[]) {
    await writeFile(join(folder, 'main.cf'), '');
    await writeFile(join(folder, 'master.cf'), '');
    for (const setting of settings) {
      const { code } = await ended('postconf', '-c', folder, '-e', setting);
      expect(code, setting).to.equal(0);
    }
    return ended('postconf', '-n', '-c', folder);
  }

  it(`is taken by Postfix, for ${WINDOWS} windows`, async () => {
    const printed = pastedFor('postfix', WINDOWS);
    expect(printed).to.have.length(WINDOWS);
    for (const lines of printed) {
      const settings = lines.flatMap((line) => /^postconf -e '(.+)'$/u.exec(line)?.[1] ?? []);
      const { code, output } = await postfixTakes(settings);
      expect(code, output).to.equal(0);
      expect(output).to.not.match(/warning/iu);
      for (const setting of settings) expect(output).to.contain(setting);
    }
    expect((await postfixTakes(['minimal_backof_time = 310s'])).output).to.match(
      /warning.*unused/u,
    );
  });

  it('asks Postfix for the queue of one site by a command that it knows', async () => {
    await postfixTakes([]);
    const jobs = pastedFor('postfix', WINDOWS).flatMap(cronJobs);
    expect(jobs).to.not.be.empty;
    const tried = async (command: string) => {
      const [program = '', ...args] = command.split(' ');
      return ended(program, ...args, '-c', folder);
    };
    for (const command of new Set(jobs.map((job) => job.command))) {
      // The mail system is down: that far it comes only with arguments that it understands.
      expect((await tried(command)).output).to.match(/mail system is down|flush service/iu);
    }
    expect((await tried('postqueue -z example.org')).output).to.match(/usage/iu);
  });

  it(`is taken by Exim, for ${WINDOWS} windows`, async () => {
    const exim = cached('exim/usr/sbin/exim4');
    const file = join(folder, 'exim.conf');
    const write = (rule: string) =>
      writeFile(
        file,
        `primary_hostname = sender.example\nkeep_environment =\nbegin retry\n${rule}\n*  *  F,2h,15m; G,16h,1h,1.5; F,4d,6h\n`,
      );
    const printed = pastedFor('exim-debian-q30m', WINDOWS);
    expect(printed).to.have.length(WINDOWS);
    for (const lines of printed) {
      const rule = lines.find((line) => line.startsWith('example.org  ')) ?? '';
      await write(rule);
      expect((await ended(exim, '-C', file, '-bV')).code, rule).to.equal(0);
      for (const asked of [['example.org'], ['user@example.org'], ['example.org', 'rcpt_4xx']]) {
        const { code, output } = await ended(exim, '-C', file, '-brt', ...asked);
        expect([code, output.trim()]).to.deep.equal([0, `Retry rule: ${rule};`]);
      }
      expect((await ended(exim, '-C', file, '-brt', 'other.example')).output).to.contain(
        'Retry rule: *  *  F,2h,15m',
      );
    }
    await write('example.org  *  F,2h,15m10x');
    expect((await ended(exim, '-C', file, '-bV')).code).to.not.equal(0);
  });

  it(`is a command that OpenSMTPD has, for ${WINDOWS} windows`, async () => {
    const printed = pastedFor('opensmtpd', WINDOWS);
    expect(printed).to.have.length(WINDOWS);
    const jobs = printed.map(cronJobs);
    expect(jobs.every(({ length }) => length === 1)).to.equal(true);
    const commands = new Set(jobs.flat().map((job) => job.command));
    expect(commands).to.deep.equal(new Set(['smtpctl schedule all']));
    // The program looks for its daemon before it reads its arguments: its manual tells.
    const { output } = await ended('zcat', cached('opensmtpd/usr/share/man/man8/smtpctl.8.gz'));
    expect(output).to.match(/schedule Ar envelope-id \| message-id \| Cm all/u);
    expect((await ended(cached('opensmtpd/usr/sbin/smtpctl'), 'schedule', 'all')).output).to.match(
      /running/u,
    );
  });

  it('names the setting of OpenSMTPD as it is', async () => {
    const file = join(folder, 'smtpd.conf');
    const takes = async (line: string) => {
      await writeFile(
        file,
        `${line}\nlisten on lo port 2525\naction out relay\nmatch for any action out\n`,
      );
      return ended(cached('opensmtpd/usr/sbin/smtpd'), '-n', '-f', file);
    };
    expect((await takes('queue ttl 5d')).output).to.contain('configuration OK');
    expect((await takes('queue tll 5d')).code).to.not.equal(0);
  });

  it('is taken by sendmail', async () => {
    const sendmail = cached('sendmail-bin/usr/libexec/sendmail/sendmail');
    const spool = join(folder, 'mqueue');
    await mkdir(spool, { mode: 0o700 });
    const file = join(folder, 'sendmail.cf');
    const mailers = ['local', 'prog'].map((name) => `M${name}, P=/bin/true, F=, S=0, R=0, A=true`);
    const lines = [`O QueueDirectory=${spool}`, ...mailers, 'S0', 'R$*\t$#local $:$1'];
    await writeFile(file, `V10/Berkeley\n${lines.join('\n')}\n`);
    const jobs = pastedFor('sendmail-debian', WINDOWS).flatMap(cronJobs);
    expect(jobs).to.not.be.empty;
    const commands = [...new Set(jobs.map((job) => job.command))];
    // At once: each looks for its full name for a minute where the machine has none.
    const [wrong, ...taken] = await Promise.all(
      [['-q17x'], ...commands.map((command) => command.split(' ').slice(1))].map((args) =>
        ended(sendmail, '-C', file, ...args),
      ),
    );
    for (const { code, output } of taken) expect([code, output]).to.deep.equal([0, '']);
    expect(wrong?.code).to.not.equal(0);
  });

  it('runs the queue of dma', async () => {
    const dma = cached('dma/usr/sbin/dma');
    const commands = pastedFor('dma', 5)
      .flatMap(cronJobs)
      .map((job) => job.command);
    expect(new Set(commands)).to.deep.equal(new Set(['dma -q']));
    // There is no queue: a wrong option is refused before that.
    expect((await ended(dma, '-q')).output).to.contain('reading queue');
    expect((await ended(dma, '-Q')).output).to.contain('invalid argument');
  });

  it('makes chasquid try all queued mail at once, however young its last try is', async () => {
    const jobs = pastedFor('chasquid', WINDOWS).flatMap(cronJobs);
    expect(new Set(jobs.map((job) => job.command))).to.deep.equal(
      new Set(['systemctl restart chasquid']),
    );
    const home = join(folder, 'chasquid');
    const { log, start } = await queuedInChasquid(home);
    for (const starts of [1, 2]) {
      const chasquid = await start();
      await chasquid.stop();
      const tries = (await readFile(log, 'utf8')).match(/to=\S+ failed \(temporary\)/gu);
      expect(tries).to.have.length(starts);
    }
    // By itself it would have waited.
    expect(await readFile(log, 'utf8')).to.match(/completed loop, next in 1m/u);
  });

  it(`is taken by the parser of Haraka, for ${WINDOWS} windows`, () => {
    const require = createRequire(cached('haraka/node_modules/Haraka/package.json'));
    const config: HarakaOutbound = require('./outbound/config.js');
    const parsed = (list: string): unknown => {
      config.cfg.temp_fail_intervals = list;
      config.set_temp_fail_intervals();
      return config.cfg.temp_fail_intervals;
    };
    const printed = pastedFor('haraka', WINDOWS);
    expect(printed).to.have.length(WINDOWS);
    for (const lines of printed) {
      const list =
        lines.find((line) => line.startsWith('temp_fail_intervals='))?.split('=')[1] ?? '';
      const seconds = list.split(', ').map((item) => secondsOf(item));
      expect(parsed(list)).to.deep.equal(seconds);
    }
    // What it cannot read it replaces by its old defaults.
    expect(parsed('310x')).to.deep.equal(parsed(''));
  });
});

interface HarakaOutbound {
  readonly cfg: { temp_fail_intervals: unknown };
  set_temp_fail_intervals(): void;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

function secondsOf(item: string): number {
  return Number(item.slice(0, -1)) * (UNITS[item.slice(-1)] ?? Number.NaN);
}
