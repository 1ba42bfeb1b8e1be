import type { SurveyPlan } from '../../contract/survey-plan.js';
import type { SurveySettings, SurveyTarget } from '../../core/survey/events.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { realPortsForMany } from '../../edges/real-ports.js';
import { dryRun } from '../dry-run.js';
import { hostsOf } from './survey.js';

/** What a survey of the targets would do. Asks the DNS, and connects to nobody. */
export async function planSurvey(
  settings: SurveySettings,
  targets: readonly SurveyTarget[],
  {
    stateDir,
    hostsPerSecond,
    signal,
  }: {
    readonly stateDir: string | null;
    readonly hostsPerSecond: number;
    readonly signal: AbortSignal;
  },
): Promise<SurveyPlan> {
  const ports = realPortsForMany(settings.resolver, systemRunsFolder(stateDir));
  const hosts = (await hostsOf(settings, targets, ports, signal)).size;
  const { atMost } = await dryRun(settings.request);
  const beginSeconds = Math.log2(hostsPerSecond) + hosts / hostsPerSecond;
  const runs = Math.min(targets.length, hosts * settings.perHost);
  const seconds = beginSeconds + atMost.seconds * settings.perHost;
  return {
    schema: 'greyprobe.survey-plan.v1',
    targets: targets.length,
    hosts,
    connectionsAtLeast: runs,
    connectionsAtMost: runs * atMost.connections,
    endsBy: new Date(ports.clock.read().wallMs + seconds * 1000).toISOString(),
  };
}
