import { dialListening } from '../../core/manners/polite-dialer.js';
import type { Dialer, Session } from '../../model/ports/dialer.js';
import type { TransactionEnd } from '../../model/smtp.js';
import { Inbox } from './inbox.js';
import type { Command, Job, ReportedEnd, VisitReport } from './messages.js';

/** What manners allow in one connection, whatever the coordinator says. */
const MOST_TRANSACTIONS = 5;

export interface ConversationContext {
  readonly dialer: Dialer;
  /** Without a command for so long, it ends. */
  readonly silentMs: number;
  readonly report: (report: VisitReport) => Promise<void>;
  /** The host asked to stop: told before the reply is. */
  readonly stop: () => Promise<void>;
}

/**
 * One visit that may be made: dials when it is told to, says what it is told, and tells what came. It
 * ends with QUIT where the coordinator says so, is not heard any more, or `hangUp` is called.
 */
export class Conversation {
  readonly job: Job;
  readonly #context: ConversationContext;
  readonly #commands = new Inbox<Command>();
  readonly #abort = new AbortController();
  #session: Session | null = null;
  #stopped: Promise<void> = Promise.resolve();

  constructor(job: Job, context: ConversationContext) {
    this.job = job;
    this.#context = context;
  }

  /** A command of the coordinator. To quit is done at once, in the middle of whatever is under way. */
  tell(command: Command): void {
    if (command.say === 'quit') this.hangUp();
    else this.#commands.push(command);
  }

  hangUp(): void {
    this.#commands.close();
    if (this.#session === null) this.#abort.abort();
    else void this.#session.quit();
  }

  /** Talks until the connection has ended. False: none was made. */
  async hold(): Promise<boolean> {
    const { visit, request } = this.job;
    const first = await this.#commands.take(this.#context.silentMs);
    if (first?.say !== 'dial') return false;
    const { dialer, stop } = this.#context;
    const onStop = () => {
      this.#stopped = Promise.all([this.#stopped, stop()]).then(() => {});
    };
    const { session, end } = await dialListening(dialer, request, this.#abort.signal, {
      onStop,
      done: () => {},
    });
    await this.#stopped;
    this.#session = session;
    if (session === null) {
      await this.#report({ visit, tell: 'dialled', opened: null, end: told(end) });
      return true;
    }
    await this.#talk(session);
    return true;
  }

  /** Tells that the connection is over; after the right to it was given back. */
  async tellEnd(): Promise<void> {
    const { visit } = this.job;
    await this.#report({ visit, tell: 'ended', unasked: this.#session?.unasked ?? null });
  }

  async #talk(session: Session): Promise<void> {
    const { visit } = this.job;
    const { facts } = session;
    if (this.#abort.signal.aborted) await session.quit();
    await this.#report({
      visit,
      tell: 'dialled',
      opened: { facts, open: session.open },
      end: null,
    });
    for (let done = 0; ; ) {
      const command = await this.#commands.take(this.#context.silentMs);
      if (command === null) break;
      if (command.say !== 'transact' || command.n <= done) continue;
      if (command.n > MOST_TRANSACTIONS) break;
      done = command.n;
      const { n, sender, recipient } = command;
      const end = await session.transact({ sender, recipient, stage: 'rcpt', message: null });
      await this.#stopped;
      await this.#report({ visit, tell: 'transacted', n, end: told(end), open: session.open });
    }
    await session.quit();
    await this.#stopped;
  }

  #report(report: VisitReport): Promise<void> {
    return this.#context.report(report);
  }
}

function told({ stage, reply, failure }: TransactionEnd): ReportedEnd {
  return { stage, reply, failure };
}
