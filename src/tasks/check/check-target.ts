import type { Suppression } from '../../contract/check-result.js';
import type { ProbeEvent } from '../../core/run/events.js';
import type { ProbePorts } from '../../core/run/ports.js';
import type { ProbeRequest } from '../../core/run/request.js';
import type { Expectations } from './expectations.js';

/** One recipient to probe, and what to expect. */
export interface CheckTarget {
  readonly name: string;
  readonly request: ProbeRequest;
  /** As given with `--resolver`; null: the system's. */
  readonly resolver: string | null;
  /** Measure each mail host of the domain, and whether they share their memory. */
  readonly allHosts: boolean;
  readonly expectations: Expectations;
  /** Known to be bad until a day. */
  readonly suppressed?: Suppression | undefined;
}

export interface CheckContext {
  readonly version: string;
  /** Where runs are kept, so that a later visit can go on with them. */
  readonly runsFolder: string;
  /** The world, with the resolver that a target asks. Its dialers keep one ledger of manners. */
  readonly portsFor: (resolver: string | null) => ProbePorts;
  /** Do what is due, then leave the rest to a later visit. */
  readonly noWait: boolean;
  /** Connections under way at a time, and targets whose runs are open. */
  readonly concurrency: number;
  readonly targetsAtATime: number;
  readonly signal?: AbortSignal;
  readonly onEvent?: (run: string, event: ProbeEvent) => void;
}
