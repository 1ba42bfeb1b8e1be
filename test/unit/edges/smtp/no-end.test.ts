import { expect } from 'chai';
import { answer, BANNER, ehlo, greeted, MAIL_OK } from './support/dialling.js';
import { probeAgainst } from './support/probe-against.js';
import type { Step } from './support/scripted-server.js';

const EHLO: Step = { expect: /^EHLO/ };
const GO_AWAY: Step = { send: '421 4.3.2 mx.example.org going down\r\n' };

describe('a host that takes no transaction', () => {
  const NOTHING_BEGUN: Readonly<Record<string, readonly Step[]>> = {
    'answers EHLO without hyphens': [
      ...BANNER,
      EHLO,
      { send: '250 mx\r\n250 SIZE\r\n250 PIPELINING\r\n' },
    ],
    'sends half a line after its greeting': [...BANNER, EHLO, { send: '250 mx\r\n25' }],
    'hangs up after its greeting': [...greeted(), { close: true }],
    'resets after its greeting': [...greeted(), { reset: true }],
  };
  for (const [name, script] of Object.entries(NOTHING_BEGUN)) {
    it(`is left after three connections where it ${name}`, async () => {
      const { state, result, pauses, server } = await probeAgainst(script);
      expect(server.connections).to.equal(3);
      expect(state.finished?.reason).to.equal('unreachable');
      expect(Math.min(...pauses)).to.be.at.least(9.9);
      expect(result.verdict.kind).to.equal('unreachable');
      expect(result.attempts.map((one) => one.outcome)).to.deep.equal([
        'failed',
        'failed',
        'failed',
      ]);
    });
  }

  const TOLD_TO_GO: Readonly<Record<string, readonly Step[]>> = {
    'with its greeting': [...BANNER, EHLO, { send: '250 mx\r\n421 4.3.2 going down\r\n' }],
    'after its greeting': [...greeted(), GO_AWAY, { close: true }],
    'inside TLS': [
      ...greeted('STARTTLS'),
      ...answer(/^STARTTLS$/, '220 Go'),
      { starttls: true },
      ...ehlo(),
      GO_AWAY,
    ],
    'with the reply to RCPT': [
      ...greeted(),
      ...MAIL_OK,
      { expect: /^RCPT/ },
      { send: '450 4.7.1 Greylisted\r\n421 4.7.0 Error: too many errors\r\n' },
      { close: true },
    ],
    'after the reply to RCPT': [
      ...greeted(),
      ...MAIL_OK,
      { expect: /^RCPT/ },
      { send: '450 4.7.1 Greylisted\r\n' },
      { delayMs: 5 },
      GO_AWAY,
      { close: true },
    ],
    'before QUIT, to an accepted sender': [
      ...greeted(),
      ...MAIL_OK,
      { expect: /^RCPT/ },
      { send: '250 Ok\r\n' },
      { delayMs: 5 },
      GO_AWAY,
    ],
  };
  for (const [name, script] of Object.entries(TOLD_TO_GO)) {
    it(`is left at its 421 ${name}`, async () => {
      const { state, server } = await probeAgainst(script);
      expect(state.finished?.reason).to.equal('throttled');
      expect(server.connections).to.equal(1);
    });
  }

  it('may say greylisting in a 421 of its own', async () => {
    const script: readonly Step[] = [
      ...greeted(),
      ...MAIL_OK,
      { expect: /^RCPT/ },
      { send: '450 4.7.1 Greylisted\r\n421 4.7.1 Greylisted, come back in 60 seconds\r\n' },
      { close: true },
    ];
    const { state } = await probeAgainst(script);
    expect(state.finished?.reason).to.equal('waited-long-enough');
  });
});
