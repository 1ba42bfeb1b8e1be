import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { GreyprobeError } from '../../../../src/model/errors.js';
import { initialConfig, initialise } from '../../../../src/tasks/check/initial-config.js';
import { checkTargets } from '../../../../src/tasks/check/targets.js';
import { temporaryFolder } from '../../edges/journal/support/folder.js';

function targetsIn(config: string) {
  return checkTargets({ recipients: [], config, settings: {}, expect: {}, environment: {} });
}

describe('the configuration that check --init writes', () => {
  const folder = temporaryFolder();
  const file = () => join(folder(), 'greyprobe.yaml');

  it('is valid as it stands, and expects something', async () => {
    expect(await initialise(file(), { recipients: [] })).to.deep.equal({
      schema: 'greyprobe.init-result.v1',
      file: file(),
    });
    const [target, ...others] = targetsIn(file());
    expect(others).to.deep.equal([]);
    expect(target?.request.recipient).to.equal('user@example.org');
    expect(target?.expectations).to.deep.equal({
      verdict: ['greylisted', 'accepted'],
      opensNoLaterThan: 360,
    });
  });

  it('is valid with all that it offers in comments', async () => {
    const all = initialConfig({ recipients: [] })
      .split('\n')
      .map((line) => line.replace(/^( *)# (?=\w+: [^ ]*[^:]*$)/u, '$1'));
    expect(all.join('\n')).to.contain('\n  helo: mail.your.domain\n');
  });

  it('takes what was given', async () => {
    const recipients = ['a@b.example', `odd$\{HOME}@c.example`];
    await initialise(file(), { recipients, from: 'x-{nonce}@d.example' });
    const targets = targetsIn(file());
    expect(targets.map(({ name }) => name)).to.deep.equal(recipients);
    expect(targets[1]?.request.senders).to.deep.equal({
      kind: 'template',
      template: 'x-{nonce}@d.example',
    });
  });

  it('replaces nothing, and takes no address that is none', async () => {
    await initialise(file(), { recipients: [] });
    const before = readFileSync(file(), 'utf8');
    const codeOf = (known: { recipients: string[]; from?: string }) =>
      initialise(file(), known).catch((error: unknown) =>
        error instanceof GreyprobeError ? error.code : error,
      );
    expect(await codeOf({ recipients: ['a@b.example'] })).to.equal('file-exists');
    expect(await codeOf({ recipients: ['b.example'] })).to.equal('recipient-is-domain');
    expect(await codeOf({ recipients: [], from: '' })).to.equal('bad-sender');
    expect(readFileSync(file(), 'utf8')).to.equal(before);
  });
});
