import { Flags } from '@oclif/core';
import { PROBE_STAGES, TLS_POLICIES } from '../../model/smtp.js';
import { familyFlags, resolverFlag } from './flags.js';

/** Flags of every command that talks to a mail host. */
export const probeFlags = {
  from: Flags.string({
    helpGroup: 'SENDER',
    description:
      'Envelope sender: an address, a comma list, or a template with {nonce}, which proves most',
    env: 'GREYPROBE_FROM',
    helpValue: '<sender>',
  }),
  helo: Flags.string({
    helpGroup: 'SENDER',
    description: "Name to say in EHLO; default: this machine's, or the sender's domain",
    env: 'GREYPROBE_HELO',
    helpValue: '<name>',
  }),
  host: Flags.string({
    helpGroup: 'HOST',
    description: 'Mail host to probe, by name or address, instead of those of the MX records',
    helpValue: '<host>',
  }),
  port: Flags.integer({
    helpGroup: 'HOST',
    description: 'Port to connect to',
    default: 25,
    min: 1,
    max: 65535,
  }),
  resolver: resolverFlag,
  'source-ip': Flags.string({
    helpGroup: 'SENDER',
    description: 'Client address to connect from; a second one after a comma serves for controls',
    helpValue: '<address>',
  }),
  ...familyFlags,
  tls: Flags.option({
    helpGroup: 'HOST',
    description: 'STARTTLS: when offered, always, or never',
    options: TLS_POLICIES,
    default: 'opportunistic' as const,
  })(),
  timeout: Flags.string({
    helpGroup: 'HOST',
    description: 'Longest wait for each reply',
    default: '30s',
    helpValue: '<duration>',
  }),
  stage: Flags.option({
    helpGroup: 'PLAN',
    description: 'How far each try goes; message needs --deliver',
    options: PROBE_STAGES,
    default: 'rcpt' as const,
  })(),
  deliver: Flags.boolean({
    helpGroup: 'PLAN',
    default: false,
    description: 'Allow --stage message to deliver real messages, one for each try that passes',
  }),
  'retry-at': Flags.string({
    helpGroup: 'PLAN',
    description: 'Ages at which to retry, such as 30s,1m,5m; default: planned by greyprobe',
    helpValue: '<durations>',
  }),
  'max-wait': Flags.string({
    helpGroup: 'PLAN',
    description: 'Longest age to wait for',
    default: '65m',
    helpValue: '<duration>',
  }),
  resolution: Flags.string({
    helpGroup: 'PLAN',
    description: 'How narrow the opening should be known',
    default: '5s',
    helpValue: '<duration>',
  }),
  window: Flags.string({
    helpGroup: 'PLAN',
    description: 'Also look when the window closes, at these ages; "default": 2h,4h,8h,12h,24h,48h',
    helpValue: '<durations>',
  }),
  key: Flags.boolean({
    helpGroup: 'PLAN',
    default: false,
    description: 'Afterwards, find which parts of the tuple the server looks at',
  }),
  'other-recipient': Flags.string({
    helpGroup: 'PLAN',
    description: 'A second real recipient of the same server, for --key',
    helpValue: '<address>',
  }),
  'connections-per-hour': Flags.integer({
    helpGroup: 'PLAN',
    description: 'Most connections to a mail host within an hour',
    default: 30,
    min: 2,
    max: 1000,
  }),
};
