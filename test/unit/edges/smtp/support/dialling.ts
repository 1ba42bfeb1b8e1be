import { createDialer } from '../../../../../src/edges/smtp/dialer.js';
import type {
  Dialled,
  DialRequest,
  Session,
  TransactionRequest,
  TranscriptLine,
} from '../../../../../src/model/ports/dialer.js';
import type { Failure, Reply, Stage, TransactionEnd } from '../../../../../src/model/smtp.js';
import { realClock } from './real-clock.js';
import { type ScriptedServer, type Step, scriptedServer } from './scripted-server.js';

export const BANNER: readonly Step[] = [{ send: '220 mx.example.org ESMTP\r\n' }];

/** Banner, and EHLO answered with these extensions. */
export function greeted(...extensions: readonly string[]): readonly Step[] {
  return [...BANNER, ...ehlo(...extensions)];
}

/** EHLO answered with these extensions. */
export function ehlo(...extensions: readonly string[]): readonly Step[] {
  const lines = ['mx.example.org', ...extensions];
  const last = lines.length - 1;
  const reply = lines.map((line, index) => `250${index === last ? ' ' : '-'}${line}\r\n`);
  return [{ expect: /^EHLO client\.example\.org$/ }, { send: reply.join('') }];
}

export function answer(expect: RegExp, send: string): readonly Step[] {
  return [{ expect }, { send: `${send}\r\n` }];
}

export const MAIL_OK = answer(/^MAIL FROM:</, '250 2.1.0 Ok');
export const RCPT_OK = answer(/^RCPT TO:</, '250 2.1.5 Ok');
export const RSET_OK = answer(/^RSET$/, '250 2.0.0 Ok');
export const DATA_OK = answer(/^DATA$/, '354 Go on');

const TRANSACTION: TransactionRequest = {
  sender: 'probe@client.example.org',
  recipient: 'user@example.org',
  stage: 'rcpt',
  message: null,
};

/** Everything a test needs of one dial against one script. */
export interface Attempt {
  readonly server: ScriptedServer;
  readonly dialled: Dialled;
  readonly transcript: readonly TranscriptLine[];
  /** The session; fails the test when there is none. */
  readonly session: Session;
  transact(request?: Partial<TransactionRequest>): Promise<TransactionEnd>;
}

export interface Setting {
  readonly script: readonly Step[];
  readonly request?: Partial<DialRequest>;
  readonly signal?: AbortSignal;
  readonly address?: string;
}

/** Dials a scripted server, lets the test look, and leaves nothing behind. */
export async function withServer(
  { script, request = {}, signal, address = '127.0.0.1' }: Setting,
  look: (attempt: Attempt) => Promise<void> | void,
): Promise<void> {
  const server = await scriptedServer(script, address);
  const transcript: TranscriptLine[] = [];
  const dialer = createDialer({ clock: realClock, transcript: (line) => transcript.push(line) });
  const dialled = await dialer.dial(requestTo(server, request), signal);
  try {
    await look({
      server,
      dialled,
      transcript,
      get session() {
        if (dialled.session === null) throw new Error(`not opened: ${describeEnd(dialled.end)}`);
        return dialled.session;
      },
      transact(transaction = {}) {
        return this.session.transact({ ...TRANSACTION, ...transaction });
      },
    });
  } finally {
    await dialled.session?.quit();
    await server.close();
  }
}

export function requestTo(
  { address, port }: Pick<ScriptedServer, 'address' | 'port'>,
  request: Partial<DialRequest> = {},
): DialRequest {
  return {
    address,
    port,
    hostName: 'mx.example.org',
    sourceAddress: null,
    helo: 'client.example.org',
    tls: 'opportunistic',
    timeoutMs: 1000,
    ...request,
  };
}

/** An end in a few words, so that one assertion shows everything: `rcpt 450 4.7.1`, `mail timeout`. */
export function describeEnd(
  end: {
    readonly stage: Stage;
    readonly reply: Reply | null;
    readonly failure: Failure | null;
  } | null,
): string {
  if (end === null) return 'opened';
  const { stage, reply, failure } = end;
  if (reply === null) return `${stage} ${failure?.code}`;
  return [stage, reply.code, reply.enhanced].filter((part) => part !== null).join(' ');
}
