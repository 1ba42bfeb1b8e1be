import type { ProbeEvent } from '../../src/core/run/events.js';
import { requestFor } from '../../src/core/run/request.js';
import type { Stamp } from '../../src/model/time.js';
import type { Tuple } from '../../src/model/tuple.js';

const HOST = { name: 'mx1.mail.example.org', address: '192.0.2.25', port: 25 };
const RECIPIENT = 'user@example.org';
const HELO = 'client.sender.example';
const PER_SESSION = 4;
const EVENTS_PER_SESSION = 3 + 2 * PER_SESSION;

/** Events of a run that goes on and on: each session has a control, the retry, and two more. */
export function* longRun(events: number): Generator<ProbeEvent> {
  const wallMs = Date.UTC(2026, 10, 23, 19, 45);
  const at = (seconds: number): Stamp => ({
    segment: 0,
    monotonicMs: 4321.123456 + seconds * 1000,
    wallMs: wallMs + Math.round(seconds * 1000),
  });
  yield { type: 'run-started', at: at(0), run: '20261123T194500-long', request: REQUEST };
  yield {
    type: 'hosts-resolved',
    at: at(0.1),
    mailHosts: [{ name: HOST.name, preference: 10, addresses: [HOST.address], origin: 'mx' }],
    warnings: [],
  };
  const sessions = Math.ceil((events - 3) / EVENTS_PER_SESSION);
  let n = 0;
  for (let session = 1; session <= sessions; session += 1) {
    const begin = session * 120;
    yield {
      type: 'session-started',
      at: at(begin),
      session,
      host: HOST,
      sourceAddress: null,
      dueMonotonicMs: at(begin).monotonicMs,
      purpose: 'retry',
    };
    yield { type: 'session-opened', at: at(begin + 0.1), session, facts: FACTS };
    if (session === 1) yield { type: 'host-pinned', at: at(begin + 0.1), host: HOST, origin: 'mx' };
    for (let one = 0; one < PER_SESSION; one += 1) {
      n += 1;
      const sent = at(begin + 0.2 + one);
      const replied = at(begin + 0.35 + one);
      const tuple = tupleOf(one === 1 ? 1 : n);
      const role = one === 1 ? 'retry' : 'control';
      yield { type: 'attempt-started', at: sent, n, session, tuple, role };
      yield {
        type: 'attempt-finished',
        at: replied,
        n,
        stage: 'rcpt',
        reply: DEFERRAL,
        failure: null,
        sent,
        replied,
      };
    }
    yield { type: 'session-ended', at: at(begin + 5), session };
  }
}

function tupleOf(n: number): Tuple {
  const sender = `probe-${n.toString(26).replaceAll(/\d/gu, 'x')}-${n}@sender.example`;
  return { id: `t${n}`, client: null, helo: HELO, sender, recipient: RECIPIENT };
}

const DEFERRAL = {
  code: 450,
  enhanced: '4.2.0',
  text: [
    `<${RECIPIENT}>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/example.org.html`,
  ],
};

const FACTS = {
  banner: { code: 220, enhanced: null, text: ['mx1.mail.example.org ESMTP Postfix (Debian)'] },
  greeting: {
    code: 250,
    enhanced: null,
    text: ['mx1.mail.example.org', 'PIPELINING', 'SIZE 10240000', 'STARTTLS', '8BITMIME', 'DSN'],
  },
  extensions: ['PIPELINING', 'SIZE 10240000', 'STARTTLS', '8BITMIME', 'DSN'],
  tls: { protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', verified: true },
};

const REQUEST = requestFor({
  recipient: RECIPIENT,
  domain: 'example.org',
  senders: { kind: 'template', template: 'probe-{nonce}@sender.example' },
  helo: HELO,
  port: 25,
});
