import type { ObserveResult, SentHost } from '../../../src/contract/observe-result.js';

/** A host of a report that greylists, with what a test is about. */
export function sentHost(given: Partial<SentHost> = {}): SentHost {
  const host = given.host ?? 'mx.org.example';
  const probe = { recipient: 'u@org.example', host, from: '{nonce}@ours.example' };
  return {
    host,
    address: '192.0.2.9',
    window: opening(null, 311),
    confidence: 'likely',
    firstContacts: 4,
    refused: 4,
    waitedSeconds: 1240,
    passes: 4,
    lost: 0,
    pairs: { agedPassedFreshRefused: 0, agedRefusedFreshPassed: 0 },
    letsInAfterPasses: null,
    forgottenAfterSeconds: null,
    misfits: 0,
    contradictory: false,
    probe,
    command: `greyprobe probe ${probe.recipient} --host ${host}`,
    ...given,
  };
}

export function opening(afterSeconds: number | null, bySeconds: number | null): SentHost['window'] {
  return {
    opens: { afterSeconds, bySeconds },
    closes: { afterSeconds: null, bySeconds: null },
  };
}

/** What logs tell of these hosts. */
export function toldOf(hosts: readonly SentHost[]): ObserveResult {
  return {
    schema: 'greyprobe.observe-result.v1',
    input: { files: ['mail.log'], bytes: 1, lines: 1, from: null, to: null },
    sent: {
      delivered: 1,
      attempts: 2,
      mailHosts: hosts.length,
      greylisting: { hosts: hosts.length, refused: 1, waitedSeconds: 310, lost: 0 },
      hosts: [...hosts],
      late: [],
      settings: null,
      leftOut: { hosts: 0, late: 0 },
    },
    received: null,
    warnings: [],
  };
}
