import type { Command } from '@oclif/core';
import { expect } from 'chai';
import { commandLines } from './support/command-lines.js';
import { loadCommands, refusal } from './support/commands.js';
import { anchorsOf, linkProblem, pageOf, pages } from './support/pages.js';

describe('documentation', () => {
  let commands: ReadonlyMap<string, Command.Class>;
  const environment = { ...process.env };

  before(async () => {
    commands = await loadCommands();
    // Flags that have a value from the environment would make other lines right or wrong.
    for (const name of Object.keys(process.env)) {
      if (name.startsWith('GREYPROBE_')) delete process.env[name];
    }
  });

  after(() => {
    Object.assign(process.env, environment);
  });

  describe('links', () => {
    for (const page of pages()) {
      it(`lead to files and headings: ${page.name}`, () => {
        const problems = page.links.flatMap((link) => {
          const problem = linkProblem(page.name, link);
          return problem === null ? [] : [`${link}: ${problem}`];
        });
        expect(problems).to.deep.equal([]);
      });
    }

    it('are found, and their mistakes', () => {
      const { links } = pageOf('docs/x.md', '[a](runs.md#the-lock) ![b](no.svg) `[c](d)`');
      expect(links).to.deep.equal(['runs.md#the-lock', 'no.svg']);
      expect(linkProblem('docs/x.md', 'runs.md#the-lock')).to.equal(null);
      expect(linkProblem('docs/x.md', 'runs.md#the-key')).to.contain('no heading');
      expect(linkProblem('docs/x.md', 'no.svg')).to.equal('there is no docs/no.svg');
      expect(linkProblem('docs/x.md', '../../elsewhere')).to.contain('out of the project');
      expect(linkProblem('docs/x.md', 'https://example.org/no')).to.equal(null);
    });

    it('have the anchors that headings get', () => {
      const anchors = anchorsOf('# A `b` (c), d-e_f\n## A b c d-e_f\n### One: two – three\n');
      expect(anchors).to.deep.equal(['a-b-c-d-e_f', 'a-b-c-d-e_f-1', 'one-two--three']);
    });
  });

  it('has every page in its index', () => {
    const index = pages().find(({ name }) => name === 'docs/README.md');
    const others = pages().map(({ name }) => name.replace(/^docs\//u, ''));
    const listed = new Set(index?.links);
    expect(others.filter((name) => name !== 'README.md' && !listed.has(name))).to.deep.equal([]);
  });

  describe('commands', () => {
    for (const page of pages()) {
      const calls = page.blocks.flatMap(commandLines);
      // In running text a command may be named without all that it needs.
      const names = page.spans.flatMap(commandLines).map((words) => [...words, '...']);
      const lines = [...calls, ...names];
      if (lines.length === 0) continue;
      it(`are there, with their flags and values: ${page.name} (${lines.length})`, async () => {
        const problems = await Promise.all(
          lines.map(async (words) => {
            const problem = await refusal(words, commands);
            return problem === null ? [] : [`${words.join(' ')}: ${problem}`];
          }),
        );
        expect(problems.flat()).to.deep.equal([]);
      });
    }

    it('are refused when a command, a flag or a value is not there', async () => {
      const why = async (line: string) => {
        const [words = []] = commandLines(line);
        return refusal(words, commands);
      };
      expect(await why('greyprobe prob user@example.org')).to.contain('no command');
      expect(await why('greyprobe probe user@example.org --form a@b.example')).to.contain('--form');
      expect(await why('greyprobe probe user@example.org --stage body')).to.contain('--stage=body');
      expect(await why('greyprobe probe ... --form x')).to.contain('--form');
      expect(await why('greyprobe mx')).to.contain('target');
      expect(await why("$ greyprobe probe a@b.example --from '{nonce}@c.example' | jq .")).to.equal(
        null,
      );
    });

    it('are found as people write them', () => {
      const code = [
        '$ greyprobe mx example.org --json > out.json   # a comment',
        "*/5 * * * * mail /usr/bin/greyprobe resume 'qz kw' \\",
        '    --no-wait',
        '    npx --yes greyprobe check',
        '      --config greyprobe.yaml',
        '# greyprobe is not called here',
        'greyprobe.yaml:12: nor here',
        'greyprobe report <run or file>',
      ].join('\n');
      expect(commandLines(code)).to.deep.equal([
        ['mx', 'example.org', '--json'],
        ['resume', 'qz kw', '--no-wait'],
        ['check', '--config', 'greyprobe.yaml'],
        ['report', '<run or file>'],
      ]);
    });
  });
});
