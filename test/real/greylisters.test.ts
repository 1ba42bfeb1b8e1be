import { expect } from 'chai';
import type { ProbeResult } from '../../src/contract/probe-result.js';
import { type Finished, probeResult } from '../support/cli.js';
import { startExim } from './support/exim.js';
import { startPostfix } from './support/postfix.js';
import { probeHost } from './support/probe-host.js';
import { startRspamd } from './support/rspamd.js';
import { useServers } from './support/servers.js';
import { startSqlgrey } from './support/sqlgrey.js';

/*
 * Greylisters that work in other ways than Postgrey: SQLgrey lets a sender domain in after its second
 * pass and can limit how many senders wait, Exim says nothing of greylisting and can start the wait
 * again at each try, rspamd looks at whole messages, postscreen at addresses.
 */

const DOMAIN = 'grey.example';

/** The window holds the truth, and is no wider than this. */
function expectOpening({ window }: ProbeResult, truthSeconds: number, widthSeconds: number): void {
  const after = window?.opens.afterSeconds ?? 0;
  const by = window?.opens.bySeconds ?? Number.POSITIVE_INFINITY;
  // All of them count whole seconds.
  expect(after, 'opens after').most(truthSeconds + 0.1);
  expect(by, 'opens by').least(truthSeconds - 1);
  expect(by - after, 'width').most(widthSeconds);
}

describe('other real greylisters', function () {
  this.timeout(150_000);
  const keep = useServers();
  let exim: Finished;
  let restarting: Finished;
  let sqlgrey: Finished;
  let throttled: Finished;
  let rspamd: Finished;
  let rspamdAtRcpt: Finished;
  let postscreen: Finished;
  let postscreenFromTwo: Finished;

  // Each waits most of the time, at a mail host of its own.
  before(async () => {
    const [plain, throttling, milter] = await Promise.all([
      keep(startSqlgrey({ delayMinutes: 1 })),
      keep(startSqlgrey({ delayMinutes: 1, settings: { connect_src_throttle: '5' } })),
      keep(startRspamd({ delaySeconds: 20 })),
    ]);
    const host = (address: string, more: Parameters<typeof startPostfix>[0] | object) =>
      keep(startPostfix({ domain: DOMAIN, address, ...more }));
    const screened = {
      postscreen: true,
      parameters: {
        postscreen_pipelining_enable: 'yes',
        postscreen_non_smtp_command_enable: 'yes',
        postscreen_bare_newline_enable: 'yes',
        postscreen_greet_wait: '1s',
      },
    };
    const [first, second, third, fourth, fifth] = await Promise.all([
      host('127.0.2.1', { policyPort: plain.port }),
      host('127.0.2.2', { policyPort: throttling.port }),
      host('127.0.2.3', { parameters: { smtpd_milters: `inet:127.0.0.1:${milter.port}` } }),
      host('127.0.2.4', screened),
      host('127.0.2.5', screened),
    ]);
    const eximHost = (address: string, restartsTimer: boolean) =>
      keep(startExim({ domain: DOMAIN, address, greylister: { delaySeconds: 20, restartsTimer } }));
    const [sixth, seventh] = await Promise.all([
      eximHost('127.0.2.6', false),
      eximHost('127.0.2.7', true),
    ]);
    const message = ['--stage', 'message', '--deliver', '--retry-at', '10s,15s,18s,22s,30s'];
    [exim, restarting, sqlgrey, throttled, rspamd, rspamdAtRcpt, postscreen, postscreenFromTwo] =
      await Promise.all([
        probeHost(sixth),
        probeHost(seventh, '--max-wait', '60s'),
        probeHost(first),
        probeHost(second, '--retry-at', '30s,50s,75s'),
        probeHost(third, ...message),
        probeHost(third),
        probeHost(fourth),
        probeHost(fifth, '--source-ip', '127.0.2.101,127.0.2.102'),
      ]);
  });

  describe('SQLgrey', () => {
    it('is measured, although its second pass lets the whole domain in', () => {
      const result = probeResult(sqlgrey);
      expect(sqlgrey.code).equal(0);
      // After that pass nobody is refused any more: its lower edge rests on one refusal.
      expect(result.verdict).include({ kind: 'greylisted', confidence: 'likely' });
      expect(result.verdict.implementation?.id).equal('sqlgrey');
      expect(result.stated).deep.include({ seconds: 60, meaning: 'configured' });
      expectOpening(result, 60, 5);
    });

    it('is measured by the senders that it remembers, where it limits how many wait', () => {
      const result = probeResult(throttled);
      expect(result.verdict.kind).equal('greylisted');
      expectOpening(result, 60, 26);
    });
  });

  describe('Exim with its own memory', () => {
    it('is measured and proved, although its words say nothing', () => {
      const result = probeResult(exim);
      expect(exim.code).equal(0);
      expect(result.attempts[0]?.reply?.text).deep.equal([
        'Temporary local problem - please try later',
      ]);
      expect(result.verdict).include({ kind: 'greylisted', confidence: 'confirmed' });
      // Its lower edge is the second refusal of senders left alone.
      expectOpening(result, 20, 10);
    });

    it('is measured where it starts the wait again at each early try', () => {
      const result = probeResult(restarting);
      // Senders left alone are few here: of the late refusals one is theirs, and the edge takes two.
      expect(result.verdict).include({ kind: 'greylisted', confidence: 'likely' });
      expectOpening(result, 20, 25);
      // To try one again that has passed starts its wait again as well, which reads as several lists.
      const codes = result.warnings.map(({ code }) => code);
      expect(codes).satisfy(
        (said: typeof codes) =>
          said.includes('early-retry-harms') || said.includes('contradictory'),
      );
    });
  });

  describe('rspamd', () => {
    it('is measured with messages that stay the same', () => {
      const result = probeResult(rspamd);
      expect(rspamd.code).equal(0);
      expect(result.verdict).include({ kind: 'greylisted', confidence: 'confirmed' });
      expect(result.verdict.implementation?.id).equal('rspamd');
      expect(result.attempts[0]?.stage).equal('message');
      // Each trial is a message of its own, with its latency and its whole seconds.
      expectOpening(result, 20, 8);
    });

    it('is not seen at RCPT, and the report says how to look further', () => {
      const { verdict, warnings } = probeResult(rspamdAtRcpt);
      expect(verdict.kind).equal('accepted');
      expect(warnings.map(({ code }) => code)).include('rcpt-only');
    });
  });

  describe('postscreen', () => {
    it('is named by its words, and claims nothing of senders', () => {
      const { verdict } = probeResult(postscreen);
      expect(verdict).include({ kind: 'deferred', class: 'postscreen' });
      expect(verdict.confidence).not.equal('confirmed');
      expect(postscreen.seconds).most(10);
    });

    it('is shown to look at the client address, with a second one', () => {
      const { verdict } = probeResult(postscreenFromTwo);
      expect(verdict.evidence.map(({ rule }) => rule)).include('client-contrast');
    });
  });
});
