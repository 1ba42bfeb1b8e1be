import { hashOf, mixed } from './hashes.js';

/** Who writes to whom, with the hashes that stand for them. */
export interface Envelope {
  readonly sender: string;
  readonly recipient: string;
  /** Of the pair: a tuple, as far as it does not depend on the machines. */
  readonly tuple: number;
  readonly senderHash: number;
  readonly recipientHash: number;
  readonly domainHash: number;
}

/** Addresses in lower case. */
export function envelopeOf(sender: string, recipient: string): Envelope {
  const senderHash = hashOf(sender);
  const recipientHash = hashOf(recipient);
  return {
    sender,
    recipient,
    tuple: mixed(senderHash, recipientHash),
    senderHash,
    recipientHash,
    domainHash: domainHashOf(sender),
  };
}

/** Of the domain of an address. */
export function domainHashOf(address: string): number {
  return hashOf(address, address.lastIndexOf('@') + 1);
}

const SENDER = hashOf('sender');
const RECIPIENT = hashOf('recipient');
const DOMAIN = hashOf('domain');
const CLIENT = hashOf('client');

/** Hashes in the order of `KEYS`: one sender is no key that some recipient has as well. */
export function keysOf({
  tuple,
  senderHash,
  recipientHash,
  domainHash,
}: Envelope): readonly number[] {
  return [
    tuple,
    mixed(SENDER, senderHash),
    mixed(RECIPIENT, recipientHash),
    mixed(DOMAIN, domainHash),
    CLIENT,
  ];
}
