import type { CheckOutcome, Judgement } from '../../result/check-result.js';
import { countOutcomes, judgedOf } from './judged.js';
import type { Reporter } from './reporter.js';
import { visible } from './visible.js';

/** Workflow commands of GitHub Actions: an annotation for each expectation, and the sum. */
export const github: Reporter = {
  render: (report) => {
    const judged = judgedOf(report);
    const counts = countOutcomes(judged);
    const lines = judged.flatMap(({ name, judgements }) =>
      judgements.map((judgement) => annotation(name, judgement)),
    );
    const sum = `greyprobe: ${counts.passed} passed, ${counts.failed} failed, ${counts['not-judged']} not judged`;
    return `${[...lines, sum].join('\n')}\n`;
  },
};

const COMMANDS: Readonly<Record<CheckOutcome, string>> = {
  passed: 'notice',
  failed: 'error',
  'not-judged': 'warning',
};

function annotation(name: string, judgement: Judgement): string {
  const { outcome, expectation, expected, found, reason, values } = judgement;
  const why = reason === null ? '' : ` (${reason})`;
  const title = `${outcome}${why}: ${name}: ${expectation}`;
  const all = Object.entries(values).map(([key, value]) => `${key} = ${value ?? 'unknown'}`);
  const lines = [`expected ${expected}; found ${found}`, ...(outcome === 'failed' ? all : [])];
  const message = lines.map(escapeData).join('%0A');
  return `::${COMMANDS[outcome]} title=${escapeProperty(title)}::${message}`;
}

/** The value of a property ends at `,` and `:`. */
function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** `visible` leaves no line ends; `%` begins an escape. */
function escapeData(text: string): string {
  return visible(text).replaceAll('%', '%25');
}
