import { expect } from 'chai';
import { checkFlags } from '../../../../src/cli/flags/check-flags.js';
import { probeFlags } from '../../../../src/cli/flags/probe-flags.js';
import { requestFor } from '../../../../src/core/run/request.js';
import { GreyprobeError } from '../../../../src/model/errors.js';
import { TargetSchema } from '../../../../src/tasks/check/config-schema.js';
import {
  FILE_SETTING_NAMES,
  flagName,
  SETTING_NAMES,
} from '../../../../src/tasks/settings/probe-settings.js';
import {
  settingsFromEnvironment,
  settingsFromFlags,
} from '../../../../src/tasks/settings/read-settings.js';
import { toRequest } from '../../../../src/tasks/settings/to-request.js';

const FROM = { from: 'me@sender.example', helo: 'mail.sender.example' };

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof GreyprobeError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'nothing refused';
}

describe('the settings of a probe', () => {
  it('are flags of probe, and but for delivery and readers keys of a configuration and flags of check', () => {
    const flags = (names: readonly string[]) =>
      names.flatMap((name) => (name === 'family' ? ['ipv4', 'ipv6'] : flagName(name)));

    expect(Object.keys(probeFlags)).to.include.members(flags(SETTING_NAMES));
    expect(Object.keys(checkFlags)).to.include.members(flags(FILE_SETTING_NAMES));
    expect(Object.keys(TargetSchema.entries)).to.include.members(FILE_SETTING_NAMES);
    expect(checkFlags).to.not.have.property('deliver');
    expect(
      [...SETTING_NAMES].filter((name) => !FILE_SETTING_NAMES.some((one) => one === name)),
    ).to.deep.equal(['for', 'deliver']);
  });

  it('have the defaults of a request, in the help of probe too', () => {
    const shown = Object.entries(probeFlags).map(([name, flag]) => [
      name,
      'default' in flag ? flag.default : undefined,
    ]);
    const settings = settingsFromFlags({ ...Object.fromEntries(shown), ...FROM });

    expect(toRequest('user@example.org', settings)).to.deep.equal(
      requestFor({
        recipient: 'user@example.org',
        domain: 'example.org',
        senders: { kind: 'list', addresses: ['me@sender.example'] },
        helo: 'mail.sender.example',
      }),
    );
  });

  it('are read once: a flag as text, the setting as a value', () => {
    expect(
      settingsFromFlags({
        'max-wait': '1h5m',
        'retry-at': '5m,30s,5m',
        'closing-at': 'default',
        ipv6: true,
        'source-ip': '192.0.2.1,192.0.2.2',
        'other-recipient': 'Other@Example.org',
        resolution: '0.001s',
        verbose: true,
      }),
    ).to.deep.equal({
      sourceIp: ['192.0.2.1', '192.0.2.2'],
      family: 'ipv6',
      retryAt: [30, 300],
      maxWait: 3900,
      resolution: 0.2,
      closingAt: [7200, 14_400, 28_800, 43_200, 86_400, 172_800],
      otherRecipient: 'Other@example.org',
    });
  });

  it('name the flag, or the variable, whose value is wrong', () => {
    expect(refusal(() => settingsFromFlags({ 'max-wait': '300' }))).to.equal(
      'bad-duration: --max-wait: "300" has no unit: write 300s or 5m.',
    );
    expect(refusal(() => settingsFromEnvironment({ GREYPROBE_HELO: 'laptop' }, {}))).to.equal(
      "bad-helo: GREYPROBE_HELO: The HELO name 'laptop' is not fully qualified: it has no dot.",
    );
  });

  it('leave a variable alone where something goes before it, or it is empty', () => {
    expect(
      settingsFromEnvironment({ GREYPROBE_HELO: 'laptop' }, { helo: 'a.example' }),
    ).to.deep.equal({});
    expect(settingsFromEnvironment({ GREYPROBE_FROM: '' }, {})).to.deep.equal({});
  });

  it('deliver nothing unless that is asked for twice', () => {
    const ask = (flags: object) =>
      refusal(() => toRequest('user@example.org', settingsFromFlags({ ...FROM, ...flags })));

    expect(ask({ stage: 'message' })).to.match(/^deliver-not-given: /u);
    expect(ask({ deliver: true })).to.match(/^deliver-without-message: /u);
    expect(ask({ stage: 'message', deliver: true })).to.equal('nothing refused');
    expect(ask({ 'other-recipient': 'b@example.org' })).to.match(/^other-recipient-without-key: /u);
  });
});
