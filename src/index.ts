/*
 * The library: what the commands use, for programs that embed greyprobe. Types come with it; the
 * JSON Schemas of all results are in the package's folder schemas/.
 */

export { buildResult } from './contract/build-result.js';
export type { CheckedTarget, CheckResult, Judgement } from './contract/check-result.js';
export type { DoctorResult } from './contract/doctor-result.js';
export { exitCodeOf } from './contract/exit-code.js';
export type { ExplainResult } from './contract/explain-result.js';
export type { HostsResult } from './contract/hosts-result.js';
export type { MxResult } from './contract/mx-result.js';
export type {
  AcceptanceWindow,
  AttemptResult,
  ProbeResult,
} from './contract/probe-result.js';
export type { RecommendResult } from './contract/recommend-result.js';
export type { Report } from './contract/report.js';
export { buildAdvice } from './core/advice/advice.js';
export type { Advice } from './core/advice/advice-schema.js';
export { recommendGlitchRetry } from './core/advice/exchange2003.js';
export { registryCommands, registryFile } from './core/advice/registry-file.js';
export type { Verdict } from './core/evidence/verdict-schema.js';
export { classify } from './core/greylist/classify.js';
export { parseHint } from './core/greylist/hints.js';
export type {
  Confidence,
  DeferralClass,
  Hint,
  Hypothesis,
  Implementation,
} from './core/greylist/hypothesis.js';
export { type AllHosts, probeAllHosts } from './core/run/all-hosts.js';
export { resumeRun, startRun } from './core/run/engine.js';
export type { ProbeEvent } from './core/run/events.js';
export type { Located, ProbeOptions, ProbePorts } from './core/run/ports.js';
export {
  DEFAULT_MANNERS,
  type ProbeRequest,
  requestFor,
  type SenderPool,
} from './core/run/request.js';
export { parseSenderPool } from './core/run/sender-pool.js';
export { foldEvents, type RunState } from './core/run/state.js';
export { inferWindow } from './core/window/infer.js';
export { createResolver } from './edges/dns/create-resolver.js';
export { resolveGivenHost, resolveMailHosts } from './edges/dns/mail-hosts.js';
export { newRunId } from './edges/journal/run-id.js';
export { realPorts } from './edges/real-ports.js';
export { createDialer } from './edges/smtp/dialer.js';
export { systemClock } from './edges/system/clock.js';
export { systemRandom } from './edges/system/random.js';
export { GreyprobeError } from './model/errors.js';
export { EXIT, EXIT_MEANINGS, type ExitCode } from './model/exit-codes.js';
export type { MailHost, PinnedHost, Warning } from './model/mail-host.js';
export type { Clock } from './model/ports/clock.js';
export type { Dialer, Session } from './model/ports/dialer.js';
export type { Random } from './model/ports/random.js';
export type { Resolver } from './model/ports/resolver.js';
export type { Failure, Outcome, Reply, Stage } from './model/smtp.js';
export { parseResolverEndpoint, type ResolverEndpoint } from './model/values/endpoint.js';
export { FORMAT_NAMES, FORMATS, type FormatName } from './report/formats/index.js';
export type { Reporter } from './report/formats/reporter.js';
export { PLAIN, type Style } from './report/text/style.js';
export { renderText } from './report/text/text.js';
export { POSTGREY_LIKE } from './sandbox/models/index.js';
export type { Sandbox } from './sandbox/start.js';
export { startSandbox } from './sandbox/start.js';
export type { CheckContext, CheckTarget } from './tasks/check/check-target.js';
export type { Expectations } from './tasks/check/expectations.js';
export { judge } from './tasks/check/judge.js';
export type { Observed } from './tasks/check/observed.js';
export { runCheck } from './tasks/check/run-check.js';
export { explain } from './tasks/explain/explain.js';
export { OUTPUT_SCHEMAS, type OutputSchemaName, type Outputs } from './tasks/output-schemas.js';
export { type CallOptions, probe, resume } from './tasks/probe/probe.js';
export { type MeasuredResult, parseProbeResult } from './tasks/read-probe-result.js';
export type { ProgramSettings } from './tasks/settings/program-settings.js';
