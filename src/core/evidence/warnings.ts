import type { Warning } from '../../model/mail-host.js';
import type { FailureCode } from '../../model/smtp.js';
import { secondsText } from '../../model/values/seconds-text.js';
import { hasAlikeSenders, poolSize } from '../run/probe-senders.js';
import type { RunState } from '../run/state.js';
import type { Assessment } from './assess.js';
import { PROOF_CHANCE } from './chance.js';
import { clockJumpWarnings } from './clock-jumps.js';
import { machineNames } from './machines.js';
import type { VerdictKind } from './verdict-schema.js';

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

/** Less of the opening than this between two lower edges is not worth a word. */
const UNPROVED_RATIO = 0.05;

const CHECKS: readonly Check[] = [
  (state) =>
    (state.hostsFailed?.suggestions ?? []).map((message) => ({ code: 'try-next', message })),
  clockJumpWarnings,
  (state) => {
    const blocked = state.attempts.filter(
      (one) => one.end?.stage === 'connect' && one.end.failure !== null,
    );
    const name = state.pinned?.name;
    return state.pinned !== null && blocked.some((one) => one.host.name !== name)
      ? {
          code: 'first-host-unreachable',
          message: `${blocked[0]?.host.name} could not be reached, ${name} was measured. Some sites leave the first host closed on purpose (nolisting): senders then lose time at each try.`,
        }
      : null;
  },
  (state, _, kind) =>
    kind === 'unreachable' && state.hostsFailed === null && state.finished !== null
      ? unreachableHint(state)
      : null,
  ({ request: { senders } }) =>
    hasAlikeSenders(senders)
      ? {
          code: 'alike-senders',
          message:
            'Some servers take senders for one that differ only in digits or after a +, so that a control is none. Of such senders one is used, unless all are alike. Give senders that differ in letters, or a template with {nonce} before any +.',
        }
      : null,
  (state, assessment) =>
    assessment.pass !== null && poolSize(state.request.senders) === 1
      ? {
          code: 'one-sender',
          message:
            "With one sender a fault that cleared by itself looks the same. --from 'probe-{nonce}@your.domain' proves it with fresh senders.",
        }
      : null,
  ({ request: { senders } }, assessment) => {
    const count = poolSize(senders);
    const isShort = count > 1 && Number.isFinite(count) && assessment.chance > PROOF_CHANCE;
    return assessment.pass !== null && isShort && !assessment.observed.has('fresh-passed-too')
      ? {
          code: 'few-senders',
          message: `${count} senders are too few to rule out chance. --from 'probe-{nonce}@your.domain' gives as many as are wanted.`,
        }
      : null;
  },
  (_, assessment) =>
    assessment.clientLetIn && assessment.contrast !== null
      ? {
          code: 'client-let-in',
          message:
            'The first pass let more than its sender in: a fresh sender passed right after it. What was accepted later proves nothing and is left out, so the bracket stays as wide as the last step. Wait until the server forgets this client before you measure again.',
        }
      : null,
  (_, assessment) =>
    assessment.observed.has('fresh-passed-too') &&
    assessment.known.length === 0 &&
    assessment.pass !== null
      ? {
          code: 'fresh-passed-too',
          message:
            'A fresh sender passed at the same time, so this is greylisting by client address or a fault that cleared. --source-ip with a second address tells them apart.',
        }
      : null,
  (_, assessment) => {
    const rejected = assessment.seen.find((one) => one.end.outcome === 'rejected');
    return rejected !== undefined && assessment.pass !== null
      ? {
          code: 'rejected-later',
          message: `A sender passed, and attempt ${rejected.attempt.n} was rejected for good. The host may have taken offence at the probe: look what it says before you run it again.`,
        }
      : null;
  },
  (_, assessment) =>
    assessment.inference.earlyRetryHarms === true
      ? {
          code: 'early-retry-harms',
          message:
            'A try before the window opens makes the sender wait longer. The first retry must be late enough by itself.',
        }
      : null,
  (_, assessment) =>
    assessment.seen.length > 0 && assessment.inference.timers.length === 0
      ? {
          code: 'contradictory',
          message:
            'The answers fit no known way of greylisting, so no window is given. Several servers behind one address, or a random fault, look like this. Run it again later.',
        }
      : null,
  (state, assessment) => {
    const names = machineNames(state, state.pinned);
    return assessment.deferral !== null && names.length > 1
      ? {
          code: 'several-machines',
          message: `Several machines answer at this address (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', ...' : ''}). Where each keeps a list of its own, a retry is refused by one that has not met the sender, so that the window opens earlier than a run may see. Run it again and compare; --host measures one machine, if it has an address of its own.`,
        }
      : null;
  },
  ({ request }, { inference, pass }) => {
    const { afterSeconds, bySeconds } = inference.opens;
    const refused = inference.refusedUntil ?? 0;
    const least = Math.max(request.resolutionSeconds, (bySeconds ?? 0) * UNPROVED_RATIO);
    return pass !== null && bySeconds !== null && refused - (afterSeconds ?? 0) > least
      ? {
          code: 'lower-edge',
          message: `Tries up to ${secondsText(refused)} were refused, but ${afterSeconds === null ? 'none of them' : `only those up to ${secondsText(afterSeconds)}`} surely by the list that let a retry pass at ${secondsText(bySeconds)}. Several machines behind the address, or a list that had forgotten the sender or counts otherwise, look the same.`,
        }
      : null;
  },
  (state, assessment, kind) =>
    kind === 'greylisted' &&
    assessment.pass === null &&
    state.finished?.reason === 'waited-long-enough'
      ? {
          code: 'not-opened',
          message: `No retry passed up to ${secondsText(oldest(assessment))}. --max-wait or --retry-at looks further.`,
        }
      : null,
  ({ attempts }) => {
    const refused = attempts.find((one) => one.end?.failure?.code === 'session-limit');
    return refused === undefined
      ? null
      : {
          code: 'session-limit',
          message: `${refused.end?.failure?.message ?? ''} From then on greyprobe made one transaction a connection, which proves less: a fresh sender and an old one cannot be held against each other in one moment.`,
        };
  },
  (state) =>
    state.finished?.reason === 'throttled'
      ? {
          code: 'throttled',
          message:
            'The server asked to stop, so greyprobe stopped. Wait an hour or more, then use fewer tries (--retry-at).',
        }
      : null,
  (state, _, kind) =>
    kind === 'accepted' && state.request.stage === 'rcpt'
      ? {
          code: 'rcpt-only',
          message:
            'Content filters defer after DATA or after the message. --stage data looks one step further; --stage message --deliver sends a real message.',
        }
      : null,
  (state, _, kind) =>
    kind === 'accepted' && /^(?:postmaster|abuse)@/iu.test(state.request.recipient)
      ? {
          code: 'exempt-recipient',
          message:
            'postmaster@ and abuse@ are often exempt from greylisting. Try an ordinary recipient.',
        }
      : null,
  (_, assessment) =>
    assessment.pass !== null
      ? {
          code: 'whole-seconds',
          message:
            'Many servers count whole seconds, and let a sender pass up to 1 s before its exact age. The bounds are rounded so that they hold for these too.',
        }
      : null,
];

/** What to try where no host could be measured: by the failure that greyprobe can tell most about. */
function unreachableHint({ attempts, request }: RunState): Warning {
  const codes = new Set(attempts.flatMap((one) => one.end?.failure?.code ?? []));
  const known = FAILURE_HINTS.find((hint) => hint.of.some((code) => codes.has(code)));
  if (known !== undefined) return { code: known.code, message: known.message };
  const ports =
    request.port === 25
      ? 'Many networks block port 25 to the outside.'
      : `Mail hosts listen on port 25, not on ${request.port}; and many networks block port 25 to the outside.`;
  return {
    code: 'nothing-reachable',
    message: `${ports} Try it from the sending mail server itself; 'greyprobe demo' shows the program without the network.`,
  };
}

const FAILURE_HINTS: readonly (Warning & { readonly of: readonly FailureCode[] })[] = [
  {
    of: ['machine-limit'],
    code: 'machine-limit',
    message:
      'This machine has reached a limit of its own, so nothing is known of the mail host. Raise the limit or end other programs, then run it again.',
  },
  {
    of: ['source-address'],
    code: 'source-address',
    message: 'This machine cannot connect from the address of --source-ip. Give one of its own.',
  },
  {
    of: ['tls-not-offered'],
    code: 'no-tls',
    message: 'The mail host answers, but offers no STARTTLS. Without --tls require it is measured.',
  },
  {
    of: ['tls-failed'],
    code: 'no-tls',
    message: 'The mail host answers, but STARTTLS fails there. --tls never measures it without.',
  },
  {
    of: ['tls-plaintext-injected'],
    code: 'no-tls',
    message:
      'Plain text came between STARTTLS and the handshake: somebody may be tampering. Try it from another network.',
  },
  {
    of: ['smtputf8-not-offered'],
    code: 'no-smtputf8',
    message: 'The mail host takes ASCII addresses only. Give a recipient and senders in ASCII.',
  },
  {
    of: ['garbled-reply', 'reply-too-long'],
    code: 'not-smtp',
    message:
      'What answers there does not speak SMTP as a mail host does. --verbose shows the conversation; check --host and --port.',
  },
];

function oldest({ seen }: Assessment): number {
  return seen.reduce((most, one) => Math.max(most, one.age.low), 0);
}
