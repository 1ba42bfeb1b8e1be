import { expect } from 'chai';
import { renderGreylisters, renderSenders } from '../../../../src/report/text/catalogue-list.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import { findGreylisters, findSenders } from '../../../../src/tasks/catalogue/find-entries.js';
import { expectToFit } from '../support/fits.js';

describe('the lists of senders and greylisters', () => {
  it('fit the columns that there are', () => {
    for (const words of [[], ['postfix'], ['exchange-online']]) {
      expectToFit((style) => renderSenders(findSenders(words), style));
    }
    for (const words of [[], ['spfbl']]) {
      expectToFit((style) => renderGreylisters(findGreylisters(words), style));
    }
  });

  it('say in a row when each tries, when it gives up, and when that was read', () => {
    const text = renderSenders(findSenders([]), { ...PLAIN, columns: 120 });
    expect(text).to.match(
      /^postfix +5 min 1 s to 10 min, 15 min 1 s to 25 min, \.\.\. +5 d +source code +2026-11-30$/mu,
    );
    expect(text).to.match(/^nodemailer +none +0 s +source code +2026-11-23$/mu);
    expect(text).to.match(/^sendgrid +not known +3 d +documents +2026-11-30$/mu);
  });

  it('show a few in full', () => {
    const text = renderSenders(findSenders(['stalwart-0.13']));
    expect(text).to.contain('Stalwart 0.13 to 0.15 (stalwart-0.13)');
    expect(text).to.match(/^First retries +2 min, 7 min, 17 min, 32 min, 1 h 2 min, 2 h 2 min$/mu);
    expect(renderSenders(findSenders(['wildduck']))).to.match(/^Inside +wildduck$/mu);
    expect(renderGreylisters(findGreylisters(['spfbl']))).to.match(/^SPFBL \(spfbl\)$/mu);
  });

  it('list greylisters with their times', () => {
    const text = renderGreylisters(findGreylisters([]), { ...PLAIN, columns: 100 });
    expect(text).to.match(/^postgrey +5 min +2 d +source code +2026-11-30$/mu);
    expect(text).to.match(/^\d+ greylisters, as they are by default$/mu);
  });
});
