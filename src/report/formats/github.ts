import { type Judgement, SUPPRESSED } from '../../contract/check-result.js';
import { countsText, factTexts, judgedOf } from './judged.js';
import type { Reporter } from './reporter.js';
import { visible } from './visible.js';

/**
 * Workflow commands of GitHub Actions: an annotation for each expectation that failed or was not
 * judged, a plain line for each that passed (a step shows ten annotations at most), and the sum.
 */
export const github: Reporter = {
  render: (report) => {
    const judged = judgedOf(report);
    const lines = judged.flatMap(({ name, judgements }) =>
      judgements.map((judgement) => line(name, judgement)),
    );
    return `${[...lines, `greyprobe: ${countsText(judged)}`].join('\n')}\n`;
  },
};

function line(name: string, judgement: Judgement): string {
  const { outcome, expectation, found } = judgement;
  switch (outcome) {
    case 'passed':
      return visible(`passed: ${name}: ${expectation}: ${found}`);
    case 'failed':
      return annotation('error', name, judgement);
    case 'not-judged':
      if (judgement.reason === SUPPRESSED) {
        return visible(`suppressed: ${name}: ${expectation}: ${found}`);
      }
      return annotation('warning', name, judgement);
  }
}

function annotation(command: string, name: string, judgement: Judgement): string {
  const { outcome, expectation, expected, found, reason } = judgement;
  const why = reason === null ? '' : ` (${reason})`;
  const title = `${outcome}${why}: ${name}: ${expectation}`;
  const all = outcome === 'failed' ? factTexts(judgement) : [];
  const lines = [`expected ${expected}; found ${found}`, ...all];
  return `::${command} title=${escapeProperty(title)}::${lines.map(escapeData).join('%0A')}`;
}

/** The value of a property ends at `,` and `:`. */
function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** `visible` leaves no line ends; `%` begins an escape. */
function escapeData(text: string): string {
  return visible(text).replaceAll('%', '%25');
}
