import { buildResult } from '../../../../../src/contract/build-result.js';
import {
  CHECK_OUTCOMES,
  type CheckedTarget,
  type CheckOutcome,
  type CheckResult,
  type Judgement,
  jointOutcome,
} from '../../../../../src/contract/check-result.js';
import type { ProbeResult } from '../../../../../src/contract/probe-result.js';
import type { Report } from '../../../../../src/contract/report.js';
import { greylists } from '../../../../../src/sandbox/behaviours.js';
import { POSTGREY_LIKE } from '../../../../../src/sandbox/models/index.js';
import { virtualRun } from '../../../core/run/support/virtual-run.js';

/** What a mail host could say to break a reader: a piece for each syntax in use here. */
export const HOSTILE_TEXTS: readonly string[] = [
  `quotes " ' \` and back\\slash`,
  '<script>alert(1)</script> &amp; ]]> <!-- -->',
  'pipe | semicolon ; comma , percent %0A %25',
  'two\r\nlines\nand\ttabs',
  '\n::error title=x::y',
  '::error::owned',
  '##[error]owned ##vso[task.setvariable variable=a]b',
  "##teamcity[testFailed name='a']",
  'ends in a directive # SKIP it # TODO it',
  'nul \u0000 escape \u001b[31m C1 \u009b31m DEL \u007f next line \u0085',
  'right to left \u202e zero width \u200b separators \u2028\u2029 BOM \ufeff',
  'lone \ud800 surrogates \udfff and noncharacters \uffff \ufffe \u{1ffff}',
  '=cmd|calc!A1',
  '+1',
  '@everyone see [link](http://evil.example) ![i](x) www.evil.example http://evil.example',
  '**bold** ~~struck~~ `code` | --- | # heading',
  '{{ template }} $variable $(command)',
  '1..0 # skip all',
  'Bail out!',
  '...',
  '---',
  '{"json":true}',
  '# HELP greyprobe_x y',
  '',
];

const MEASURED = new Map<number, Promise<ProbeResult>>();

/** A finished run against a simulated mail host that greylists; made once, so never to be changed. */
export function measuredResult(delaySeconds = 300): Promise<ProbeResult> {
  const known = MEASURED.get(delaySeconds);
  if (known !== undefined) return known;
  const result = virtualRun(greylists({ ...POSTGREY_LIKE, delaySeconds })).then(({ state }) =>
    buildResult(state, '1.2.3'),
  );
  MEASURED.set(delaySeconds, result);
  return result;
}

/** The same result with the text wherever something from outside can stand. */
export function withText(result: ProbeResult, text: string): ProbeResult {
  return {
    ...result,
    target: { ...result.target, recipient: text },
    pinned: { name: text, address: '192.0.2.1', port: 25 },
    mailHosts: result.mailHosts.map((host) => ({ ...host, name: text })),
    verdict: {
      ...result.verdict,
      summary: text,
      evidence: [{ rule: text, says: text, attempt: 1 }],
      implementation: { id: text, name: text },
    },
    attempts: result.attempts.map((attempt) => ({
      ...attempt,
      host: { ...attempt.host, name: text },
      tuple: { ...attempt.tuple, sender: text },
      reply: { code: 450, enhanced: null, text: [text, text] },
    })),
    warnings: [{ code: text, message: text }],
  };
}

export function probes(...results: readonly ProbeResult[]): Report {
  return { kind: 'probes', results };
}

/** One judgement of each outcome. */
export function judgements(text = 'some text'): readonly Judgement[] {
  return CHECK_OUTCOMES.map((outcome) => judgement(outcome, text));
}

export function judgement(outcome: CheckOutcome, text: string): Judgement {
  return {
    expectation: `expectation-${outcome}`,
    expected: text,
    outcome,
    found: text,
    reason: outcome === 'not-judged' ? 'throttled' : null,
    values: { opensBySeconds: 302.5, opensAfterSeconds: null, said: text, tls: true },
  };
}

export function target(
  result: ProbeResult,
  of: readonly Judgement[],
  name = 'head office',
): CheckedTarget {
  return {
    name,
    recipient: result.target.recipient,
    outcome: jointOutcome(of.map(({ outcome }) => outcome)),
    judgements: [...of],
    result,
  };
}

export function checkOf(...targets: readonly CheckedTarget[]): Report {
  return { kind: 'check', result: checkResult(targets) };
}

export function checkResult(targets: readonly CheckedTarget[]): CheckResult {
  const all = targets.flatMap((one) => one.judgements);
  const count = (outcome: CheckOutcome) => all.filter((one) => one.outcome === outcome).length;
  return {
    schema: 'greyprobe.check-result.v1',
    version: '1.2.3',
    startedAt: '2026-01-02T03:04:05.000Z',
    finishedAt: '2026-01-02T04:04:05.000Z',
    outcome: jointOutcome(targets.map(({ outcome }) => outcome)),
    counts: { passed: count('passed'), failed: count('failed'), notJudged: count('not-judged') },
    nextDueAt: null,
    targets: [...targets],
  };
}

/** A check in which every text, everywhere, is one of these; a target for each text. */
export function hostileCheck(result: ProbeResult, texts: readonly string[]): Report {
  return checkOf(
    ...texts.map((text, index) =>
      target(withText(result, text), judgements(text), `${index} ${text}`),
    ),
  );
}

export function hostileProbes(result: ProbeResult, texts: readonly string[]): Report {
  return probes(...texts.map((text) => withText(result, text)));
}
