import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import * as v from 'valibot';
import { HostsResultSchema } from '../../src/contract/hosts-result.js';
import { PlanResultSchema } from '../../src/contract/plan-result.js';
import type { ProbeResult } from '../../src/contract/probe-result.js';
import { greylists, limitsRate } from '../../src/sandbox/behaviours.js';
import { createGreylister } from '../../src/sandbox/greylister.js';
import type { Finished } from '../support/cli.js';
import { parsedJson } from './support/schemas.js';
import { EXACT, type ProbedJson, useWorld } from './support/world.js';

const DELAY_SECONDS = 3;
const POLICY = { ...EXACT, delaySeconds: DELAY_SECONDS };
const ADDRESS = '127.0.20.1';

const messages: string[] = [];
const twins = greylists(createGreylister({ ...POLICY, sharedState: true }));

function opens({ window }: ProbeResult) {
  return window?.opens ?? { afterSeconds: null, bySeconds: null };
}

/** The window is found, and the truth lies in it. */
function expectDelayInWindow(result: ProbeResult): void {
  const { afterSeconds, bySeconds } = opens(result);
  expect(afterSeconds, 'opens after').to.be.within(0.01, DELAY_SECONDS + 0.01);
  expect(bySeconds, 'opens by').to.be.within(DELAY_SECONDS - 0.01, 30);
}

function senders({ attempts }: ProbeResult): ReadonlySet<string> {
  return new Set(attempts.map(({ tuple }) => tuple.sender));
}

describe('greyprobe probe, built', () => {
  const world = useWorld({
    policy: POLICY,
    address: ADDRESS,
    hosts: [
      {
        name: 'mx.data.example',
        preference: 10,
        address: '127.0.20.60',
        domain: 'data.example',
        does: greylists({ ...POLICY, stage: 'data' }),
      },
      {
        name: 'mx.letters.example',
        preference: 10,
        address: '127.0.20.61',
        domain: 'letters.example',
        does: {
          message: ({ body }) => {
            messages.push(body ?? '');
            return null;
          },
        },
      },
      {
        name: 'mx.crowded.example',
        preference: 10,
        address: '127.0.20.62',
        domain: 'crowded.example',
        does: limitsRate(0, 3600),
      },
      ...[1, 2].map((preference) => ({
        name: `mx${preference}.twins.example`,
        preference,
        address: `127.0.20.${62 + preference}`,
        domain: 'twins.example',
        does: twins,
      })),
    ],
  });

  let visits: readonly [ProbedJson, Finished];

  /** Waits longer than a few seconds are worth a pause. */
  async function twoVisits(): Promise<readonly [ProbedJson, Finished]> {
    const later = ['--retry-at', '7s', '--no-wait'];
    const first = await world().probeJson('later@grey.example', ...later);
    return [first, await world().run('resume', first.result.run, '--json')];
  }

  describe('of a host that greylists', () => {
    let template: ProbedJson;
    let one: ProbedJson;
    let three: ProbedJson;
    let beyond: ProbedJson;
    let data: ProbedJson;
    let source: ProbedJson;
    let key: ProbedJson;
    let hosts: Finished;
    let formats: Finished;
    let people: Finished;

    before(async function () {
      this.timeout(60_000);
      const { probe, probeJson, folder } = world();
      const ages = ['--retry-at', '2s,4s', '--resolution', '2s'];
      // Half of them at a time: each process takes its share of a second to start.
      [template, one, three, beyond, data, source] = await Promise.all([
        probeJson('template@grey.example', ...ages),
        probeJson('one@grey.example', '--from', 'one@sender.example', ...ages),
        probeJson('three@grey.example', '--from', 'a@s.example,b@s.example,c@s.example', ...ages),
        probeJson('beyond@grey.example', '--retry-at', '2s,4s,6s'),
        probeJson('user@data.example', '--stage', 'data', ...ages),
        probeJson('source@grey.example', '--source-ip', '127.0.0.77', ...ages),
      ]);
      [key, hosts, formats, people, visits] = await Promise.all([
        probeJson(
          'key@grey.example',
          ...['--key', '--other-recipient', 'other@grey.example'],
          ...['--source-ip', '127.0.0.1,127.9.0.1'],
          ...ages,
        ),
        probe('user@twins.example', '--all-hosts', '--json', ...ages),
        probe(
          'formats@grey.example',
          ...ages,
          ...['--format', 'junit', '--output', join(folder, 'report.xml')],
          ...['--format', 'csv', '--output', join(folder, 'attempts.csv')],
          ...['--format', 'tap'],
        ),
        probe('people@grey.example', ...ages, '--details'),
        twoVisits(),
      ]);
    });

    it('confirms it with a template of senders', () => {
      const { code, result, stderr } = template;
      expect([code, stderr]).to.deep.equal([0, '']);
      expect(result.verdict).to.include({ kind: 'greylisted', confidence: 'confirmed' });
      expect(result.verdict.implementation?.id).to.equal('postgrey');
      expect(result.pinned).to.deep.equal({
        name: 'mx.grey.example',
        address: ADDRESS,
        port: world().sandbox.smtpPort,
      });
      expectDelayInWindow(result);
      expect(opens(result).bySeconds).to.be.below(5);
      expect(result.advice?.exchange2003.glitchRetrySeconds).to.be.at.least(DELAY_SECONDS);
    });

    it('has it as likely with one sender, and says what would prove it', () => {
      const { code, result } = one;
      expect(code).to.equal(0);
      expect(result.verdict).to.include({ kind: 'greylisted', confidence: 'likely' });
      expectDelayInWindow(result);
      expect([...senders(result)]).to.deep.equal(['one@sender.example']);
      expect(result.warnings.map(({ message }) => message).join('\n')).to.contain('{nonce}');
    });

    it('sets controls against the aged sender from a list of three', () => {
      const { code, result } = three;
      expect(code).to.equal(0);
      expect(result.verdict.kind).to.equal('greylisted');
      expect(result.verdict.confidence).to.be.oneOf(['likely', 'confirmed']);
      expectDelayInWindow(result);
      expect([...senders(result)].sort()).to.deep.equal([
        'a@s.example',
        'b@s.example',
        'c@s.example',
      ]);
      expect(result.attempts.map(({ role }) => role)).to.include('control');
    });

    it('goes on past the pass where --retry-at does', () => {
      const { result } = beyond;
      expect(result.verdict.confidence).to.equal('confirmed');
      expectDelayInWindow(result);
      const last = Math.max(...result.attempts.map(({ ageSeconds }) => ageSeconds?.[1] ?? 0));
      expect(last).to.be.at.least(6);
      expect(result.window?.closes.afterSeconds).to.be.at.least(5.9);
    });

    it('measures a host that defers at DATA, with --stage data', () => {
      const { code, result } = data;
      expect(code).to.equal(0);
      expect(result.verdict.kind).to.equal('greylisted');
      expectDelayInWindow(result);
      expect(result.attempts[0]?.stage).to.equal('data');
      expect(messages.filter((text) => text.includes('data.example'))).to.deep.equal([]);
    });

    it('connects from --source-ip', () => {
      const { result } = source;
      expect(result.verdict.kind).to.equal('greylisted');
      const clients = world()
        .decisions.filter(({ query }) => query.recipient === 'source@grey.example')
        .map(({ query }) => query.client);
      expect([...new Set(clients)]).to.deep.equal(['127.0.0.77']);
    });

    it('finds the parts of the tuple that count, with --key', () => {
      const found = Object.fromEntries(
        (key.result.key ?? []).map(({ part, inKey }) => [part, inKey]),
      );
      expect(found).to.include({ sender: true, helo: false, recipient: true });
      expect(key.result.verdict.confidence).to.equal('confirmed');
    });

    it('measures all hosts, and finds that they share their memory', () => {
      expect(hosts.code, hosts.stderr).to.equal(0);
      const result = v.parse(HostsResultSchema, parsedJson('hosts-result.v1', hosts.stdout));
      expect(result.hosts.map(({ pinned }) => pinned?.name)).to.deep.equal([
        'mx1.twins.example',
        'mx2.twins.example',
      ]);
      for (const host of result.hosts) expect(host.verdict.kind).to.equal('greylisted');
      expect(result.sharing.map(({ shared }) => shared)).to.include(true);
      expect(result.sharing.map(({ shared }) => shared)).not.to.include(false);
    });

    it('writes each format to the file of the same place, and the rest to standard output', () => {
      const { folder } = world();
      expect(formats.stdout).to.match(/^TAP version 1[34]\n/u);
      expect(readFileSync(join(folder, 'report.xml'), 'utf8')).to.match(/^<\?xml .*<testsuite/su);
      const [head, ...rows] = readFileSync(join(folder, 'attempts.csv'), 'utf8').trim().split('\n');
      expect(head).to.contain('sender');
      expect(rows.length).to.be.at.least(3);
      expect(rows.join('\n')).to.contain('formats@grey.example');
    });

    it('tells people the verdict first, then the window, the setting and the evidence', () => {
      const { code, stdout, stderr } = people;
      expect(code, stderr).to.equal(0);
      expect(stderr).to.match(
        /^Connection 1 \(first contact\): first: 450 4\.2\.0\.\n.*Done at .*\nConnection 2 \(retry\): /su,
      );
      expect(stdout).to.match(/^mx\.grey\.example \[127\.0\.20\.1\] greylists \(Postgrey\)/u);
      for (const said of [
        'Verdict: greylisted, confirmed. The window opens at an age of 2',
        'x refused  o accepted',
        'GlitchRetrySeconds = ',
        '"450 4.2.0 <people@grey.example>: Recipient address rejected:',
      ]) {
        expect(stdout).to.contain(said);
      }
    });
  });

  describe('of hosts that do something else', () => {
    it('answers at once where the host accepts', async () => {
      const { code, result, seconds } = await world().probeJson('user@open.grey.example');
      expect(code).to.equal(0);
      expect(result.verdict).to.include({ kind: 'accepted', confidence: 'likely' });
      expect(result.window).to.equal(null);
      expect(seconds).to.be.below(3);
    });

    const deferred = [
      ['user@helo.grey.example', 'helo'],
      ['user@crowded.example', 'rate-limit'],
      ['user@rdns.grey.example', 'reverse-dns'],
      ['user@full.grey.example', 'mailbox-full'],
      ['user@verify.grey.example', 'address-verification'],
    ] as const;
    const results = new Map<string, ProbedJson>();
    let unanswered: ProbedJson;
    let silent: string;

    before(async () => {
      const socket = createSocket('udp4');
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
      silent = `127.0.0.1:${socket.address().port}`;
      const probed = deferred.map(async ([recipient]) => {
        results.set(recipient, await world().probeJson(recipient, '--retry-at', '1s,2s'));
      });
      [unanswered] = await Promise.all([
        world().probeJson('user@grey.example', '--resolver', silent),
        ...probed,
      ]);
      socket.close();
    });

    for (const [recipient, reason] of deferred) {
      it(`never takes ${reason} for greylisting`, () => {
        const { code, result } = results.get(recipient) ?? expect.fail('was not probed');
        expect(result.verdict).to.include({ kind: 'deferred', class: reason });
        expect(result.window).to.equal(null);
        expect(code).to.equal(3);
      });
    }

    it('stops when it is told of too many connections', async () => {
      const { code, result } = await world().probeJson('user@busy.grey.example');
      expect(code).to.equal(3);
      expect(result.connections).to.equal(1);
      expect(result.warnings.map((one) => one.code)).to.include('throttled');
    });

    it('ends with 6 where the host rejects for good', async () => {
      const { code, result } = await world().probeJson('user@reject.grey.example');
      expect(code).to.equal(6);
      expect(result.verdict).to.include({ kind: 'rejected' });
      expect(result.attempts[0]?.reply?.code).to.equal(554);
    });

    it('ends with 4 where the domain takes no mail, or is none', async () => {
      const [nullMx, nowhere] = await Promise.all([
        world().probeJson('user@null.grey.example'),
        world().probeJson('user@nowhere.example'),
      ]);
      for (const { code, result } of [nullMx, nowhere]) {
        expect(code).to.equal(4);
        expect(result.verdict.kind).to.equal('no-mail-service');
        expect(result.attempts).to.deep.equal([]);
      }
      expect(nullMx.result.verdict.summary).to.contain('null MX');
      expect(nowhere.result.verdict.summary).to.contain('does not exist');
    });

    it('ends with 5 where the port is closed, with a word on blocked ports', async () => {
      const { code, result } = await world().probeJson('user@closed.grey.example');
      expect(code).to.equal(5);
      expect(result.verdict.kind).to.equal('unreachable');
      expect(result.attempts[0]?.error?.code).to.equal('connection-refused');
      expect(result.warnings.map(({ message }) => message).join('\n')).to.match(
        /networks block port \d+/u,
      );
    });

    it('ends with 5 and names the DNS server that does not answer, before long', () => {
      const { code, result, seconds } = unanswered;
      expect(code).to.equal(5);
      expect(result.verdict.kind).to.equal('unreachable');
      expect(result.verdict.summary).to.contain(silent);
      expect(seconds).to.be.below(12);
    });
  });

  describe('with --stage message', () => {
    it('sends nothing unless --deliver is given', async () => {
      const { code, stderr } = await world().probe('a@letters.example', '--stage', 'message');
      expect(code).to.equal(2);
      expect(stderr).to.contain('--deliver');
      expect(messages).to.deep.equal([]);
    });

    it('delivers a message that says what it is', async () => {
      const { code, result } = await world().probeJson(
        'b@letters.example',
        ...['--stage', 'message', '--deliver'],
      );
      expect(code).to.equal(0);
      expect(result.verdict.kind).to.equal('accepted');
      const [text = ''] = messages;
      expect(messages).to.have.length(1);
      const sender = result.attempts[0]?.tuple.sender ?? '';
      for (const said of [
        'Auto-Submitted: auto-generated',
        'test message from greyprobe',
        'To: <b@letters.example>',
        `Questions to: ${sender}`,
      ]) {
        expect(text).to.contain(said);
      }
    });
  });

  describe('in parts', () => {
    it('plans with --dry-run and connects to nobody', async () => {
      const before = world().decisions.length;
      const { code, stdout } = await world().run(
        ...world().probeWords('plan@grey.example', '--dry-run', '--json'),
        ...['--resolver', '127.0.0.1:1', '--retry-at', '2s,4s'],
      );
      expect(code).to.equal(0);
      const plan = v.parse(PlanResultSchema, parsedJson('plan.v1', stdout));
      expect(plan.connections.map(({ atSeconds }) => atSeconds).slice(0, 3)).to.deep.equal([
        0, 2, 4,
      ]);
      expect(plan.atMost.connections).to.be.at.least(plan.connections.length);
      expect(world().decisions).to.have.length(before);
    });

    it('keeps a run with --no-wait that resume finishes', () => {
      const [first, last] = visits;
      expect(first.code).to.equal(75);
      expect(first.result).to.include({ state: 'paused', reason: 'not-yet' });
      expect(last.code, last.stderr).to.equal(0);
      const result = parsedJson('probe-result.v1', last.stdout);
      expect(result).to.have.nested.property('verdict.kind', 'greylisted');
      expect(result).to.have.property('run', first.result.run);
    });
  });
});
