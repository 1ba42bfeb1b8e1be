import { Flags } from '@oclif/core';
import { SURVEY_FORMATS } from '../../core/survey/events.js';
import type { SettingName } from '../../tasks/settings/probe-settings.js';
import { type FlagValues, redisFlag, stateDirFlag } from './flags.js';
import { formatFlags } from './output-flags.js';
import { settingFlags } from './setting-flags.js';

/** A survey asks at RCPT, of the hosts that the DNS gives, with manners that are its own. */
const SETTINGS: readonly SettingName[] = [
  'from',
  'helo',
  'port',
  'resolver',
  'sourceIp',
  'family',
  'tls',
  'timeout',
  'retryAt',
  'maxWait',
  'resolution',
  'connectionsPerHour',
];

const SURVEY = 'SURVEY';

export const surveyFlags = {
  ...settingFlags(SETTINGS),
  postmaster: Flags.boolean({
    helpGroup: SURVEY,
    default: false,
    description: 'Take postmaster@ for a bare domain; many hosts exempt it, so that less is found',
  }),
  'per-host': Flags.integer({
    helpGroup: SURVEY,
    default: 1,
    min: 1,
    max: 100,
    description: 'Domains that are measured at each mail host; others there get what was found',
  }),
  contact: Flags.string({
    helpGroup: SURVEY,
    description: 'Who you are, as an address or a page; needed above 50 mail hosts',
    helpValue: '<address|url>',
  }),
  'opt-out': Flags.string({
    helpGroup: SURVEY,
    description:
      'Domains, addresses and networks to leave alone, one a line; read again while it runs',
    helpValue: '<file>',
  }),
  concurrency: Flags.integer({
    helpGroup: SURVEY,
    min: 1,
    max: 10_000,
    description: 'Connections at a time, over all hosts; default: what fits the open files allowed',
  }),
  'hosts-per-second': Flags.integer({
    helpGroup: SURVEY,
    default: 100,
    min: 1,
    max: 1000,
    description: 'New hosts a second, once the survey has warmed up',
  }),
  for: Flags.string({
    helpGroup: SURVEY,
    default: 'common',
    description: 'Senders whose schedules are held against what is found, or a group such as all',
    helpValue: '<senders>',
  }),
  redis: redisFlag,
  'dry-run': Flags.boolean({
    helpGroup: SURVEY,
    default: false,
    description: 'Look the hosts up, and show how many connections they would take, and how long',
  }),
  ...formatFlags(
    SURVEY_FORMATS,
    'How to show it: ndjson and csv give a row a target; may be given more than once',
  ),
  quiet: Flags.boolean({
    helpGroup: 'OUTPUT',
    default: false,
    char: 'q',
    description: 'Tell nothing of the progress on stderr',
  }),
  'state-dir': stateDirFlag,
};

export type SurveyFlags = FlagValues<typeof surveyFlags>;
