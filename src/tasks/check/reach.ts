import ipaddr from 'ipaddr.js';
import type { ProbeRequest } from '../../core/run/request.js';
import type { RunState } from '../../core/run/state.js';
import type { MailHost } from '../../model/mail-host.js';
import { type Dialer, dialRequest } from '../../model/ports/dialer.js';
import type { Failure } from '../../model/smtp.js';
import { inFamily } from '../../model/values/address-family.js';
import type { ReachedHost } from './observed.js';

/** More addresses of one host than this are not tried. */
const MOST_ADDRESSES = 4;

interface Refusal {
  readonly address: string;
  readonly failure: Failure;
}

/** What came of one host: where it answered, or why each address did not. */
interface Tried {
  readonly name: string;
  readonly answeredAt: string | null;
  readonly refusals: readonly Refusal[];
}

/**
 * Whether each mail host of a run answers: those that the runs talked to are known, the others are
 * greeted and left with QUIT, one after the other. Null: it was not found out to the end.
 */
export async function reachHosts(
  state: RunState,
  others: readonly RunState[],
  dialer: Dialer,
  signal?: AbortSignal,
): Promise<readonly ReachedHost[] | null> {
  if (state.mailHosts === null) return null;
  const tried: Tried[] = [];
  for (const host of state.mailHosts) {
    tried.push(await tryHost(host, state.request, [state, ...others], dialer, signal));
    // A greeting that we broke off ourselves shows nothing of the host.
    if (signal?.aborted === true) return null;
  }
  const ways = new Set(
    tried.flatMap(({ answeredAt }) => (answeredAt === null ? [] : [familyOf(answeredAt)])),
  );
  const lookUpFailed = state.warnings.some(({ code }) => code === 'mx-lookup-failed');
  return tried.map((one) => reachedHost(one, ways, lookUpFailed));
}

async function tryHost(
  host: MailHost,
  request: ProbeRequest,
  runs: readonly RunState[],
  dialer: Dialer,
  signal: AbortSignal | undefined,
): Promise<Tried> {
  const { name } = host;
  const addresses = addressesOf(host, request);
  const known = addresses.find((address) => runs.some((run) => answered(run, address)));
  if (known !== undefined) return { name, answeredAt: known, refusals: [] };
  const refusals: Refusal[] = [];
  for (const address of addresses) {
    const failure = await greet(name, address, request, dialer, signal);
    if (failure === null) return { name, answeredAt: address, refusals };
    refusals.push({ address, failure });
  }
  return { name, answeredAt: null, refusals };
}

/** `ways`: the address families in which some host answered, so that this machine has a way there. */
function reachedHost(
  { name, answeredAt, refusals }: Tried,
  ways: ReadonlySet<string>,
  lookUpFailed: boolean,
): ReachedHost {
  if (answeredAt !== null) return { name, reached: true, says: answeredAt };
  if (refusals.length === 0) {
    return lookUpFailed
      ? { name, reached: null, says: 'the DNS did not tell its addresses' }
      : { name, reached: false, says: 'it has no address to try' };
  }
  const notAsked = refusals.some(({ failure }) => wasNotAsked(failure));
  const noWay = refusals.every(
    ({ address, failure }) => isOwnFailure(failure) && !ways.has(familyOf(address)),
  );
  const says = refusals.map(({ address, failure }) => `${address}: ${failure.message}`).join(', ');
  return { name, reached: noWay || notAsked ? null : false, says };
}

/** Failures that a machine without IPv6, or with a wrong source address, has with every host. */
function isOwnFailure({ code }: Failure): boolean {
  return code === 'host-unreachable' || code === 'source-address';
}

/** The host, or its operator, had asked another run to stop. */
function wasNotAsked({ code }: Failure): boolean {
  return code === 'left-alone';
}

function familyOf(address: string): string {
  return ipaddr.parse(address).kind();
}

function addressesOf(host: MailHost, { family }: ProbeRequest): readonly string[] {
  return host.addresses.filter((address) => inFamily(address, family)).slice(0, MOST_ADDRESSES);
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
): Promise<Failure | null> {
  const sourceAddress = request.sourceAddresses[0] ?? null;
  const { session, end } = await dialer.dial(
    dialRequest({ name, address, port: request.port }, { ...request, sourceAddress, tls: 'never' }),
    signal,
  );
  if (session === null) return end.failure;
  await session.quit();
  return null;
}
