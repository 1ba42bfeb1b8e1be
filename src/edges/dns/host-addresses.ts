import { GreyprobeError } from '../../model/errors.js';
import type { MailHostWarning } from '../../model/mail-hosts-result.js';
import type { DnsAnswer, Resolver } from '../../model/ports/resolver.js';
import type { AddressFamily } from '../../model/values/address-family.js';
import { canonicalAddress } from './address-range.js';
import { warn } from './mail-host-warnings.js';

/** More addresses of one host than this are left out. */
const MAX_ADDRESSES = 32;

/** What the DNS says about the addresses of one host. */
export interface HostAddresses {
  readonly name: string;
  /** Differs from the name where that is an alias. */
  readonly canonicalName: string;
  readonly status: 'ok' | 'no-data' | 'no-such-domain' | 'not-asked';
  /** IPv4, then IPv6; each once, in the order of the answers. */
  readonly all: readonly string[];
  readonly ttlSeconds: number | null;
  readonly authenticated: boolean;
  /** Why answers are missing. The other family may have been answered. */
  readonly failures: readonly FamilyFailure[];
  readonly warnings: readonly MailHostWarning[];
}

interface FamilyFailure {
  readonly family: Exclude<AddressFamily, 'any'>;
  readonly error: GreyprobeError;
}

/** Why addresses of this family may be missing, or null. */
export function failureIn(host: HostAddresses, family: AddressFamily): GreyprobeError | null {
  const relevant = host.failures.find((one) => family === 'any' || one.family === family);
  return relevant?.error ?? null;
}

/** Asks for A and AAAA at once. A failure of the DNS is part of the result; an abort is thrown. */
export async function findAddresses(
  name: string,
  resolver: Resolver,
  signal?: AbortSignal,
): Promise<HostAddresses> {
  const asked = await Promise.all([
    settle('ipv4', resolver.text(name, 'A', signal)),
    settle('ipv6', resolver.text(name, 'AAAA', signal)),
  ]);
  const answers = asked.flatMap(({ answer }) => answer ?? []);
  const all = [...new Set(answers.flatMap((answer) => answer.data.map(canonicalAddress)))];
  const ttls = answers.flatMap((answer) => answer.ttlSeconds ?? []);
  return {
    name,
    canonicalName: answers[0]?.canonicalName ?? name,
    status: statusOf(answers),
    all: all.slice(0, MAX_ADDRESSES),
    ttlSeconds: ttls.length === 0 ? null : Math.min(...ttls),
    authenticated: answers.length > 0 && answers.every((answer) => answer.authenticated),
    failures: asked.flatMap(({ failure }) => failure ?? []),
    warnings:
      all.length > MAX_ADDRESSES ? [warn.tooManyAddresses(name, all.length, MAX_ADDRESSES)] : [],
  };
}

interface Settled {
  readonly answer: DnsAnswer<string> | null;
  readonly failure: FamilyFailure | null;
}

async function settle(
  family: FamilyFailure['family'],
  asked: Promise<DnsAnswer<string>>,
): Promise<Settled> {
  try {
    return { answer: await asked, failure: null };
  } catch (error) {
    if (!(error instanceof GreyprobeError)) throw error;
    return { answer: null, failure: { family, error } };
  }
}

function statusOf(answers: readonly DnsAnswer<string>[]): HostAddresses['status'] {
  const has = (status: DnsAnswer<string>['status']) =>
    answers.some((answer) => answer.status === status);
  if (has('ok')) return 'ok';
  return has('no-such-domain') ? 'no-such-domain' : 'no-data';
}
