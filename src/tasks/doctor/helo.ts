import { nonPublicRange } from '../../edges/dns/address-range.js';
import { failureIn, findAddresses, type HostAddresses } from '../../edges/dns/host-addresses.js';
import { type Diagnosis, NO_DNS, ok, skipped, warning } from './diagnosis.js';
import type { HeloName, NetworkLook } from './machine.js';
import { isSameAddress } from './reverse-dns.js';

const ORIGINS: Readonly<Record<HeloName['origin'], string>> = {
  given: 'as given',
  machine: "this machine's name",
  sender: "the sender's domain",
};

const CONSEQUENCE =
  "Hosts that check it may answer '450 4.7.1 Helo command rejected: Host not found', which never passes.";
const OTHER_NAME =
  'Say a name that has an address: --helo mail.your.domain, or set GREYPROBE_HELO.';

/**
 * Judges the name that will be said in EHLO, by its addresses (RFC 5321 §4.1.1.1): the client address is
 * best one of them.
 */
export async function checkHelo(
  clients: readonly string[],
  { asked, resolver, signal }: NetworkLook,
): Promise<Diagnosis> {
  const { helo } = asked;
  if (helo === null) {
    return skipped(
      'This machine has no full name, so the domain of the sender will be said.',
      'Add --helo with the name of the sending host, or --from.',
    );
  }
  if (helo.name.startsWith('[')) {
    return warning(
      `${helo.name} is an address literal. It is allowed, but some hosts refuse it in EHLO.`,
      OTHER_NAME,
    );
  }
  if (resolver === null) return NO_DNS;
  return diagnoseHelo(helo, await findAddresses(helo.name, resolver, signal), clients);
}

function diagnoseHelo(
  helo: HeloName,
  addresses: HostAddresses,
  clients: readonly string[],
): Diagnosis {
  const told = `${helo.name} (${ORIGINS[helo.origin]})`;
  const [first, ...more] = addresses.all;
  if (first !== undefined) {
    const others = more.length === 0 ? '' : ` and ${more.length} more`;
    const has = `${told} has the address ${first}${others}`;
    const stranger = clients.find(
      (client) =>
        nonPublicRange(client) === null && !addresses.all.some((one) => isSameAddress(one, client)),
    );
    if (stranger === undefined) return ok(`${has}.`);
    return warning(
      `${has}, but not ${stranger}, from which the mail comes. Hosts that compare them trust it less.`,
      `Say the name that ${stranger} has in the DNS: --helo, or set GREYPROBE_HELO.`,
    );
  }
  const failure = failureIn(addresses, 'any');
  if (failure !== null) {
    return warning(
      `The addresses of ${told} could not be looked up: ${failure.message}`,
      ...failure.suggestions.filter((one) => !one.includes('--host')),
    );
  }
  const lacks = addresses.status === 'no-such-domain' ? 'does not exist' : 'has no address';
  return warning(`${told} ${lacks} in the DNS. ${CONSEQUENCE}`, OTHER_NAME);
}
