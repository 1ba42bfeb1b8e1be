import { cleanHost } from '../../addresses.js';
import type { Emit, LogLine, LogSource } from '../source.js';
import { endpointAddress, SessionLog } from './session-log.js';

/*
 * MDaemon's SMTP logs: `Mon 2026-01-05 10:00:00.123: 03: [12345:2] <-- 451 4.7.1 Greylisted`. The arrow
 * shows who spoke: towards us the other side, so a refusal with `<--` is the other side's.
 */

const HEAD =
  /^(?:[A-Z][a-z]{2} )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,3})?): (?:\d\d: )?(?:\[(\d{1,9}:?\d{0,9})\] )?/;
const CONNECTING =
  /^\*? {0,3}(?:Attempting SMTP connection to|Connection established) \[?([^\s\]]{3,255})\]?/;
const CLIENT = /(?:Accepting SMTP connection from|SMTP connection from) \[?([\da-fA-F.:]{3,64})/;

export const mdaemon: LogSource = {
  id: 'mdaemon-log',
  ofLine: (line) => {
    const head = line.bytes().slice(0, 90);
    return head.includes(': ') && HEAD.test(head) && /--|\*|SMTP|Session/.test(head);
  },
  open: () => {
    const sessions = new SessionLog(mdaemon.id);
    return { line: (line, emit) => readLine(line, sessions, emit) };
  },
};

function readLine(line: LogLine, sessions: SessionLog, emit: Emit): void {
  const words = line.words();
  const head = HEAD.exec(words);
  if (head === null) return;
  const [all, when = '', session = ''] = head;
  const rest = words.slice(all.length).trim();
  const other = CONNECTING.exec(rest)?.[1] ?? CLIENT.exec(rest)?.[1];
  if (other !== undefined) {
    const address = endpointAddress(other);
    const known = sessions.session(session);
    known.stage = 'connect';
    known.address = address ?? known.address;
    known.host = address === null ? cleanHost(other) : known.host;
    return;
  }
  const arrow = /^(<--|-->) (.*)$/s.exec(rest);
  if (arrow === null) return;
  const said = arrow[2] ?? '';
  const isReply = /^\d{3}(?:[ -]|$)/.test(said);
  if (said.startsWith('354')) sessions.session(session).stage = 'message';
  const direction = (arrow[1] === '<--') === isReply ? 'outgoing' : 'incoming';
  sessions.read({ session, when, direction, said, address: null }, emit);
}
