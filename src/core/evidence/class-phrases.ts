import type { DeferralClass } from '../greylist/hypothesis.js';

/** What each class means for the sender, to stand after a colon. */
export const CLASS_PHRASES: Readonly<Record<DeferralClass, string>> = {
  greylisting: 'it makes new senders wait',
  'rate-limit': 'it limits how much this client may send; sending less helps, waiting may',
  reputation: 'it distrusts this client or sender, by a block list or its own record',
  'reverse-dns': 'it wants a valid reverse DNS name for this client address',
  helo: 'it does not accept the HELO name',
  'sender-domain': 'it cannot resolve or verify the sender domain',
  'address-verification': 'it is verifying an address elsewhere, or could not',
  'mailbox-full': 'the mailbox is full or over quota',
  'mailbox-state': 'the mailbox is not available for now',
  system: 'it has trouble of its own',
  'milter-failure': 'one of its content filters does not work',
  content: 'it does not like the content',
  'tls-required': 'it wants an encrypted connection',
  'too-many-connections': 'it has too many connections for now',
  postscreen: 'it tests new clients before it lets them in',
  policy: 'a local policy',
  unknown: 'the reply does not say why',
};
