import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { GreyprobeError } from '../../../../src/model/errors.js';
import { loadConfig, parseConfig } from '../../../../src/tasks/check/config-file.js';
import { temporaryFolder } from '../../edges/journal/support/folder.js';

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

  it('takes the former name of a key', () => {
    const [target] = parseConfig(`${TARGET}    window: [2h, 4h]\n`, 'a', {}).targets ?? [];
    expect(target).to.deep.equal({ recipient: 'user@example.org', closingAt: [7200, 14_400] });
    expect(
      parseConfig('defaults: {window: [2h], closingAt: [4h]}', 'a', {}).defaults,
    ).to.deep.equal({ closingAt: [14_400] });
  });

  describe('with a typo', () => {
    it('names the line, the key and the nearest valid key', () => {
      expect(refusalOf(`${TARGET}    expect:\n      opensNoLaterThn: 5m\n`)).to.equal(
        "greyprobe.yaml:4: there is no key 'opensNoLaterThn' in targets[0].expect. Did you mean 'opensNoLaterThan'?",
      );
      expect(refusalOf('defaults:\n  allHost: true\n')).to.equal(
        "greyprobe.yaml:2: there is no key 'allHost' in defaults. Did you mean 'allHosts'?",
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

    it('names the nearest of a list, and the nearest sender', () => {
      expect(refusalOf(`${TARGET}    expect:\n      verdict: [accepted, greylistd]\n`)).to.match(
        /^greyprobe\.yaml:4: targets\[0\]\.expect\.verdict\[1\]: 'greylistd' is none of .* Did you mean 'greylisted'\?$/u,
      );
      expect(
        refusalOf(`${TARGET}    expect:\n      landsWithin:\n        psotfix: 5m\n`),
      ).to.contain('Near it: postfix');
    });

    it('drops no sender without a word, whatever its name', () => {
      for (const key of ['__proto__', 'constructor', 'prototype']) {
        expect(
          refusalOf(`${TARGET}    expect:\n      landsWithin:\n        ${key}: 5m\n`),
        ).to.equal(`greyprobe.yaml:5: there is no key '${key}' in targets[0].expect.landsWithin.`);
      }
    });

    it('says what was expected in the words of those who write YAML', () => {
      const told = (line: string) => refusalOf(`${TARGET}    ${line}\n`).split('\n')[0];

      expect(told('port: 99999')).to.contain('port: 99999 is too large: at most 65535.');
      expect(told('port: "25"')).to.contain('port: expected a number, found "25".');
      expect(told('retryAt: 30s,1m')).to.contain('retryAt: expected a list, found "30s,1m".');
      expect(told('retryAt: []')).to.contain('retryAt: it is empty.');
      expect(told('timeout:')).to.contain('timeout: expected text, found nothing.');
      expect(told('expect: {tlsOffered: yes}')).to.contain('expected true or false, found "yes".');
      expect(told('expect: [verdict]')).to.contain(
        'expect: expected keys with values, found a list',
      );
      expect(told('sourceIp: nowhere')).to.contain("sourceIp: 'nowhere' is not an IP address.");
      expect(told('timeout: 1h')).to.contain('timeout: A timeout of 1h is out of range.');
      expect(refusalOf('targets: [user@example.org]\n')).to.equal(
        'greyprobe.yaml:1: targets[0]: expected keys with values, found "user@example.org".',
      );
      expect(refusalOf('- recipient: user@example.org\n')).to.equal(
        'greyprobe.yaml:1: the file: expected keys with values, found a list.',
      );
    });

    it('asks for a unit where a duration is wanted, and for quotes where other text is', () => {
      const told = (line: string) => refusalOf(`${TARGET}    ${line}\n`).split('\n')[0];

      for (const key of ['name', 'helo', 'from', 'host', 'resolver', 'sourceIp']) {
        expect(told(`${key}: 123`)).to.equal(
          `greyprobe.yaml:3: targets[0].${key}: expected text in quotes, found 123.`,
        );
      }
      for (const [line, key] of [
        ['timeout: 30', 'timeout'],
        ['maxWait: 30', 'maxWait'],
        ['retryAt: [30]', 'retryAt[0]'],
        ['closingAt: [30]', 'closingAt[0]'],
        ['window: [30]', 'window[0]'],
        ['expect: {opensNoLaterThan: 30}', 'expect.opensNoLaterThan'],
        ['expect: {landsWithin: {postfix: 30}}', 'expect.landsWithin.postfix'],
      ] as const) {
        expect(told(line)).to.equal(
          `greyprobe.yaml:3: targets[0].${key}: "30" has no unit: write 30s.`,
        );
      }
    });

    it('names the line of an anchor where the slip stands, and of one that is not there', () => {
      const text = `defaults:\n  expect: &all\n    verdct: accepted\n${TARGET}    expect: *all\n`;

      expect(refusalOf(text).match(/:\d+:/gu)).to.deep.equal([':3:', ':3:']);
      expect(refusalOf(`${TARGET}    expect: *none\n`)).to.equal(
        'greyprobe.yaml:3: there is no anchor &none.',
      );
    });

    it('names the line of a tag that means nothing here, and of a second document', () => {
      expect(refusalOf('targets:\n  - recipient: !env BOX\n')).to.match(
        /:2: Unresolved tag: !env/u,
      );
      expect(refusalOf(`${TARGET}---\n${TARGET}`)).to.contain(':3: a second document begins');
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

  it('names the line where an anchor stands inside itself: what has no end is no value', () => {
    expect(refusalOf('a: &a\n  b: *a\n')).to.equal('greyprobe.yaml:2: &a contains itself.');
    expect(refusalOf('targets: &a [*a]\n')).to.equal('greyprobe.yaml:1: &a contains itself.');
    expect(refusalOf('defaults: &a\n  expect: &b\n    <<: *a\n    verdict: *b\n')).to.equal(
      'greyprobe.yaml:3: &a contains itself.',
    );
    // An anchor that is set anew inside the first one is another.
    expect(refusalOf('defaults: &a {helo: &a a.example, host: *a}\n')).to.equal('nothing refused');
  });

  it('refuses a key that is a list or a map, before the parser warns of it', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on('warning', note);
    try {
      expect(refusalOf('defaults: {}\n? [a, b]\n: 1\n')).to.equal(
        'greyprobe.yaml:2: a key is a text, not a list or a map.',
      );
      expect(refusalOf('defaults: &a {}\n? *a\n: 1\n')).to.equal(
        'greyprobe.yaml:2: a key is a text, not a list or a map.',
      );
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off('warning', note);
    }
    expect(warnings).to.deep.equal([]);
  });

  it('takes merge keys', () => {
    const text = `defaults:\n  expect: &all {tlsOffered: true, verdict: accepted}\n${TARGET}    expect:\n      <<: *all\n      verdict: greylisted\n`;

    expect(parseConfig(text, 'a', {}).targets?.[0]?.expect).to.deep.equal({
      tlsOffered: true,
      verdict: ['greylisted'],
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

    it('refuses what only looks like a variable: as an address it would be probed', () => {
      for (const slip of ['${' + 'BOX-user}', '${' + 'A.B}', '${' + 'BOX', '${' + '}']) {
        expect(refusalOf(`targets:\n  - recipient: "${slip}@example.org"\n`), slip).to.match(
          /^greyprobe\.yaml:2: '\$\{.*' names no environment variable\.\nWrite \$\{NAME\}/u,
        );
      }
      const kept = parseConfig(`${TARGET}    name: "$\${BOX} $BOX {x}"\n`, 'a', {});
      expect(kept.targets?.[0]?.name).to.equal('${' + 'BOX} $BOX {x}');
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
          timeout: 5,
          expect: { tlsOffered: true, verdict: ['accepted'] },
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

  it('names the file and line that extends one that is not there, and the way of a circle', () => {
    mkdirSync(join(folder(), 'base'), { recursive: true });
    const path = write('top.yaml', '# first\nextends:\n  - base/middle.yaml\n');
    write('base/middle.yaml', 'extends: none.yaml\n');
    const middle = join(folder(), 'base/middle.yaml');
    const none = join(folder(), 'base/none.yaml');
    expect(() => loadConfig(path, {})).to.throw(
      `${middle}:1: extends: ${none} cannot be read: there is no such file or folder.`,
    );

    write('base/middle.yaml', '\nextends: ../top.yaml\n');
    expect(() => loadConfig(path, {})).to.throw(
      `${middle}:2: ${path} extends itself (${path} > ${middle} > ${path}).`,
    );
    write('base/middle.yaml', 'defaults: {prt: 1}\n');
    expect(() => loadConfig(path, {})).to.throw(`${middle}:1: there is no key 'prt' in defaults.`);
  });

  it('tells of files that are not there, are folders, too large or not UTF-8', () => {
    const large = write('large.yaml', `#${'x'.repeat(1024 * 1024)}\n`);
    const binary = join(folder(), 'binary.yaml');
    writeFileSync(binary, Uint8Array.of(0xff, 0xfe, 0x00));

    for (const path of [join(folder(), 'none.yaml'), folder(), large, binary]) {
      expect(() => loadConfig(path, {}), path)
        .to.throw(GreyprobeError)
        .with.property('code', 'cannot-read-file');
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
