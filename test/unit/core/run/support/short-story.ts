import { PURPOSES } from '../../../../../src/core/plan/purposes.js';
import type { ProbeRequest } from '../../../../../src/core/run/request.js';
import type { RunState } from '../../../../../src/core/run/state.js';
import type { Reply } from '../../../../../src/model/smtp.js';
import type { Role } from '../../../../../src/model/tuple.js';
import { ACCEPTED, PINNED, Story, senderOf, type Told } from './story.js';

const ENDS: Readonly<Record<string, Omit<Told, 'tuple'>>> = {
  '~': { reply: { enhanced: null, text: ['Temporary local problem'] } },
  o: { reply: ACCEPTED },
  '!': { reply: { code: 550, enhanced: '5.7.1', text: ['Denied'] } },
  '?': { lost: 'timeout' },
  '/': { lost: 'connection-closed' },
};

const LINE =
  /^(?<seconds>[\d.]+)(?: (?<step>[a-z-]+))?:(?<tried>(?: \d+[xo!?/~])*)(?<open> \.\.\.)?$/u;

/**
 * A run, one connection a line: when, in seconds; for which step, where it is no climb; and who was
 * tried, each sender by its number. x: deferred, in the words of `deferral`; ~: deferred in other words;
 * o: accepted; !: rejected; ?: no answer; /: the host hung up. Sender 1 is the one that is retried, who
 * else comes again confirms. The last connection can be left open.
 *
 *     0: 1x 2x 3x
 *     300: 4x 1o
 *     310 verify: 2x ...
 */
export function shortStory(
  lines: readonly string[],
  changes: Partial<ProbeRequest> = {},
  deferral: Partial<Reply> = {},
): RunState {
  const story = new Story(changes);
  const met = new Set<number>();
  let isOpen = false;
  for (const line of lines) {
    const { seconds, step, tried, open } = LINE.exec(line)?.groups ?? {};
    if (tried === undefined) throw new Error(`not a connection: ${line}`);
    isOpen = open !== undefined;
    const address = changes.sourceAddresses?.[step === 'other-client' ? 1 : 0];
    const client = address === undefined ? {} : { client: address };
    const attempts = [...tried.matchAll(/(\d+)(.)/gu)].map(([, number, end]): Told => {
      const tuple = Number(number);
      const role = roleOf(tuple, met);
      met.add(tuple);
      const ending = end === 'x' ? { reply: deferral } : ENDS[end ?? ''];
      return { tuple, role, ...client, ...ending };
    });
    story.session(Number(seconds), attempts, PINNED, purposeOf(step));
  }
  const { state } = story;
  if (!isOpen) return state;
  const { length } = state.sessions;
  const sessions = state.sessions.map((one) => (one.n === length ? { ...one, ended: null } : one));
  return { ...state, sessions };
}

/** A pool that has the senders of a run that is told so, and no others: no control is left. */
export function usedUp(lines: readonly string[]): ProbeRequest['senders'] {
  const tuples = lines.join().match(/\d+(?=[xo!?/~])/gu) ?? [];
  return { kind: 'list', addresses: [...new Set(tuples)].map((one) => senderOf(Number(one))) };
}

/** A pool of the first so many senders of runs that are told so. */
export function onlySenders(count: number): ProbeRequest['senders'] {
  return usedUp(Array.from({ length: count }, (_, index) => `${index + 1}x`));
}

function roleOf(tuple: number, met: ReadonlySet<number>): Role {
  if (met.size === 0) return 'first';
  if (!met.has(tuple)) return 'control';
  return tuple === 1 ? 'retry' : 'confirm';
}

function purposeOf(step: string | undefined): string | undefined {
  if (step === undefined) return undefined;
  return Object.entries(PURPOSES).find(([kind]) => kind === step)?.[1] ?? step;
}
