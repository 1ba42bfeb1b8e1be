import type { Session, SessionFacts, TransactionRequest } from '../../model/ports/dialer.js';
import type { Reply, Stage, TransactionEnd } from '../../model/smtp.js';
import type { ClockReading } from '../../model/time.js';
import type { Command, ReportedEnd, VisitReport } from './messages.js';

/** How a session reaches the worker that has it. */
export interface WorkerLine {
  readonly visit: string;
  readonly now: () => ClockReading;
  readonly tell: (command: Command) => void;
  /** The next report; null: none will come, since the worker is lost, or we were interrupted. */
  readonly hear: () => Promise<VisitReport | null>;
}

/**
 * A session that a worker holds. Its moments are of the clock here, read before a command is sent there
 * and after its report has come: they enclose what the host saw, whatever the worker's clock shows.
 */
export class RemoteSession implements Session {
  readonly facts: SessionFacts;
  readonly #line: WorkerLine;
  readonly #done: () => void;
  #open: boolean;
  #n = 0;
  #unasked: Reply | null = null;
  #quit: Promise<void> | null = null;

  /** `done`: called once it has quit. */
  constructor(line: WorkerLine, opened: { facts: SessionFacts; open: boolean }, done: () => void) {
    this.facts = opened.facts;
    this.#open = opened.open;
    this.#line = line;
    this.#done = done;
  }

  get open(): boolean {
    return this.#open;
  }

  get unasked(): Reply | null {
    return this.#unasked;
  }

  async transact({ sender, recipient }: TransactionRequest): Promise<TransactionEnd> {
    const { visit } = this.#line;
    const sent = this.#line.now();
    this.#n += 1;
    const n = this.#n;
    this.#line.tell({ visit, say: 'transact', n, sender, recipient });
    for (let report = await this.#line.hear(); report !== null; report = await this.#line.hear()) {
      if (report.tell === 'ended') break;
      if (report.tell !== 'transacted' || report.n !== n) continue;
      this.#open = report.open;
      return endOf(report.end, sent, this.#line.now());
    }
    this.#open = false;
    return lostEnd('rcpt', sent, this.#line.now());
  }

  quit(): Promise<void> {
    this.#quit ??= this.#leave();
    return this.#quit;
  }

  async #leave(): Promise<void> {
    this.#line.tell({ visit: this.#line.visit, say: 'quit' });
    this.#open = false;
    for (let report = await this.#line.hear(); report !== null; report = await this.#line.hear()) {
      if (report.tell !== 'ended') continue;
      this.#unasked = report.unasked;
      break;
    }
    this.#done();
  }
}

export function endOf(end: ReportedEnd, sent: ClockReading, replied: ClockReading): TransactionEnd {
  return { ...end, sent, replied };
}

/** Nobody knows how it ended: what was tried may have been seen. */
export function lostEnd(stage: Stage, sent: ClockReading, replied: ClockReading): TransactionEnd {
  const message = 'The worker that made the visit was lost before it could tell how it ended.';
  return { stage, reply: null, failure: { code: 'interrupted', message }, sent, replied };
}
