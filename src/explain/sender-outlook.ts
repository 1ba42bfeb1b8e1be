import type { SenderSoftware } from './finding.js';

/**
 * What a sender does after a temporary refusal of a recipient, with shipped defaults: one sentence
 * with its schedule.
 */
export function senderOutlook(software: SenderSoftware): string {
  return OUTLOOKS[software];
}

const OUTLOOKS: Readonly<Record<SenderSoftware, string>> = {
  'exchange-2003':
    'Exchange 2000 and 2003 try again after 60 s and some two times more at that pace, then at the intervals of the Delivery tab (10, 10, 10, 15 min), for 2 days. GlitchRetrySeconds sets the first wait.',
  'exchange-2007plus':
    'Exchange 2007 and later try again each MessageRetryInterval (15 min by default since 2013, 1 min in 2010), for 2 days.',
  postfix:
    'Postfix tries again after 5 to 10 min, then at growing intervals of at most some 70 min, for 5 days.',
  exim: 'Exim tries again at the first queue run after 15 min, each 15 min for 2 h, then ever more rarely, for 4 days.',
  sendmail: 'sendmail tries again at each queue run, often every 10, 30 or 60 min, for 5 days.',
  qmail: 'qmail tries again after 400 s, 1600 s, 1 h, 1 h 47 min and so on, for 7 days.',
};
