import { expect } from 'chai';
import { explainText } from '../../../../src/tasks/explain/explain.js';

async function answered(text: string) {
  const [found] = (await explainText(text, { name: 'text' })).findings;
  return found?.answer;
}

const POSTFIX = (reply: string) =>
  `Jan  5 10:00:00 mail postfix/smtp[1]: 4dlPx: to=<u@example.org>, relay=mx.example.org[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=4.7.1, status=deferred (host mx.example.org[192.0.2.1] said: ${reply} (in reply to RCPT TO command))`;

describe('the three lines at the end of an explanation', () => {
  it('name the stated time, the tries that come too early, and what to set', async () => {
    expect(
      await answered(
        'This is an SMTP protocol warning log for virtual server ID 1. The remote host "192.0.2.1", responded to the SMTP command "rcpt" with "450 4.7.1 <u@example.org>: Recipient address rejected: Greylisted for 300 seconds  ". The full command sent was "RCPT TO:<u@example.org>  ".',
      ),
    ).to.deep.equal({
      waitSeconds: 300,
      waitFrom: 'stated',
      howLong: '5 min, as the server says.',
      thisSender:
        'Of the tries of Exchange 2000 or 2003, as it ships, those after 1 min, 2 min and 3 min all come too early for 5 min; the one after 13 min lands.',
      todo: 'set',
      what: 'Set the retries so that they land:',
      command: 'greyprobe recommend --opens-by 300s --for exchange-2003',
    });
  });

  it('say that a delay is the one that a product ships with', async () => {
    const reply =
      '450 4.2.0 <u@example.org>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/example.org.html';
    expect(await answered(POSTFIX(reply))).to.deep.include({
      waitSeconds: 300,
      waitFrom: 'shipped',
      howLong: '5 min, if this is Postgrey as it ships; the reply does not say.',
      todo: 'wait',
      command: 'greyprobe recommend --opens-by 300s --for postfix',
    });
  });

  it('take no product for granted where any policy server says the same', async () => {
    const answer = await answered(
      '450 4.7.1 <u@example.org>: Recipient address rejected: Greylisted',
    );
    expect(answer).to.deep.include({
      waitSeconds: null,
      waitFrom: 'unknown',
      todo: 'measure',
      command: 'greyprobe probe u@example.org',
    });
  });

  it('ask the receiver where nobody can set the sender', async () => {
    const answer = await answered(
      'Date   : 1/5/2026 9:12:40 AM\nEvent  : Defer\nDetail : Reason: [{LED=451 4.7.1 Greylisting in action, please come back in 01:00:00};{FQDN=mx.example.org};{IP=192.0.2.1}]',
    );
    expect(answer).to.include({ waitSeconds: 3600, command: null });
    expect(answer?.what).not.to.match(/Set the retries/);
  });

  const others: readonly (readonly [what: string, text: string, todo: string])[] = [
    ['a refusal for good', '550 5.1.1 <u@example.org>: User unknown', 'ask-receiver'],
    ['another cause', '450 4.7.1 Client host rejected: cannot find your reverse hostname', 'fix'],
    [
      'a message that was returned',
      'I was not able to deliver your message; this is a permanent error.\n\n<u@example.org>:\n192.0.2.1 does not like recipient.\nRemote host said: 451 4.7.1 Greylisted, come back in 5 minutes\nI have given up.',
      'send-again',
    ],
    [
      'a message that was delivered',
      `${POSTFIX('451 4.7.1 Greylisted')}\n${POSTFIX('')
        .replace(/status=.*/, 'status=sent (250 Ok)')
        .replace('delay=1,', 'delay=400,')}`,
      'nothing',
    ],
    [
      'a server that did not answer',
      POSTFIX('').replace(
        /status=.*/,
        'status=deferred (connect to mx.example.org[192.0.2.1]:25: Connection timed out)',
      ),
      'wait',
    ],
  ];
  for (const [what, text, todo] of others) {
    it(`say what to do for ${what}`, async () => {
      expect(await answered(text)).to.include({ todo });
    });
  }

  it('come after a word on the tries, which claims no window where nobody replied', async () => {
    const line = (minute: number, words: string) =>
      `Jan  5 10:0${minute}:00 mail postfix/smtp[1]: 4dlPx: to=<u@example.org>, relay=none, delay=${minute * 60}, delays=0/0/1/0, dsn=4.4.1, ${words}`;
    const silent =
      'status=deferred (connect to mx.example.org[192.0.2.1]:25: Connection timed out)';
    const text = [line(0, silent), line(5, 'status=sent (250 Ok)')].join('\n');
    const [found] = (await explainText(text, { name: 'text' })).findings;
    expect(found?.happened).to.contain('Tried in vain at 0 s, accepted at 5 min.');
    expect(found?.happened).not.to.match(/refused|window/i);
  });
});
