import type { GreylistFinding } from '../../../src/core/observe/greylist-finding.js';
import type { SenderFindings } from '../../../src/core/observe/sender-study.js';
import { beginOf, type LogInput, placedIn } from '../../../src/tasks/observe/log-inputs.js';
import { readMerged } from '../../../src/tasks/observe/merged-events.js';
import { SenderLog } from '../../../src/tasks/observe/sender-log.js';
import type { OtherLog } from './other-log.js';
import type { SentLog } from './sent-log.js';

/** What the files of a log tell, read as `observe` reads them. */
export async function findingsOf(files: readonly string[]): Promise<SenderFindings> {
  const log = new SenderLog();
  const inputs = (await Promise.all(files.map(inputOf))).sort(
    (a, b) => (a.begins ?? 0) - (b.begins ?? 0),
  );
  await readMerged(inputs, { bytes: 0, lines: 0, longLines: 0 }, (event, at) => log.add(event, at));
  return log.study.findings();
}

/** Logs that are made begin in 2026, but for files of the days after. */
async function inputOf(text: string): Promise<LogInput> {
  const when = /^(?:\w{3} [ \d]\d [\d:]{8}|[\dT:.+-]+)/.exec(text)?.[0] ?? '';
  const year = when.startsWith('Jan') ? 2027 : 2026;
  const chunks = async function* () {
    yield Buffer.from(text);
  };
  const begin = await beginOf(chunks());
  if ('unreadable' in begin) throw new Error(begin.unreadable);
  const place = placedIn(year, begin);
  return { name: 'made', bytes: text.length, writtenAt: new Date(0), ...place, chunks };
}

export interface Against {
  /** Windows that miss the truth, greylists that are none: none of them may be. */
  readonly wrong: readonly string[];
  readonly greylists: number;
  readonly bracketed: number;
  readonly confirmed: number;
}

/** Holds findings against the truth about the hosts. */
export function holdAgainst({ hosts }: SentLog, found: SenderFindings): Against {
  const truth = new Map(hosts.map((host) => [host.address, host]));
  const wrong = found.hosts.flatMap((one) => {
    const host = truth.get(one.address ?? '');
    const delay = host?.delaySeconds ?? null;
    return delay !== null && holds(one, delay)
      ? []
      : [`${host?.kind}, delay ${delay}: ${JSON.stringify(one)}`];
  });
  return {
    wrong,
    greylists: found.hosts.length,
    bracketed: found.hosts.filter(({ opens }) => opens.bySeconds !== null).length,
    confirmed: found.hosts.filter(({ confidence }) => confidence === 'confirmed').length,
  };
}

/** The same for logs in another hand, whose hosts may have had several delays: the window has to span one. */
export function wrongOfOther({ hosts, delaysOf }: OtherLog, found: SenderFindings): string[] {
  return found.hosts.flatMap((one) => {
    const delays = delaysOf.get(one.address ?? '') ?? [];
    if (delays.length > 0) {
      const { afterSeconds, bySeconds } = one.opens;
      const spans =
        (afterSeconds ?? 0) <= Math.max(...delays) &&
        (bySeconds ?? Number.POSITIVE_INFINITY) >= Math.min(...delays);
      if (spans) return [];
    }
    const { kind } = hosts.find(({ name }) => name === one.host) ?? { kind: 'unknown' };
    return [`${kind}, delays ${delays.join(' and ')}: ${JSON.stringify(one)}`];
  });
}

function holds({ opens }: GreylistFinding, delaySeconds: number): boolean {
  const { afterSeconds, bySeconds } = opens;
  return (
    (afterSeconds === null || afterSeconds <= delaySeconds) &&
    (bySeconds === null || bySeconds >= delaySeconds)
  );
}
