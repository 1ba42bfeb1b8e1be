import type { AcceptanceWindow } from '../../contract/probe-result.js';
import type { RecommendResult } from '../../contract/recommend-result.js';
import { buildAdvice } from '../../core/advice/advice.js';
import { registryCommands } from '../../core/advice/registry-file.js';
import { aliasesNamed } from '../../core/advice/senders.js';
import { windowFromEdges } from '../../core/advice/window-text.js';
import { GreyprobeError } from '../../model/errors.js';
import { EXIT } from '../../model/exit-codes.js';
import type { MeasuredResult, ObservedResult } from '../read-probe-result.js';
import { chosenSenders, type SenderChoice } from './chosen-senders.js';

/** What to give advice on: a window, and how its server treats early tries. */
export interface AdviceSubject {
  readonly window: AcceptanceWindow;
  readonly restartsTimer: boolean;
  /** The recipient's domain, where it is known. */
  readonly domain: string | null;
}

/** The advice for the senders chosen, a few common ones by default. Throws usage errors. */
export function toRecommendResult(subject: AdviceSubject, choice: SenderChoice): RecommendResult {
  const senders = chosenSenders(choice, 'common');
  const { window, restartsTimer, domain } = subject;
  const advice = buildAdvice(window, {
    senders,
    restartsTimer,
    ...(domain === null ? {} : { domain }),
  });
  const value = advice.exchange2003.glitchRetrySeconds;
  return {
    schema: 'greyprobe.recommend-result.v1',
    window,
    restartsTimer,
    advice,
    registry: value === null ? null : registryCommands(value),
    files: [],
    warnings: aliasesNamed(choice.names ?? '').map(({ name, inside, checked, source }) => ({
      code: 'sender-alias',
      message: `${name} has ${inside} inside (${checked === null ? source : `${source}; ${checked}`}).`,
    })),
  };
}

/** The subject of a probe's result. Throws where it holds no window (exit: inconclusive). */
export function subjectOfProbe(result: MeasuredResult, restartsTimer: boolean): AdviceSubject {
  if (result.window === null) throw noWindow(result.verdict.kind);
  const seen = result.warnings.some(({ code }) => code === 'early-retry-harms');
  return {
    window: result.window,
    restartsTimer: restartsTimer || seen,
    domain: result.target.domain,
  };
}

/**
 * The subject of what logs told: the host that is named, or the first whose window is known from above,
 * which is the one where mail waited longest. A probe that went on from there knows better. Throws `no-window` (exit: inconclusive) where there is none.
 */
export function subjectOfObservation(
  { sent }: ObservedResult,
  host: string | null,
  restartsTimer: boolean,
): AdviceSubject {
  const [window] = (sent?.hosts ?? [])
    .filter((one) => host === null || one.host === host || one.address === host)
    .map((one) => one.probed?.window ?? one.window)
    .filter(({ opens }) => opens.bySeconds !== null);
  if (window !== undefined) return { window, restartsTimer, domain: null };
  throw new GreyprobeError(
    'no-window',
    `These logs show no age at which ${host ?? 'a mail host'} accepts a retry.`,
    { exit: EXIT.inconclusive, suggestions: ['Probe it, or give --opens-by and --closes-after.'] },
  );
}

/** What is amiss, by what the probe found: not every verdict calls for another probe. */
function noWindow(kind: string): GreyprobeError {
  const next =
    kind === 'accepted'
      ? 'The first try was accepted: no sender has to wait here, and nothing has to be set.'
      : kind === 'rejected' || kind === 'no-mail-service'
        ? 'No retry schedule changes that: see what the reply asks for.'
        : 'Probe until a retry is accepted, or give --opens-by and --closes-after.';
  return new GreyprobeError(
    'no-window',
    `This result holds no acceptance window: its verdict is "${kind}".`,
    { exit: EXIT.inconclusive, suggestions: [next] },
  );
}

/** The subject given by flags. Throws usage errors. */
export function subjectOfEdges(
  edges: {
    readonly opensBy: string | undefined;
    readonly opensAfter: string | undefined;
    readonly closesAfter: string | undefined;
    readonly closesBy: string | undefined;
  },
  restartsTimer: boolean,
): AdviceSubject {
  const { opensBy } = edges;
  if (opensBy === undefined) {
    throw new GreyprobeError('missing-window', 'Which window? None was given.', {
      suggestions: [
        'Write --opens-by 300s --closes-after 4h, or --result with what "probe --json" printed.',
      ],
    });
  }
  const window = windowFromEdges({
    opensBy,
    opensAfter: edges.opensAfter ?? null,
    closesAfter: edges.closesAfter ?? null,
    closesBy: edges.closesBy ?? null,
  });
  return { window, restartsTimer, domain: null };
}
