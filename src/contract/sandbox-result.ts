import * as v from 'valibot';
import { ReplySchema } from './probe-result.js';

/* The JSON contract of `sandbox --json`: a line when it is ready, then a line for each decision. */

const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));

const SandboxReadySchema = v.object({
  schema: v.literal('greyprobe.sandbox.v1'),
  event: v.literal('ready'),
  address: v.string(),
  smtpPort: port,
  dnsPort: port,
  domain: v.string(),
  domains: v.array(v.string()),
  dialect: v.object({ id: v.string(), name: v.string(), assumed: v.array(v.string()) }),
  delaySeconds: v.number(),
  windowSeconds: v.nullable(v.number()),
  stage: v.string(),
  key: v.array(v.string()),
  /** The words of a command that probes it. */
  probe: v.array(v.string()),
});

const SandboxDecisionSchema = v.object({
  event: v.literal('decision'),
  at: v.string(),
  host: v.string(),
  client: v.string(),
  helo: v.string(),
  sender: v.string(),
  recipient: v.string(),
  stage: v.string(),
  reply: v.nullable(ReplySchema),
  action: v.string(),
});

export const SandboxLineSchema = v.variant('event', [SandboxReadySchema, SandboxDecisionSchema]);
