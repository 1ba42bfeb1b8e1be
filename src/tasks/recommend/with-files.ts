import { resolve } from 'node:path';
import type { RecommendResult } from '../../contract/recommend-result.js';
import type { SimulateSendersResult } from '../../contract/simulate-senders-result.js';
import type { AgeWindow } from '../../core/advice/acceptance-window.js';
import { registryFile } from '../../core/advice/registry-file.js';
import { parseWindow } from '../../core/advice/window-text.js';
import { refuseExisting, writeFileWhole, writeNewFile } from '../../edges/system/write-file.js';
import { GreyprobeError, usageError } from '../../model/errors.js';
import { EXIT } from '../../model/exit-codes.js';
import { recommendationPicture, simulationPicture } from '../../report/text/advice-text.js';
import { type MeasuredResult, type ObservedResult, readMeasurement } from '../read-probe-result.js';
import {
  type AdviceSubject,
  subjectOfEdges,
  subjectOfObservation,
  subjectOfProbe,
  toRecommendResult,
} from './recommend.js';
import { toSimulateSendersResult } from './simulate-senders.js';

/** Flags of `recommend`, as oclif reads them. */
export interface RecommendFlags {
  readonly 'opens-by'?: string | undefined;
  readonly 'opens-after'?: string | undefined;
  readonly 'closes-after'?: string | undefined;
  readonly 'closes-by'?: string | undefined;
  readonly result?: string | undefined;
  readonly host?: string | undefined;
  readonly for?: string | undefined;
  readonly schedule?: string | undefined;
  readonly set: readonly string[];
  readonly 'restarts-timer': boolean;
  readonly reg?: string | undefined;
  readonly svg?: string | undefined;
  readonly force: boolean;
  readonly 'state-dir'?: string | undefined;
}

/** Advice for a window or a result, with the files that were asked for. */
export async function recommend(
  flags: RecommendFlags,
  stdin: AsyncIterable<unknown>,
): Promise<RecommendResult> {
  const restarts = flags['restarts-timer'];
  const subject =
    flags.result === undefined
      ? subjectOfEdges(
          {
            opensBy: flags['opens-by'],
            opensAfter: flags['opens-after'],
            closesAfter: flags['closes-after'],
            closesBy: flags['closes-by'],
          },
          restarts,
        )
      : subjectOf(
          await readMeasurement(flags.result, stdin, flags['state-dir'] ?? null),
          flags.host ?? null,
          restarts,
        );
  const result = toRecommendResult(subject, {
    names: flags.for,
    schedule: flags.schedule,
    settings: flags.set,
  });
  const { reg, svg, force } = flags;
  await writeAll(
    [
      ...(reg === undefined ? [] : [{ path: reg, content: registryOf(result) }]),
      ...(svg === undefined
        ? []
        : [
            {
              path: svg,
              content: await svgOf(recommendationPicture(result), result.window, SVG_TITLE),
            },
          ]),
    ],
    force,
  );
  return { ...result, files: [reg, svg].filter((path) => path !== undefined) };
}

function subjectOf(
  result: MeasuredResult | ObservedResult,
  host: string | null,
  restarts: boolean,
): AdviceSubject {
  return result.schema === 'greyprobe.observe-result.v1'
    ? subjectOfObservation(result, host, restarts)
    : subjectOfProbe(result, restarts);
}

const SVG_TITLE = 'Retries against the acceptance window';

/** Writes all of the files, or none where one of them is in the way. */
async function writeAll(
  files: readonly { readonly path: string; readonly content: string | Buffer }[],
  force: boolean,
): Promise<void> {
  const [first, second] = files.map(({ path }) => resolve(path));
  if (first !== undefined && first === second) {
    throw usageError('output-taken-twice', '--reg and --svg name one file.', 'Give each its own.');
  }
  for (const { path } of files) if (!force) await refuseExisting(path);
  for (const { path, content } of files) {
    await (force ? writeFileWhole : writeNewFile)(path, content);
  }
}

/** Flags of `simulate --window` and `simulate --result`, as oclif reads them. */
export interface SimulateSendersFlags {
  /** In place of a result. */
  readonly window?: string | undefined;
  readonly result?: string | undefined;
  readonly host?: string | undefined;
  readonly for?: string | undefined;
  readonly schedule?: string | undefined;
  readonly set: readonly string[];
  readonly 'restarts-timer': boolean;
  readonly svg?: string | undefined;
  readonly force: boolean;
  readonly 'state-dir'?: string | undefined;
}

/** Which senders arrive in a window that a receiver sets, or that was measured. */
export async function simulateSenders(
  flags: SimulateSendersFlags,
  stdin: AsyncIterable<unknown>,
): Promise<SimulateSendersResult> {
  const { window, schedule, set, svg } = flags;
  const choice = { names: flags.for, schedule, settings: set };
  const subject = await simulatedSubject(flags, stdin);
  const result = toSimulateSendersResult(subject, choice);
  if (svg === undefined) return result;
  const title = window === undefined ? SVG_TITLE : `Retries against the window ${window}`;
  const picture = await svgOf(simulationPicture(result), subject.window, title);
  await (flags.force ? writeFileWhole : writeNewFile)(svg, picture);
  return { ...result, files: [svg] };
}

async function simulatedSubject(
  { window, result, ...flags }: SimulateSendersFlags,
  stdin: AsyncIterable<unknown>,
): Promise<Pick<AdviceSubject, 'window' | 'restartsTimer'>> {
  const restartsTimer = flags['restarts-timer'];
  if (window !== undefined) return { window: parseWindow(window), restartsTimer };
  if (result !== undefined) {
    const measured = await readMeasurement(result, stdin, flags['state-dir'] ?? null);
    return subjectOf(measured, flags.host ?? null, restartsTimer);
  }
  throw usageError(
    'nothing-to-simulate',
    'None of --window, --result and --server is given.',
    'Give --window 300s..48h or --result last to try senders, or --server postgrey to try a probe.',
  );
}

function registryOf({ advice }: RecommendResult): Buffer {
  const { glitchRetrySeconds, basis } = advice.exchange2003;
  if (glitchRetrySeconds !== null) return registryFile(glitchRetrySeconds);
  throw new GreyprobeError('no-value', `There is no value to write. ${basis}`, {
    exit: EXIT.checkFailed,
  });
}

async function svgOf(
  picture: ReturnType<typeof recommendationPicture>,
  window: AgeWindow,
  title: string,
): Promise<string> {
  if (picture !== null) {
    const { drawingOfAdvice } = await import('../../report/picture/drawings.js');
    const { renderSvg } = await import('../../report/picture/to-svg.js');
    return renderSvg(drawingOfAdvice(picture, window), title);
  }
  throw new GreyprobeError('no-picture', 'There is nothing to draw: no retries are known.', {
    exit: EXIT.checkFailed,
  });
}
