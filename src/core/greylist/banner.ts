import type { Reply } from '../../model/smtp.js';
import { catalogueEntry } from './catalogue/index.js';
import type { Hypothesis } from './hypothesis.js';

/** Programs that greylist and say who they are before the first command. */
const BANNERS: readonly { readonly pattern: RegExp; readonly id: string }[] = [
  // OpenBSD spamd(8): both shapes are compiled in.
  { pattern: /spamd IP-based SPAM blocker/iu, id: 'openbsd-spamd' },
  { pattern: /Hello, spam sender\. Pleased to be wasting your time/iu, id: 'openbsd-spamd' },
];

/** A greylister that its banner or its reply to EHLO gives away, or null. */
export function readBanner(banner: Reply, greeting: Reply): Hypothesis | null {
  const said = [...banner.text, ...greeting.text].join(' ');
  for (const { pattern, id } of BANNERS) {
    const words = pattern.exec(said)?.[0];
    const entry = words === undefined ? null : catalogueEntry(id);
    if (words === undefined || entry === null) continue;
    return {
      class: 'greylisting',
      implementation: { id, name: entry.name },
      confidence: 'likely',
      rule: 'banner',
      words,
    };
  }
  return null;
}
