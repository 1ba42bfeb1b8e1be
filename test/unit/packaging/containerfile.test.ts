import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { validate } from 'dockerfile-utils';

const TEXT = readFileSync(new URL('../../../Containerfile', import.meta.url), 'utf8');
const lastStage = TEXT.slice(TEXT.lastIndexOf('\nFROM'));

describe('the Containerfile', () => {
  it('passes a linter', () => {
    expect(validate(TEXT).map(({ message }) => message)).to.deep.equal([]);
    expect(validate(TEXT.replace('USER node', 'USR node'))).to.have.length.above(0);
  });

  it('runs as somebody who is not root, with its state in a volume', () => {
    expect(lastStage).to.match(/^USER node$/mu);
    const state = /^ENV GREYPROBE_STATE_DIR=(?<folder>.*)$/mu.exec(lastStage)?.groups?.['folder'];
    expect(lastStage).to.include(`\nVOLUME ${state}\n`);
  });
});
