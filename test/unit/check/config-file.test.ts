import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { loadConfig, parseConfig } from '../../../src/check/config-file.js';
import { GreyprobeError } from '../../../src/errors.js';
import { temporaryFolder } from '../journal/support/folder.js';

const TARGET = 'targets:\n  - recipient: user@example.org\n';

/** Message and suggestions of the refusal, one a line. */
function refusalOf(text: string, environment: Record<string, string> = {}): string {
  try {
    parseConfig(text, 'greyprobe.yaml', environment);
  } catch (error) {
    if (!(error instanceof GreyprobeError)) throw error;
    expect(error.code).to.equal('bad-config');
    return [error.message, ...error.suggestions].join('\n');
  }
  return 'nothing refused';
}

describe('a configuration of check', () => {
  const folder = temporaryFolder();

  function write(name: string, text: string): string {
    const path = join(folder(), name);
    writeFileSync(path, text);
    return path;
  }

  it('is read from YAML and from JSON alike', () => {
    const yaml = `defaults: {port: 2525}\n${TARGET}    expect: {opensNoLaterThan: 5m}\n`;
    const json =
      '{\n\t"defaults": {"port": 2525},\n\t"targets": [\n\t\t{"recipient": "user@example.org", "expect": {"opensNoLaterThan": "5m"}}\n\t]\n}';

    expect(parseConfig(yaml, 'a', {})).to.deep.equal(parseConfig(json, 'b', {}));
  });

  describe('with a typo', () => {
    it('names the line, the key and the nearest valid key', () => {
      expect(refusalOf(`${TARGET}    expect:\n      opensNoLaterThn: 5m\n`)).to.equal(
        "greyprobe.yaml:4: there is no key 'opensNoLaterThn' in targets[0].expect. Did you mean 'opensNoLaterThan'?",
      );
      expect(refusalOf(`defalts:\n  port: 25\n${TARGET}`)).to.equal(
        "greyprobe.yaml:1: there is no key 'defalts'. Did you mean 'defaults'?",
      );
      expect(refusalOf('{\n "targets": [\n  {"recipint": "a@b.example"}\n ]\n}')).to.equal(
        [
          "greyprobe.yaml:3: there is no key 'recipint' in targets[0]. Did you mean 'recipient'?",
          "greyprobe.yaml:3: targets[0] needs the key 'recipient'.",
        ].join('\n'),
      );
    });

    it('names all valid keys where none is near', () => {
      expect(refusalOf('xyzzy-plugh: 1\n')).to.equal(
        "greyprobe.yaml:1: there is no key 'xyzzy-plugh'. Valid keys: $schema, extends, defaults, targets.",
      );
    });

    it('names the nearest value', () => {
      expect(refusalOf(`${TARGET}    expect:\n      verdict: greylistd\n`)).to.contain(
        "greyprobe.yaml:4: targets[0].expect.verdict: 'greylistd' is none of greylisted",
      );
      expect(refusalOf(`${TARGET}    expect:\n      confidenceAtLeast: certain\n`)).to.contain(
        "greyprobe.yaml:4: targets[0].expect.confidenceAtLeast: 'certain' is none of",
      );
      expect(
        refusalOf(`${TARGET}    expect:\n      landsWithin:\n        postfx: 5m\n`),
      ).to.contain(
        'greyprobe.yaml:5: targets[0].expect.landsWithin.postfx: "postfx" is not a sender',
      );
    });

    it('tells every problem, in the order of the lines', () => {
      const lines = refusalOf(
        'targets:\n  - recipient: nobody\n    prt: 25\n    timeout: 30\n    port: 99999\n',
      ).split('\n');

      expect(lines.map((line) => line.split(':')[1])).to.deep.equal(['2', '3', '4', '5']);
      expect(lines[2]).to.contain('"30" has no unit: write 30s');
    });

    it('names the line of broken YAML and of a key that stands twice', () => {
      expect(refusalOf('targets:\n  - recipient: "a\n')).to.match(/^greyprobe\.yaml:\d+: /u);
      expect(refusalOf('defaults: {}\ndefaults: {}\n')).to.match(/^greyprobe\.yaml:2: .*unique/u);
    });
  });

  describe('with environment variables', () => {
    it('puts them in, and the value after :- where they are not set', () => {
      const text = 'targets:\n  - recipient: ${' + 'BOX:-user}@${' + 'DOMAIN}\n';

      expect(parseConfig(text, 'a', { DOMAIN: 'example.org' }).targets?.[0]?.recipient).to.equal(
        'user@example.org',
      );
      expect(
        parseConfig(text, 'a', { DOMAIN: 'example.org', BOX: 'me' }).targets?.[0]?.recipient,
      ).to.equal('me@example.org');
    });

    it('names the line and the variable that is not set', () => {
      expect(refusalOf('targets:\n  - recipient: ${' + 'NOPE}\n')).to.contain(
        'greyprobe.yaml:2: the environment variable NOPE is not set.',
      );
    });

    it('lets their values add no structure', () => {
      const text = 'targets:\n  - recipient: user@example.org\n    name: ${' + 'NAME}\n';
      const name = 'a\n  - recipient: other@example.org';

      expect(parseConfig(text, 'a', { NAME: name }).targets).to.deep.equal([
        { recipient: 'user@example.org', name },
      ]);
    });
  });

  describe('that extends others', () => {
    it('takes their defaults, the later over the earlier, and its own over all', () => {
      mkdirSync(join(folder(), 'base'));
      write(
        'base/one.yaml',
        'defaults: {helo: one.example, port: 1, expect: {tlsOffered: true}}\n',
      );
      write('two.json', `{"defaults": {"port": 2, "timeout": "9s"}, "targets": []}`);
      const path = write(
        'greyprobe.yaml',
        `extends: [base/one.yaml, two.json]\ndefaults: {timeout: 5s, expect: {verdict: accepted}}\n${TARGET}`,
      );

      expect(loadConfig(path, {})).to.deep.equal({
        defaults: {
          helo: 'one.example',
          port: 2,
          timeout: '5s',
          expect: { tlsOffered: true, verdict: 'accepted' },
        },
        targets: [{ recipient: 'user@example.org' }],
      });
    });

    it('refuses a circle, and names the file that is wrong', () => {
      write('a.yaml', 'extends: b.yaml\n');
      write('b.yaml', 'extends: a.yaml\n');
      write('c.yaml', 'extends: d.yaml\n');
      write('d.yaml', 'targts: []\n');

      expect(() => loadConfig(join(folder(), 'a.yaml'), {})).to.throw('a.yaml extends itself');
      expect(() => loadConfig(join(folder(), 'c.yaml'), {})).to.throw('d.yaml:1: there is no key');
    });
  });

  it('tells of files that are not there, are folders, too large or not UTF-8', () => {
    const large = write('large.yaml', `#${'x'.repeat(1024 * 1024)}\n`);
    const binary = join(folder(), 'binary.yaml');
    writeFileSync(binary, Uint8Array.of(0xff, 0xfe, 0x00));

    for (const path of [join(folder(), 'none.yaml'), folder(), large, binary]) {
      expect(() => loadConfig(path, {}), path)
        .to.throw(GreyprobeError)
        .with.property('code', 'config-unreadable');
    }
  });

  it('is refused with a message of its own, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          fc
            .array(
              fc.constantFrom('targets', ':', ' ', '\n', '- ', '&a', '*a', '{', '}', '"', '$', 'X'),
            )
            .map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            parseConfig(text, 'x', {});
          } catch (error) {
            expect(error).to.be.instanceOf(GreyprobeError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('stops at a bomb of aliases', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 10; i += 1) {
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    }

    expect(refusalOf(lines.join('\n'))).to.contain('alias');
  });
});
