import * as v from 'valibot';
import type { Frozen } from '../../model/frozen.js';
import { PROBE_STAGES, TLS_POLICIES } from '../../model/smtp.js';
import { notNegative, port, text, texts } from './fields.js';

/** Where envelope senders come from. A pool of one proves less than a list or a template. */
const senders = v.variant('kind', [
  v.object({ kind: v.literal('list'), addresses: texts }),
  v.object({ kind: v.literal('template'), template: text }),
]);
export type SenderPool = Frozen<v.InferOutput<typeof senders>>;

/** Limits that hold whatever the plan. */
const manners = v.object({
  connectionsPerHour: notNegative,
  secondsBetweenConnections: notNegative,
  transactionsPerSession: notNegative,
});
export type Manners = Frozen<v.InferOutput<typeof manners>>;

export const DEFAULT_MANNERS: Manners = {
  connectionsPerHour: 30,
  secondsBetweenConnections: 1,
  transactionsPerSession: 5,
};

/** What the user asked for, checked. Plain data: it is the first line of the journal. */
export const ProbeRequestSchema = v.object({
  /** Recipient with its domain in A-labels. */
  recipient: text,
  /** Domain of the recipient in A-labels, or an address literal's address. */
  domain: text,
  senders,
  helo: text,
  /** Host name or address given with --host; null: by MX. */
  host: v.nullable(text),
  port,
  family: v.picklist(['any', 'ipv4', 'ipv6']),
  /** Client addresses to connect from; empty: the system's choice. A second one is for controls. */
  sourceAddresses: texts,
  tls: v.picklist(TLS_POLICIES),
  timeoutSeconds: notNegative,
  stage: v.picklist(PROBE_STAGES),
  deliver: v.boolean(),
  /** Delays given with --retry-at, ascending; null: greyprobe plans. */
  retryAtSeconds: v.nullable(v.array(notNegative)),
  maxWaitSeconds: notNegative,
  /** How narrow the opening bracket should get. */
  resolutionSeconds: notNegative,
  /** Ages at which to look for the closing edge; empty: do not. */
  closingAgesSeconds: v.array(notNegative),
  /** Afterwards, find which parts of the tuple the server looks at. */
  key: v.boolean(),
  /** A second real recipient of the same server, to try as a changed part; null: none. */
  otherRecipient: v.nullable(text),
  manners,
});
export type ProbeRequest = Frozen<v.InferOutput<typeof ProbeRequestSchema>>;

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
