import type { ProbeEvent } from '../../../../../src/core/run/events.js';
import type { Stamp } from '../../../../../src/model/time.js';
import { request } from '../../../core/run/support/virtual-run.js';

export const VERSION = '1.2.3';

/** A stamp whose clocks tell the same time, so many seconds after the start. */
export function at(seconds: number, segment = 0): Stamp {
  const monotonicMs = seconds * 1000;
  return { segment, monotonicMs, wallMs: Date.UTC(2026, 10, 23, 19, 45) + monotonicMs };
}

const HOST = { name: 'mx.example.org', address: '192.0.2.1', port: 25 };

/** One event of each type, in an order in which they can happen: a run that was paused and resumed. */
export function everyEvent(run = 'run'): readonly ProbeEvent[] {
  const banner = { code: 220, enhanced: null, text: ['mx.example.org ESMTP'] };
  return [
    { type: 'run-started', at: at(0), run, request: request() },
    {
      type: 'hosts-resolved',
      at: at(0.1),
      mailHosts: [{ name: HOST.name, preference: 10, addresses: [HOST.address], origin: 'mx' }],
      warnings: [{ code: 'mx-is-alias', message: 'An MX that is an alias.' }],
    },
    {
      type: 'session-started',
      at: at(0.2),
      session: 1,
      host: HOST,
      sourceAddress: null,
      dueMonotonicMs: null,
      purpose: 'first contact',
    },
    {
      type: 'session-opened',
      at: at(0.3),
      session: 1,
      facts: { banner, greeting: { ...banner, code: 250 }, extensions: ['SIZE 1000'], tls: null },
    },
    { type: 'host-pinned', at: at(0.3), host: HOST, origin: 'mx' },
    {
      type: 'attempt-started',
      at: at(0.4),
      n: 1,
      session: 1,
      tuple: {
        id: 't1',
        client: null,
        helo: 'client.sender.example',
        sender: 'probe-ghijklmnop@sender.example',
        recipient: 'user@example.org',
      },
      role: 'first',
    },
    {
      type: 'attempt-finished',
      at: at(0.5),
      n: 1,
      stage: 'rcpt',
      reply: { code: 450, enhanced: '4.2.0', text: ['Greylisted, grüß später 🕰'] },
      failure: null,
      sent: at(0.41),
      replied: at(0.49),
    },
    { type: 'session-ended', at: at(0.6), session: 1 },
    { type: 'run-paused', at: at(0.7), reason: 'not-yet', dueWallMs: at(300).wallMs },
    {
      type: 'run-resumed',
      at: at(301, 1),
      warnings: [{ code: 'clock-went-back', message: 'The clock went back.' }],
    },
    { type: 'run-finished', at: at(302, 1), reason: 'waited-long-enough' },
  ];
}

/** The other ways in which events can look. */
export function otherEvents(): readonly ProbeEvent[] {
  return [
    {
      type: 'hosts-failed',
      at: at(1),
      kind: 'no-mail-service',
      code: 'null-mx',
      message: 'It takes no mail.',
      suggestions: ['Check the domain.'],
    },
    {
      type: 'attempt-finished',
      at: at(2),
      n: 1,
      stage: 'connect',
      reply: null,
      failure: { code: 'timeout', message: 'No answer.' },
      sent: at(1),
      replied: at(2),
    },
  ];
}

/** Keeps events in a new journal, and gives its path. */
export function textOf(events: readonly unknown[], header: unknown = HEADER): string {
  return [header, ...events].map((line) => `${JSON.stringify(line)}\n`).join('');
}

export const HEADER = { journal: 'greyprobe.journal.v1', version: VERSION };
