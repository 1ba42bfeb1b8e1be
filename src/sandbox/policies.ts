import type { GreylisterPolicy } from './greylister-policy.js';

/** What most greylisters have in common; the named ones below differ in a few lines. */
export const PLAIN: GreylisterPolicy = {
  key: ['client', 'sender', 'recipient'],
  senderNormalisation: 'lower-case',
  delaySeconds: 300,
  windowSeconds: 86_400,
  whitelistSeconds: 3_024_000,
  earlyRetry: { kind: 'harmless' },
  autoWhitelist: { scope: 'none', afterPasses: 0 },
  clockGranularitySeconds: 1,
  lateTriesNeeded: 0,
  scanIntervalSeconds: 0,
  stage: 'rcpt',
  reply: { code: 451, enhanced: '4.7.1', text: ['Greylisted, please try again later'] },
  exemptRecipients: [],
  sharedState: false,
};

/** Postfix with Postgrey as Debian ships it. */
export const POSTGREY_LIKE: GreylisterPolicy = {
  ...PLAIN,
  key: ['client-network', 'sender', 'recipient'],
  senderNormalisation: 'postgrey',
  windowSeconds: 172_800,
  autoWhitelist: { scope: 'client', afterPasses: 5, secondsBetweenPasses: 3_600 },
  reply: {
    code: 450,
    enhanced: '4.2.0',
    text: [
      '<{rcpt}>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/{rcpt_domain}.html',
    ],
  },
  exemptRecipients: ['postmaster', 'abuse'],
};

/** Postfix with SQLgrey: one pass opens the way for the sender, the hint is the configured delay. */
export const SQLGREY_LIKE: GreylisterPolicy = {
  ...PLAIN,
  senderNormalisation: 'sqlgrey-awl',
  whitelistSeconds: 5_184_000,
  autoWhitelist: { scope: 'client-sender', afterPasses: 1 },
  reply: {
    code: 450,
    enhanced: '4.7.1',
    text: ['<{rcpt}>: Recipient address rejected: Greylisted for {delay_minutes} minutes'],
  },
  sharedState: true,
};

/** milter-greylist with its code defaults: it says how long is left. */
export const MILTER_GREYLIST_LIKE: GreylisterPolicy = {
  ...PLAIN,
  delaySeconds: 1_800,
  windowSeconds: 432_000,
  whitelistSeconds: 86_400,
  reply: {
    code: 451,
    enhanced: '4.7.1',
    text: ['Greylisting in action, please come back in {remaining_hms}'],
  },
};

/** OpenBSD spamd: answers at DATA, wants a late try to be seen by a scan, then opens for the client. */
export const SPAMD_LIKE: GreylisterPolicy = {
  ...PLAIN,
  key: ['client', 'helo', 'sender', 'recipient'],
  delaySeconds: 1_500,
  windowSeconds: 14_400,
  whitelistSeconds: 3_110_400,
  autoWhitelist: { scope: 'client', afterPasses: 1 },
  lateTriesNeeded: 1,
  scanIntervalSeconds: 60,
  stage: 'data',
  reply: { code: 451, enhanced: null, text: ['Temporary failure, please try again later.'] },
};

/** Exim with greylistd as Debian configures it: no word of grey, no enhanced code. */
export const EXIM_GREYLISTD_LIKE: GreylisterPolicy = {
  ...PLAIN,
  delaySeconds: 600,
  windowSeconds: 28_800,
  windowFrom: 'last',
  whitelistSeconds: 5_184_000,
  reply: {
    code: 451,
    enhanced: null,
    text: [
      '{client} is not yet authorized to deliver mail from <{sender}> to <{rcpt}>. Please try later.',
    ],
  },
};
