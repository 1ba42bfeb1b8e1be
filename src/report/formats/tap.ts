import type { Judgement } from '../../contract/check-result.js';
import { jsonText } from './json.js';
import { type Judged, judgedOf } from './judged.js';
import type { Reporter } from './reporter.js';
import { visible } from './visible.js';

/**
 * TAP 14: a test point for each expectation. What was not judged has the SKIP directive, which
 * harnesses count apart.
 */
export const tap: Reporter = {
  render: (report) => {
    const points = judgedOf(report).flatMap((judged) =>
      judged.judgements.map((judgement) => ({ judged, judgement })),
    );
    const lines = points.flatMap(({ judged, judgement }, index) =>
      testPoint(index + 1, judged, judgement),
    );
    return `${['TAP version 14', `1..${points.length}`, ...lines].join('\n')}\n`;
  },
};

function testPoint(n: number, { name, result }: Judged, judgement: Judgement): readonly string[] {
  const { outcome, expectation, expected, reason } = judgement;
  const status = outcome === 'failed' ? 'not ok' : 'ok';
  const description = escapeTap(`${name}: ${expectation}: ${expected}`);
  const directive =
    outcome === 'not-judged' ? ` # SKIP not judged: ${escapeTap(reason ?? 'inconclusive')}` : '';
  return [`${status} ${n} - ${description}${directive}`, ...diagnostics(judgement, result.run)];
}

/** A YAML block whose values are JSON, which YAML 1.2 contains. */
function diagnostics(judgement: Judgement, run: string): readonly string[] {
  if (judgement.outcome === 'passed') return [];
  const { outcome, expected, found, reason, values } = judgement;
  return [
    '  ---',
    ...Object.entries({ outcome, expected, found, reason, run, values }).map(
      ([key, value]) => `  ${key}: ${jsonText(value)}`,
    ),
    '  ...',
  ];
}

/** In a description `#` begins a directive and `\` escapes. */
function escapeTap(text: string): string {
  return visible(text).replace(/[\\#]/gu, '\\$&');
}
