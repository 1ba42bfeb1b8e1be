import { setTimeout as delay } from 'node:timers/promises';
import { usageError } from '../../model/errors.js';
import { EXIT } from '../../model/exit-codes.js';
import { formatDuration } from '../../model/values/duration.js';
import { type Following, type ObserveOptions, observe } from '../../tasks/observe/observe.js';
import type { ObserveFlags } from '../flags/observe-flags.js';
import { type Output, parseOutputs } from '../flags/output-flags.js';
import { untilStopped } from '../terminal/interruption.js';
import { showPage, withPage } from '../terminal/show-page.js';
import { proveOutputs, type WriteOut, writeObserved } from '../terminal/write-outputs.js';
import type { ObserveOutcome } from './observe-probes.js';

interface ObserveContext {
  readonly json: boolean;
  readonly version: string;
  readonly stdin: NodeJS.ReadStream;
  readonly writeOut: WriteOut;
}

/** `greyprobe observe`: reads the logs, and writes what they tell in every format that was asked for. */
export async function observeFromCommandLine(
  logs: readonly string[],
  flags: ObserveFlags,
  { json, version, stdin, writeOut }: ObserveContext,
): Promise<ObserveOutcome> {
  const outputs = await withPage(parseOutputs(flags, json), flags.open);
  const options: ObserveOptions = {
    logs,
    since: timeOf('--since', flags.since),
    until: timeOf('--until', flags.until),
    host: flags.host ?? null,
    top: flags.top,
    anonymise: flags.anonymise,
    forSender: flags.for ?? null,
    set: flags.set,
  };
  await proveOutputs(outputs);
  // What a probe takes is loaded where one is asked for: most of the program.
  const probes = flags.probe === undefined ? null : await import('./observe-probes.js');
  const settings = probes?.probeSettings(flags, json);
  const shows =
    process.stderr.isTTY === true && process.env['TERM'] !== 'dumb' && !json && !flags.quiet;
  if (flags.follow && outputs.every(({ file }) => file === null)) {
    throw usageError(
      'output-missing',
      '--follow writes files again and again, and none is given.',
      'Give one: --format prometheus --output greyprobe.prom',
    );
  }
  const following = flags.follow ? everyMinute(outputs, writeOut) : null;
  const onProgress = shows ? progressLine() : undefined;
  const result = await observe(options, stdin, onProgress, following);
  if (shows) process.stderr.write('\r\x1b[K');
  await writeObserved(outputs, result, writeOut);
  const probed =
    settings === undefined
      ? null
      : await probes?.probeOpen(result, flags, settings, { version, outputs, writeOut });
  await showPage(outputs, flags.open);
  if (probed) return probed;
  const isEmpty = result.sent === null && result.received === null;
  return { result, exit: isEmpty ? EXIT.inconclusive : EXIT.ok };
}

const LOOK_MS = 1000;
/** Of a terminal that does not tell its own. */
const WIDTH = 80;
const WRITE_MS = 60_000;

/** Looks every second for more, and writes the files every minute, until the process is told to end. */
function everyMinute(outputs: readonly Output[], writeOut: WriteOut): Following {
  const stopped = untilStopped(null).then(() => false);
  const files = outputs.filter(({ file }) => file !== null);
  let due = 0;
  return {
    async waitForMore(soFar) {
      if (performance.now() >= due) {
        due = performance.now() + WRITE_MS;
        await writeObserved(files, soFar(), writeOut);
      }
      return Promise.race([stopped, delay(LOOK_MS, true)]);
    },
  };
}

/** `12 of 180 MB, 7 s left`, over and over in one line. */
function progressLine(): (bytes: number, of: number | null) => void {
  const began = performance.now();
  return (bytes, of) => {
    const spent = (performance.now() - began) / 1000;
    const megabytes = (count: number) => Math.round(count / 1e6);
    const left =
      of === null || bytes > of
        ? ''
        : ` of ${megabytes(of)} MB, ${formatDuration((spent / bytes) * (of - bytes))} left`;
    const text = `${megabytes(bytes)}${left === '' ? ' MB' : left}`;
    // A line that is wrapped would stay.
    process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns || WIDTH) - 1)}`);
  };
}

/** A day or a time, as logs have it: without a zone it is that of the log. */
function timeOf(flag: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const isTime = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?)?$/.test(text);
  const zoned = /(?:Z|[+-]\d\d:\d\d)$/.test(text.slice(10)) || text.length === 10;
  const seconds = isTime ? Date.parse(zoned ? text : `${text}Z`) / 1000 : Number.NaN;
  if (Number.isFinite(seconds)) return seconds;
  throw usageError(
    'bad-time',
    `${flag}: ${JSON.stringify(text.slice(0, 40))} is no time.`,
    'Write 2026-01-31, or 2026-01-31T12:00.',
  );
}
