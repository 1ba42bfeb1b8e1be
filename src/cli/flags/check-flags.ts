import { Flags } from '@oclif/core';
import { VERDICT_KINDS } from '../../core/evidence/verdict-schema.js';
import { CONFIDENCES } from '../../core/greylist/hypothesis.js';
import { type FlagValues, stateDirFlag } from './flags.js';
import { onlyFlag, outputFlags } from './output-flags.js';
import { checkSettingFlags } from './setting-flags.js';

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

export const checkFlags = {
  config: Flags.string({
    char: 'c',
    description:
      'Configuration in YAML or JSON; without recipients, greyprobe.yaml of this folder is read',
    helpValue: '<file>',
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
