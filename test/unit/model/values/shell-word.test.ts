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
});
