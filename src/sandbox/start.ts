import type { Reply } from '../model/smtp.js';
import { domainOf } from './address-parts.js';
import { greylists } from './behaviours.js';
import { createGreylister } from './greylister.js';
import type { Greylister, GreylisterPolicy } from './greylister-policy.js';
import { checkLoopback, type Listener } from './listen.js';
import type { Dialogue, HostQuery, MailHostBehaviour } from './mail-host-behaviour.js';
import { startNameServer } from './name-server.js';
import { startSmtpServer } from './smtp-server.js';
import { type Zone, zoneName } from './zone.js';

const PREFERENCE = 10;
const PORT_TRIES = 5;

/**
 * Starts a mail host that greylists, the further hosts asked for, and a DNS server that knows them.
 * Nothing but loopback is listened on. Throws `not-loopback` or `cannot-listen`.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const hosts = allHosts(options);
  for (const host of hosts) checkLoopback(host.address);
  const greylister = createGreylister(options.policy);
  const running: Listener[] = [];
  const closeAll = async () => {
    await Promise.all(running.splice(0).map((server) => server.close()));
  };
  try {
    const smtpPort = await startHosts(hosts, options, greylister, running);
    const zone = { ...zoneOf(hosts, options), ...options.names };
    const dns = await startNameServer({ address: options.address, port: options.dnsPort, zone });
    running.push(dns);
    return {
      address: options.address,
      smtpPort,
      dnsPort: dns.port,
      domain: options.domain,
      domains: [...new Set(hosts.map((host) => domainServed(host, options)))],
      zone,
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function allHosts(options: SandboxOptions): SandboxHost[] {
  const first: SandboxHost = {
    name: `mx.${options.domain}`,
    preference: PREFERENCE,
    address: options.address,
    does: 'greylists',
  };
  return [first, ...(options.hosts ?? [])];
}

/** MX records carry no port, so all hosts share the first one's. */
async function startHosts(
  hosts: readonly SandboxHost[],
  options: SandboxOptions,
  greylister: Greylister,
  running: Listener[],
): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const started: Listener[] = [];
    let port = options.smtpPort;
    try {
      for (const host of hosts) {
        if (host.does === 'refuses-connections') continue;
        const server = await startHost(host, port, options, greylister);
        started.push(server);
        port = server.port;
      }
      running.push(...started);
      return port;
    } catch (error) {
      await Promise.all(started.map((server) => server.close()));
      // The port that was free on the first address may be taken on the next.
      if (options.smtpPort !== 0 || tries === PORT_TRIES) throw error;
    }
  }
}

function startHost(
  host: SandboxHost,
  port: number,
  options: SandboxOptions,
  greylister: Greylister,
) {
  const { now, onDecision } = options;
  return startSmtpServer({
    address: host.address,
    port,
    name: host.name,
    behaviour: relayingOnlyFor(domainServed(host, options), behaviourOf(host, options, greylister)),
    ...(now === undefined ? {} : { now }),
    ...(onDecision === undefined
      ? {}
      : { onDecision: (query, answer) => onDecision({ query, answer }) }),
  });
}

function behaviourOf(
  host: SandboxHost,
  options: SandboxOptions,
  greylister: Greylister,
): MailHostBehaviour {
  return typeof host.does === 'string' ? greylists(greylister, options.dialogue) : host.does;
}

/** Recipients elsewhere are refused before anything else is asked, as relays do. */
function relayingOnlyFor(domain: string, behaviour: MailHostBehaviour): MailHostBehaviour {
  return {
    ...behaviour,
    rcpt: (query: HostQuery) =>
      domainOf(query.recipient) === zoneName(domain)
        ? (behaviour.rcpt?.(query) ?? null)
        : {
            code: 554,
            enhanced: '5.7.1',
            text: [`<${query.recipient}>: Relay access denied`],
          },
  };
}

function domainServed(host: SandboxHost, options: SandboxOptions): string {
  return host.domain ?? options.domain;
}

function zoneOf(hosts: readonly SandboxHost[], options: SandboxOptions): Zone {
  const addresses = hosts.map((host) => [
    zoneName(host.name),
    host.address.includes(':') ? { AAAA: [host.address] } : { A: [host.address] },
  ]);
  const domains = [...new Set(hosts.map((host) => domainServed(host, options)))];
  const exchanges = domains.map((domain) => [
    zoneName(domain),
    {
      MX: hosts
        .filter((host) => domainServed(host, options) === domain)
        .map((host) => [host.preference, host.name]),
    },
  ]);
  return Object.fromEntries([...addresses, ...exchanges]);
}

/** A mail host beside the first; it listens on the same port of its own address. */
export interface SandboxHost {
  readonly name: string;
  readonly preference: number;
  /** Loopback address literal, another than those of the other hosts. */
  readonly address: string;
  /** `greylists`: as the first host, with its own memory or one in common, as the policy says. */
  readonly does: 'greylists' | 'refuses-connections' | MailHostBehaviour;
  /** Domain that it takes mail for; without it the sandbox's. */
  readonly domain?: string;
}

/** A greylisting mail host and a DNS server on loopback. */
export interface SandboxOptions {
  readonly policy: GreylisterPolicy;
  /** Domain whose mail the sandbox takes; its MX points at the sandbox. */
  readonly domain: string;
  /** Loopback address to listen on. */
  readonly address: string;
  /** 0: any free port. */
  readonly smtpPort: number;
  readonly dnsPort: number;
  /** Lines of the first host that are not decisions. */
  readonly dialogue?: Partial<Dialogue>;
  /** Further hosts: other MX of the domain, or of domains of their own. */
  readonly hosts?: readonly SandboxHost[];
  /** Further names for the DNS: a null MX, an alias, a name whose servers fail. */
  readonly names?: Zone;
  /** Told of each decision of a host. */
  readonly onDecision?: (decision: SandboxDecision) => void;
  /** Milliseconds since the epoch; without it the system's clock. */
  readonly now?: () => number;
}

/** What one host decided on one transaction. */
export interface SandboxDecision {
  readonly query: HostQuery;
  /** The reply, or what was done instead of one: close, refuse, silence. */
  readonly answer: Reply | string;
}

export interface Sandbox {
  readonly address: string;
  readonly smtpPort: number;
  readonly dnsPort: number;
  readonly domain: string;
  /** Domains that take mail here, the sandbox's own first. */
  readonly domains: readonly string[];
  /** Everything that the DNS server answers. */
  readonly zone: Zone;
  close(): Promise<void>;
}
