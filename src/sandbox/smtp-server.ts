import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Reply } from '../model/smtp.js';
import { type Listener, listenTcp } from './listen.js';
import type { HostQuery, MailHostBehaviour } from './mail-host-behaviour.js';
import { type Reaction, ServerSession } from './server-session.js';

export interface SmtpServerOptions {
  /** Loopback address literal. */
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
  /** Host name for banner, greeting and the greylister's memory. */
  readonly name: string;
  readonly behaviour: MailHostBehaviour;
  /** Milliseconds since the epoch; without it the system's clock. */
  readonly now?: () => number;
  /** Told of each decision: a reply, or what was done instead of one. */
  readonly onDecision?: (query: HostQuery, answer: Reply | string) => void;
  /** Without it five minutes, as RFC 5321 §4.5.3.2.7 asks of servers. */
  readonly idleMs?: number;
}

export interface SmtpServer extends Listener {
  readonly address: string;
}

/** As many as Postfix takes of one client (smtpd_client_connection_count_limit). */
const MOST_CONNECTIONS = 50;
const IDLE_MS = 300_000;
const IDLE_OVER: Reply = { code: 421, enhanced: '4.4.2', text: ['Idle for too long, closing'] };
const FULL: Reply = { code: 421, enhanced: '4.7.0', text: ['Too many connections'] };

/** Starts a scripted SMTP server. Throws `cannot-listen` when the address or port cannot be used. */
export async function startSmtpServer(options: SmtpServerOptions): Promise<SmtpServer> {
  const { address } = options;
  const stopping = new AbortController();
  let session = 0;
  const { port, close } = await listenTcp(address, options.port, (socket, count) => {
    session += 1;
    if (count > MOST_CONNECTIONS) socket.end(replyLines(FULL));
    else void serve(socket, session, options, stopping.signal);
  });
  return {
    address,
    port,
    close: () => {
      stopping.abort();
      return close();
    },
  };
}

async function serve(
  socket: Socket,
  number: number,
  options: SmtpServerOptions,
  stopping: AbortSignal,
): Promise<void> {
  socket.setTimeout(options.idleMs ?? IDLE_MS, () => socket.end(replyLines(IDLE_OVER)));
  const session = new ServerSession({
    host: options.name,
    client: clientAddress(socket),
    session: number,
    behaviour: options.behaviour,
    now: options.now ?? Date.now,
    sleep: async (ms) => {
      if (ms > 0) await delay(ms, undefined, { signal: stopping });
    },
    log: (query, answer, said) => {
      // A banner and a sender that are as usual are no decisions.
      const usual = answer === null && (query.stage === 'connect' || query.stage === 'mail');
      if (!usual) options.onDecision?.(query, said);
    },
  });
  try {
    await converse(socket, session);
  } catch {
    // The client went away, or the server is closing: nobody is left to be told.
  }
  socket.destroy();
}

async function converse(socket: Socket, session: ServerSession): Promise<void> {
  if (!(await perform(socket, await session.greet()))) return;
  for await (const chunk of socket) {
    for await (const step of session.receive(chunk)) {
      if (!(await perform(socket, step))) return;
    }
  }
}

/** Does a step; false when it was the session's last. */
async function perform(socket: Socket, step: Reaction): Promise<boolean> {
  switch (step.kind) {
    case 'nothing':
      return true;
    case 'reply':
      await write(socket, replyLines(step.reply), step.thenClose);
      return !step.thenClose;
    case 'reset':
      socket.resetAndDestroy();
      return false;
    case 'silence':
      await gone(socket);
      return false;
    case 'close':
      return false;
  }
}

function write(socket: Socket, text: string, thenClose: boolean): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off('close', done);
      resolve();
    };
    socket.on('close', done);
    if (thenClose) socket.end(text, done);
    else socket.write(text, done);
  });
}

function gone(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve();
    socket.once('close', () => resolve());
    socket.resume();
  });
}

/** IPv4 clients of a dual-stack socket come as `::ffff:127.0.0.1`. */
function clientAddress(socket: Socket): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}

/**
 * A reply as it goes over the line (RFC 5321 §4.2.1): the enhanced code stands on every line
 * (RFC 2034 §4), the hyphen on all but the last. What cannot stand in a line becomes `?`.
 */
function replyLines(reply: Reply): string {
  const last = reply.text.length - 1;
  return reply.text
    .map((text, index) => {
      const enhanced = reply.enhanced === null ? '' : `${reply.enhanced} `;
      return `${reply.code}${index < last ? '-' : ' '}${enhanced}${printable(text)}\r\n`;
    })
    .join('');
}

function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they would end or garble the line
  return text.replace(/[\u0000-\u001f\u007f]/g, '?');
}
