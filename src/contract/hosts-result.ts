import * as v from 'valibot';
import type { AllHosts } from '../core/run/all-hosts.js';
import type { ProbeRequest } from '../core/run/request.js';
import { buildResult } from './build-result.js';
import {
  PinnedHostSchema,
  type ProbeResult,
  ProbeResultSchema,
  ReplySchema,
  WarningSchema,
} from './probe-result.js';

/** The JSON contract of `probe --all-hosts --json`. */
export const HostsResultSchema = v.object({
  schema: v.literal('greyprobe.hosts-result.v1'),
  target: v.object({ recipient: v.string(), domain: v.string() }),
  /** One result for each mail host, by preference. */
  hosts: v.array(ProbeResultSchema),
  /** Whether a sender that aged at `from` counts as aged at `to`; null where it was not shown. */
  sharing: v.pipe(
    v.array(
      v.object({
        from: PinnedHostSchema,
        to: PinnedHostSchema,
        shared: v.nullable(v.boolean()),
        says: v.string(),
        control: v.nullable(ReplySchema),
        aged: v.nullable(ReplySchema),
      }),
    ),
    v.readonly(),
  ),
  warnings: v.array(WarningSchema),
});

export type HostsResult = v.InferOutput<typeof HostsResultSchema>;

/** What the runs of all mail hosts have shown together. Pure. */
export function buildHostsResult(
  request: ProbeRequest,
  measured: Extract<AllHosts, { kind: 'hosts' }>,
  version: string,
): HostsResult {
  const hosts = measured.runs.map((run) => buildResult(run, version));
  return {
    schema: 'greyprobe.hosts-result.v1',
    target: { recipient: request.recipient, domain: request.domain },
    hosts,
    sharing: measured.sharing,
    warnings: [...measured.warnings, ...nolisting(hosts)],
  };
}

/** A first host that refuses connections while others answer: some sites mean it (nolisting). */
function nolisting(hosts: readonly ProbeResult[]): HostsResult['warnings'] {
  const [first, ...others] = hosts;
  const closed = first?.verdict.kind === 'unreachable' && first.attempts.length > 0;
  if (!closed || others.every((one) => one.verdict.kind === 'unreachable')) return [];
  const name = first.mailHosts[0]?.name ?? 'The first mail host';
  return [
    {
      code: 'nolisting',
      message: `${name} has the best preference and takes no connections. Some sites do that on purpose (nolisting): senders lose time at each try, and some never go on to the next host.`,
    },
  ];
}
