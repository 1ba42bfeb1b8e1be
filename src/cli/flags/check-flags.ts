import { Flags } from '@oclif/core';
import { VERDICT_KINDS } from '../../core/evidence/verdict-schema.js';
import { CONFIDENCES } from '../../core/greylist/hypothesis.js';
import { TLS_POLICIES } from '../../model/smtp.js';
import { familyFlags, stateDirFlag } from './flags.js';

/*
 * Flags of `check`. Those of a probe have no defaults and no environment here: what is not given
 * leaves the word to the configuration, and only then to the environment and the defaults.
 */

const EXPECTATION = 'EXPECTATION';

const duration = (description: string) =>
  Flags.string({ description, helpValue: '<duration>', helpGroup: EXPECTATION });

const expectFlags = {
  'expect-verdict': Flags.string({
    description: `The verdict is this, or one of several with commas: ${VERDICT_KINDS.join(', ')}`,
    helpValue: '<verdict>',
    helpGroup: EXPECTATION,
  }),
  'expect-confidence': Flags.option({
    description: 'The verdict is at least so sure',
    options: CONFIDENCES,
    helpGroup: EXPECTATION,
  })(),
  'expect-opens-by': duration('The window opens no later than this age'),
  'expect-opens-after': duration('The window opens no earlier than this age'),
  'expect-closes-after': duration('The window closes no earlier than this age'),
  'expect-lands': Flags.string({
    description:
      "A sender's mail gets through within this time, such as postfix=30m; may be given more than once",
    helpValue: '<sender=duration>',
    helpGroup: EXPECTATION,
    multiple: true,
    multipleNonGreedy: true,
  }),
  'expect-tls': Flags.boolean({
    description: 'The mail host offers STARTTLS',
    helpGroup: EXPECTATION,
  }),
  'expect-reachable': Flags.boolean({
    description: 'Every mail host answers; those that the run did not talk to are greeted',
    helpGroup: EXPECTATION,
  }),
  'expect-shared-state': Flags.boolean({
    description: 'All mail hosts know of a sender that one of them has seen',
    helpGroup: EXPECTATION,
  }),
};

const checkProbeFlags = {
  from: Flags.string({
    helpGroup: 'SENDER',
    description:
      'Envelope sender: an address, a comma list, or a template with {nonce}, which proves most',
    helpValue: '<sender>',
  }),
  helo: Flags.string({
    helpGroup: 'SENDER',
    description: 'Name to say in EHLO',
    helpValue: '<name>',
  }),
  host: Flags.string({
    helpGroup: 'HOST',
    description: 'Mail host to probe, by name or address, instead of those of the MX records',
    helpValue: '<host>',
  }),
  port: Flags.integer({ helpGroup: 'HOST', description: 'Port to connect to', min: 1, max: 65535 }),
  resolver: Flags.string({
    helpGroup: 'HOST',
    description: 'DNS server to ask: ip[:port], tcp://..., tls://... or https://...',
    helpValue: '<server>',
  }),
  'source-ip': Flags.string({
    helpGroup: 'SENDER',
    description: 'Client address to connect from',
    helpValue: '<address>',
  }),
  ...familyFlags,
  tls: Flags.option({
    helpGroup: 'HOST',
    description: 'STARTTLS: when offered, always, or never',
    options: TLS_POLICIES,
  })(),
  timeout: Flags.string({
    helpGroup: 'HOST',
    description: 'Longest wait for each reply',
    helpValue: '<duration>',
  }),
  'retry-at': Flags.string({
    helpGroup: 'PLAN',
    description: 'Ages at which to retry, such as 30s,1m,5m',
    helpValue: '<durations>',
  }),
  'max-wait': Flags.string({
    helpGroup: 'PLAN',
    description: 'Longest age to wait for',
    helpValue: '<duration>',
  }),
  resolution: Flags.string({
    helpGroup: 'PLAN',
    description: 'How narrow the opening should be known',
    helpValue: '<duration>',
  }),
  window: Flags.string({
    helpGroup: 'PLAN',
    description: 'Ages at which to look whether the window has closed',
    helpValue: '<durations>',
  }),
};

export const checkFlags = {
  config: Flags.string({
    char: 'c',
    description:
      'Configuration in YAML or JSON; without recipients, greyprobe.yaml of this folder is read',
    helpValue: '<file>',
  }),
  ...expectFlags,
  ...checkProbeFlags,
  'no-wait': Flags.boolean({
    helpGroup: 'PLAN',
    description: 'Do what is due and end with 75; the same command goes on later and judges',
  }),
  'state-dir': stateDirFlag,
};
