import { Flags } from '@oclif/core';

/*
 * Flags that more than one command takes. They are read as text here and checked by the parsers of
 * values/, so that one place says what is wrong with a value.
 */

export const resolverFlag = Flags.string({
  helpGroup: 'HOST',
  description:
    "DNS server to ask: ip[:port], tcp://..., tls://... or https://...; default: the system's",
  env: 'GREYPROBE_RESOLVER',
  helpValue: '<server>',
});

export const familyFlags = {
  ipv4: Flags.boolean({
    helpGroup: 'HOST',
    default: false,
    description: 'Use IPv4 addresses only',
    exclusive: ['ipv6'],
  }),
  ipv6: Flags.boolean({
    helpGroup: 'HOST',
    default: false,
    description: 'Use IPv6 addresses only',
    exclusive: ['ipv4'],
  }),
};

export const stateDirFlag = Flags.string({
  helpGroup: 'GLOBAL',
  description: 'Folder in which runs are kept, instead of the one of the system',
  env: 'GREYPROBE_STATE_DIR',
  helpValue: '<folder>',
});
