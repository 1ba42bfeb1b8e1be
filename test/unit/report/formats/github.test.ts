import { expect } from 'chai';
import fc from 'fast-check';
import { github } from '../../../../src/report/formats/github.js';
import { visible } from '../../../../src/report/formats/visible.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import {
  checkOf,
  HOSTILE_TEXTS,
  hostileCheck,
  judgements,
  measuredResult,
  target,
} from './support/reports.js';

interface WorkflowCommand {
  readonly command: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

const MEANINGS: Readonly<Record<string, string>> = {
  '%0D': '\r',
  '%0A': '\n',
  '%3A': ':',
  '%2C': ',',
  '%25': '%',
};

function decoded(text: string): string {
  return text.replace(/%(?:0D|0A|3A|2C|25)/gu, (code) => MEANINGS[code] ?? code);
}

/** Reads commands as the runner does: lines that begin with `::` after blanks; `key=value` by commas. */
function commandsIn(output: string): readonly WorkflowCommand[] {
  return output.split(/\r?\n/u).flatMap((line) => {
    const text = line.trimStart();
    const end = text.indexOf('::', 2);
    if (!text.startsWith('::') || end < 0) return [];
    const head = text.slice(2, end);
    const space = head.indexOf(' ');
    const pairs = space < 0 ? [] : head.slice(space + 1).split(',');
    return [
      {
        command: space < 0 ? head : head.slice(0, space),
        properties: Object.fromEntries(
          pairs.map((pair) => {
            const at = pair.indexOf('=');
            return [pair.slice(0, at).trim(), decoded(pair.slice(at + 1))];
          }),
        ),
        message: decoded(text.slice(end + 2)),
      },
    ];
  });
}

describe('the github format', () => {
  it('annotates what failed and what was not judged, and keeps the outcomes apart', async () => {
    const output = github.render(checkOf(target(await measuredResult(), judgements())), PLAIN);

    expect(commandsIn(output)).to.deep.equal([
      {
        command: 'error',
        properties: { title: 'failed: head office: expectation-failed' },
        message: [
          'expected some text; found some text',
          'opens at less than 302.5 s',
          'said: some text',
          'tls: yes',
        ].join('\n'),
      },
      {
        command: 'warning',
        properties: { title: 'not-judged (throttled): head office: expectation-not-judged' },
        message: 'expected some text; found some text',
      },
    ]);
    expect(output).to.match(/^passed: head office: expectation-passed: some text$/mu);
    expect(output).to.contain('greyprobe: 1 passed, 1 failed, 1 not judged');
  });

  it('gives no command to hostile text', async () => {
    const result = await measuredResult();
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.string({ unit: 'binary' })),
        (text) => {
          const output = github.render(hostileCheck(result, [text]), PLAIN);
          const commands = commandsIn(output);
          const shown = visible(text);

          expect(commands.map(({ command }) => command)).to.deep.equal(['error', 'warning']);
          expect(commands[1]?.properties).to.deep.equal({
            title: `not-judged (throttled): ${visible(`0 ${text}`)}: expectation-not-judged`,
          });
          expect(commands[1]?.message).to.equal(`expected ${shown}; found ${shown}`);
          expect(output).to.not.match(/##\w*\[/u);
        },
      ),
    );
  });
});
