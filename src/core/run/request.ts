import type { ConnectionLimits } from '../../model/ports/dialer.js';
import type { ProbeStage, TlsPolicy } from '../../model/smtp.js';

/** Where envelope senders come from. A pool of one proves less than a list or a template. */
export type SenderPool =
  | { readonly kind: 'list'; readonly addresses: readonly string[] }
  | { readonly kind: 'template'; readonly template: string };

/** Limits that hold whatever the plan. */
export interface Manners extends ConnectionLimits {
  readonly transactionsPerSession: number;
}

export const DEFAULT_MANNERS: Manners = {
  connectionsPerHour: 30,
  secondsBetweenConnections: 1,
  transactionsPerSession: 5,
};

/** What the user asked for, checked. Plain data: it is the first line of the journal. */
export interface ProbeRequest {
  /** Recipient with its domain in A-labels. */
  readonly recipient: string;
  /** Domain of the recipient in A-labels, or an address literal's address. */
  readonly domain: string;
  readonly senders: SenderPool;
  readonly helo: string;
  /** Host name or address given with --host; null: by MX. */
  readonly host: string | null;
  readonly port: number;
  readonly family: 'any' | 'ipv4' | 'ipv6';
  /** Client addresses to connect from; empty: the system's choice. A second one is for controls. */
  readonly sourceAddresses: readonly string[];
  readonly tls: TlsPolicy;
  readonly timeoutSeconds: number;
  readonly stage: ProbeStage;
  readonly deliver: boolean;
  /** Delays given with --retry-at, ascending; null: greyprobe plans. */
  readonly retryAtSeconds: readonly number[] | null;
  readonly maxWaitSeconds: number;
  /** How narrow the opening bracket should get. */
  readonly resolutionSeconds: number;
  /** Ages at which to look for the closing edge; empty: do not. */
  readonly closingAgesSeconds: readonly number[];
  /** Afterwards, find which parts of the tuple the server looks at. */
  readonly key: boolean;
  /** A second real recipient of the same server, to try as a changed part; null: none. */
  readonly otherRecipient: string | null;
  readonly manners: Manners;
}

/** Who is asked, by whom, and where: what a request cannot do without. */
type Asked = Pick<ProbeRequest, 'recipient' | 'domain' | 'senders' | 'helo' | 'port'>;

/** A request that leaves everything else as the command leaves it. */
export function requestFor(asked: Asked, changes: Partial<ProbeRequest> = {}): ProbeRequest {
  return {
    host: null,
    family: 'any',
    sourceAddresses: [],
    tls: 'opportunistic',
    timeoutSeconds: 30,
    stage: 'rcpt',
    deliver: false,
    retryAtSeconds: null,
    maxWaitSeconds: 3900,
    resolutionSeconds: 5,
    closingAgesSeconds: [],
    key: false,
    otherRecipient: null,
    manners: DEFAULT_MANNERS,
    ...asked,
    ...changes,
  };
}
