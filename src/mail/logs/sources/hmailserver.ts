import { cleanIp } from '../../addresses.js';
import { csvFields } from '../csv.js';
import type { Emit, LogLine, LogSource } from '../source.js';
import { SessionLog } from './session-log.js';

/*
 * hMailServer: `"SMTPC"	2704	1023	"2026-01-05 10:00:00.411"	"192.0.2.1"	"RECEIVED: 451 Greylisted"`.
 * SMTPC is the client that sends, SMTPD the server that receives. The data of a message is not logged:
 * its end is the reply after DATA's 354.
 */

export const hmailserver: LogSource = {
  id: 'hmailserver-log',
  ofLine: ({ chunk, start }) => chunk.startsWith('"SMTP', start),
  open: () => {
    const sessions = new SessionLog(hmailserver.id);
    return { line: (line, emit) => readLine(line, sessions, emit) };
  },
};

function readLine(line: LogLine, sessions: SessionLog, emit: Emit): void {
  const [kind = '', , id = '', when = '', address = '', said = ''] = csvFields(line.words(), '\t');
  const found = /^(SENT|RECEIVED): (.*)$/s.exec(said);
  if (found === null || (kind !== 'SMTPC' && kind !== 'SMTPD')) return;
  const session = `${kind} ${id}`;
  const words = (found[2] ?? '').replaceAll('[nl]', '\n');
  if (words.startsWith('354')) sessions.session(session).stage = 'message';
  const direction = kind === 'SMTPC' ? 'outgoing' : 'incoming';
  sessions.read({ session, when, direction, said: words, address: cleanIp(address) }, emit);
}
