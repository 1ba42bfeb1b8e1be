import type { RedisTrial } from '../../edges/bullmq/look.js';
import type { Clock } from '../../model/ports/clock.js';
import type { Dialer } from '../../model/ports/dialer.js';
import type { Resolver } from '../../model/ports/resolver.js';
import type { SelfMeasurement } from './self-test.js';
import type { FolderTrial } from './state-folder.js';

/** The name that is said in EHLO, and where it comes from. */
export interface HeloName {
  /** Full name in A-labels, or an address literal with its brackets. */
  readonly name: string;
  readonly origin: 'given' | 'machine' | 'sender';
}

/** What the user wants looked at, checked. */
export interface Examination {
  /** Domains of the envelope senders, in A-labels or as address literals; empty: none given. */
  readonly senderDomains: readonly string[];
  /** Null: this machine has no full name, and nothing else was given. */
  readonly helo: HeloName | null;
  /** Mail host to connect to, by name or address; null: nothing is connected to. */
  readonly host: string | null;
  readonly port: number;
  /** Client addresses given by the user; empty: the system's choice. */
  readonly sourceAddresses: readonly string[];
}

/** What the checks of the network are made with. */
export interface NetworkLook {
  readonly asked: Examination;
  /** The first DNS server that answers; null: none does. */
  readonly resolver: Resolver | null;
  readonly signal: AbortSignal;
}

/** One DNS server, asked by itself: a resolver that asks several hides the one that is silent. */
export interface NamedServer {
  /** `192.0.2.1:53`, `tls://dns.example:853`. */
  readonly label: string;
  readonly resolver: Resolver;
}

/** This machine, as far as it is looked at. */
export interface DoctorPorts {
  readonly clock: Clock;
  readonly nodeVersion: string;
  /** In the order in which they would be asked. Perhaps none. */
  readonly servers: readonly NamedServer[];
  readonly dialer: Dialer;
  /** Writes into the state folder and cleans up. Never throws. */
  readonly tryStateFolder: () => FolderTrial;
  /** The local address from which the system would connect, or null. Sends nothing. */
  readonly clientAddressTo: (address: string, port: number) => Promise<string | null>;
  /** Measures a greylisting mail host of our own. */
  readonly measureOwnHost: (signal: AbortSignal) => Promise<SelfMeasurement>;
  /** Absent: no Redis was given. */
  readonly lookAtRedis?: () => Promise<RedisTrial>;
}
