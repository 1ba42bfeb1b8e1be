import type { HostOrigin, MailHost, PinnedHost, Warning } from '../../model/mail-host.js';
import type { SessionFacts } from '../../model/ports/dialer.js';
import type { Failure, Reply, Stage } from '../../model/smtp.js';
import type { Stamp } from '../../model/time.js';
import type { Role, Tuple } from '../../model/tuple.js';
import type { ProbeRequest } from './request.js';

/**
 * Everything that happens in a run, in order. The journal is these, one a line; the state of a run
 * is their fold; every report is made from the state. Nothing else about a run is kept anywhere.
 */
export type ProbeEvent =
  | RunStarted
  | RunResumed
  | HostsResolved
  | HostsFailed
  | HostPinned
  | SessionStarted
  | SessionOpened
  | AttemptStarted
  | AttemptFinished
  | SessionEnded
  | RunPaused
  | RunFinished;

interface Happened {
  readonly at: Stamp;
}

export interface RunStarted extends Happened {
  readonly type: 'run-started';
  /** Sortable and unique: time and a random word. */
  readonly run: string;
  /** Names the boot of the machine since which the monotonic clock counts, where that is known. */
  readonly boot?: string;
  readonly request: ProbeRequest;
}

/** Another process took the run over; its stamps carry the next segment number. */
interface RunResumed extends Happened {
  readonly type: 'run-resumed';
  /** As in `run-started`: the same one means the same monotonic clock. */
  readonly boot?: string;
  readonly warnings: readonly Warning[];
}

interface HostsResolved extends Happened {
  readonly type: 'hosts-resolved';
  readonly mailHosts: readonly MailHost[];
  readonly warnings: readonly Warning[];
}

/** The domain takes no mail, or the DNS gave no answer: the run ends. */
export interface HostsFailed extends Happened {
  readonly type: 'hosts-failed';
  readonly kind: 'no-mail-service' | 'dns-failure';
  readonly code: string;
  readonly message: string;
  readonly suggestions: readonly string[];
}

/** The run (or one part of it, under --all-hosts) now measures this address. */
interface HostPinned extends Happened {
  readonly type: 'host-pinned';
  readonly host: PinnedHost;
  readonly origin: HostOrigin;
}

interface SessionStarted extends Happened {
  readonly type: 'session-started';
  /** 1, 2, ... within the run; one connection each. */
  readonly session: number;
  readonly host: PinnedHost;
  readonly sourceAddress: string | null;
  /** When the planner wanted it, in milliseconds of this segment's monotonic clock; null: at once. */
  readonly dueMonotonicMs: number | null;
  /** Why the planner asked for it, in a few words. */
  readonly purpose: string;
}

interface SessionOpened extends Happened {
  readonly type: 'session-opened';
  readonly session: number;
  readonly facts: SessionFacts;
}

interface AttemptStarted extends Happened {
  readonly type: 'attempt-started';
  /** 1, 2, ... within the run. */
  readonly n: number;
  readonly session: number;
  readonly tuple: Tuple;
  readonly role: Role;
}

interface AttemptFinished extends Happened {
  readonly type: 'attempt-finished';
  readonly n: number;
  readonly stage: Stage;
  readonly reply: Reply | null;
  readonly failure: Failure | null;
  readonly sent: Stamp;
  readonly replied: Stamp;
}

interface SessionEnded extends Happened {
  readonly type: 'session-ended';
  readonly session: number;
  /** The 421 with which the host ended it, where that was the answer to no command of ours. */
  readonly unasked?: Reply;
}

/** The process ends, the run does not: interrupted, or told not to wait. */
export interface RunPaused extends Happened {
  readonly type: 'run-paused';
  readonly reason: 'interrupted' | 'not-yet';
  readonly dueWallMs: number | null;
}

export interface RunFinished extends Happened {
  readonly type: 'run-finished';
  readonly reason: FinishReason;
}

export const FINISH_REASONS = [
  'answered',
  'waited-long-enough',
  'throttled',
  'rejected',
  'unreachable',
  'no-mail-service',
] as const;
export type FinishReason = (typeof FINISH_REASONS)[number];
