import { failureIn, type HostAddresses } from '../../edges/dns/host-addresses.js';
import { type Finding, ok, warning } from './finding.js';
import type { HeloName } from './request.js';

const ORIGINS: Readonly<Record<HeloName['origin'], string>> = {
  given: 'as given',
  machine: "this machine's name",
  sender: "the sender's domain",
};

const CONSEQUENCE =
  "Hosts that check it may answer '450 4.7.1 Helo command rejected: Host not found', which never passes.";
const OTHER_NAME =
  'Say a name that has an address: --helo mail.your.domain, or set GREYPROBE_HELO.';

/** Judges a name of EHLO by its addresses (RFC 5321 §4.1.1.1). */
export function judgeHelo(helo: HeloName, addresses: HostAddresses): Finding {
  const told = `${helo.name} (${ORIGINS[helo.origin]})`;
  const [first, ...more] = addresses.all;
  if (first !== undefined) {
    const others = more.length === 0 ? '' : ` and ${more.length} more`;
    return ok(`${told} has the address ${first}${others}.`);
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

/** Judges an address literal in EHLO: allowed, and liked by nobody. */
export function judgeHeloLiteral({ name }: HeloName): Finding {
  return warning(
    `${name} is an address literal. It is allowed, but some hosts refuse it in EHLO.`,
    OTHER_NAME,
  );
}
