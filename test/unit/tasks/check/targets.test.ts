import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { CheckFlags } from '../../../../src/cli/flags/check-flags.js';
import { expectFromFlags } from '../../../../src/cli/flags/expect-from-flags.js';
import { GreyprobeError } from '../../../../src/model/errors.js';
import { checkTargets } from '../../../../src/tasks/check/targets.js';
import { settingsFromFlags } from '../../../../src/tasks/settings/read-settings.js';
import { temporaryFolder } from '../../edges/journal/support/folder.js';

const FROM = 'probe-{nonce}@sender.example';

type Flags = Partial<CheckFlags> & Readonly<Record<string, unknown>>;

/** As the command does. */
function targets(
  recipients: readonly string[],
  flags: Flags,
  environment: Record<string, string> = {},
) {
  return checkTargets({
    recipients,
    config: flags.config,
    settings: settingsFromFlags(flags),
    expect: expectFromFlags(flags),
    environment,
  });
}

function refusal(...args: Parameters<typeof targets>): string {
  try {
    targets(...args);
  } catch (error) {
    if (error instanceof GreyprobeError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'nothing refused';
}

describe('checkTargets', () => {
  const folder = temporaryFolder();

  function config(text: string): string {
    const path = join(folder(), 'greyprobe.yaml');
    writeFileSync(path, text);
    return path;
  }

  it('takes recipients and expectations from flags', () => {
    const [target, ...others] = targets(['user@example.org'], {
      from: FROM,
      'expect-verdict': 'greylisted, accepted',
      'expect-opens-no-later-than': '5m',
      'expect-lands-within': ['postfix=30m', 'exchange-2003=15m'],
      'expect-tls-offered': true,
    });

    expect(others).to.deep.equal([]);
    expect(target?.name).to.equal('user@example.org');
    expect(target?.expectations).to.deep.equal({
      verdict: ['greylisted', 'accepted'],
      opensNoLaterThan: 300,
      landsWithin: { postfix: 1800, 'exchange-2003': 900 },
      tlsOffered: true,
    });
    expect(target?.request).to.include({ recipient: 'user@example.org', port: 25 });
  });

  it('lets flags go before the target, the target before the defaults, the environment last', () => {
    const path = config(
      [
        'defaults:',
        '  from: default@sender.example',
        '  helo: default.sender.example',
        '  timeout: 10s',
        '  expect: {verdict: greylisted, opensNoLaterThan: 5m}',
        'targets:',
        '  - recipient: user@example.org',
        '    helo: target.sender.example',
        '    timeout: 20s',
        '    expect: {opensNoLaterThan: 9m}',
      ].join('\n'),
    );
    const environment = { GREYPROBE_HELO: 'env.sender.example', GREYPROBE_RESOLVER: '192.0.2.53' };
    const [target] = targets([], { config: path, timeout: '30s' }, environment);

    expect(target?.request.senders).to.deep.equal({
      kind: 'list',
      addresses: ['default@sender.example'],
    });
    expect(target?.request).to.include({ helo: 'target.sender.example', timeoutSeconds: 30 });
    expect(target?.resolver).to.equal('192.0.2.53');
    expect(target?.expectations).to.deep.equal({ verdict: ['greylisted'], opensNoLaterThan: 540 });
  });

  it('lets recipients choose among targets, by address and by name', () => {
    const path = config(
      [
        `defaults: {from: '${FROM}', expect: {verdict: greylisted}}`,
        'targets:',
        '  - {recipient: a@example.org, name: first}',
        '  - {recipient: b@example.org, helo: b.sender.example}',
      ].join('\n'),
    );
    const chosen = targets(['first', 'b@example.org', 'c@example.org'], { config: path });

    expect(chosen.map(({ name }) => name)).to.deep.equal([
      'first',
      'b@example.org',
      'c@example.org',
    ]);
    expect(chosen[1]?.request.helo).to.equal('b.sender.example');
  });

  it('takes every setting of the configuration from a flag too, and the flag before the file', () => {
    const path = config(
      [
        `defaults: {from: '${FROM}', stage: rcpt, connectionsPerHour: 10, expect: {tlsOffered: true}}`,
        'targets:',
        '  - {recipient: user@example.org, key: true, otherRecipient: b@example.org}',
      ].join('\n'),
    );
    const flags = { config: path, stage: 'data', 'connections-per-hour': 20, 'all-hosts': true };
    const [target] = targets([], flags);

    expect(target?.request).to.include({
      stage: 'data',
      key: true,
      otherRecipient: 'b@example.org',
    });
    expect(target?.request.manners.connectionsPerHour).to.equal(20);
    expect(target?.allHosts).to.equal(true);
  });

  it('refuses all hosts of one host', () => {
    const path = config(
      `targets: [{recipient: a@example.org, from: a@b.example, host: mx.example.org, allHosts: true, expect: {tlsOffered: true}}]`,
    );
    expect(refusal([], { config: path })).to.match(/^all-hosts-of-one: a@example\.org: /u);
  });

  it('looks as long, and for the closing as late, as expectations need', () => {
    const [target] = targets(['user@example.org'], {
      from: FROM,
      'expect-opens-no-later-than': '2h',
      'expect-closes-no-earlier-than': '4h',
    });

    expect(target?.request.maxWaitSeconds).to.be.at.least(7200);
    expect(target?.request.closingAgesSeconds).to.deep.equal([14_401]);
  });

  it('refuses what is not there, and names that stand twice', () => {
    expect(refusal([], { config: config('targets: []') })).to.match(/^no-targets: /u);
    expect(
      refusal(['a@b.example', 'a@b.example'], { from: FROM, 'expect-tls-offered': true }),
    ).to.match(/^same-name: /u);
    expect(refusal([], { config: join(folder(), 'none') })).to.match(/^cannot-read-file: /u);
  });

  it('names the flag whose value is wrong', () => {
    const with_ = (flags: Flags) => refusal(['user@example.org'], { from: FROM, ...flags });

    expect(with_({ 'expect-opens-no-later-than': '300' })).to.match(
      /^bad-duration: --expect-opens-no-later-than: "300"/u,
    );
    expect(with_({ 'expect-lands-within': ['postfx=5m'] })).to.match(
      /^unknown-sender: --expect-lands-within: /u,
    );
    expect(with_({ 'expect-lands-within': ['__proto__=5m', 'postfix=5m'] })).to.equal(
      'unknown-sender: --expect-lands-within: "__proto__" is not a sender that greyprobe knows.',
    );
    expect(with_({ 'expect-lands-within': ['postfix=30m', ' Postfix=1m'] })).to.equal(
      "bad-landing: --expect-lands-within names 'postfix' twice.",
    );
    expect(with_({ 'expect-lands-within': ['postfix'] })).to.match(/^bad-landing: /u);
    expect(with_({ 'expect-verdict': 'greylistd' })).to.contain("Did you mean 'greylisted'?");
    expect(with_({ 'max-wait': 'long', 'expect-tls-offered': true })).to.match(
      /^bad-duration: --max-wait: /u,
    );
  });

  it('names the target that is wrong, and the file that has none', () => {
    const two = config(
      `defaults: {expect: {tlsOffered: true}}\ntargets:\n  - {recipient: a@example.org, from: "${FROM}"}\n  - {recipient: b@example.org, name: second}\n`,
    );
    expect(refusal([], { config: two })).to.contain('missing-sender: second: No envelope sender');
    expect(refusal(['secnd'], { config: two }))
      .to.contain("'secnd' is no address, and")
      .and.contain("Did you mean 'second'?");
    expect(refusal([], { config: config('# nothing yet\n') })).to.match(
      /^no-targets: Nothing to check: .*greyprobe\.yaml has no targets\.$/u,
    );
  });

  it('refuses what can never hold, and takes what nothing is expected of', () => {
    const user = ['user@example.org'];
    expect(
      refusal(user, {
        from: FROM,
        'expect-opens-no-later-than': '1m',
        'expect-opens-no-earlier-than': '5m',
      }),
    ).to.equal(
      'contradiction: user@example.org cannot open no earlier than 5m and no later than 1m.',
    );
    const path = config(
      `targets: [{recipient: user@example.org, from: "${FROM}", expect: {noHostUnreachable: false}}]\n`,
    );
    expect(targets([], { config: path })).to.have.length(1);
    expect(targets(user, { from: FROM })[0]?.expectations).to.deep.equal({});
  });
});
