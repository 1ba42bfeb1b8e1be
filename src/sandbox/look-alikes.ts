import {
  acceptsAll,
  busyAtConnect,
  checksHelo,
  limitsRate,
  mailboxFull,
  outageUntil,
  rejectsRecipient,
  verifiesRecipients,
  wantsReverseDns,
} from './behaviours.js';
import type { MailHostBehaviour } from './mail-host-behaviour.js';
import type { SandboxHost } from './start.js';
import type { Zone } from './zone.js';

/** A domain of the sandbox that looks like greylisting, or does not, and is something else. */
interface LookAlike {
  readonly label: string;
  readonly says: string;
  does(nowMs: number): MailHostBehaviour | 'refuses-connections';
}

const LOOK_ALIKES: readonly LookAlike[] = [
  { label: 'open', says: 'accepts at once', does: acceptsAll },
  { label: 'full', says: 'the mailbox is full', does: () => mailboxFull() },
  { label: 'rdns', says: 'wants reverse DNS', does: wantsReverseDns },
  { label: 'helo', says: 'does not know the HELO name', does: checksHelo },
  { label: 'verify', says: 'verifies the recipient for 20 s', does: () => verifiesRecipients(20) },
  {
    label: 'outage',
    says: 'is out of order for a minute from now',
    does: (nowMs) => outageUntil(nowMs + 60_000),
  },
  { label: 'rate', says: 'takes two transactions a minute', does: () => limitsRate(2, 60) },
  { label: 'busy', says: 'answers 421 to every connection', does: busyAtConnect },
  { label: 'reject', says: 'rejects for good', does: rejectsRecipient },
  { label: 'closed', says: 'refuses connections', does: () => 'refuses-connections' },
];

/** Neighbour domains of a sandbox and what they do. */
export interface Neighbourhood {
  readonly hosts: readonly SandboxHost[];
  readonly names: Zone;
  readonly says: readonly { readonly domain: string; readonly says: string }[];
}

/**
 * A host for each look-alike, at the addresses after `address` (127.x.y.z), as `LABEL.domain`; and
 * `null.domain` with a null MX (RFC 7505).
 */
export function lookAlikes(domain: string, address: string, nowMs: number): Neighbourhood {
  const nullDomain = `null.${domain}`;
  return {
    hosts: LOOK_ALIKES.map(({ label, does }, index) => ({
      name: `mx.${label}.${domain}`,
      preference: 10,
      address: addressAfter(address, index + 1),
      does: does(nowMs),
      domain: `${label}.${domain}`,
    })),
    names: { [nullDomain]: { MX: [[0, '']] } },
    says: [
      ...LOOK_ALIKES.map(({ label, says }) => ({ domain: `${label}.${domain}`, says })),
      { domain: nullDomain, says: 'takes no mail (null MX)' },
    ],
  };
}

/** The IPv4 address so many further on; 127.0.0.0/8 is loopback throughout on Linux. */
function addressAfter(address: string, steps: number): string {
  const value = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0) + steps;
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}
