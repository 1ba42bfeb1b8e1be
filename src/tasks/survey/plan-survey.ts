import type { SurveyPlan } from '../../contract/survey-plan.js';
import { OPERATOR_ADDRESSES, operatorOf } from '../../core/manners/ledger.js';
import type { SurveySettings, SurveyTarget } from '../../core/survey/events.js';
import { systemRunsFolder } from '../../edges/journal/state-folder.js';
import { realPortsForMany } from '../../edges/real-ports.js';
import type { ConnectionLimits, Whom } from '../../model/ports/dialer.js';
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
  const { request, perHost } = settings;
  const found = await hostsOf(settings, targets, ports, signal);
  const hosts = found.size;
  const { atMost } = await dryRun(request);
  const beginSeconds = Math.log2(hostsPerSecond) + hosts / hostsPerSecond;
  const runs = Math.min(targets.length, hosts * perHost);
  const hours = hoursAtOperators(found, atMost.connections * perHost, request.manners);
  const seconds = beginSeconds + atMost.seconds * perHost + 3600 * hours;
  return {
    schema: 'greyprobe.survey-plan.v1',
    targets: targets.length,
    hosts,
    connectionsAtLeast: runs,
    connectionsAtMost: runs * atMost.connections,
    endsBy: new Date(ports.clock.read().wallMs + seconds * 1000).toISOString(),
  };
}

/** How many hours more the limit of an operator takes, of the one with the most hosts. */
function hoursAtOperators(
  hosts: ReadonlyMap<string, Whom>,
  connectionsEach: number,
  manners: ConnectionLimits,
): number {
  const byOperator = new Map<string, number>();
  for (const whom of hosts.values()) {
    const operator = operatorOf(whom);
    if (operator === null) continue;
    byOperator.set(operator, (byOperator.get(operator) ?? 0) + connectionsEach);
  }
  const most = Math.max(0, ...byOperator.values());
  return Math.ceil(most / (manners.connectionsPerHour * OPERATOR_ADDRESSES)) - Number(most > 0);
}
