import type { GreylisterPolicy } from './greylister-policy.js';

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
}

export interface Sandbox {
  readonly address: string;
  readonly smtpPort: number;
  readonly dnsPort: number;
  readonly domain: string;
  close(): Promise<void>;
}
