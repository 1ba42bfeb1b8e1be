/*
 * What programs put around the lines of a dialogue when they show one.
 */

/** A line of a dialogue, without the program's marks. */
export interface SpokenLine {
  readonly text: string;
  /** Null: the line does not say who spoke. */
  readonly by: 'server' | 'client' | null;
}

/** Some put the address and the number of the connection before the time. */
const TIME =
  /^(?:[\da-f.:]{7,45}[ \t]{1,20})?(?:\[[\da-f]{2,16}\][ \t]{1,20})?(?:\[?\d{4}[-./]\d\d[-./]\d\d[T ])?\[?\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?\]?[ \t]+(?:\[\d{1,10}\][ \t]+)?/i;
/** PHPMailer, smtplib, Java Mail, nodemailer and others. */
const SERVER =
  /^(?:SERVER -> CLIENT:|(?:reply|replied|response|received|recv|server|rsp)\s?:|<[-~*=]{1,3}|<{1,3}|\*\*|S:|R:|SMTP<<|<-)\s*/i;
const CLIENT =
  /^(?:CLIENT -> SERVER:|(?:send|sent|client|cmd)\s?:|-{1,2}>|~>|>{1,3}|C:|SMTP>>|=>)\s*/i;
/** `b'450 4.7.1 no\r\n'` of Python. */
const PYTHON = /^b?(['"])(.*)\1[,;]?$/s;
const CODE = /^[2-5]\d\d(?:[ -]|$)/;

/** Undoes the marks. A mark alone is none: what stands behind it must be a reply or a command. */
export function spokenLine(line: string, isCommand: (text: string) => boolean): SpokenLine {
  const trimmed = line.trim();
  const bare = unquoted(trimmed);
  if (CODE.test(bare)) return { text: bare, by: 'server' };
  const timed = trimmed.replace(TIME, '');
  const said = SERVER.exec(timed);
  if (said !== null) {
    const text = unquoted(timed.slice(said[0].length));
    if (CODE.test(text)) return { text, by: 'server' };
  }
  const asked = CLIENT.exec(timed);
  if (asked !== null) {
    const text = unquoted(timed.slice(asked[0].length));
    if (isCommand(text)) return { text, by: 'client' };
  }
  if (isCommand(bare)) return { text: bare, by: 'client' };
  return inSession(trimmed, isCommand) ?? { text: bare, by: null };
}

/** A line of a session in a log, behind whatever the log puts there: `... [10.0.0.5:51123] >> RCPT TO:<..>`. */
const IN_SESSION =
  /^.{1,200}?[\s\]:](>{1,3}|-{1,2}>|C:|SENT:|CMD:|<{1,3}|<-{1,2}|S:|RECEIVED:|RSP:)\s{1,3}(\S.*)$/s;

function inSession(line: string, isCommand: (text: string) => boolean): SpokenLine | null {
  const [, mark = '', text = ''] = IN_SESSION.exec(line) ?? [];
  if (isCommand(text)) return { text, by: 'client' };
  return /^[<SR]/.test(mark) && mark !== 'SENT:' && CODE.test(text) ? { text, by: 'server' } : null;
}

function unquoted(text: string): string {
  const inside = PYTHON.exec(text)?.[2];
  return inside === undefined ? text : inside.replace(/(?:\\r)?\\n$/, '').trim();
}
