import { hostname } from 'node:os';
import { DEFAULT_MANNERS, type ProbeRequest, type SenderPool } from '../../core/run/request.js';
import { parseSenderPool } from '../../core/run/sender-pool.js';
import { usageError } from '../../model/errors.js';
import type { ProbeStage, TlsPolicy } from '../../model/smtp.js';
import { addressFamily } from '../../model/values/address-family.js';
import { parseClientAddresses } from '../../model/values/client-addresses.js';
import { parseDuration } from '../../model/values/duration.js';
import { ofFlag } from '../../model/values/flag-value.js';
import { parseHelo } from '../../model/values/helo.js';
import { parseHost } from '../../model/values/host.js';
import { type Mailbox, parseMailbox } from '../../model/values/mailbox.js';
import { parseTimeout } from '../../model/values/timeout.js';

/** The flags of a probe as oclif gives them. */
export interface ProbeFlagValues {
  readonly from?: string | undefined;
  readonly helo?: string | undefined;
  readonly host?: string | undefined;
  readonly port: number;
  readonly 'source-ip'?: string | undefined;
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  readonly tls: TlsPolicy;
  readonly timeout: string;
  readonly stage: ProbeStage;
  readonly deliver: boolean;
  readonly 'retry-at'?: string | undefined;
  readonly 'max-wait': string;
  readonly resolution: string;
  readonly window?: string | undefined;
  readonly key: boolean;
  readonly 'other-recipient'?: string | undefined;
  readonly 'connections-per-hour': number;
}

const DEFAULT_CLOSING_AGES_SECONDS = [2, 4, 8, 12, 24, 48].map((hours) => hours * 3600);
const MOST_AGES = 40;

/**
 * Checks everything that the user gave, before anything happens. Throws usage errors that name the
 * value, what is wrong with it, and what to write.
 */
export function parseProbeRequest(
  recipientText: string | undefined,
  flags: ProbeFlagValues,
): ProbeRequest {
  const recipient = parseRecipient(recipientText);
  const senders = parseSenders(flags.from);
  checkStage(flags);
  return {
    recipient: recipient.address,
    domain: recipient.literalAddress ?? recipient.domain,
    senders,
    helo: readFlag(flags.helo, '--helo', parseHelo) ?? defaultHelo(senders),
    host: readFlag(flags.host, '--host', parseHost),
    port: flags.port,
    family: addressFamily(flags),
    sourceAddresses: readFlag(flags['source-ip'], '--source-ip', parseClientAddresses) ?? [],
    tls: flags.tls,
    timeoutSeconds: ofFlag('--timeout', () => parseTimeout(flags.timeout)),
    stage: flags.stage,
    deliver: flags.deliver,
    retryAtSeconds: readFlag(flags['retry-at'], '--retry-at', parseAges),
    maxWaitSeconds: ofFlag('--max-wait', () => parseDuration(flags['max-wait'])),
    resolutionSeconds: Math.max(
      0.2,
      ofFlag('--resolution', () => parseDuration(flags.resolution)),
    ),
    closingAgesSeconds: readFlag(flags.window, '--window', parseClosingAges) ?? [],
    key: flags.key,
    otherRecipient: parseOtherRecipient(flags),
    manners: { ...DEFAULT_MANNERS, connectionsPerHour: flags['connections-per-hour'] },
  };
}

/** The value of a flag that may be left out: null then. */
function readFlag<T>(text: string | undefined, flag: string, parse: (text: string) => T): T | null {
  return text === undefined ? null : ofFlag(flag, () => parse(text));
}

function parseRecipient(text: string | undefined): Mailbox {
  if (text === undefined || text === '') {
    throw usageError(
      'missing-recipient',
      'No recipient given: whose mail is deferred?',
      "Give an address, as in: greyprobe probe user@example.org --from 'probe-{nonce}@your.domain'",
    );
  }
  return parseMailbox(text);
}

function parseSenders(text: string | undefined): SenderPool {
  if (text === undefined) {
    throw usageError(
      'missing-sender',
      'No envelope sender given: greylisting depends on it.',
      "Add --from 'probe-{nonce}@your.domain' (a new word for each {nonce}), or set GREYPROBE_FROM.",
    );
  }
  return ofFlag('--from', () => parseSenderPool(text));
}

function checkStage(flags: ProbeFlagValues): void {
  if (flags.stage === 'message' && !flags.deliver) {
    throw usageError(
      'deliver-not-given',
      '--stage message sends real messages, and --deliver was not given.',
      'Add --deliver if the recipient may get them, or use --stage data.',
    );
  }
  if (flags.deliver && flags.stage !== 'message') {
    throw usageError(
      'deliver-without-message',
      '--deliver goes with --stage message only.',
      'Add --stage message, or leave --deliver out.',
    );
  }
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

function parseOtherRecipient(flags: ProbeFlagValues): string | null {
  const text = flags['other-recipient'];
  if (text === undefined) return null;
  // A flag of oclif that depends on --key would be content with its default of false.
  if (flags.key) return ofFlag('--other-recipient', () => parseMailbox(text).address);
  throw usageError(
    'other-recipient-without-key',
    '--other-recipient is tried by --key only.',
    'Add --key, or leave --other-recipient out.',
  );
}

/** Ages with commas between, ascending and without repeats. */
export function parseAges(text: string): readonly number[] {
  const parts = text.split(',').filter((part) => part.trim() !== '');
  if (parts.length === 0) {
    throw usageError('bad-duration', 'No ages given.', 'Write them with units: 30s,1m,5m.');
  }
  const ages = parts.map(parseDuration);
  if (ages.some((age) => age <= 0)) {
    throw usageError(
      'bad-duration',
      'An age of zero is the first attempt itself.',
      'Leave it out.',
    );
  }
  if (ages.length > MOST_AGES) {
    throw usageError('bad-duration', `More than ${MOST_AGES} ages are not polite.`, 'Give fewer.');
  }
  return [...new Set(ages)].sort((a, b) => a - b);
}

function parseClosingAges(text: string): readonly number[] {
  return text === 'default' ? DEFAULT_CLOSING_AGES_SECONDS : parseAges(text);
}
