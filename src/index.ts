/*
 * The library: what the commands use, for programs that embed greyprobe. Types come with it; the
 * JSON Schemas of all results are in the package's folder schemas/.
 */

export { buildAdvice } from './advice/advice.js';
export type { Advice } from './advice/advice-schema.js';
export { recommendGlitchRetry } from './advice/exchange2003.js';
export { registryCommands, registryFile } from './advice/registry-file.js';
export type { CheckContext, CheckTarget } from './check/check-target.js';
export type { Expectations } from './check/expectations.js';
export { judge } from './check/judge.js';
export type { Observed } from './check/observed.js';
export { runCheck } from './check/run-check.js';
export { createResolver } from './dns/create-resolver.js';
export { resolveGivenHost, resolveMailHosts } from './dns/mail-hosts.js';
export { GreyprobeError } from './errors.js';
export { EXIT, EXIT_MEANINGS, type ExitCode } from './exit-codes.js';
export { explain } from './explain/explain.js';
export { classify } from './greylist/classify.js';
export { parseHint } from './greylist/hints.js';
export type {
  Confidence,
  DeferralClass,
  Hint,
  Hypothesis,
  Implementation,
} from './greylist/hypothesis.js';
export { newRunId } from './journal/run-id.js';
export type { MailHost, PinnedHost, Warning } from './model/mail-host.js';
export type { Failure, Outcome, Reply, Stage } from './model/smtp.js';
export { OUTPUT_SCHEMAS, type OutputSchemaName, type Outputs } from './output-schemas.js';
export type { Clock } from './ports/clock.js';
export type { Dialer, Session } from './ports/dialer.js';
export type { Random } from './ports/random.js';
export type { Resolver } from './ports/resolver.js';
export { type AllHosts, probeAllHosts } from './probe/all-hosts.js';
export {
  type Located,
  type ProbeOptions,
  type ProbePorts,
  resumeRun,
  startRun,
} from './probe/engine.js';
export type { ProbeEvent } from './probe/events.js';
export {
  DEFAULT_MANNERS,
  type ProbeRequest,
  requestFor,
  type SenderPool,
} from './probe/request.js';
export { foldEvents, type RunState } from './probe/state.js';
export { FORMAT_NAMES, FORMATS, type FormatName } from './report/formats/index.js';
export type { Report, Reporter } from './report/formats/reporter.js';
export { PLAIN, type Style } from './report/style.js';
export { renderText } from './report/text.js';
export { buildResult } from './result/build-result.js';
export type { CheckedTarget, CheckResult, Judgement } from './result/check-result.js';
export type { DoctorResult } from './result/doctor-result.js';
export { exitCodeOf } from './result/exit-code.js';
export type { ExplainResult } from './result/explain-result.js';
export type { HostsResult } from './result/hosts-result.js';
export type { MxResult } from './result/mx-result.js';
export type {
  AcceptanceWindow,
  AttemptResult,
  ProbeResult,
  Verdict,
} from './result/probe-result.js';
export { type MeasuredResult, parseProbeResult } from './result/read-probe-result.js';
export type { RecommendResult } from './result/recommend-result.js';
export { POSTGREY_LIKE } from './sandbox/policies.js';
export type { Sandbox } from './sandbox/sandbox.js';
export { startSandbox } from './sandbox/start.js';
export { createDialer } from './smtp/dialer.js';
export { systemClock } from './system/clock.js';
export { systemRandom } from './system/random.js';
export { parseResolverEndpoint, type ResolverEndpoint } from './values/endpoint.js';
export { parseSenderPool } from './values/sender-pool.js';
export { inferWindow } from './window/infer.js';
export { realPorts } from './world/real-ports.js';
