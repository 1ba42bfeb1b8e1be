import type { Reply } from '../model/smtp.js';
import type { GreylisterPolicy } from './greylister-policy.js';
import type { Dialogue, HostQuery, MailHostBehaviour } from './mail-host-behaviour.js';
import type { Zone } from './zone.js';

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
