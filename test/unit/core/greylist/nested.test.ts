import { expect } from 'chai';
import { classify } from '../../../../src/core/greylist/classify.js';
import { findNestedReply } from '../../../../src/core/greylist/nested.js';
import type { Reply } from '../../../../src/model/smtp.js';

function deferral(text: string, enhanced: string | null = '4.7.1'): Reply {
  return { code: 451, enhanced, text: [text] };
}

describe('findNestedReply', () => {
  const quoted: readonly (readonly [
    text: string,
    code: number,
    enhanced: string | null,
    rest: string,
  ])[] = [
    ['host mx.example[192.0.2.1] said: 450 4.2.0 Greylisted', 450, '4.2.0', 'Greylisted'],
    ['backend mx1 said: 450 4.2.1 mailbox disabled', 450, '4.2.1', 'mailbox disabled'],
    ['remote server returned: 421 Too busy', 421, null, 'Too busy'],
    ['from MTA([127.0.0.1]:10025): 451 4.7.1 try later', 451, '4.7.1', 'try later'],
    ['rejected #4.7.1 smtp;450 4.7.1 <u@example.org>: no', 450, '4.7.1', '<u@example.org>: no'],
    ['host mx said: 550-5.1.1 no such user', 550, '5.1.1', 'no such user'],
    ['verification failed: 550 5.1.1 User unknown', 550, '5.1.1', 'User unknown'],
    ['upstream responded with "452 4.2.2 full"', 452, '4.2.2', 'full"'],
  ];
  for (const [text, code, enhanced, rest] of quoted) {
    it(`finds the reply in "${text}"`, () => {
      const found = findNestedReply(deferral(text, '4.4.1'));
      expect(found?.reply).to.deep.equal({ code, enhanced, text: [rest] });
    });
  }

  const plain = [
    'Please try again later',
    'Greylisted for 450 seconds',
    'max 450 requests per hour',
    'Server 451 is busy',
    'host said nothing',
    'first line - 451 4.7.1 second line of the same reply',
  ];
  for (const text of plain) {
    it(`finds none in "${text}"`, () => {
      expect(findNestedReply(deferral(text))).to.equal(null);
    });
  }
});

describe('classify a relayed reply', () => {
  it('names both parties, and never calls greylisting behind a gateway likely', () => {
    const got = classify(
      {
        code: 450,
        enhanced: '4.1.1',
        text: [
          '<u@example.org>: Recipient address rejected: unverified address: host b.example[192.0.2.9] said: 450 4.2.0 <u@example.org>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/example.org.html',
        ],
      },
      'rcpt',
    );
    expect(got[0]?.class).to.equal('address-verification');
    const behind = got.find((h) => h.class === 'greylisting');
    expect(behind?.rule).to.equal('nested/catalogue/postgrey#1');
    expect(behind?.confidence).to.equal('possible');
  });

  it('takes the class of the quoted reply where the gateway says nothing itself', () => {
    const got = classify(deferral('backend said: 452 4.2.2 mailbox full'), 'rcpt');
    expect(got[0]).to.deep.include({ class: 'mailbox-full', rule: 'nested/mailbox-full' });
  });

  it('finds no greylisting behind a refusal for good', () => {
    const refusal = 'host b.example said: 450 4.2.0 Greylisted';
    const got = classify({ code: 550, enhanced: '5.4.7', text: [refusal] }, 'rcpt');
    expect(got.map((h) => h.class)).to.deep.equal(['system', 'policy', 'unknown']);
  });

  it('is not led into endless nesting', () => {
    const text = 'host x said: 451 4.7.1 '.repeat(150);
    expect(classify(deferral(text, '4.4.1'), 'rcpt')).to.not.have.length(0);
  });
});
