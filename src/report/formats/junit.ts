import type { Judgement } from '../../contract/check-result.js';
import type { Report } from '../../contract/report.js';
import { block, element, type Markup } from '../markup.js';
import { durationSeconds, type Judged, judgedOf, valueTexts, verdictText } from './judged.js';
import type { Reporter } from './reporter.js';

/**
 * JUnit XML as Ant writes it and build servers read it: a suite for each target, a case for each
 * expectation. What was not judged is `skipped`, which is neither passed nor failed.
 */
export const junit: Reporter = { render };

function render(report: Report): string {
  const suites = block('testsuites', {}, judgedOf(report).map(suite), '  ');
  return `<?xml version="1.0" encoding="UTF-8"?>\n${suites.text}\n`;
}

function suite(judged: Judged, id: number): Markup {
  const { result, judgements } = judged;
  const seconds = durationSeconds(result) ?? 0;
  const of = (outcome: Judgement['outcome']) =>
    judgements.filter((one) => one.outcome === outcome).length;
  const head = {
    id,
    package: 'greyprobe',
    name: judged.name || 'unnamed',
    hostname: 'localhost',
    timestamp: result.startedAt.slice(0, 19),
    tests: judgements.length,
    failures: of('failed'),
    errors: 0,
    skipped: of('not-judged'),
    time: seconds.toFixed(3),
  };
  const properties = propertiesOf(judged).map(([name, value]) =>
    element('property', { name, value }),
  );
  const children = [
    block('properties', {}, properties, '      '),
    ...judgements.map((judgement) => testCase(judged, judgement, seconds / judgements.length)),
    element('system-out', {}, verdictText(result)),
    element('system-err', {}),
  ];
  return block('testsuite', head, children, '    ');
}

function propertiesOf({ result }: Judged): readonly (readonly [string, string])[] {
  const { run, version, target, pinned } = result;
  return [
    ['run', run],
    ['version', version],
    ['recipient', target.recipient],
    ['host', pinned === null ? '' : `${pinned.name} [${pinned.address}] port ${pinned.port}`],
  ];
}

function testCase({ name }: Judged, judgement: Judgement, seconds: number): Markup {
  const head = {
    name: `${judgement.expectation}: ${judgement.expected}`,
    classname: `greyprobe.${name}`,
    time: seconds.toFixed(3),
  };
  const outcome = outcomeElement(judgement);
  return outcome === null
    ? element('testcase', head)
    : block('testcase', head, [outcome], '      ');
}

function outcomeElement(judgement: Judgement): Markup | null {
  const { outcome, expectation, expected, found, reason } = judgement;
  switch (outcome) {
    case 'passed':
      return null;
    case 'not-judged':
      return element('skipped', { message: `not judged (${reason ?? 'inconclusive'}): ${found}` });
    case 'failed': {
      const lines = [`expected: ${expected}`, `found: ${found}`, ...valueTexts(judgement, ': ')];
      const message = `expected ${expected}, found ${found}`;
      return element('failure', { type: expectation, message }, ...lines);
    }
  }
}
