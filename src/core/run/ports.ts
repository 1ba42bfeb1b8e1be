import type { GreyprobeError } from '../../model/errors.js';
import type { MailHost, Warning } from '../../model/mail-host.js';
import type { Clock } from '../../model/ports/clock.js';
import type { Dialer } from '../../model/ports/dialer.js';
import type { Random } from '../../model/ports/random.js';
import type { Visits } from '../../model/ports/visits.js';
import type { PlannedSession } from '../plan/step.js';
import type { ProbeEvent } from './events.js';
import type { ProbeRequest } from './request.js';
import type { RunState } from './state.js';

/** Where the mail of a request goes: the hosts, or why there is none. */
export type Located =
  | {
      readonly kind: 'hosts';
      readonly hosts: readonly MailHost[];
      readonly warnings: readonly Warning[];
    }
  | { readonly kind: 'no-mail-service' | 'dns-failure'; readonly error: GreyprobeError };

/** The world of a run. The core never imports these; they come in here. */
export interface ProbePorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly dialer: Dialer;
  /** Who makes the visits; absent: this process, by the dialer. */
  readonly visits?: Visits;
  /**
   * Finds the mail hosts of a request. What the DNS answers is an outcome; rejects only with `signal`,
   * or for a fault of its own.
   */
  readonly locate: (request: ProbeRequest, signal?: AbortSignal) => Promise<Located>;
}

/** Who is told, and how long to go on. */
export interface ProbeOptions {
  /**
   * Keeps the event: what it resolves with is waited for before anything else happens in the world. A
   * throw or a rejection ends the run.
   */
  readonly keep?: (event: ProbeEvent) => void | Promise<void>;
  /** Sees each event once it was handed to `keep`, with the state that includes it. */
  readonly onEvent?: (event: ProbeEvent, state: RunState) => void;
  /** Called before a wait, with the time at which it ends and how long that is from now. */
  readonly onWait?: (
    planned: PlannedSession,
    dueMonotonicMs: number,
    state: RunState,
    waitMs: number,
  ) => void;
  /** Aborted: the run says QUIT, pauses and returns. */
  readonly signal?: AbortSignal;
  /** Do what is due, then pause instead of waiting. */
  readonly noWait?: boolean;
}
