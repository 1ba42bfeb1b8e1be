import type { Stage } from '../../../model/smtp.js';
import { addressIn, cleanIp } from '../../addresses.js';
import { stageOfCommand } from '../../commands.js';
import { readReply } from '../../embedded-reply.js';
import type { LogSourceId } from '../events.js';
import { attempt, decision } from '../make-event.js';
import type { Emit } from '../source.js';

/*
 * Logs that show SMTP sessions line by line, what was said and what was answered, as hMailServer,
 * SmarterMail and MDaemon write them. The last command of a session says what a reply belongs to.
 */

/** Sessions that are remembered. */
const MAX_SESSIONS = 500;
const REPLY = /^[245]\d\d(?:[ -]|$)/;

interface Session {
  stage: Stage | null;
  sender: string | null;
  recipient: string | null;
  address: string | null;
  host: string | null;
  /** Lines of a reply that goes on: `451-part`. */
  open: string[];
}

/** One line of a session. */
export interface SessionLine {
  readonly session: string;
  readonly when: string | null;
  /** Who spoke: this server to a host that it sends to, or to a client. */
  readonly direction: 'outgoing' | 'incoming';
  readonly said: string;
  readonly address: string | null;
}

export class SessionLog {
  readonly #source: LogSourceId;
  readonly #sessions = new Map<string, Session>();

  constructor(source: LogSourceId) {
    this.#source = source;
  }

  /** What is known of the session, to be filled in. */
  session(id: string): Session {
    const known = this.#sessions.get(id);
    if (known !== undefined) return known;
    if (this.#sessions.size >= MAX_SESSIONS) this.#sessions.clear();
    const fresh: Session = {
      stage: 'connect',
      sender: null,
      recipient: null,
      address: null,
      host: null,
      open: [],
    };
    this.#sessions.set(id, fresh);
    return fresh;
  }

  read(line: SessionLine, emit: Emit): void {
    const session = this.session(line.session);
    session.address = line.address ?? session.address;
    if (!REPLY.test(line.said)) {
      noteCommand(session, line.said);
      return;
    }
    session.open.push(line.said);
    // Some logs show all lines of a reply at once.
    if (line.said.slice(line.said.lastIndexOf('\n') + 1)[3] === '-') return;
    this.#readReply(session, line, session.open.join('\n'), emit);
    session.open = [];
  }

  #readReply(session: Session, line: SessionLine, said: string, emit: Emit): void {
    const embedded = readReply(said);
    const { stage, sender, recipient } = session;
    const about = { source: this.#source, when: line.when, sender, recipient };
    if (embedded === null) {
      const delivered = said.startsWith('250') && stage === 'message';
      if (!delivered || line.direction === 'incoming') return;
      emit(attempt({ ...about, address: session.address, host: session.host, outcome: ACCEPTED }));
      return;
    }
    if (line.direction === 'incoming') {
      emit(
        decision({
          ...about,
          ...embedded,
          stage,
          clientAddress: session.address,
          decided: 'refused',
        }),
      );
      return;
    }
    const { host, address } = session;
    const final = embedded.reply.code >= 500;
    emit(
      attempt({ ...about, host, address, outcome: { kind: 'refused', ...embedded, stage, final } }),
    );
  }
}

const ACCEPTED = { kind: 'accepted' } as const;

function noteCommand(session: Session, said: string): void {
  const stage = said === '.' ? 'message' : stageOfCommand(said);
  if (stage === null) return;
  session.stage = stage;
  session.open = [];
  if (stage === 'mail') {
    session.sender = addressIn(said);
    session.recipient = null;
  }
  if (stage === 'rcpt') session.recipient = addressIn(said);
}

/** `192.0.2.1:25`, `[192.0.2.1:25]`, `192.0.2.1`. */
export function endpointAddress(text: string): string | null {
  return cleanIp(text) ?? cleanIp(text.replace(/^\[|\]$/g, '').replace(/:\d{1,5}$/, ''));
}
