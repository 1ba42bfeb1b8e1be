import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import * as v from 'valibot';
import { type SurveyRow, SurveyRowSchema } from '../../src/contract/survey-row.js';
import { streamSegment } from '../../src/edges/journal/segment.js';
import { acceptsAll, greylists, rejectsRecipient } from '../../src/sandbox/behaviours.js';
import { PLAIN_POLICY } from '../../src/sandbox/greylister-policy.js';
import { startNameServer } from '../../src/sandbox/name-server.js';
import { startSmtpServer } from '../../src/sandbox/smtp-server.js';
import type { ZoneEntry } from '../../src/sandbox/zone.js';

const PROGRAM = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const HOSTS = 9;
const DELAY_SECONDS = 3;
/** `npm run test:kills` takes 50. */
const KILLS = Number(process.env['GREYPROBE_KILLS'] ?? 8);
/** Well into the survey, from the start of the process. */
const LIVES_MS = { least: 500, most: 3500 };

describe('greyprobe survey', () => {
  let folder = '';
  let port = 0;
  let dnsPort = 0;
  const running: { close(): Promise<void> }[] = [];
  /** What a host said to each sender's RCPT, in order. */
  const said = new Map<string, number[]>();

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'greyprobe-'));
    const zone: Record<string, ZoneEntry> = {};
    for (let n = 0; n < HOSTS; n += 1) {
      const policy = { ...PLAIN_POLICY, delaySeconds: DELAY_SECONDS, clockGranularitySeconds: 0 };
      const behaviour =
        [acceptsAll(), rejectsRecipient(), greylists(policy)][n % 3] ?? acceptsAll();
      const address = `127.0.77.${n + 1}`;
      const name = `mx.host${n}.example`;
      const server = await startSmtpServer({
        address,
        port,
        name,
        behaviour,
        onDecision: (query, answer) => {
          if (query.stage !== 'rcpt' || typeof answer === 'string') return;
          said.set(query.sender, [...(said.get(query.sender) ?? []), answer.code]);
        },
      });
      running.push(server);
      port = server.port;
      zone[name] = { A: [address] };
      zone[`a${n}.example`] = { MX: [[10, name]] };
      zone[`b${n}.example`] = { MX: [[10, name]] };
    }
    const dns = await startNameServer({ address: '127.0.0.1', port: 0, zone });
    running.push(dns);
    dnsPort = dns.port;
  });

  after(async () => {
    await Promise.all(running.map((one) => one.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  const domains = () =>
    ['a', 'b'].flatMap((letter) =>
      Array.from({ length: HOSTS }, (_, n) => `${letter}${n}.example`),
    );

  function survey(state: string, rows: string, ...more: readonly string[]) {
    const list = join(folder, 'list.csv');
    writeFileSync(
      list,
      domains()
        .map((domain, n) => `user@${domain},customer ${n}\n`)
        .join(''),
    );
    return spawn(
      process.execPath,
      [
        ...[PROGRAM, 'survey', list, '--from', 'p-{nonce}@sender.example', '--helo', 'c.example'],
        ...['--resolver', `127.0.0.1:${dnsPort}`, '--port', String(port), '--tls', 'never'],
        ...['--max-wait', '30s', '--state-dir', state, '--format', 'ndjson', '--output', rows],
        ...more,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
  }

  const rowsOf = (path: string): readonly SurveyRow[] =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => v.parse(SurveyRowSchema, JSON.parse(line)));

  function expectTruth(rows: readonly SurveyRow[]): void {
    expect(rows.map(({ domain }) => domain).sort()).to.deep.equal(domains().sort());
    for (const { domain, verdict, opensAfterSeconds, opensBySeconds } of rows) {
      const kind = Number(/\d+/u.exec(domain)?.[0]) % 3;
      expect(verdict, domain).to.equal(['accepted', 'rejected', 'greylisted'][kind]);
      if (kind !== 2) continue;
      expect(opensAfterSeconds ?? 0, domain).to.be.at.most(DELAY_SECONDS + 0.05);
      expect(opensBySeconds ?? 0, domain).to.be.at.least(DELAY_SECONDS - 0.05);
    }
  }

  it('goes on after SIGKILL at any moment: nothing is lost, counted twice, or tried anew', async () => {
    const state = join(folder, 'killed');
    const rows = join(folder, 'killed.ndjson');
    for (let kill = 0; kill < KILLS; kill += 1) {
      const child = survey(state, rows, '--quiet');
      const life = LIVES_MS.least + Math.random() * (LIVES_MS.most - LIVES_MS.least);
      const ended = once(child, 'exit');
      await Promise.race([delay(life), ended]);
      child.kill('SIGKILL');
      await ended;
    }
    const [exit] = await once(survey(state, rows, '--quiet'), 'exit');
    expect(exit).to.equal(0);
    expectTruth(rowsOf(rows));
    const surveys = join(state, 'surveys');
    const kept = new Map<string, number[]>();
    for (const name of readdirSync(surveys).filter((one) => one.endsWith('.jsonl'))) {
      const sender = new Map<string, string>();
      /** Of each run: senders whose answer a kill cut off. Nobody knows whether the host has seen them. */
      const cutOff = new Map<string, Set<string>>();
      const underWay = new Map<string, string>();
      const places = new Map<string, number>();
      for (const line of streamSegment(join(surveys, name))) {
        if (!('event' in line)) continue;
        const { run, event } = line;
        if (event.type === 'run-started') {
          const { domain } = event.request;
          places.set(domain, (places.get(domain) ?? 0) + 1);
        }
        if (event.type === 'run-resumed') {
          const lost = underWay.get(run);
          if (lost !== undefined) cutOff.set(run, (cutOff.get(run) ?? new Set()).add(lost));
          underWay.delete(run);
        }
        if (event.type === 'attempt-started') {
          const isDoubtful = cutOff.get(run)?.has(event.tuple.sender) === true;
          if (isDoubtful) expect(event.role, run).to.be.oneOf(['retry', 'confirm']);
          sender.set(`${run} ${event.n}`, event.tuple.sender);
          underWay.set(run, event.tuple.sender);
        }
        if (event.type === 'attempt-finished') underWay.delete(run);
        if (event.type !== 'attempt-finished' || event.reply === null) continue;
        const from = sender.get(`${run} ${event.n}`) ?? '';
        kept.set(from, [...(kept.get(from) ?? []), event.reply.code]);
      }
      // Each host is measured once, for the first of its domains.
      expect([...places.values()].filter((count) => count > 1)).to.deep.equal([]);
      expect(places.size).to.be.at.most(HOSTS);
    }
    const answers = (all: Map<string, number[]>) => [...all.values()].flat().length;
    // A kill cuts off at most what each host is just being asked.
    expect(answers(said) - answers(kept)).to.be.within(0, KILLS * HOSTS);
    // Each answer that was kept was given, in that order; only those that a kill cut off are missing.
    for (const [from, codes] of kept) {
      const given = [...(said.get(from) ?? [])];
      for (const code of codes) {
        const at = given.indexOf(code);
        expect(at, from).to.be.at.least(0);
        given.splice(0, at + 1);
      }
    }
  }).timeout(120_000 + 6000 * KILLS);

  it('says what it would do, needs a recipient, and ends cleanly when it is interrupted', async () => {
    const state = join(folder, 'stopped');
    const rows = join(folder, 'stopped.ndjson');
    const plan = survey(state, rows, '--dry-run', '--json');
    let out = '';
    plan.stdout.on('data', (chunk) => {
      out += chunk;
    });
    await once(plan, 'close');
    expect(JSON.parse(out)).to.include({ targets: 2 * HOSTS, hosts: HOSTS });
    const child = survey(state, rows, '--quiet');
    await delay(2500);
    child.kill('SIGINT');
    const [exit] = await once(child, 'exit');
    expect(exit).to.equal(130);
    const [name = ''] = readdirSync(join(state, 'surveys'));
    const resumed = spawn(
      process.execPath,
      [PROGRAM, 'resume', name.slice(0, name.indexOf('.')), '--state-dir', state],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [again] = await once(resumed, 'exit');
    expect(again).to.equal(0);
    expectTruth(rowsOf(rows));
  }).timeout(120_000);
});
