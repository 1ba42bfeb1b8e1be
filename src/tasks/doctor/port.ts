import { createSocket } from 'node:dgram';
import { isIP, isIPv6 } from 'node:net';
import { failureIn, findAddresses } from '../../edges/dns/host-addresses.js';
import { dialRequest, type SessionFacts } from '../../model/ports/dialer.js';
import type { TransactionEnd } from '../../model/smtp.js';
import { addressLiteral } from '../../model/values/mailbox.js';
import { type Diagnosis, failed, NO_DNS, ok, skipped, warning } from './diagnosis.js';
import type { DoctorPorts, Examination, NetworkLook } from './machine.js';

/** Where the host is: addresses of the family of the client address, or why there are none. */
type HostPlace =
  | { readonly addresses: readonly string[] }
  | { readonly addresses: null; readonly why: Diagnosis };

/** Looks up the host that the user named. */
export async function hostPlace({ asked, resolver, signal }: NetworkLook): Promise<HostPlace> {
  const { host, sourceAddresses } = asked;
  if (host === null) {
    const why = skipped(
      'Not tried: nothing is connected to without a host.',
      'To see whether port 25 is open from here, add --host with a mail host: --host mx.example.org',
    );
    return { addresses: null, why };
  }
  if (isIP(host) !== 0) return { addresses: [host] };
  if (resolver === null) return { addresses: null, why: NO_DNS };
  const found = await findAddresses(host, resolver, signal);
  const { all } = found;
  if (all.length === 0) {
    const message = failureIn(found, 'any')?.message ?? `The host ${host} has no address.`;
    const why = failed(message, 'Check the name, or give an address with --host.');
    return { addresses: null, why };
  }
  const [source] = sourceAddresses;
  const fitting = all.filter((one) => source === undefined || isIP(one) === isIP(source));
  if (fitting.length > 0) return { addresses: fitting };
  const why = failed(
    `The host ${host} has no address of the family of ${source}.`,
    'Give a --source-ip of the other family.',
  );
  return { addresses: null, why };
}

/** The addresses that the host will see, as far as this machine knows them. */
export async function clientAddresses(
  { sourceAddresses, port }: Examination,
  host: HostPlace,
  { clientAddressTo }: DoctorPorts,
): Promise<readonly string[]> {
  if (sourceAddresses.length > 0) return sourceAddresses;
  const found = await Promise.all(
    (host.addresses ?? []).map((address) => clientAddressTo(address, port)),
  );
  return [...new Set(found)].filter((address) => address !== null);
}

/** Connects to the host, where there is one. */
export async function checkPort(
  { asked: { host, port, helo, sourceAddresses }, signal }: NetworkLook,
  place: HostPlace,
  clients: readonly string[],
  ports: DoctorPorts,
): Promise<Diagnosis> {
  if (place.addresses === null) return place.why;
  const target = {
    name: host !== null && isIP(host) === 0 ? host : null,
    port,
    sourceAddress: sourceAddresses[0] ?? null,
    helo: helo?.name ?? addressLiteral(clients[0] ?? '127.0.0.1'),
  };
  return diagnosePort(host ?? '', port, await tryPort(ports, place.addresses, target, signal));
}

/**
 * The local address from which this machine would connect to `address`, or null where there is no
 * route. A UDP socket is told its peer, so that the system picks the address; nothing is sent.
 */
export function clientAddressTo(address: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    const end = (found: string | null) => {
      socket.close();
      resolve(found);
    };
    socket.once('error', () => end(null));
    // Not as a callback of connect(): that would be called for an error as well.
    socket.once('connect', () => end(socket.address().address));
    socket.connect(port, address);
  });
}

/** Hosts that make clients wait for the banner mostly take 5 or 6 s. */
const TIMEOUT_SECONDS = 10;
/** So many connections are made at most. */
const MOST_ADDRESSES = 3;

interface PortTarget {
  readonly name: string | null;
  readonly port: number;
  readonly sourceAddress: string | null;
  readonly helo: string;
}

/** Connects to one address after the other until one answers; says QUIT at once. */
async function tryPort(
  { dialer, clock }: DoctorPorts,
  addresses: readonly string[],
  target: PortTarget,
  signal: AbortSignal,
): Promise<readonly DialTrial[]> {
  const trials: DialTrial[] = [];
  for (const address of addresses.slice(0, MOST_ADDRESSES)) {
    const began = clock.read().monotonicMs;
    const dialled = await dialer.dial(
      dialRequest(
        { ...target, address },
        { ...target, tls: 'never', timeoutSeconds: TIMEOUT_SECONDS },
      ),
      signal,
    );
    const seconds = (clock.read().monotonicMs - began) / 1000;
    await dialled.session?.quit();
    signal.throwIfAborted();
    trials.push({ address, seconds, facts: dialled.session?.facts ?? null, end: dialled.end });
    if (dialled.session !== null || dialled.end.reply !== null) break;
  }
  return trials;
}

/** What came of connecting to one address: a session, or the way in which it failed to open. */
export interface DialTrial {
  readonly address: string;
  readonly seconds: number;
  readonly facts: SessionFacts | null;
  readonly end: TransactionEnd | null;
}

const BLOCKED =
  'Many networks block outgoing port 25. Try another host; if none answers, ask your provider, or ' +
  'run greyprobe on the mail server itself.';

const OPEN =
  'The port is open: a host greeted, and gave no answer to EHLO. Some want another name: --helo. ' +
  'Some firewalls let the banner through and no more.';

/** Some firewalls hide what they do not know behind asterisks. */
const MASKED = /\*{8,}/u;
const LONGEST_BANNER = 100;

/** Judges the connections to the addresses of one host, which were tried until one answered. */
export function diagnosePort(host: string, port: number, trials: readonly DialTrial[]): Diagnosis {
  const answered = trials.find(({ facts, end }) => facts !== null || end?.reply);
  if (answered === undefined) return nobodyAnswered(port, trials);
  const failures = trials.filter((one) => one !== answered).map(failureOf);
  const diagnosis = diagnoseAnswer(host, port, answered);
  if (failures.length === 0) return diagnosis;
  return {
    outcome: diagnosis.outcome === 'ok' ? 'warning' : diagnosis.outcome,
    found: `${diagnosis.found} But: ${failures.join(' ')}`,
    next: [...diagnosis.next, `Give the address that works: --host ${answered.address}`],
  };
}

function diagnoseAnswer(
  host: string,
  port: number,
  { address, seconds, ...trial }: DialTrial,
): Diagnosis {
  const place = `${host === address ? address : `${host} (${address})`} port ${port}`;
  const reply = trial.facts?.banner ?? trial.end?.reply;
  const said = [reply?.code, reply?.enhanced, reply?.text.join(' ')].filter(Boolean).join(' ');
  const shown = said.length <= LONGEST_BANNER ? said : `${said.slice(0, LONGEST_BANNER)}...`;
  const story = `${place} answered in ${seconds.toFixed(1)} s: ${shown}`;
  if (MASKED.test(said)) {
    return warning(
      story,
      'A firewall between here and there rewrites SMTP: its replies are not those of the mail host. ' +
        "Switch its SMTP inspection off ('fixup', 'inspect esmtp').",
    );
  }
  if (trial.facts !== null) return ok(story);
  return warning(
    `The port is open, but no session: ${story}`,
    "Ask what the host means with: greyprobe explain '<its reply>'",
  );
}

function nobodyAnswered(port: number, trials: readonly DialTrial[]): Diagnosis {
  const codes = new Set(trials.map(({ end }) => end?.failure?.code));
  const story = trials.map(failureOf).join(' ');
  if (codes.has('source-address')) {
    return failed(
      story,
      'Give an address of this machine with --source-ip. Behind NAT, look at the public address without --host.',
    );
  }
  if (codes.has('garbled-reply') || codes.has('reply-too-long')) {
    return failed(story, 'What answers there does not speak SMTP. Check the host and the --port.');
  }
  if (trials.some(({ end }) => end !== null && end.stage !== 'connect')) return failed(story, OPEN);
  const next = port === 25 ? BLOCKED : 'Check the port, and that a firewall lets it through.';
  return failed(story, next);
}

function failureOf({ address, end }: DialTrial): string {
  return end?.failure?.message ?? `${address} gave no answer.`;
}
