import { hostname } from 'node:os';
import { type ProbeRequest, requestFor, type SenderPool } from '../../core/run/request.js';
import { usageError } from '../../model/errors.js';
import { bareRecipient } from '../../model/values/given-address.js';
import { parseHelo } from '../../model/values/helo.js';
import { type Mailbox, parseMailbox } from '../../model/values/mailbox.js';
import { type ProbeSettings, requestChanges } from './probe-settings.js';

/**
 * The request that somebody's settings make, checked as a whole before anything happens. What is not
 * given is as `requestFor` has it. Throws usage errors.
 */
export function toRequest(
  recipientText: string | undefined,
  settings: ProbeSettings,
): ProbeRequest {
  const { address, domain, literalAddress } = parseRecipient(recipientText);
  const senders = givenSenders(settings);
  refuseHalfDelivery(settings);
  refuseIdleRecipient(settings);
  return requestFor(
    {
      recipient: address,
      domain: literalAddress ?? domain,
      senders,
      helo: settings.helo ?? defaultHelo(senders),
    },
    requestChanges(settings),
  );
}

function parseRecipient(text: string | undefined): Mailbox {
  if (text === undefined || text === '') {
    throw usageError(
      'missing-recipient',
      'No recipient given: whose mail is deferred?',
      "Give an address, as in: greyprobe probe user@example.org --from 'probe-{nonce}@your.domain'",
    );
  }
  return parseMailbox(bareRecipient(text));
}

function givenSenders({ from }: ProbeSettings): SenderPool {
  if (from !== undefined) return from;
  throw usageError(
    'missing-sender',
    'No envelope sender given: greylisting depends on it.',
    "Add --from 'probe-{nonce}@your.domain' (a new word for each {nonce}), or set GREYPROBE_FROM.",
  );
}

function refuseHalfDelivery({ stage, deliver = false }: ProbeSettings): void {
  if (stage === 'message' && !deliver) {
    throw usageError(
      'deliver-not-given',
      '--stage message sends real messages, and --deliver was not given.',
      'Add --deliver if the recipient may get them, or use --stage data.',
    );
  }
  if (deliver && stage !== 'message') {
    throw usageError(
      'deliver-without-message',
      '--deliver goes with --stage message only.',
      'Add --stage message, or leave --deliver out.',
    );
  }
}

/** A flag of oclif that depends on --key would be content with its default of false. */
function refuseIdleRecipient({ key = false, otherRecipient }: ProbeSettings): void {
  if (otherRecipient === undefined || key) return;
  throw usageError(
    'other-recipient-without-key',
    '--other-recipient is tried by --key only.',
    'Add --key, or leave --other-recipient out.',
  );
}

/** This machine's name where it is a full one; else the sender's domain. */
export function defaultHelo(senders: SenderPool, machine: string | null = machineHelo()): string {
  if (machine !== null) return machine;
  const sender = senders.kind === 'template' ? senders.template : (senders.addresses[0] ?? '');
  return parseHelo(sender.slice(sender.lastIndexOf('@') + 1));
}

/** A machine's name as it can be said in EHLO, or null where it is not a full one. */
export function machineHelo(name: string = hostname()): string | null {
  try {
    return parseHelo(name);
  } catch {
    // Without a dot, with an underscore, an address: what a machine is called nobody chose for EHLO.
    return null;
  }
}
