import type { Emit, LogLine, LogSource } from '../source.js';
import { endpointAddress, SessionLog } from './session-log.js';

/*
 * SmarterMail, delivery log (`10:00:00.901 [12345] RSP: 451 4.7.1 Greylisted`) and SMTP log of what it
 * receives (`10:00:00 [203.0.113.2][12345] rsp: 451 ...`); newer ones have the day in front, in brackets.
 */

const HEAD =
  /^(?:\[(\d{4}\.\d\d\.\d\d)\] )?(\d\d:\d\d:\d\d(?:\.\d{1,3})?) (?:\[([\da-fA-F.:]{3,45})\])?\[(\d{1,12})\] /;
const WORDS = /^(CMD|RSP): ?(.*)$/is;
const CONNECTING = /(?:Initiating connection to|Connecting to) (\S{3,64})/i;

export const smartermail: LogSource = {
  id: 'smartermail-log',
  ofLine: (line) => /^[\d[]/.test(line.bytes()) && HEAD.test(line.bytes()),
  open: () => {
    const sessions = new SessionLog(smartermail.id);
    return { line: (line, emit) => readLine(line, sessions, emit) };
  },
};

function readLine(line: LogLine, sessions: SessionLog, emit: Emit): void {
  const words = line.words();
  const head = HEAD.exec(words);
  if (head === null) return;
  const [all, day, time = '', client, session = ''] = head;
  const rest = words.slice(all.length);
  const when = day === undefined ? time : `${day.replaceAll('.', '-')} ${time}`;
  const connecting = CONNECTING.exec(rest)?.[1];
  if (connecting !== undefined) {
    const { host, address } = endpointOf(connecting);
    Object.assign(sessions.session(session), { host, address, stage: 'connect' });
    return;
  }
  const said = WORDS.exec(rest)?.[2];
  if (said === undefined) return;
  if (said.startsWith('354')) sessions.session(session).stage = 'message';
  const direction = client === undefined ? 'outgoing' : 'incoming';
  sessions.read({ session, when, direction, said, address: client ?? null }, emit);
}

function endpointOf(text: string): { host: string | null; address: string | null } {
  const address = endpointAddress(text);
  return { host: address === null ? text : null, address };
}
