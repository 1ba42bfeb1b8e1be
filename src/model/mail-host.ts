/** How a mail host was found: an MX record, the domain itself (RFC 5321 §5.1), or named by the user. */
export const HOST_ORIGINS = ['mx', 'implicit', 'given'] as const;
export type HostOrigin = (typeof HOST_ORIGINS)[number];

/** A host that accepts mail for a domain. */
export interface MailHost {
  /** Host name in A-labels, no trailing dot; or the address when it was given as one. */
  readonly name: string;
  /** MX preference; 0 for implicit and given hosts. */
  readonly preference: number;
  /** IPv4 and IPv6 addresses as text, in the order in which they would be tried. */
  readonly addresses: readonly string[];
  readonly origin: HostOrigin;
}

/** One address of one mail host: what a run is pinned to, since greylist state belongs to it. */
export interface PinnedHost {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/** Something the user should know; the code is stable, the message names the next thing to do. */
export interface Warning {
  readonly code: string;
  readonly message: string;
}
