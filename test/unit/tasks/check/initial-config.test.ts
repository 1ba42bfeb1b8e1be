import { readFileSync, writeFileSync } from 'node:fs';
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

  it('is valid with all that it offers in comments', () => {
    const all = initialConfig({ recipients: [] }).replaceAll(/^( +)# (?=[a-zA-Z]+: \S)/gmu, '$1');
    writeFileSync(file(), all);
    const [target] = targetsIn(file());
    expect(target).to.deep.include({
      name: 'our own MX',
      resolver: '192.0.2.53',
      suppressed: { until: '2027-01-31', reason: 'they move to a new host' },
    });
    expect(target?.request.helo).to.equal('mail.your.domain');
    expect(target?.expectations).to.deep.include({
      unchanged: true,
      landsWithin: { postfix: 1200, 'exchange 2019': 1200 },
    });
  });

  it('takes what was given', async () => {
    const recipients = ['a@b.example', `odd$\{HOME}@c.example`];
    await initialise(file(), {
      recipients,
      from: { kind: 'template', template: 'x-{nonce}@d.example' },
    });
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
    const codeOf = (...recipients: string[]) =>
      initialise(file(), { recipients }).catch((error: unknown) =>
        error instanceof GreyprobeError ? error.code : error,
      );
    expect(await codeOf('a@b.example')).to.equal('file-exists');
    expect(await codeOf('b.example')).to.equal('recipient-is-domain');
    expect(readFileSync(file(), 'utf8')).to.equal(before);
  });
});
