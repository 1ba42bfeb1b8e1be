import type * as v from 'valibot';
import type { Frozen } from '../../model/frozen.js';
import type { MannersSchema, ProbeRequestSchema, SenderPoolSchema } from './request-schema.js';

/*
 * A request, and what it is where nobody says otherwise. The schemas are elsewhere: what reads flags
 * is loaded by every command, and has no use for a library of schemas.
 */

export type SenderPool = Frozen<v.InferOutput<typeof SenderPoolSchema>>;
export type Manners = Frozen<v.InferOutput<typeof MannersSchema>>;
export type ProbeRequest = Frozen<v.InferOutput<typeof ProbeRequestSchema>>;

export const DEFAULT_MANNERS: Manners = {
  connectionsPerHour: 30,
  secondsBetweenConnections: 1,
  transactionsPerSession: 5,
};

/** Who is asked, and by whom: what a request cannot do without. */
type Asked = Pick<ProbeRequest, 'recipient' | 'domain' | 'senders' | 'helo'>;

/** The rest of a request, as it is where nobody says otherwise. */
export const DEFAULT_REQUEST: Omit<ProbeRequest, keyof Asked> = {
  host: null,
  port: 25,
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
};

/** A request that leaves everything else as the command leaves it. */
export function requestFor(
  { port = DEFAULT_REQUEST.port, ...asked }: Asked & Partial<Pick<ProbeRequest, 'port'>>,
  changes: Partial<ProbeRequest> = {},
): ProbeRequest {
  return { ...asked, ...DEFAULT_REQUEST, port, ...changes };
}
