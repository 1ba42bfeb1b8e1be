import { type ProbeRequest, requestFor } from '../../core/run/request.js';
import type { GreylisterPolicy } from '../../sandbox/greylister-policy.js';
import { startSandbox } from '../../sandbox/start.js';

const DOMAIN = 'grey.example';

/** Its senders, as for `--from`. */
export const OWN_SENDERS = '{nonce}@sender.example';

/** A greylisting mail host of our own, on loopback, to be probed. */
export interface OwnHost {
  /** The DNS server that knows it, as for `--resolver`. */
  readonly resolver: string;
  /** A request to probe it. */
  readonly requestWith: (changes: Partial<ProbeRequest>) => ProbeRequest;
  readonly close: () => Promise<void>;
}

/** Starts it with its DNS server, both on free ports. Throws a `GreyprobeError` where that fails. */
export async function startOwnHost(policy: GreylisterPolicy): Promise<OwnHost> {
  const sandbox = await startSandbox({
    policy,
    domain: DOMAIN,
    address: '127.0.0.1',
    smtpPort: 0,
    dnsPort: 0,
  });
  return {
    resolver: `${sandbox.address}:${sandbox.dnsPort}`,
    requestWith: (changes) =>
      requestFor(
        {
          recipient: `user@${DOMAIN}`,
          domain: DOMAIN,
          senders: { kind: 'template', template: OWN_SENDERS },
          helo: 'client.sender.example',
          port: sandbox.smtpPort,
        },
        changes,
      ),
    close: () => sandbox.close(),
  };
}
