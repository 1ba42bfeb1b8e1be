import { expect } from 'chai';
import { checkStory } from '../../../../src/cli/terminal/check-progress.js';
import { alwaysReplies } from '../../../../src/sandbox/behaviours.js';
import { refusesConnections } from '../../../support/behaviours.js';
import { virtualRun } from '../../core/run/support/virtual-run.js';

describe('the progress of a check', () => {
  it('tells whose run does what, and how many are done', async () => {
    const rejecting = alwaysReplies('rcpt', {
      code: 550,
      enhanced: null,
      text: ['no \u001b[31mred\u001b[0m'],
    });
    const { events } = await virtualRun(rejecting);
    const tell = checkStory(2);
    const told = events.map((event) => tell('run', event));

    expect(told[0]).to.equal('0 of 2 done. user@example.org: looking up its mail hosts');
    expect(told.join('\n')).to.contain('user@example.org: 550 no \\x1b[31mred');
    expect(told.at(-1)).to.equal('1 of 2 done. user@example.org: done (rejected)');
  });

  it('tells why there was no answer', async () => {
    const { events } = await virtualRun(refusesConnections());
    const tell = checkStory(1);

    expect(events.map((event) => tell('run', event)).join('\n')).to.match(/refused/iu);
  });
});
