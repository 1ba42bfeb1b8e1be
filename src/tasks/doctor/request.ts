/** The name that is said in EHLO, and where it comes from. */
export interface HeloName {
  /** Full name in A-labels, or an address literal with its brackets. */
  readonly name: string;
  readonly origin: 'given' | 'machine' | 'sender';
}

/** What the user wants looked at, checked. */
export interface DoctorRequest {
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
