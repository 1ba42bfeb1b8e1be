import type { ProbeResult } from '../../contract/probe-result.js';
import { formatDuration } from '../../model/values/duration.js';
import type { GreylisterPolicy } from '../../sandbox/greylister-policy.js';
import type { GreylisterModel } from '../../sandbox/models/index.js';
import type { View } from '../view.js';
import { renderResult } from './probe-text.js';
import type { Style } from './style.js';
import { hanging, wrapText } from './wrap.js';

/** A probe of a model in simulated time, and the truth about the model. */
export interface SimulatedProbe {
  readonly model: GreylisterModel;
  /** Of the model, as it was changed for this run. */
  readonly policy: GreylisterPolicy;
  readonly result: ProbeResult;
  /** How long the run took, in simulated time. */
  readonly seconds: number;
  readonly connections: number;
}

/** What was simulated, the result, and what it would have taken. */
export function renderSimulatedProbe(simulated: SimulatedProbe, style: Style, view: View): string {
  const { model, policy, result, seconds, connections } = simulated;
  if (view.depth === 'verdict') return renderResult(result, style, view);
  const delay = formatDuration(policy.delaySeconds);
  const until =
    policy.windowSeconds === null ? 'for good' : `until ${formatDuration(policy.windowSeconds)}`;
  const head = `Simulated: ${model.name}, which accepts after ${delay}, ${until}. ${model.note}`;
  const took =
    `Simulated: the delay was ${delay}; the run took ${formatDuration(seconds)} and ` +
    `${connections} connections. Nothing was sent.`;
  const assumed = model.assumed.length === 0 ? [] : [`${model.assumed.join('; ')}.`];
  return [
    ...wrapText(head, style.columns),
    ...assumed.flatMap((words) => hanging('Assumed: ', words, 9, style.columns)),
    '',
    renderResult(result, style, view),
    '',
    ...wrapText(took, style.columns),
  ].join('\n');
}
