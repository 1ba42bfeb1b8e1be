import { expect } from 'chai';
import fc from 'fast-check';
import { explainText } from '../../../../src/tasks/explain/explain.js';
import { readCorpus } from '../../../corpus/corpus.js';

/** What people write around a reply when they ask about it. */
const REMARKS = [
  'Is this greylisting?',
  'is this greylisting',
  'I think that this is greylisting.',
  'People on the web say that this is Greylisting. How long do I wait?',
  'we were told to ask whether you greylist us',
  'The other side says it uses greylisting, what can I do?',
  'Could it be greylisted for 300 seconds?',
  'This server uses greylisting; mail from new senders is delayed.',
  'Greylisting, right?',
  'Ist das Greylisting?',
  '--\nPostmaster, greylisting.example',
  'P.S. we have postgrey with greylisting here',
];

const LOOK_ALIKES = readCorpus().filter(
  ({ expected, saysGreylisting, code }) =>
    !saysGreylisting && !expected.includes('greylisting') && code < 500,
);

describe('a look-alike with a remark about greylisting', () => {
  const written = fc.record({
    reply: fc.constantFrom(...LOOK_ALIKES),
    remark: fc.constantFrom(...REMARKS),
    between: fc.constantFrom('\n', '\n\n', '\r\n', '\n  ', '\n\t'),
    before: fc.constantFrom('', 'Hello,\n\n', 'We get this:\n'),
  });

  it('is never taken for greylisting', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(written, async ({ reply, remark, between, before }) => {
        const codes = reply.enhanced === null ? `${reply.code}` : `${reply.code} ${reply.enhanced}`;
        const text = `${before}${codes} ${reply.text}${between}${remark}`;
        const { findings } = await explainText(text, { name: 'text' });
        for (const { hypotheses } of findings) {
          const likely = hypotheses.filter(({ confidence }) => confidence === 'likely');
          expect(likely.map((reading) => reading.class)).not.to.include('greylisting');
        }
      }),
      { numRuns: 1500, seed: 20261130 },
    );
  });

  it('is cut at a question on the same line, however it is joined', async function () {
    this.timeout(60_000);
    const joined = fc.record({
      reply: fc.constantFrom(...LOOK_ALIKES),
      question: fc.constantFrom(...REMARKS.filter((remark) => /^[A-Z].*\?$/.test(remark))),
      between: fc.constantFrom('. ', ' - ', ' \u2013 ', '! ', ' ('),
    });
    await fc.assert(
      fc.asyncProperty(joined, async ({ reply, question, between }) => {
        const codes = reply.enhanced === null ? `${reply.code}` : `${reply.code} ${reply.enhanced}`;
        const { findings } = await explainText(`${codes} ${reply.text}${between}${question}`, {
          name: 'text',
        });
        const likely = findings.flatMap(({ hypotheses }) =>
          hypotheses.filter(({ confidence }) => confidence === 'likely'),
        );
        expect(likely.map((reading) => reading.class)).not.to.include('greylisting');
      }),
      { numRuns: 700, seed: 20261130 },
    );
  });

  for (const guess of [
    'If you are greylisting us please stop',
    'You use greylisting.',
    'I think this is greylisting.',
    'Looks like greylisting to me',
    'Probably Greylisting.',
  ]) {
    it(`is cut at a guess on the same line: ${guess}`, async () => {
      for (const between of ['. ', ' - ', ', ', ' (']) {
        const text = `450 4.3.0 Temporary error${between}${guess}`;
        const { findings } = await explainText(text, { name: 'text' });
        expect(findings[0]?.hypotheses.map((reading) => reading.class)).to.deep.equal(['system']);
      }
    });
  }

  it('keeps what the server says of itself', async () => {
    for (const said of ['you are greylisted', 'You have been greylisted.', 'We use greylisting']) {
      const { findings } = await explainText(`450 4.3.0 Wait, ${said}`, { name: 'text' });
      expect(findings[0]).to.include({ class: 'greylisting', confidence: 'likely' });
    }
  });

  it('is cut at a question on the same line', async () => {
    const { findings } = await explainText(
      '451 4.3.0 <user@example.org>: Temporary lookup failure. Is this greylisting?',
      { name: 'text' },
    );
    expect(findings[0]).to.include({ class: 'system', confidence: 'likely' });
  });
});
