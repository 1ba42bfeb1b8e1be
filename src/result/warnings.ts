import type { Warning } from '../model/mail-host.js';
import type { Assessment } from '../probe/assess.js';
import { clockJumpWarnings } from '../probe/clock-jumps.js';
import type { RunState } from '../probe/state.js';
import type { VerdictKind } from './probe-result.js';
import { secondsText } from './seconds-text.js';

type Check = (
  state: RunState,
  assessment: Assessment,
  kind: VerdictKind,
) => Warning | readonly Warning[] | null;

/** Everything the user should know of a run, each with the next thing to try. Pure. */
export function warningsOf(
  state: RunState,
  assessment: Assessment,
  kind: VerdictKind,
): readonly Warning[] {
  const found = CHECKS.flatMap((check) => check(state, assessment, kind) ?? []);
  return [...state.warnings, ...found];
}

const CHECKS: readonly Check[] = [
  (state) =>
    (state.hostsFailed?.suggestions ?? []).map((message) => ({ code: 'try-next', message })),
  clockJumpWarnings,
  (state) => {
    const blocked =
    request.port === 25
      ? 'Many networks block port 25 to the outside.'
      : `Mail hosts listen on port 25, not on ${request.port}; and many networks block port 25 to the outside.`;
  return {
    code: 'nothing-reachable',
    message: `${blocked} Try it from the sending mail server itself; 'greyprobe demo' shows the program without the network.`,
  };
}

function poolSize(state: RunState): number {
  const { senders } = state.request;
  return senders.kind === 'template' ? Number.POSITIVE_INFINITY : senders.addresses.length;
}

function oldest({ seen }: Assessment): number {
  return seen.reduce((most, one) => Math.max(most, one.age.low), 0);
}
