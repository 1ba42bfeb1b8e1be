import type { DoctorCheck } from '../../contract/doctor-result.js';
import { nonPublicRange } from '../../edges/dns/address-range.js';
import { findAddresses } from '../../edges/dns/host-addresses.js';
import { resolveMailHosts } from '../../edges/dns/mail-hosts.js';
import { GreyprobeError } from '../../model/errors.js';
import type { Resolver } from '../../model/ports/resolver.js';
import { checkOf, type Finding, NO_DNS, skipped } from './finding.js';
import { judgeHelo, judgeHeloLiteral } from './judge-helo.js';
import { judgeInnerAddress, judgeReverse } from './judge-reverse.js';
import { judgeSenderDomain, type SenderLookUp } from './judge-sender-domain.js';
import { lookUpReverse } from './look-up-reverse.js';
import type { DoctorRequest } from './request.js';

/** More domains of senders than this are not looked up. */
const MOST_DOMAINS = 5;

/** The domains of the senders, each as a check of its own. `resolver` null: no server answers. */
export async function senderChecks(
  { senderDomains }: DoctorRequest,
  resolver: Resolver | null,
  signal: AbortSignal,
): Promise<readonly DoctorCheck[]> {
  if (senderDomains.length === 0) {
    const none = skipped('No sender given.', 'Add --from with the sender that the probe will use.');
    return [checkOf('sender-domain', null, none)];
  }
  const looked = senderDomains.slice(0, MOST_DOMAINS);
  const checks = await Promise.all(
    looked.map(async (domain) => {
      const finding =
        resolver === null
          ? NO_DNS
          : judgeSenderDomain(await lookUpSender(domain, resolver, signal));
      return checkOf('sender-domain', domain, finding);
    }),
  );
  const more = senderDomains.length - looked.length;
  if (more === 0) return checks;
  const rest = skipped(
    `${more} more domains were not looked up.`,
    'Give them with another --from.',
  );
  return [...checks, checkOf('sender-domain', null, rest)];
}

async function lookUpSender(
  domain: string,
  resolver: Resolver,
  signal: AbortSignal,
): Promise<SenderLookUp> {
  try {
    return { mail: await resolveMailHosts(domain, resolver, { signal }), failure: null };
  } catch (error) {
    if (!(error instanceof GreyprobeError)) throw error;
    return { mail: null, failure: error };
  }
}

/** The name that will be said in EHLO. */
export async function heloFinding(
  { helo }: DoctorRequest,
  resolver: Resolver | null,
  signal: AbortSignal,
): Promise<Finding> {
  if (helo === null) {
    return skipped(
      'This machine has no full name, so the domain of the sender will be said.',
      'Add --helo with the name of the sending host, or --from.',
    );
  }
  if (helo.name.startsWith('[')) return judgeHeloLiteral(helo);
  if (resolver === null) return NO_DNS;
  return judgeHelo(helo, await findAddresses(helo.name, resolver, signal));
}

/** The reverse DNS of the client addresses, each as a check of its own. */
export async function reverseChecks(
  clients: readonly string[],
  resolver: Resolver | null,
  signal: AbortSignal,
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
      checkOf('reverse-dns', address, await reverseFinding(address, resolver, signal)),
    ),
  );
}

async function reverseFinding(
  address: string,
  resolver: Resolver | null,
  signal: AbortSignal,
): Promise<Finding> {
  const range = nonPublicRange(address);
  if (range !== null) return judgeInnerAddress(address, range);
  return resolver === null ? NO_DNS : judgeReverse(await lookUpReverse(address, resolver, signal));
}
