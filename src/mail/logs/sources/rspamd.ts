import { cleanAddress, cleanIp } from '../../addresses.js';
import type { LoggedDecision } from '../events.js';
import { decision } from '../make-event.js';
import type { Emit, LogLine, LogReader, LogSource } from '../source.js';

/*
 * rspamd's greylist module. It says what it decided, and a later line of the same task (`<ab12cd>`) says
 * for whom:
 *   #1234(normal) <ab12cd>; lua; greylist.lua:331: greylisted until "Mon, 05 Jan 2026 09:05:00 GMT"
 *   #1234(normal) <ab12cd>; task; rspamd_task_write_log: ... ip: 203.0.113.2, from: <a>, ... rcpts: <u>
 * A decision waits for its second line, within bounds; without one it is told as it is.
 */

const MAX_WAITING = 64;
const TASK = /<([0-9a-f]{4,12})>; /;

/** `2026-01-05 10:00:00 #1234(normal) `. */
const WORKER = /^[\d:. T-]{8,30} #\d{1,9}\([a-z_]{2,20}\) /;

export const rspamd: LogSource = {
  id: 'rspamd-log',
  ofProgram: (program) => /^rspamd/.test(program),
  ofLine: (line) => line.bytes().includes(' #') && WORKER.test(line.bytes()),
  fragments: ['greylist.lua:', 'rspamd_task_write_log: '],
  open: rspamdReader,
};

function rspamdReader(): LogReader {
  const waiting = new Map<string, LoggedDecision>();
  return {
    line(line, emit) {
      const words = line.words();
      const task = TASK.exec(words)?.[1];
      if (task === undefined) return;
      if (words.includes('rspamd_task_write_log: ')) readTask(line, words, task, waiting, emit);
      else if (words.includes('greylist')) {
        const decided = decidedIn(words);
        if (decided === null) return;
        for (const [old, told] of waiting.size >= MAX_WAITING ? [...waiting].slice(0, 1) : []) {
          waiting.delete(old);
          emit(told);
        }
        waiting.set(task, decisionOf(line, decided));
      }
    },
    end(emit) {
      for (const told of waiting.values()) emit(told);
      waiting.clear();
    },
  };
}

/** `greylisted until ...`, `greylisting pass (body) until ...`; `skip greylisting` is none. */
function decidedIn(words: string): LoggedDecision['decided'] | null {
  if (/greylist\.lua:\d{1,5}: greylisted until/.test(words)) return 'refused';
  return /greylist\.lua:\d{1,5}: greylisting pass/.test(words) ? 'passed' : null;
}

function decisionOf(line: LogLine, decided: LoggedDecision['decided']): LoggedDecision {
  return decision({
    source: rspamd.id,
    greylister: 'rspamd',
    when: line.when(),
    logHost: line.logHost(),
    decided,
    stage: 'message',
  });
}

function readTask(
  line: LogLine,
  words: string,
  task: string,
  waiting: Map<string, LoggedDecision>,
  emit: Emit,
): void {
  const isGreylisted = /[[ ,]GREYLIST\([^)]{0,20}\)\{greylisted/.test(words);
  const known = waiting.get(task) ?? (isGreylisted ? decisionOf(line, 'refused') : undefined);
  if (known === undefined) return;
  waiting.delete(task);
  const field = (name: string) =>
    new RegExp(`[ ,]${name}: <?([^<>,\\s]{1,320})`).exec(words)?.[1] ?? '';
  emit({
    ...known,
    message: field('qid') || null,
    clientAddress: cleanIp(field('ip')),
    sender: cleanAddress(field('from')),
    recipient: cleanAddress(field('rcpts')),
  });
}
