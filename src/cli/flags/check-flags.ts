import { Flags } from '@oclif/core';
import { VERDICT_KINDS } from '../../core/evidence/verdict-schema.js';
import { CONFIDENCES } from '../../core/greylist/hypothesis.js';
import { type FlagValues, stateDirFlag } from './flags.js';
import { onlyFlag, outputFlags } from './output-flags.js';
import { checkSettingFlags } from './setting-flags.js';

const EXPECTATION = 'EXPECTATION';

const duration = (description: string, formerName: string) =>
  Flags.string({
    description,
    aliases: [formerName],
    helpValue: '<duration>',
    helpGroup: EXPECTATION,
  });

/** Each is called as its key in a configuration and in results: `opensNoLaterThan`. */
const expectFlags = {
  'expect-verdict': Flags.string({
    description: `The verdict is this, or one of several with commas: ${VERDICT_KINDS.join(', ')}`,
    helpValue: '<verdict>',
    helpGroup: EXPECTATION,
  }),
  'expect-confidence-at-least': Flags.option({
    aliases: ['expect-confidence'],
    description: 'The verdict is at least so sure',
    options: CONFIDENCES,
    helpGroup: EXPECTATION,
  })(),
  'expect-opens-no-later-than': duration(
    'The window opens no later than this age',
    'expect-opens-by',
  ),
  'expect-opens-no-earlier-than': duration(
    'The window opens no earlier than this age',
    'expect-opens-after',
  ),
  'expect-closes-no-earlier-than': duration(
    'The window closes no earlier than this age',
    'expect-closes-after',
  ),
  'expect-lands-within': Flags.string({
    aliases: ['expect-lands'],
    description:
      "A sender's mail gets through within this time, such as postfix=30m; may be given more than once",
    helpValue: '<sender=duration>',
    helpGroup: EXPECTATION,
    multiple: true,
    multipleNonGreedy: true,
  }),
  'expect-tls-offered': Flags.boolean({
    aliases: ['expect-tls'],
    description: 'The mail host offers STARTTLS',
    helpGroup: EXPECTATION,
  }),
  'expect-no-host-unreachable': Flags.boolean({
    aliases: ['expect-reachable'],
    description: 'Every mail host answers; those that the run did not talk to are greeted',
    helpGroup: EXPECTATION,
  }),
  'expect-unchanged': Flags.boolean({
    description: 'The run shows what the last one that is kept has shown',
    helpGroup: EXPECTATION,
  }),
  'expect-hosts-share-state': Flags.boolean({
    aliases: ['expect-shared-state'],
    description: 'All mail hosts know of a sender that one of them has seen',
    helpGroup: EXPECTATION,
  }),
};

export const checkFlags = {
  config: Flags.string({
    char: 'c',
    description:
      'Configuration in YAML or JSON; without recipients, greyprobe.yaml of this folder is read',
    helpValue: '<file>',
  }),
  init: Flags.boolean({
    description: 'Write a configuration with comments to begin with, and probe nothing',
    default: false,
  }),
  ...expectFlags,
  ...checkSettingFlags,
  ...outputFlags,
  only: onlyFlag,
  'no-wait': Flags.boolean({
    helpGroup: 'PLAN',
    description: 'Do what is due and end with 75; the same command goes on later and judges',
  }),
  'state-dir': stateDirFlag,
};

export type CheckFlags = FlagValues<typeof checkFlags>;
export type ExpectFlags = Partial<FlagValues<typeof expectFlags>>;
