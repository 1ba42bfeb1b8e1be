import type { InitResult } from '../../contract/init-result.js';
import type { SenderPool } from '../../core/run/request.js';
import { writeNewFile } from '../../edges/system/write-file.js';
import { GreyprobeError, usageError } from '../../model/errors.js';
import { bareRecipient } from '../../model/values/given-address.js';
import { parseMailbox } from '../../model/values/mailbox.js';

/** What a configuration begins with: what was given, else examples to be replaced. */
export interface Known {
  readonly recipients: readonly string[];
  readonly from?: SenderPool | undefined;
}

const FILE = 'greyprobe.yaml';
const FRESH_SENDERS: SenderPool = { kind: 'template', template: 'probe-{nonce}@your.domain' };

/**
 * Writes a configuration with comments, `greyprobe.yaml` of this folder where none is named. Throws
 * `file-exists`, `output-failed`, and usage errors for what is no address.
 */
export async function initialise(file: string = FILE, known: Known): Promise<InitResult> {
  for (const recipient of known.recipients) parseMailbox(bareRecipient(recipient));
  await writeNewFile(file, initialConfig(known)).catch((error: unknown) => {
    if (!(error instanceof GreyprobeError) || error.code !== 'file-exists') throw error;
    throw usageError(error.code, error.message, 'Give another name: --config other.yaml.');
  });
  return { schema: 'greyprobe.init-result.v1', file };
}

/** A configuration to begin with, as YAML. */
export function initialConfig({ recipients, from = FRESH_SENDERS }: Known): string {
  const [first = 'user@example.org', ...others] = recipients;
  return `# What greyprobe check probes, and what it expects.
# Every key: man greyprobe.yaml, or docs/ci.md and docs/settings.md.

# For all targets that do not say otherwise.
defaults:
  # The envelope sender. {nonce} becomes a new word at each try: fresh senders prove what was found.
  from: ${quoted(from.kind === 'template' ? from.template : from.addresses.join(','))}
  # The name to say in EHLO: best that of the server that sends your mail.
  # helo: mail.your.domain
  # The DNS server to ask, where it is not the system's.
  # resolver: 192.0.2.53

targets:
  # A real recipient, of yours or of somebody who agreed. No message is sent.
  - recipient: ${quoted(first)}
    # What reports call it.
    # name: our own MX
    expect:
      # greylisted, accepted, deferred, rejected, unreachable or no-mail-service; a list means any of these.
      verdict: [greylisted, accepted]
      # A retry after this time is let in. Durations have a unit: 90s, 5m, 1h30m.
      opensNoLaterThan: 6m
      # The longest delay of mail from this sender: see greyprobe senders.
      # landsWithin: { postfix: 20m, "exchange 2019": 20m }
      # As the last run that is kept has found it.
      # unchanged: true
    # Known to be bad: what fails until then is shown, and fails nothing.
    # suppressed: { until: 2027-01-31, reason: "they move to a new host" }
${others.map((recipient) => `  - recipient: ${quoted(recipient)}\n    expect: { opensNoLaterThan: 6m }\n`).join('')}`;
}

/** A text of YAML, which JSON is too. A dollar before a brace would name a variable. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('${', '$$$${');
}
