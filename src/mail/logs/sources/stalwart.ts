import type { Stage } from '../../../model/smtp.js';
import { cleanAddress, cleanHost, cleanIp } from '../../addresses.js';
import { readReply } from '../../embedded-reply.js';
import { attempt, decision } from '../make-event.js';
import type { Emit, LogLine, LogSource } from '../source.js';

/*
 * Stalwart names each event in brackets, with fields behind it:
 *   2026-01-05T10:00:00Z INFO SMTP RCPT TO rejected (delivery.rcpt-to-rejected) queueId = 33, from =
 *   "a@b", to = ["u@e"], hostname = "mx.e", to = "u@e", code = 451, details = "4.7.1 Greylisted"
 * Of two fields of one name the later is the nearer one.
 */

const EVENT = /\(((?:delivery|smtp|queue)\.[a-z-]{3,40})\)(?: (.*))?$/s;
const STAGES: Readonly<Record<string, Stage | null>> = {
  'delivery.greeting-failed': 'connect',
  'delivery.ehlo-rejected': 'helo',
  'delivery.mail-from-rejected': 'mail',
  'delivery.rcpt-to-rejected': 'rcpt',
  'delivery.message-rejected': 'message',
};

export const stalwart: LogSource = {
  id: 'stalwart-log',
  ofProgram: (program) => /^stalwart(?:-mail)?$/.test(program),
  ofLine: (line) => line.bytes().includes(' (') && EVENT.test(line.bytes()),
  open: () => ({ line: readLine }),
};

function readLine(line: LogLine, emit: Emit): void {
  const [, event = '', fields = ''] = EVENT.exec(line.words()) ?? [];
  const stage = STAGES[event];
  const recipient = cleanAddress(field(fields, 'to').replace(/^\["?|"?\]$/g, ''));
  const told = {
    source: stalwart.id,
    when: line.when(),
    sender: cleanAddress(field(fields, 'from')),
    recipient,
  } as const;
  if (event === 'smtp.rcpt-to-greylisted') {
    const clientAddress = cleanIp(field(fields, 'remoteIp'));
    emit(
      decision({
        ...told,
        decided: 'refused',
        greylister: 'stalwart',
        clientAddress,
        stage: 'rcpt',
      }),
    );
    return;
  }
  if (stage === undefined && event !== 'delivery.delivered') return;
  const about = {
    ...told,
    message: field(fields, 'queueId') || null,
    host: cleanHost(field(fields, 'hostname')),
    address: cleanIp(field(fields, 'remoteIp')),
    localAddress: cleanIp(field(fields, 'localIp').replace('0.0.0.0', '')),
  };
  if (stage === undefined) {
    emit(attempt({ ...about, outcome: { kind: 'accepted' } }));
    return;
  }
  const embedded = readReply(`${field(fields, 'code')} ${field(fields, 'details')}`);
  if (embedded === null) return;
  const final = embedded.reply.code >= 500;
  emit(attempt({ ...about, outcome: { kind: 'refused', ...embedded, stage, final } }));
}

/** `name = "value"`, `name = value`, the last of them. */
function field(fields: string, name: string): string {
  const pattern = new RegExp(
    `(?:^|, )${name} = (?:"((?:[^"\\\\]|\\\\.){0,4000})"|([^,]{0,400}))`,
    'g',
  );
  const last = [...fields.matchAll(pattern)].at(-1);
  return last?.[1]?.replaceAll('\\"', '"') ?? last?.[2] ?? '';
}
