import type { DoctorCheck } from '../../contract/doctor-result.js';
import { ipaddr, nonPublicRange } from '../../edges/dns/address-range.js';
import { failureIn, findAddresses, type HostAddresses } from '../../edges/dns/host-addresses.js';
import { GreyprobeError } from '../../model/errors.js';
import { checkOf, type Diagnosis, NO_DNS, ok, skipped, warning } from './diagnosis.js';
import type { NetworkLook } from './machine.js';

/** More names of one address than this are not looked at. */
const MOST_NAMES = 8;

const CONSEQUENCE =
  "Hosts that check it may answer '450 4.7.1 Client host rejected: cannot find your hostname', or refuse for good.";

/** The reverse DNS of the client addresses, each as a check of its own. */
export async function reverseChecks(
  clients: readonly string[],
  look: NetworkLook,
): Promise<readonly DoctorCheck[]> {
  if (clients.length === 0) {
    const unknown = skipped(
      'The address that mail hosts see is not known.',
      'Add --host, or --source-ip with the public address.',
    );
    return [checkOf('reverse-dns', null, unknown)];
  }
  return Promise.all(
    clients.map(async (address) =>
      checkOf('reverse-dns', address, await checkReverse(address, look)),
    ),
  );
}

/** Judges the forward-confirmed reverse DNS of a client address. */
async function checkReverse(
  address: string,
  { resolver, signal }: NetworkLook,
): Promise<Diagnosis> {
  const range = nonPublicRange(address);
  if (range !== null) {
    return skipped(
      `${address} is not public (${range}): mail hosts elsewhere see another address.`,
      'Look at the public one with: greyprobe doctor --source-ip <public address>',
    );
  }
  if (resolver === null) return NO_DNS;
  try {
    const answer = await resolver.text(reverseName(address), 'PTR', signal);
    const names = [...new Set(answer.data)].filter((name) => name !== '').slice(0, MOST_NAMES);
    const found = await Promise.all(names.map((name) => findAddresses(name, resolver, signal)));
    return diagnoseNames(address, found);
  } catch (error) {
    if (!(error instanceof GreyprobeError)) throw error;
    return notConfirmed(address, error);
  }
}

function diagnoseNames(address: string, names: readonly HostAddresses[]): Diagnosis {
  const confirmed = names.find(({ all }) => all.some((one) => isSameAddress(one, address)));
  if (confirmed !== undefined) {
    return ok(`${address} is ${confirmed.name}, which points back to it.`);
  }
  const failure = names.map((one) => failureIn(one, 'any')).find((one) => one !== null);
  if (failure !== undefined) return notConfirmed(address, failure);
  const [first] = names;
  if (first === undefined) {
    return warning(
      `${address} has no name in the DNS (PTR). ${CONSEQUENCE}`,
      'Ask whoever gave you the address for a PTR record, or measure from the mail server itself.',
    );
  }
  return warning(
    `${address} is ${first.name} by its PTR record, but that name does not point back to it. ${CONSEQUENCE}`,
    `Give ${first.name} the address ${address} in the DNS, or have the PTR record changed.`,
  );
}

function notConfirmed(address: string, failure: GreyprobeError): Diagnosis {
  return warning(
    `The name of ${address} could not be confirmed: ${failure.message} ${CONSEQUENCE}`,
    'See that the name servers of the address and of its name answer.',
  );
}

/** The name under which the PTR records of an address are: RFC 1035 §3.5, RFC 3596 §2.5. */
export function reverseName(address: string): string {
  const parsed = ipaddr.process(withoutZone(address));
  const bytes = parsed.toByteArray();
  if (parsed.kind() === 'ipv4') return `${bytes.toReversed().join('.')}.in-addr.arpa`;
  const nibbles = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${[...nibbles].toReversed().join('.')}.ip6.arpa`;
}

/** Two texts of one address: IPv6 has many, and IPv4 may be mapped into it. */
export function isSameAddress(one: string, other: string): boolean {
  const [a, b] = [withoutZone(one), withoutZone(other)];
  if (!ipaddr.isValid(a) || !ipaddr.isValid(b)) return false;
  return ipaddr.process(a).toNormalizedString() === ipaddr.process(b).toNormalizedString();
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/u, '');
}
