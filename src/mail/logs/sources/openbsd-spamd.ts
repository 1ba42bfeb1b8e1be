import { cleanAddress, cleanIp } from '../../addresses.js';
import { decision } from '../make-event.js';
import type { Emit, LogLine, LogSource } from '../source.js';

/*
 * spamd of OpenBSD, with `-v`: `(GREY) 192.0.2.25: <a@b> -> <u@e>`. SpamAssassin has a program of the
 * same name, whose lines look otherwise.
 */

const GREY = /^\(GREY\) ([\da-fA-F.:]{2,45}): <([^>]{0,320})> -> <([^>]{1,320})>/;

export const openbsdSpamd: LogSource = {
  id: 'openbsd-spamd-log',
  ofProgram: (program) => program === 'spamd',
  open: () => ({ line: readLine }),
};

function readLine(line: LogLine, emit: Emit): void {
  const found = GREY.exec(line.words());
  if (found === null) return;
  emit(
    decision({
      source: openbsdSpamd.id,
      greylister: 'openbsd-spamd',
      when: line.when(),
      logHost: line.logHost(),
      decided: 'refused',
      clientAddress: cleanIp(found[1] ?? ''),
      sender: cleanAddress(found[2] ?? ''),
      recipient: cleanAddress(found[3] ?? ''),
    }),
  );
}
