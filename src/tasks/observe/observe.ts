import type { ObserveResult, SentHost, SentResult } from '../../contract/observe-result.js';
import type { GreylistFinding } from '../../core/observe/greylist-finding.js';
import type { OwnRetry } from '../../core/observe/own-retries.js';
import type { ReceiverFindings } from '../../core/observe/receiver-study.js';
import type { SenderFindings } from '../../core/observe/sender-study.js';
import { followFile } from '../../edges/system/follow-file.js';
import type { ReadNote } from '../../edges/system/read-bytes.js';
import { finding } from '../../mail/finding.js';
import type { LogEvent, LogSourceId } from '../../mail/logs/events.js';
import { usageError } from '../../model/errors.js';
import type { Edge } from '../../model/time.js';
import { durationText } from '../../model/values/duration.js';
import { probeCommand, probeTarget } from '../explain/probe-command.js';
import { compareSettings } from './compare-settings.js';
import { type LogInput, logInputs } from './log-inputs.js';
import { type ReadSoFar, readMerged } from './merged-events.js';
import { ReceiverLog, receivedOf } from './receiver-log.js';
import { SenderLog } from './sender-log.js';

/** What `observe` is asked for, checked. Times in seconds since 1970. */
export interface ObserveOptions {
  readonly logs: readonly string[];
  readonly since: number | null;
  readonly until: number | null;
  /** Only this mail host, by name, address or domain. */
  readonly host: string | null;
  /** Rows in each list. */
  readonly top: number;
  /** No address of a person appears in the result. */
  readonly anonymise: boolean;
  readonly forSender: string | null;
  readonly set: readonly string[];
}

/** Called now and then: bytes that were read, of so many where that is known. */
export type OnProgress = (bytes: number, of: number | null) => void;

/** To go on with the last log as it grows. */
export interface Following {
  /** As of `followFile`; it may look at the result so far. */
  readonly waitForMore: (soFar: () => ObserveResult) => Promise<boolean>;
}

/**
 * What logs tell of greylists: reads them in the order of time, whatever their order, and sends nothing.
 * Throws usage errors (`no-input`, `two-inputs`, `cannot-read-file`, `nothing-to-follow`).
 */
export async function observe(
  options: ObserveOptions,
  stdin: AsyncIterable<unknown> & { readonly isTTY?: boolean },
  onProgress: OnProgress = () => undefined,
  following: Following | null = null,
): Promise<ObserveResult> {
  const logs = logsOf(options.logs, stdin.isTTY === true);
  const notes: ReadNote[] = [];
  const inputs = await logInputs(logs, stdin, (note) => notes.push(note));
  const reading = new Reading(options, inputs, notes);
  if (following === null) {
    await reading.read(inputs, onProgress);
    return reading.result();
  }
  const last = inputs.at(-1);
  if (last === undefined || last.name === '-' || last.name.endsWith('.gz')) {
    throw usageError(
      'nothing-to-follow',
      'There is no log that can grow.',
      'Give the log that is written to last, such as /var/log/mail.log.',
    );
  }
  await reading.read(inputs.slice(0, -1), onProgress);
  const more = () => following.waitForMore(() => reading.result());
  await reading.read([{ ...last, chunks: () => followFile(last.name, more) }], onProgress);
  return reading.result();
}

function logsOf(logs: readonly string[], isTerminal: boolean): readonly string[] {
  if (logs.filter((one) => one === '-').length > 1) {
    throw usageError('two-inputs', 'Standard input can be read once.', "Give '-' once.");
  }
  if (logs.length > 0) return logs;
  if (!isTerminal) return ['-'];
  throw usageError(
    'no-input',
    'No log is given.',
    'Files:     greyprobe observe /var/log/mail.log*',
    'A stream:  journalctl -u postfix -o short-iso | greyprobe observe -',
  );
}

/** What was read so far, and what it tells. */
class Reading {
  readonly #options: ObserveOptions;
  readonly #inputs: readonly LogInput[];
  readonly #notes: readonly ReadNote[];
  readonly #sender = new SenderLog();
  readonly #receiver = new ReceiverLog();
  readonly #sources = new Map<LogSourceId, number>();
  readonly #progress: ReadSoFar = { bytes: 0, lines: 0, longLines: 0 };

  constructor(options: ObserveOptions, inputs: readonly LogInput[], notes: readonly ReadNote[]) {
    this.#options = options;
    this.#inputs = inputs;
    this.#notes = notes;
  }

  async read(inputs: readonly LogInput[], onProgress: OnProgress): Promise<void> {
    const progress = this.#progress;
    const sizes = this.#inputs.map(({ bytes }) => bytes);
    const all = sizes.includes(null)
      ? null
      : sizes.reduce<number>((sum, one) => sum + (one ?? 0), 0);
    const from = this.#options.since ?? Number.NEGATIVE_INFINITY;
    const to = this.#options.until ?? Number.POSITIVE_INFINITY;
    let shown = progress.bytes;
    await readMerged(inputs, progress, (event, at) => {
      if (progress.bytes - shown > PROGRESS_BYTES) {
        shown = progress.bytes;
        onProgress(shown, all);
      }
      if (at >= from && at <= to) this.#take(event, at);
    });
  }

  result(): ObserveResult {
    const { bytes, lines } = this.#progress;
    const found = this.#sender.study.findings();
    const received = this.#receiver.study.findings();
    const source = mostOf(this.#sources);
    return {
      schema: 'greyprobe.observe-result.v1',
      input: {
        files: this.#inputs.map(({ name }) => name),
        bytes,
        lines,
        from: found.from === null ? null : rfc3339(found.from),
        to: found.to === null ? null : rfc3339(found.to),
      },
      sent: found.attempts === 0 ? null : sentOf(found, source, this.#options),
      received: received.triplets === 0 ? null : receivedOf(received, this.#options),
      warnings: [...this.#notes, ...warningsOf(found, received, this.#progress)],
    };
  }

  #take(event: LogEvent, at: number): void {
    this.#receiver.add(event, at);
    if (event.kind === 'attempt') {
      this.#sources.set(event.source, (this.#sources.get(event.source) ?? 0) + 1);
    }
    this.#sender.add(event, at);
  }
}

const PROGRESS_BYTES = 4_000_000;

function mostOf(sources: ReadonlyMap<LogSourceId, number>): LogSourceId | null {
  const [most] = [...sources].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? null;
}

function sentOf(
  found: SenderFindings,
  source: LogSourceId | null,
  options: ObserveOptions,
): SentResult {
  const { top, host } = options;
  const hosts = found.hosts.filter((one) => isMeant(one, host));
  const late = found.late.filter((one) => isMeant(one, host));
  const sum = (of: (one: GreylistFinding) => number) =>
    hosts.reduce((all, one) => all + of(one), 0);
  return {
    delivered: found.messages,
    attempts: found.attempts,
    mailHosts: found.mailHosts,
    greylisting: {
      hosts: hosts.length,
      refused: sum(({ refused }) => refused),
      waitedSeconds: Math.round(sum(({ waitedSeconds }) => waitedSeconds)),
      lost: sum(({ lost }) => lost),
    },
    hosts: hosts.slice(0, top).map((one) => sentHost(one, options.anonymise)),
    late: late.slice(0, top).map((one) => ({ ...one, refusals: [...one.refusals] })),
    settings: compareSettings(hosts, source, options),
    retries: [...found.retries],
    schedule: scheduleOf(found.retries),
    leftOut: {
      hosts: Math.max(0, hosts.length - top),
      late: Math.max(0, late.length - top),
    },
  };
}

/** Waits as people write them. */
function scheduleOf(retries: readonly OwnRetry[]): string | null {
  if (retries.length === 0) return null;
  return retries
    .map(({ medianSeconds }) => {
      const step = medianSeconds < 120 ? 1 : medianSeconds < 3600 ? 10 : 60;
      return durationText(Math.max(1, Math.round(medianSeconds / step) * step));
    })
    .join(',');
}

function isMeant(
  { host, address }: { readonly host: string | null; readonly address: string | null },
  wanted: string | null,
): boolean {
  if (wanted === null) return true;
  const name = wanted.toLowerCase();
  return host === name || address === name || host?.endsWith(`.${name}`) === true;
}

function sentHost(one: GreylistFinding, anonymise: boolean): SentHost {
  const refused = finding({
    source: 'reply',
    fate: 'deferred',
    direction: 'outgoing',
    sender: one.sender,
    recipient: one.recipient,
    remoteHost: one.host,
    remoteAddress: one.address,
  });
  const target = anonymise ? null : probeTarget(refused);
  return {
    host: one.host,
    address: one.address,
    window: {
      opens: edgeOf(one.opens),
      closes: { afterSeconds: null, bySeconds: null },
    },
    confidence: one.confidence,
    firstContacts: Math.max(one.firstContacts, one.refused),
    refused: one.refused,
    waitedSeconds: Math.round(one.waitedSeconds),
    passes: one.passes,
    lost: one.lost,
    pairs: one.pairs,
    letsInAfterPasses: one.letsInAfterPasses,
    forgottenAfterSeconds:
      one.forgottenAfterSeconds === null ? null : Math.round(one.forgottenAfterSeconds),
    misfits: one.misfits,
    contradictory: one.contradictory,
    changed:
      one.changed === null
        ? null
        : { at: rfc3339(one.changed.at), opensBefore: edgeOf(one.changed.before) },
    probe: target === null || target.from === null ? null : { ...target, from: target.from },
    command: anonymise ? null : probeCommand(refused),
  };
}

/** The lower edge in tenths, and down: it bounds from below. */
function edgeOf({ afterSeconds, bySeconds }: Edge): Edge {
  return {
    afterSeconds: afterSeconds === null ? null : Math.floor(afterSeconds * 10) / 10,
    bySeconds,
  };
}

/** From so many changing senders on it is a habit, and no accident. */
const MANY_SENDERS = 50;

function warningsOf(
  found: SenderFindings,
  received: ReceiverFindings,
  progress: ReadSoFar,
): ObserveResult['warnings'] {
  const warnings: ObserveResult['warnings'] = [];
  const { senders, dropped } = found;
  if (found.attempts === 0 && received.triplets === 0) {
    warnings.push({
      code: 'nothing-recognised',
      message:
        "No line tells of a delivery, or of a greylist's decision, in a way that greyprobe knows.",
    });
  }
  if (senders.distinct > MANY_SENDERS && senders.withoutDigits < senders.distinct / 4) {
    warnings.push({
      code: 'changing-senders',
      message:
        `The envelope sender changes from message to message: ${senders.distinct} senders, ` +
        `${senders.withoutDigits} without their digits and tags. Each is new to a greylist, so each message waits.`,
    });
  }
  const [first] = found.hosts;
  if (found.mailHosts === 1 && found.attempts > MANY_SENDERS && first === undefined) {
    warnings.push({
      code: 'one-mail-host',
      message:
        'All mail goes to one mail host. If that is your provider, it is the provider that retries: its log has the answer.',
    });
  }
  const parts = [
    dropped.hosts > 0 ? `${dropped.hosts} mail hosts` : '',
    dropped.messages > 0 ? `${dropped.messages} waiting messages` : '',
    received.dropped > 0 ? `${received.dropped} triplets` : '',
    dropped.tuples > 0 ? `${dropped.tuples} tuples` : '',
  ].filter((part) => part !== '');
  if (parts.length > 0) {
    warnings.push({
      code: 'dropped',
      message: `Too much for the memory that observe takes: ${parts.join(', ')} were dropped, so counts are too low.`,
    });
  }
  if (dropped.cutHosts > 0) {
    warnings.push({
      code: 'tries-cut',
      message: `Windows rest on the first tries of the log at ${dropped.cutHosts} mail hosts: there were more than observe keeps.`,
    });
  }
  if (progress.longLines > 0) {
    warnings.push({
      code: 'long-lines',
      message: `${progress.longLines} lines were longer than 64 KiB, and read up to there.`,
    });
  }
  return warnings;
}

function rfc3339(at: number): string {
  return new Date(at * 1000).toISOString();
}
