import type { ProbeStage, Reply, TlsPolicy, TransactionEnd } from '../smtp.js';

/** Where and how to open a session. `address` is a literal: a name could switch address families. */
export interface DialRequest {
  readonly address: string;
  readonly port: number;
  /** Host name for SNI, where there is one. */
  readonly hostName: string | null;
  readonly sourceAddress: string | null;
  readonly helo: string;
  readonly tls: TlsPolicy;
  /** Upper limit for each reply; a stage may use less, never more. */
  readonly timeoutMs: number;
}

/** The request for a session with a host, as the one who asks for it has chosen. */
export function dialRequest(
  { name, address, port }: { name: string | null; address: string; port: number },
  from: Pick<DialRequest, 'sourceAddress' | 'helo' | 'tls'> & { timeoutSeconds: number },
): DialRequest {
  const { sourceAddress, helo, tls, timeoutSeconds } = from;
  const hostName = name === address ? null : name;
  return { address, port, hostName, sourceAddress, helo, tls, timeoutMs: timeoutSeconds * 1000 };
}

export interface TlsFacts {
  readonly protocol: string;
  readonly cipher: string;
  /** The certificate would pass verification for the host name. */
  readonly verified: boolean;
}

/** What the server showed before the first transaction. */
export interface SessionFacts {
  readonly banner: Reply;
  /** Reply to EHLO, or to HELO when EHLO was refused. */
  readonly greeting: Reply;
  /** EHLO keywords, upper case, with their parameters: `SIZE 10240000`. Empty after HELO. */
  readonly extensions: readonly string[];
  readonly tls: TlsFacts | null;
}

export interface TransactionRequest {
  readonly sender: string;
  readonly recipient: string;
  readonly stage: ProbeStage;
  /** Whole message with CRLF line ends, not yet dot-stuffed; only for stage `message`. */
  readonly message: string | null;
}

/** An open session. After a failure, or a 421, `open` is false and every transaction fails. */
export interface Session {
  readonly facts: SessionFacts;
  readonly open: boolean;
  /**
   * The 421 that the server sent without being asked, or for the answer to QUIT (RFC 5321 §3.8). Known
   * once `quit` is done.
   */
  readonly unasked: Reply | null;
  /** MAIL, RCPT, and further as asked. Sends RSET first when it is not the session's first. Never rejects. */
  transact(request: TransactionRequest): Promise<TransactionEnd>;
  /** QUIT and close, within a short limit. Never rejects; harmless when called twice. */
  quit(): Promise<void>;
}

/** One line of the conversation, for `--verbose`. */
export interface TranscriptLine {
  readonly direction: 'sent' | 'received' | 'note';
  readonly text: string;
}

export type Transcript = (line: TranscriptLine) => void;

/** Either an open session or the way in which opening it ended (stage connect, helo or starttls). */
export type Dialled =
  | { readonly session: Session; readonly end: null }
  | { readonly session: null; readonly end: TransactionEnd };

/** How often one address may be connected to. */
export interface ConnectionLimits {
  readonly connectionsPerHour: number;
  /** From the end of one to the beginning of the next. */
  readonly secondsBetweenConnections: number;
}

/** Whom a connection is made to. `name` is the host's, where it has one. */
export interface Whom {
  readonly address: string;
  readonly port: number;
  readonly name: string | null;
}

/** A host, or its operator, asked to stop, and is left alone for that. */
export interface Rest {
  /** The host's address, or the domain of its operator. */
  readonly who: string;
  readonly saidWallMs: number;
  readonly untilWallMs: number;
}

/** Opens SMTP sessions. `dial` never rejects: what goes wrong on the way is an outcome. */
export interface Dialer {
  dial(request: DialRequest, signal?: AbortSignal): Promise<Dialled>;
  /**
   * When, on the monotonic clock, others leave room for a connection to the host. Absent: there are no
   * others.
   */
  freeAtMs?(whom: Whom, limits: ConnectionLimits): number;
  /** Whether the host is left alone since it asked to stop, whoever was told so; null: it is not. */
  restOf?(whom: Whom): Rest | null;
}
