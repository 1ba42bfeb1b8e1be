import type {
  DoctorCheck,
  DoctorCheckId,
  DoctorOutcome,
  DoctorResult,
} from '../../contract/doctor-result.js';
import { escapeControl } from '../../model/values/escape.js';
import type { Style } from './style.js';
import { hanging, indentWithin, strongLines } from './wrap.js';

const TITLES: Readonly<Record<DoctorCheckId, string>> = {
  node: 'Node.js',
  'state-folder': 'state folder',
  resolver: 'DNS',
  'sender-domain': 'sender',
  helo: 'HELO name',
  'reverse-dns': 'reverse DNS',
  spf: 'SPF',
  port: 'port',
  'self-test': 'self-test',
  redis: 'Redis',
};

const OUTCOME_WIDTH = 9;
const TITLE_WIDTH = 14;
const INDENT = OUTCOME_WIDTH + TITLE_WIDTH;
const NEXT = '> ';

/** The checks for people: a sentence, then each check with what to do next. */
export function renderDoctor(result: DoctorResult, style: Style): string {
  const heading = strongLines(summaryOf(result), style);
  return [...heading, '', ...result.checks.flatMap((check) => checkLines(check, style))].join('\n');
}

function summaryOf({ checks }: DoctorResult): string {
  const count = (outcome: DoctorOutcome) =>
    checks.filter((check) => check.outcome === outcome).length;
  const failed = count('failed');
  const warnings = count('warning');
  const warned = warnings === 0 ? '' : `${warnings} warning${warnings === 1 ? '' : 's'}`;
  if (failed > 0) {
    const also = warned === '' ? '' : `, ${warned}`;
    const checksFailed = failed === 1 ? '1 check failed' : `${failed} checks failed`;
    return `Mend this before measuring greylisting from here: ${checksFailed}${also}.`;
  }
  const skipped = count('skipped');
  const notes = [warned, skipped === 0 ? '' : `${skipped} skipped`].filter(Boolean).join(', ');
  return `greyprobe can measure greylisting from here${notes === '' ? '' : `: ${notes}`}.`;
}

function checkLines({ check, outcome, found, next }: DoctorCheck, style: Style): string[] {
  const word = outcome.padEnd(OUTCOME_WIDTH);
  const label = `${word}${TITLES[check].padEnd(TITLE_WIDTH)}`;
  const [first = '', ...more] = hanging(label, escapeControl(found), INDENT, style.columns);
  const arrow = `${' '.repeat(indentWithin(INDENT, style.columns))}${NEXT}`;
  const advice = next.flatMap((sentence) =>
    hanging(arrow, escapeControl(sentence), arrow.length, style.columns),
  );
  return [`${paint(outcome, style)(word)}${first.slice(word.length)}`, ...more, ...advice];
}

function paint(outcome: DoctorOutcome, style: Style): (text: string) => string {
  const { good, warning, bad, faint } = style;
  return { ok: good, warning, failed: bad, skipped: faint }[outcome];
}
