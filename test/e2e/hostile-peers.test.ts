import { expect } from 'chai';
import { probeAgainst } from '../unit/edges/smtp/support/probe-against.js';
import type { Step } from '../unit/edges/smtp/support/scripted-server.js';

/** What a host does in the place of a reply; `%` stands for the code that would have been right. */
const FAULTS: Readonly<Record<string, readonly Step[]>> = {
  'half a line': [{ send: '%' }],
  'half a line and closes': [{ send: '% h' }, { close: true }],
  'a reply that never ends': [{ flood: '%-and more\r\n' }],
  'a line that never ends': [{ flood: '% and more ' }],
  'a slow drip': [{ drip: '%-slowly, one byte at a time\r\n', everyMs: 15 }],
  NULs: [{ send: '\u0000\u0000\u0000\u0000\r\n' }],
  'NULs in the text': [{ send: '% a\u0000b\r\n' }],
  'line ends only': [{ send: '\r\n\r\n\r\n' }],
  'carriage returns only': [{ send: '% ok\r% ok\r' }],
  'a code below 200': [{ send: '150 wait\r\n' }],
  'a code above 599': [{ send: '999 what\r\n' }],
  'a reply to another command': [{ send: '334 VXNlcm5hbWU6\r\n' }],
  'another code in the middle': [{ send: '%-one\r\n550-two\r\n% three\r\n' }],
  '8-bit bytes': [{ send: '% \u00ff\u00fe\u0080\u00c3\r\n' }],
  'two replies at once': [{ send: '% one\r\n% two\r\n' }],
  'a web page': [{ send: 'HTTP/1.1 400 Bad Request\r\n\r\n<html>\r\n' }],
  'a TLS record': [{ send: '\u0016\u0003\u0001\u0000\u0005\u0001\u0000\u0000\u0001\u0000' }],
  'a 421': [{ send: '421 4.3.2 going down\r\n' }, { close: true }],
  'a 421 after it': [{ send: '% ok\r\n421 4.3.2 going down\r\n' }, { close: true }],
  'an end of the connection': [{ close: true }],
  'a reset': [{ reset: true }],
  silence: [{ mute: true }],
};

/** The steps of a session, each with the command that it waits for and the right code. */
const STAGES: readonly (readonly [name: string, expect: RegExp | null, code: string])[] = [
  ['the banner', null, '220'],
  ['EHLO', /^EHLO/, '250'],
  ['STARTTLS', /^STARTTLS/, '220'],
  ['MAIL', /^MAIL/, '250'],
  ['RCPT', /^RCPT/, '450'],
  ['RSET', /^RSET/, '250'],
  ['the second MAIL', /^MAIL/, '250'],
  ['the second RCPT', /^RCPT/, '450'],
];

function scriptOf(faulty: string, fault: readonly Step[]): readonly Step[] {
  const tls = faulty === 'STARTTLS';
  const script: Step[] = [];
  for (const [name, expected, code] of STAGES) {
    if (name === 'STARTTLS' && !tls) continue;
    if (expected !== null) script.push({ expect: expected });
    if (name === faulty) return [...script, ...fault.map((step) => withCode(step, code))];
    const text = name === 'EHLO' && tls ? '250-mx\r\n250 STARTTLS\r\n' : `${code} fine\r\n`;
    script.push({ send: text });
  }
  return script;
}

function withCode(step: Step, code: string): Step {
  if ('send' in step) return { send: step.send.replaceAll('%', code) };
  if ('flood' in step) return { flood: step.flood.replaceAll('%', code) };
  if ('drip' in step) return { ...step, drip: step.drip.replaceAll('%', code) };
  return step;
}

describe('a hostile mail host', () => {
  for (const [stage] of STAGES) {
    it(`is borne with at ${stage}, whatever it sends`, async () => {
      const cases = Object.entries(FAULTS).map(async ([name, fault]) => {
        const probed = await probeAgainst(scriptOf(stage, fault), {
          timeoutSeconds: 0.25,
          maxWaitSeconds: 20,
        });
        return { name, ...probed };
      });
      for (const { name, state, result, pauses, server } of await Promise.all(cases)) {
        const what = `${name} at ${stage}`;
        expect(state.finished, what).to.not.equal(null);
        expect(server.connections, what).to.be.at.most(30);
        expect(Math.min(99, ...pauses), what).to.be.at.least(0.99);
        expect(result.verdict.kind, what).to.be.oneOf(['unreachable', 'deferred', 'greylisted']);
        // One reply of 450 in neutral words, or none, shows nothing for sure.
        if (result.verdict.kind === 'greylisted') {
          expect(result.verdict.confidence, what).to.not.equal('confirmed');
        }
        expect(result.window?.opens.bySeconds ?? null, what).to.equal(null);
      }
    }).timeout(60_000);
  }
});
