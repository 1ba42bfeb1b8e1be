import { cleanAddress } from '../../addresses.js';
import { readReply } from '../../embedded-reply.js';
import { attempt } from '../make-event.js';
import type { Emit, LogLine, LogSource } from '../source.js';

/*
 * Mailman 2 and 3, the log of failures:
 *   Jan 05 10:12:38 2026 (2430) delivery to user@example.org failed with code 451: 4.7.1 Try again
 *   Jan 05 10:12:38 2026 (2430) <id@lists.example> delivery to user@example.org failed with code 451, ...
 */

const FAILED =
  /(?:<([^<>\s]{1,250})> )?delivery to <?(\S{3,320}?)>? failed with code ([45]\d\d)[:,]? ?(.*)$/s;

export const mailman: LogSource = {
  id: 'mailman-log',
  ofLine: (line) =>
    line.bytes().includes('delivery to ') && line.bytes().includes(' failed with code '),
  open: () => ({ line: readLine }),
};

function readLine(line: LogLine, emit: Emit): void {
  const failed = FAILED.exec(line.words());
  if (failed === null) return;
  const [, message = null, recipient = '', code = '', said = ''] = failed;
  const embedded = readReply(`${code} ${said}`);
  if (embedded === null) return;
  emit(
    attempt({
      source: mailman.id,
      when: line.when(),
      message,
      recipient: cleanAddress(recipient),
      outcome: { kind: 'refused', ...embedded, stage: null, final: embedded.reply.code >= 500 },
    }),
  );
}
