import * as v from 'valibot';
import { MailHostSchema } from './probe-result.js';

/* The JSON contract of `mx --json`. */

const MX_KINDS = ['hosts', 'null-mx', 'no-such-domain', 'no-hosts'] as const;

export const MxResultSchema = v.object({
  schema: v.literal('greyprobe.mx-result.v1'),
  /** In A-labels, lower case; or an address, when one was given. */
  domain: v.string(),
  kind: v.picklist(MX_KINDS),
  /** By preference, then in the order of the answer. Hosts without an address are listed too. */
  hosts: v.pipe(v.array(MailHostSchema), v.readonly()),
  /** How long the answer may be kept; null when the DNS did not say or was not asked. */
  ttlSeconds: v.nullable(v.pipe(v.number(), v.integer())),
  /** The resolver vouches for the answer (DNSSEC, AD bit). */
  authenticated: v.boolean(),
  /** `host`: the mail host that the warning is about, or null. */
  warnings: v.array(
    v.object({ code: v.string(), message: v.string(), host: v.nullable(v.string()) }),
  ),
});

export type MxResult = v.InferOutput<typeof MxResultSchema>;
