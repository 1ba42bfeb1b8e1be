import { createReadStream, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import type { ExplainedFinding, ExplainResult } from '../../../../src/contract/explain-result.js';
import { explain } from '../../../../src/tasks/explain/explain.js';

/*
 * Inputs as people have them, each with what must be said of it: the lines of test/fixtures/inputs.
 * `findings` and `refusals` count; `code` may leave the basic code open (`* 4.7.1`).
 */

interface Expected {
  readonly recognised: boolean;
  readonly class?: string | null;
  readonly classOneOf?: readonly string[];
  readonly classesInOrder?: readonly string[];
  readonly confidence?: string;
  readonly code?: string;
  readonly recipient?: string;
  readonly host?: string;
  readonly software?: string | null;
  readonly stage?: string;
  readonly fate?: string;
  readonly notFate?: string;
  readonly direction?: string;
  readonly format?: string;
  readonly findings?: number;
  readonly refusals?: number;
  readonly statedWaitSeconds?: number;
  readonly implementationAmongReadings?: string;
  readonly amongReadings?: string;
  readonly notAmongReadings?: string;
  readonly nothingLikely?: boolean;
  readonly neverLikelyAs?: boolean | string;
  readonly greylistingNeverLikely?: boolean;
  readonly replyHoldsNothingElse?: boolean;
}

interface Case {
  readonly file: string;
  readonly what: string;
  readonly expect: Expected;
}

interface Inline {
  readonly what: string;
  readonly text?: string;
  readonly base64?: string;
  readonly expect: Expected;
}

const FOLDER = new URL('../../../fixtures/inputs/', import.meta.url);
const CASES: readonly Case[] = linesOf('expected.jsonl');
/** Others of the same kinds, which stand in the line itself. */
const MORE: readonly Inline[] = linesOf('more.jsonl');

/** Words of the text around a reply that must not be taken for a part of it. */
const AROUND =
  /Is this|What does that|Second try|Many thanks|does get delivered|System\.Net|"command"|"stream"|\\n"|"attempt"|Below is|Server Error|in reply to|SENT:|CMD:|SMTP ERROR|CLIENT ->|-----|Connection to host/;

describe('inputs as people have them', () => {
  for (const one of CASES) {
    it(`${one.file}: ${one.what}`, async () => check(await explained(one.file), one.expect));
  }
  for (const one of MORE) {
    it(one.what, async () => check(await explainedInline(one), one.expect));
  }
});

function linesOf<T>(file: string): T[] {
  return readFileSync(new URL(file, FOLDER), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function explainedInline({ text, base64 = '' }: Inline): Promise<ExplainResult> {
  const bytes = text === undefined ? Buffer.from(base64, 'base64') : Buffer.from(text, 'utf8');
  return explain(Readable.from([bytes]), { name: 'text' });
}

function explained(file: string): Promise<ExplainResult> {
  return explain(createReadStream(new URL(`files/${file}`, FOLDER)), { name: file });
}

function check(result: ExplainResult, wanted: Expected): void {
  expect(result.recognised, 'recognised').to.equal(wanted.recognised);
  const total = result.log?.refusals ?? result.findings.length;
  if (wanted.findings !== undefined) expect(total, 'findings').to.equal(wanted.findings);
  if (wanted.refusals !== undefined) expect(total, 'refusals').to.equal(wanted.refusals);
  if (wanted.format !== undefined) expect(result.input.format).to.equal(wanted.format);
  if (wanted.classesInOrder !== undefined) {
    expect(result.findings.map((found) => found.class)).to.deep.equal(wanted.classesInOrder);
  }
  if (!wanted.recognised) {
    expect(result.warnings.map(({ message }) => message).join(' ')).to.match(/reply|empty/);
    return;
  }
  if (result.log !== null) {
    expect(result.log.classes[0]?.class).to.equal(wanted.class);
    return;
  }
  checkReadings(result.findings, wanted);
  checkFacts(result.findings, wanted);
}

/** Some finding must have all the facts. */
function checkFacts(findings: readonly ExplainedFinding[], wanted: Expected): void {
  const problems = findings.map((found) => problemsOf(found, wanted));
  const best = problems.reduce((least, next) => (next.length < least.length ? next : least));
  expect(best).to.deep.equal([]);
}

function problemsOf(found: ExplainedFinding, wanted: Expected): string[] {
  const said = found.reply?.text.join(' ') ?? '';
  const code = found.reply === null ? null : `${found.reply.code} ${found.reply.enhanced ?? ''}`;
  const host = [found.remoteHost, found.remoteAddress];
  const wants: readonly (readonly [string, boolean])[] = [
    ['class', wanted.class === undefined || wanted.class === found.class],
    ['one of classes', wanted.classOneOf?.includes(found.class ?? '') ?? true],
    ['confidence', wanted.confidence === undefined || wanted.confidence === found.confidence],
    ['code', wanted.code === undefined || sameCode(wanted.code, code ?? '')],
    ['recipient', wanted.recipient === undefined || wanted.recipient === found.recipient],
    ['host', wanted.host === undefined || host.includes(wanted.host)],
    ['software', wanted.software === undefined || wanted.software === found.software],
    ['stage', wanted.stage === undefined || wanted.stage === found.stage],
    ['fate', wanted.fate === undefined || wanted.fate === found.fate],
    ['not fate', wanted.notFate === undefined || wanted.notFate !== found.fate],
    ['direction', wanted.direction === undefined || wanted.direction === found.direction],
    [
      'stated wait',
      wanted.statedWaitSeconds === undefined || wanted.statedWaitSeconds === found.hint?.seconds,
    ],
    ['nothing around the reply', !wanted.replyHoldsNothingElse || !AROUND.test(said)],
  ];
  return wants.filter(([, holds]) => !holds).map(([name]) => `${name} in ${shown(found)}`);
}

function sameCode(wanted: string, got: string): boolean {
  return wanted.startsWith('* ')
    ? got.endsWith(wanted.slice(1))
    : got.trim() === wanted || got.startsWith(`${wanted} `);
}

function checkReadings(findings: readonly ExplainedFinding[], wanted: Expected): void {
  const readings = findings.flatMap(({ hypotheses }) => hypotheses);
  const classes = readings.map((reading) => reading.class);
  const likely = readings.filter(({ confidence }) => confidence === 'likely');
  if (wanted.amongReadings !== undefined) expect(classes).to.include(wanted.amongReadings);
  if (wanted.notAmongReadings !== undefined) {
    expect(classes).not.to.include(wanted.notAmongReadings);
  }
  if (wanted.nothingLikely || wanted.neverLikelyAs === true) expect(likely).to.deep.equal([]);
  if (wanted.greylistingNeverLikely || wanted.neverLikelyAs === 'greylisting') {
    expect(likely.map((reading) => reading.class)).not.to.include('greylisting');
  }
  if (wanted.implementationAmongReadings !== undefined) {
    const ids = readings.map(({ implementation }) => implementation?.id);
    expect(ids).to.include(wanted.implementationAmongReadings);
  }
}

function shown(found: ExplainedFinding): string {
  const { reply, recipient, remoteHost, remoteAddress, software, stage, fate, direction } = found;
  const wait = found.hint?.seconds;
  return JSON.stringify({
    class: `${found.class}/${found.confidence}`,
    reply: reply === null ? found.failure : `${reply.code} ${reply.enhanced} ${reply.text}`,
    recipient,
    remoteHost,
    remoteAddress,
    software,
    stage,
    fate,
    direction,
    wait,
  });
}
