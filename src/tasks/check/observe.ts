import { buildResult } from '../../contract/build-result.js';
import type { RunState } from '../../core/run/state.js';
import type { Dialer } from '../../model/ports/dialer.js';
import type { Expectations } from './expectations.js';
import type { Measured } from './measure.js';
import type { Observed } from './observed.js';
import { reachHosts } from './reach.js';

/**
 * Everything that expectations look at: what the run showed, and what only a look at the other mail
 * hosts shows, where that was asked for and the run has ended.
 */
export async function observe(
  measured: Measured,
  expectations: Expectations,
  context: { readonly dialer: Dialer; readonly signal?: AbortSignal },
): Promise<Observed> {
  const { state, version, others, hostsShareState } = measured;
  const looksAtAll = expectations.noHostUnreachable === true && state.finished !== null;
  return {
    result: buildResult(state, version),
    tlsOffered: tlsOffered(state),
    reached: looksAtAll ? await reachHosts(state, others, context.dialer, context.signal) : null,
    hostsShareState,
  };
}

/** Null: no session got as far as EHLO. A session that failed at STARTTLS counts as told. */
function tlsOffered({ sessions, attempts }: RunState): boolean | null {
  const failures = attempts.flatMap((one) => one.end?.failure?.code ?? []);
  if (failures.includes('tls-not-offered')) return false;
  if (failures.some((code) => code === 'tls-failed' || code === 'tls-plaintext-injected')) {
    return true;
  }
  const facts = sessions.flatMap((one) => one.facts ?? []);
  if (facts.length === 0) return null;
  return facts.every(
    ({ tls, extensions }) => tls !== null || extensions.some((one) => one === 'STARTTLS'),
  );
}
