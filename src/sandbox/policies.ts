import type { GreylisterPolicy } from './greylister-policy.js';

/** What most greylisters have in common; models of products differ from it in a few lines. */
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
