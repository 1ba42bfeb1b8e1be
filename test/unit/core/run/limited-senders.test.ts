import { expect } from 'chai';
import { buildResult } from '../../../../src/contract/build-result.js';
import type { Reply } from '../../../../src/model/smtp.js';
import { greylists } from '../../../../src/sandbox/behaviours.js';
import type { MailHostBehaviour } from '../../../../src/sandbox/mail-host-behaviour.js';
import { PLAIN } from '../../../../src/sandbox/policies.js';
import { virtualRun } from './support/virtual-run.js';

const DELAY_SECONDS = 60;
const MOST_WAITING = 5;

/** A greylister that remembers so many senders, and puts the others off in these words. */
function remembersFew(words: string): MailHostBehaviour {
  const list = greylists({ ...PLAIN, delaySeconds: DELAY_SECONDS });
  const known = new Set<string>();
  const full: Reply = { code: 450, enhanced: '4.7.1', text: [words] };
  return {
    ...list,
    rcpt(query) {
      if (!known.has(query.sender) && known.size >= MOST_WAITING) return full;
      known.add(query.sender);
      return list.rcpt?.(query) ?? null;
    },
  };
}

/*
 * SQLgrey can be told to do this (connect_src_throttle). A sender that was put off so is new when it
 * comes again, whatever age a run gives it.
 */
describe('a list that remembers few senders', () => {
  for (const [says, words] of [
    [
      'known words',
      '<{rcpt}>: Recipient address rejected: Throttling too many connections from new source - Try again later.',
    ],
    ['words of its own', 'Come back another day'],
  ] as const) {
    it(`is measured by those that it remembers, where it puts others off in ${says}`, async () => {
      for (const retryAtSeconds of [null, [30, 50, 75], [20, 40, 59, 90, 120]]) {
        const { state } = await virtualRun(remembersFew(words), { retryAtSeconds });
        const { verdict, window } = buildResult(state, '0');
        expect(verdict.kind).to.equal('greylisted');
        expect(window?.opens.afterSeconds).to.be.at.most(DELAY_SECONDS);
        expect(window?.opens.bySeconds).to.be.at.least(DELAY_SECONDS);
        expect(window?.closes.bySeconds).to.equal(null);
      }
    });
  }
});
