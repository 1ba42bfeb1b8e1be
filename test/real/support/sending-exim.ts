import { type Exim, startEximWith } from './exim.js';

interface Target {
  readonly address: string;
  readonly port: number;
}

/** Starts an Exim that takes mail on loopback, sends each domain to its host, and tries again every 3 s. */
export function startSendingExim(
  address: string,
  routes: Readonly<Record<string, Target>>,
): Promise<Exim> {
  const all = Object.entries(routes);
  const routers = all.map(
    ([domain, target], n) => `to_${n}:
  driver = manualroute
  domains = ${domain}
  route_list = ${domain} ${target.address}
  self = send
  transport = smtp_${n}
`,
  );
  const transports = all.map(
    ([, target], n) => `smtp_${n}:
  driver = smtp
  port = ${target.port}
  interface = ${address}
  hosts_avoid_tls = *
`,
  );
  return startEximWith({
    address,
    hostName: 'out.ours.example',
    args: ['-q3s'],
    configuration: `begin acl
check_rcpt:
  accept
begin routers
${routers.join('')}begin transports
${transports.join('')}begin retry
* * F,1h,3s
`,
  });
}
