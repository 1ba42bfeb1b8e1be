import type { Judgement } from '../../contract/check-result.js';
import type { Report } from '../../contract/report.js';
import { durationSeconds, type Judged, judgedOf, verdictText } from './judged.js';
import type { Reporter } from './reporter.js';
import { visible } from './visible.js';

/**
 * JUnit XML as Ant writes it and build servers read it: a suite for each target, a case for each
 * expectation. What was not judged is `skipped`, which is neither passed nor failed.
 */
export const junit: Reporter = { render };

function render(report: Report): string {
  const suites = judgedOf(report).map(suite);
  return `${['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...suites, '</testsuites>'].join('\n')}\n`;
}

function suite(judged: Judged, id: number): string {
  const { result, judgements } = judged;
  const seconds = durationSeconds(result) ?? 0;
  const of = (outcome: Judgement['outcome']) =>
    judgements.filter((one) => one.outcome === outcome).length;
  const head = attributes({
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
  });
  return [
    `  <testsuite${head}>`,
    '    <properties>',
    ...propertiesOf(judged).map(
      ([name, value]) => `      <property${attributes({ name, value })}/>`,
    ),
    '    </properties>',
    ...judgements.map((judgement) => testCase(judged, judgement, seconds / judgements.length)),
    `    <system-out>${escapeXml(verdictText(result))}</system-out>`,
    '    <system-err/>',
    '  </testsuite>',
  ].join('\n');
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

function testCase({ name }: Judged, judgement: Judgement, seconds: number): string {
  const head = attributes({
    name: `${judgement.expectation}: ${judgement.expected}`,
    classname: `greyprobe.${name}`,
    time: seconds.toFixed(3),
  });
  const body = outcomeElement(judgement);
  return body === ''
    ? `    <testcase${head}/>`
    : `    <testcase${head}>\n      ${body}\n    </testcase>`;
}

function outcomeElement(judgement: Judgement): string {
  const { outcome, expectation, expected, found, reason, values } = judgement;
  switch (outcome) {
    case 'passed':
      return '';
    case 'not-judged':
      return `<skipped${attributes({ message: `not judged (${reason ?? 'inconclusive'}): ${found}` })}/>`;
    case 'failed': {
      const details = Object.entries(values).map(
        ([name, value]) => `${name}: ${value ?? 'unknown'}`,
      );
      const lines = [`expected: ${expected}`, `found: ${found}`, ...details].map(escapeXml);
      const message = `expected ${expected}, found ${found}`;
      return `<failure${attributes({ type: expectation, message })}>${lines.join('\n')}</failure>`;
    }
  }
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** `visible` leaves only characters that XML 1.0 allows; the five with a meaning become entities. */
function escapeXml(text: string): string {
  return visible(text).replace(/[&<>"']/gu, (character) => ENTITIES[character] ?? character);
}
