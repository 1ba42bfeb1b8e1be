import type { Assessment } from '../core/evidence/assess.js';
import { type KeyFinding, keyFindings } from '../core/evidence/key.js';
import { CHANGED_PARTS } from '../core/plan/step.js';
import type { RunState } from '../core/run/state.js';
import type { ProbeResult } from './probe-result.js';

type KeyResult = NonNullable<ProbeResult['key']>[number];

const NAMES = {
  sender: 'the envelope sender',
  helo: 'the HELO name',
  recipient: 'the recipient',
  client: 'the client address, or its network',
} as const;

/** What --key has found: the sender from the controls, the other parts from variants. */
export function keyResults(state: RunState, assessment: Assessment): ProbeResult['key'] {
  if (!state.request.key) return null;
  const found = keyFindings(state);
  const others = CHANGED_PARTS.map(
    (part) => found.find((one) => one.part === part) ?? { part, inKey: null, attempt: null },
  );
  return [senderFinding(assessment), ...others].map((finding) =>
    described(finding, whatIsMissing(finding.part, state, assessment)),
  );
}

function senderFinding({ contrast, observed, known }: Assessment): KeyFinding {
  const letsAllIn = observed.has('fresh-passed-too') && known.length === 0;
  const inKey = contrast !== null ? true : letsAllIn ? false : null;
  return { part: 'sender', inKey, attempt: contrast?.deferred.attempt.n ?? null };
}

function described(finding: KeyFinding, missing: string): KeyResult {
  const name = NAMES[finding.part];
  const says =
    finding.inKey === null
      ? `Not shown whether it looks at ${name}: ${missing}.`
      : `It ${finding.inKey ? 'looks' : 'does not look'} at ${name}.`;
  return { part: finding.part, inKey: finding.inKey, says, attempt: finding.attempt };
}

/** Why a part was not shown, with the flag that shows it where one is missing. */
function whatIsMissing(
  part: KeyFinding['part'],
  { request }: RunState,
  { pass }: Assessment,
): string {
  if (pass === null) return 'no retry passed';
  const { senders, otherRecipient, sourceAddresses } = request;
  if (part === 'sender' && senders.kind === 'list' && senders.addresses.length === 1) {
    return 'that takes a pool of senders';
  }
  if (part === 'recipient' && otherRecipient === null) {
    return 'that takes --other-recipient with a second real recipient';
  }
  if (part === 'client' && sourceAddresses.length < 2) {
    return 'that takes --source-ip with a second address';
  }
  return 'that takes a run in which a tuple is left to try it with';
}
