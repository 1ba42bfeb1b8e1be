import { EXIM_GREYLISTD_LIKE } from '../policies.js';
import { EXIM } from './dialogues.js';
import { DAY, HOUR, MINUTE, type ModelEntry, says } from './model.js';

/** Recipes for Exim, and what is built on it. */
export const EXIM_MODELS: readonly ModelEntry[] = [
  {
    id: 'greylistd',
    name: 'greylistd (Debian, Exim)',
    note: 'The window counts from the last try. No word of grey and no enhanced code.',
    policy: EXIM_GREYLISTD_LIKE,
    dialogue: EXIM,
  },
  {
    id: 'exim-seen',
    name: 'Exim "seen" condition, recipe of the manual',
    note: 'The sender is not in the key. The text is that of any temporary trouble.',
    assumed: ['entries do not expire'],
    policy: {
      key: ['client', 'recipient'],
      windowSeconds: null,
      whitelistSeconds: null,
      reply: says(451, null, 'Temporary local problem - please try later'),
    },
    dialogue: EXIM,
  },
  {
    id: 'exim-seen-wiki',
    name: 'Exim "seen" condition, recipe of the wiki',
    note: 'Each early try starts the wait again. A pass opens the way for the client for 180 days.',
    assumed: ['entries do not expire before they pass'],
    policy: {
      key: ['sender', 'recipient'],
      windowSeconds: null,
      whitelistSeconds: 180 * DAY,
      earlyRetry: { kind: 'restart' },
      autoWhitelist: { scope: 'client', afterPasses: 1 },
      stage: 'message',
      reply: says(451, null, 'Temporary local problem - please try later'),
    },
    dialogue: EXIM,
  },
  {
    id: 'exim-simple',
    name: 'Exim SimpleGreylisting',
    note: 'The Message-ID is in the key. Greylists only messages with a blemish. A pass opens the way for the client for good.',
    assumed: ['the client is whitelisted whatever its HELO'],
    policy: {
      key: ['sender', 'recipient', 'message-id'],
      windowSeconds: null,
      whitelistSeconds: null,
      autoWhitelist: { scope: 'client', afterPasses: 1 },
      stage: 'message',
      reply: says(
        451,
        null,
        'The mail has been greylisted for {delay_minutes} minutes, after which it should be accepted.',
      ),
      laterReply: {
        code: 451,
        enhanced: null,
        text: [
          'Your mail was previously greylisted and the time has not yet expired.',
          'You should wait another {remaining} seconds.',
        ],
      },
    },
    dialogue: EXIM,
  },
  {
    id: 'exim-dbless',
    name: 'Exim without a database',
    note: 'A Perl variant waits an hour.',
    assumed: ['a tuple that passed is remembered as long as the window'],
    policy: {
      key: ['client-network', 'sender', 'recipient'],
      delaySeconds: 3 * MINUTE,
      windowSeconds: 6 * HOUR,
      whitelistSeconds: 6 * HOUR,
      reply: says(451, null, 'Deferred: Temporary error, please try again later'),
    },
    dialogue: EXIM,
  },
  {
    id: 'exim-fastgray',
    name: 'Exim FastGrayList and memcached recipes',
    note: 'Key and times vary with the recipe; skipped when SPF authorises the client.',
    assumed: ['delay 240 s', 'window and whitelist 7 days', 'key client and sender'],
    policy: {
      key: ['client', 'sender'],
      delaySeconds: 4 * MINUTE,
      windowSeconds: 7 * DAY,
      whitelistSeconds: 7 * DAY,
      reply: says(451, null, 'GreyListed: please try again later'),
    },
    dialogue: EXIM,
  },
  {
    id: 'cpanel',
    name: 'cPanel and WHM',
    note: 'Known providers and trusted hosts are exempt.',
    assumed: ['the text of the log is that of the reply', 'early tries are harmless'],
    policy: {
      windowSeconds: 4 * HOUR,
      whitelistSeconds: 3 * DAY,
      reply: says(
        451,
        null,
        "Deferred due to greylisting. Host: '{client}' From: '{sender}' To: '{rcpt}' SPF: 'none'",
      ),
    },
    dialogue: EXIM,
  },
  {
    id: 'gnu-fsf',
    name: 'GNU and FSF mail servers',
    note: 'Greylists only clients without reverse DNS. The minutes in the text are the configured delay.',
    assumed: ['key, window and whitelist'],
    policy: {
      delaySeconds: 20 * MINUTE,
      reply: says(
        451,
        null,
        'You dont seem to have a reverse dns entry. Come back later. You are greylisted for {delay_minutes} minutes. See http://www.fsf.org/about/systems/greylisting',
      ),
    },
    dialogue: EXIM,
  },
];
