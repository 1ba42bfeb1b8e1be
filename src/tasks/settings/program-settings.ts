import type { ProbeRequest } from '../../core/run/request.js';
import type { ProbeStage, TlsPolicy } from '../../model/smtp.js';
import type { AddressFamily } from '../../model/values/address-family.js';
import { flagName } from './probe-settings.js';
import { settingsFromFlags } from './read-settings.js';
import { toRequest } from './to-request.js';

/**
 * The settings of a probe as a program gives them: named as in a configuration, and written as there
 * (`maxWait: '30m'`). What is left out is as the command has it.
 */
export interface ProgramSettings {
  /** Envelope sender: an address, several with commas between, or a template with `{nonce}`. */
  readonly from: string;
  /** What sends the mail: its advice comes first. */
  readonly for?: string | undefined;
  readonly helo?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly sourceIp?: string | undefined;
  readonly family?: AddressFamily | undefined;
  readonly tls?: TlsPolicy | undefined;
  readonly timeout?: string | undefined;
  readonly stage?: ProbeStage | undefined;
  readonly deliver?: boolean | undefined;
  readonly retryAt?: string | undefined;
  readonly maxWait?: string | undefined;
  readonly resolution?: string | undefined;
  readonly closingAt?: string | undefined;
  /** The former name of `closingAt`. */
  readonly window?: string | undefined;
  readonly key?: boolean | undefined;
  readonly otherRecipient?: string | undefined;
  readonly connectionsPerHour?: number | undefined;
}

/** Checks everything, and throws usage errors as the command does. */
export function requestOf(
  recipient: string,
  { family = 'any', window, closingAt = window, ...settings }: ProgramSettings,
): ProbeRequest {
  const given = Object.entries({ ...settings, closingAt });
  const flags = Object.fromEntries(given.map(([name, written]) => [flagName(name), written]));
  return toRequest(recipient, settingsFromFlags({ ...flags, [family]: true }));
}
