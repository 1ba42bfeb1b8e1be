import * as v from 'valibot';
import { PROBE_STAGES, TLS_POLICIES } from '../../model/smtp.js';
import { notNegative, port, text, texts } from './fields.js';

/** Where envelope senders come from. A pool of one proves less than a list or a template. */
export const SenderPoolSchema = v.variant('kind', [
  v.object({ kind: v.literal('list'), addresses: texts }),
  v.object({ kind: v.literal('template'), template: text }),
]);

/** Limits that hold whatever the plan. */
export const MannersSchema = v.object({
  connectionsPerHour: notNegative,
  secondsBetweenConnections: notNegative,
  transactionsPerSession: notNegative,
});

/** What the user asked for, checked. Plain data: it is the first line of the journal. */
export const ProbeRequestSchema = v.object({
  /** Recipient with its domain in A-labels. */
  recipient: text,
  /** Domain of the recipient in A-labels, or an address literal's address. */
  domain: text,
  senders: SenderPoolSchema,
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
  /** One connection with two senders, and no more where what they get cannot be greylisting. */
  screen: v.exactOptional(v.boolean()),
  manners: MannersSchema,
  /** DNS server that was asked, as it was given; absent: the system's. */
  resolver: v.exactOptional(text),
  /** Senders whose mail it is about, by id; absent: nobody said. */
  forSenders: v.exactOptional(texts),
});
