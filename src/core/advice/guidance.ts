import type { DeferralClass } from '../greylist/hypothesis.js';

/** What a class means, and what people can do about it; sentences of one line or two. */
export interface Guidance {
  readonly meaning: string;
  readonly actions: readonly string[];
}

const GUIDANCE: Readonly<Record<DeferralClass, Guidance>> = {
  greylisting: {
    meaning: 'The server refuses a sender that it meets for the first time, and accepts a retry.',
    actions: [
      'Wait: the message passes when the sender tries again after the delay.',
      'Measure the delay with the command below, then fit the retry settings of the sender to it.',
    ],
  },
  'rate-limit': {
    meaning: 'The server allows so many messages in a time, and this sender had more.',
    actions: ['Send slower to this domain: fewer messages an hour, one connection at a time.'],
  },
  reputation: {
    meaning:
      'The server distrusts the address or the domain of the sender: a block list or a score.',
    actions: [
      'Look the sending address up in the list that the reply names, and ask to be taken off.',
      'Retries do not cure this.',
    ],
  },
  'reverse-dns': {
    meaning: 'The sending address has no reverse DNS name, or one that does not lead back to it.',
    actions: ['Set a PTR record for the sending address, and an address record for that name.'],
  },
  helo: {
    meaning: 'The server does not accept the name that the sender gives in HELO or EHLO.',
    actions: ['Let the sender greet with its full host name, one that resolves in DNS.'],
  },
  'sender-domain': {
    meaning: 'The domain of the sender address does not resolve, or cannot take mail.',
    actions: ['Check MX and address records of the sender domain, and that its servers answer.'],
  },
  'address-verification': {
    meaning: 'The server is still checking whether an address exists.',
    actions: [
      'Wait: the check usually ends within minutes.',
      'Check that the mail host of the sender address answers such checks.',
    ],
  },
  'mailbox-full': {
    meaning: 'The mailbox of the recipient has no room.',
    actions: ['Tell the recipient by another way; retries help once there is room again.'],
  },
  'mailbox-state': {
    meaning: 'The mailbox cannot take mail now: closed, moved, busy or over a limit of its own.',
    actions: ['Wait, and ask the operator of the mailbox if it lasts.'],
  },
  system: {
    meaning: 'The server has trouble of its own: load, disk, DNS, or a part that does not answer.',
    actions: ['Wait: only the operator of that server can mend it.'],
  },
  'milter-failure': {
    meaning: 'A filter of the server does not answer.',
    actions: ['Wait, and tell the operator of that server if it lasts.'],
  },
  content: {
    meaning: 'The server judges the message itself: spam or virus filters.',
    actions: ['Look at links, attachments and signatures (SPF, DKIM, DMARC) of the message.'],
  },
  'tls-required': {
    meaning: 'The server takes mail over an encrypted connection only.',
    actions: ['Let the sender use STARTTLS for this domain.'],
  },
  'too-many-connections': {
    meaning: 'The server has too many connections, of this sender or in all.',
    actions: ['Use fewer connections at the same time to this host.'],
  },
  postscreen: {
    meaning: 'The first check of Postfix wants the client to come back after a good session.',
    actions: [
      'Wait: the next connection passes; there is no delay to measure.',
      'Retry from the same address: the pass belongs to it.',
    ],
  },
  policy: {
    meaning: 'A rule of the server refuses this message, sender or recipient.',
    actions: ['Ask the operator of that server which rule it was.'],
  },
  unknown: {
    meaning: 'The words do not say why.',
    actions: ['Measure with the command below: behaviour tells what the words do not.'],
  },
};

const OPEN: Guidance = {
  meaning: 'The words allow more than one reading; only behaviour can tell.',
  actions: ['Measure with the command below: a fresh sender beside an aged one settles it.'],
};

/** 5yz: whatever the cause, a retry does not help. */
const REFUSED = 'Do not retry: the refusal is for good (5yz).';

/** Classes that mean something else where the refusal is for good. */
const REFUSED_GUIDANCE: { readonly [name in DeferralClass]?: Guidance } = {
  'address-verification': {
    meaning: 'The server says that there is no such address.',
    actions: ['Look for a typing error in the address.'],
  },
  'mailbox-state': {
    meaning: 'The mailbox takes no mail: closed, moved or disabled.',
    actions: ['Ask the recipient by another way for an address that works.'],
  },
};

/** No connection came about. */
const UNANSWERED: Guidance = {
  meaning: 'No mail server answered, so this is not greylisting.',
  actions: [
    'See where the mail of the domain goes with `greyprobe mx` and whether the host answers.',
  ],
};

/** There was a connection, and it ended without a reply. */
const BROKEN_OFF: Guidance = {
  meaning: 'The connection ended before a reply, so the cause is not known.',
  actions: ['Wait for the next try; if it lasts, measure with the command below.'],
};

const WITHOUT_TLS: Guidance = {
  meaning: 'The sender wants an encrypted connection and did not get one; this is not greylisting.',
  actions: [
    'See what the host offers after EHLO, and which TLS policy the sender has for this domain.',
  ],
};

/** The sender's own words, with no reply of the other side. */
const UNTOLD: Guidance = {
  meaning: 'The source does not have the reply of the other side, so the cause is not known.',
  actions: [
    'Look in the log of the sender for an earlier refusal of this recipient, and explain that.',
    'Measure with the command below.',
  ],
};

const CONNECTED =
  /while (?:sending|receiving|performing)|closed connection|lost connection|in response to/i;
const TLS = /(?<!\w)(?:START)?TLS(?!\w)|certificate/i;
const NOT_CONNECTED =
  /connect|timed out|refused|unreachable|no route|name service|not found|look ?up|resolve|(?<!\w)DNS(?!\w)/i;

/** The domain says that it takes no mail (RFC 7505). */
const NO_MAIL: Guidance = {
  meaning: 'The domain takes no mail at all (null MX), so this is not greylisting.',
  actions: [
    'Do not send again: no retry can help.',
    'Ask the recipient by another way for an address that works.',
  ],
};

const NO_MAIL_WORDS = /null ?mx|does(?:n't| not) (?:receive|accept|take) (?:any )?e?-?mail/i;

/** True where the words say that the domain takes no mail. */
export function noMailService(failure: string): boolean {
  return NO_MAIL_WORDS.test(failure);
}

/** What to say where there is no reply, by the words that the sender has for it. */
export function guidanceWithoutReply(failure: string): Guidance {
  if (noMailService(failure)) return NO_MAIL;
  if (CONNECTED.test(failure)) return BROKEN_OFF;
  if (TLS.test(failure)) return WITHOUT_TLS;
  return NOT_CONNECTED.test(failure) ? UNANSWERED : UNTOLD;
}

/** True where the words say that nobody answered. */
export function nobodyAnswered(failure: string): boolean {
  return guidanceWithoutReply(failure) === UNANSWERED;
}

/** What to say about a finding whose best hypothesis is of this class. */
export function guidanceFor(
  best: DeferralClass,
  facts: { readonly open: boolean; readonly permanent: boolean },
): Guidance {
  if (facts.permanent) {
    const { meaning, actions } = REFUSED_GUIDANCE[best] ?? GUIDANCE[best];
    const kept = actions.filter((action) => !/^Wait|^Retries|command below/.test(action));
    return { meaning, actions: [...kept, REFUSED] };
  }
  return facts.open && best !== 'unknown' ? OPEN : GUIDANCE[best];
}
