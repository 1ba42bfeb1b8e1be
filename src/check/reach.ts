import ipaddr from 'ipaddr.js';
import type { MailHost } from '../model/mail-host.js';
import type { Dialer } from '../ports/dialer.js';
import type { ProbeRequest } from '../probe/request.js';
import type { RunState } from '../probe/state.js';
import type { ReachedHost } from './observed.js';

/** More addresses of one host than this are not tried. */
const MOST_ADDRESSES = 4;

/**
 * Whether each mail host of a run answers: those that the runs talked to are known, the others are
 * greeted and left with QUIT, one after the other.
 */
export async function reachHosts(
  state: RunState,
  others: readonly RunState[],
  dialer: Dialer,
  signal?: AbortSignal,
): Promise<readonly ReachedHost[] | null> {
  const runs = [state, ...others];
  if (state.mailHosts === null) return null;
  const reached: ReachedHost[] = [];
  for (const host of state.mailHosts) {
    if (signal?.aborted === true) return null;
    reached.push(await reachHost(host, state.request, runs, dialer, signal));
  }
  return reached;
}

async function reachHost(
  host: MailHost,
  request: ProbeRequest,
  runs: readonly RunState[],
  dialer: Dialer,
  signal: AbortSignal | undefined,
): Promise<ReachedHost> {
  const { name } = host;
  const addresses = addressesOf(host, request);
  if (addresses.length === 0) return { name, reached: false, says: 'it has no address to try' };
  const known = addresses.find((address) => runs.some((run) => answered(run, address)));
  if (known !== undefined) return { name, reached: true, says: known };
  const failures: string[] = [];
  for (const address of addresses) {
    const failure = await greet(name, address, request, dialer, signal);
    if (failure === null) return { name, reached: true, says: address };
    failures.push(`${address}: ${failure}`);
  }
  return { name, reached: false, says: failures.join(', ') };
}

function addressesOf(host: MailHost, { family }: ProbeRequest): readonly string[] {
  return host.addresses
    .filter((address) => family === 'any' || ipaddr.parse(address).kind() === family)
    .slice(0, MOST_ADDRESSES);
}

/** A greeting counts, and so does any reply: a host that says 421 or 554 can be reached. */
function answered(state: RunState, address: string): boolean {
  return (
    state.sessions.some((one) => one.host.address === address && one.facts !== null) ||
    state.attempts.some((one) => one.host.address === address && one.end?.reply != null)
  );
}

/** Null when the host answered; else why not. */
async function greet(
  name: string,
  address: string,
  request: ProbeRequest,
  dialer: Dialer,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const { port, helo, timeoutSeconds, sourceAddresses } = request;
  const { session, end } = await dialer.dial(
    {
      address,
      port,
      hostName: name === address ? null : name,
      sourceAddress: sourceAddresses[0] ?? null,
      helo,
      tls: 'never',
      timeoutMs: timeoutSeconds * 1000,
    },
    signal,
  );
  if (session === null) return end.failure?.message ?? null;
  await session.quit();
  return null;
}
