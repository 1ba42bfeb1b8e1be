import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { shellWord } from '../../../../src/model/values/shell-word.js';

describe('shellWord', () => {
  it('leaves plain words as they are', () => {
    for (const word of ['user@example.org', '--from', '127.0.0.1:53', '/var/lib/x', 'a%b+c=d,e']) {
      expect(shellWord(word)).to.equal(word);
    }
  });

  it('quotes the others, so that a shell reads back what was meant', function () {
    if (process.platform === 'win32') this.skip();
    const words = [
      'probe-{nonce}@x.example',
      "it's",
      '$HOME `id` "q"',
      '',
      'a\\b',
      '[::1]:53',
      '~',
    ];
    const script = `printf '%s\\n' ${words.map(shellWord).join(' ')}`;
    const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    expect(stdout).to.equal(words.map((word) => `${word}\n`).join(''));
  });

  it('shows no control character, and gives each byte back', function () {
    if (spawnSync('bash', ['-c', 'true']).status !== 0) this.skip(); // No bash on this machine.
    expect(shellWord('a\x1b[2J')).to.equal("$'a\\033[2J'");
    expect(shellWord('\u202e')).to.equal("$'\\342\\200\\256'");
    const every = Array.from({ length: 255 }, (_, n) => String.fromCharCode(n + 1));
    const words = [...every, every.join(''), "it's\n", '\\\x07\'"', 'é\n', '-\r7'];
    const quoted = words.map(shellWord).join(' ');
    expect(quoted).to.match(/^[ -~\u00a0-\u00ff]*$/u);
    const { stdout } = spawnSync('bash', ['-c', `printf '%s\\0' ${quoted}`], { encoding: 'utf8' });
    expect(stdout.split('\0').slice(0, -1)).to.deep.equal(words);
  });

  it('lets nothing out of the word in a shell that does not know the notation', () => {
    for (const text of ["\x07'; exit 7 #", "\x07\\'; exit 7 #", '\x07\n$(exit 7)`exit 7`']) {
      expect(shellWord(text).slice(2, -1)).not.to.match(/['\n]/u);
    }
  });
});
