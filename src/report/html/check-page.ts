import {
  type CheckedTarget,
  type CheckResult,
  type Judgement,
  SUPPRESSED,
} from '../../contract/check-result.js';
import { factTexts } from '../formats/judged.js';
import { element, type Markup } from '../markup.js';
import type { Page } from './page.js';
import { type Column, chips, list, paragraph, section, table } from './parts.js';
import { overview, shortFold } from './probes-page.js';
import { many, outcomeTone, timeText, versionText } from './words.js';

/** A check: what was expected and what was found, then what each of the targets to show does. */
export function checkPage(result: CheckResult, targets: readonly CheckedTarget[]): Page {
  const { outcome, counts, startedAt, finishedAt, nextDueAt, version } = result;
  const head = `Check ${OUTCOME_WORDS[outcome]}: ${many(result.targets.length, 'target')}`;
  const later =
    nextDueAt === null ? [] : [paragraph(`Runs wait: come back at ${timeText(nextDueAt)}.`)];
  return {
    title: `${head} - greyprobe`,
    header: [
      paragraph('greyprobe: a check', 'over'),
      element('h1', {}, head),
      chips([
        [`${counts.passed} passed`, outcomeTone('passed')],
        [`${counts.failed} failed`, counts.failed === 0 ? 'soft' : outcomeTone('failed')],
        [
          `${counts.notJudged} not judged`,
          counts.notJudged === 0 ? 'soft' : outcomeTone('not-judged'),
        ],
      ]),
      ...later,
    ],
    main: [
      ...section(
        'Expectations',
        ...table('What was expected of each target', COLUMNS, rowsOf(targets)),
      ),
      ...overview(targets),
      ...section('Each target', ...targets.map(({ name, result: run }) => shortFold(name, run))),
    ],
    footer: [
      paragraph(`From ${timeText(startedAt)} to ${timeText(finishedAt)}. ${versionText(version)}`),
    ],
  };
}

const OUTCOME_WORDS = { passed: 'passed', failed: 'failed', 'not-judged': 'not judged' } as const;

interface JudgedRow {
  readonly target: CheckedTarget;
  readonly one: Judgement;
}

/** What failed comes first. */
function rowsOf(targets: readonly CheckedTarget[]): readonly JudgedRow[] {
  const rows = targets.flatMap((target) => target.judgements.map((one) => ({ target, one })));
  return (['failed', 'not-judged', 'passed'] as const).flatMap((outcome) =>
    rows.filter(({ one }) => one.outcome === outcome),
  );
}

const COLUMNS: readonly Column<JudgedRow>[] = [
  {
    title: 'Outcome',
    cell: ({ one }) =>
      element('strong', { class: outcomeTone(one.outcome) }, OUTCOME_WORDS[one.outcome]),
  },
  { title: 'Target', kind: 'long', cell: ({ target }) => target.name },
  { title: 'Expectation', cell: ({ one }) => one.expectation },
  { title: 'Expected', kind: 'long', cell: ({ one }) => one.expected },
  {
    title: 'Found',
    kind: 'long',
    cell: ({ one, target }) => element('div', {}, ...foundParts(one, target)),
  },
];

/** What is known to be bad says until when, and why. */
function whyText(reason: string, suppressed: CheckedTarget['suppressed']): string {
  return reason !== SUPPRESSED || suppressed === undefined
    ? reason
    : `${reason} until ${suppressed.until}: ${suppressed.reason}`;
}

function foundParts(one: Judgement, { suppressed }: CheckedTarget): Markup[] {
  const why = one.reason === null ? '' : ` (${whyText(one.reason, suppressed)})`;
  const values = one.outcome === 'failed' ? factTexts(one) : [];
  return [element('div', {}, `${one.found}${why}`), ...list(values, 'plain soft')];
}
