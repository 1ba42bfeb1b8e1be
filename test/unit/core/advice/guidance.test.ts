import { expect } from 'chai';
import {
  type Guidance,
  guidanceFor,
  guidanceWithoutReply,
  nobodyAnswered,
  noMailService,
} from '../../../../src/core/advice/guidance.js';
import { DEFERRAL_CLASSES } from '../../../../src/core/greylist/hypothesis.js';

const SETTLED = { open: false, permanent: false };
const OPEN = { open: true, permanent: false };
const FOR_GOOD = { open: false, permanent: true };

function expectSentences({ meaning, actions }: Guidance): void {
  expect(actions).not.to.be.empty;
  for (const says of [meaning, ...actions]) expect(says).to.match(/^[A-Z].{18,}\.$/);
}

describe('guidance', () => {
  for (const name of DEFERRAL_CLASSES) {
    it(`says in sentences what ${name} means and what helps, now and for good`, () => {
      for (const facts of [SETTLED, OPEN, FOR_GOOD]) expectSentences(guidanceFor(name, facts));
    });
  }

  it('is of its own for each class', () => {
    const meanings = DEFERRAL_CLASSES.map((name) => guidanceFor(name, SETTLED).meaning);
    expect(new Set(meanings).size).to.equal(DEFERRAL_CLASSES.length);
  });

  it('of words that may mean several things is to measure', () => {
    const { meaning, actions } = guidanceFor('rate-limit', OPEN);
    expect(meaning).to.contain('more than one reading');
    expect(actions).to.have.length(1);
    expect(actions[0]).to.match(/^Measure with the command below/);
    expect(guidanceFor('greylisting', OPEN).meaning).to.equal(meaning);
  });

  it('of words that say nothing is the same, open or not', () => {
    expect(guidanceFor('unknown', OPEN)).to.deep.equal(guidanceFor('unknown', SETTLED));
    expect(guidanceFor('unknown', OPEN).meaning).to.equal('The words do not say why.');
  });

  describe('of a refusal for good', () => {
    const last = 'Do not retry: the refusal is for good (5yz).';

    it('keeps what helps beside waiting, retrying and measuring, and warns', () => {
      expect(guidanceFor('greylisting', FOR_GOOD).actions).to.deep.equal([last]);
      expect(guidanceFor('unknown', FOR_GOOD).actions).to.deep.equal([last]);
      expect(guidanceFor('system', FOR_GOOD).actions).to.deep.equal([last]);
      expect(guidanceFor('reputation', FOR_GOOD).actions).to.deep.equal([
        'Look the sending address up in the list that the reply names, and ask to be taken off.',
        last,
      ]);
      expect(guidanceFor('policy', FOR_GOOD).actions).to.deep.equal([
        'Ask the operator of that server which rule it was.',
        last,
      ]);
    });

    it('means that there is no such address, or that it is closed', () => {
      const missing = guidanceFor('address-verification', FOR_GOOD);
      expect(missing.meaning).to.equal('The server says that there is no such address.');
      expect(missing.actions).to.deep.equal(['Look for a typing error in the address.', last]);
      const closed = guidanceFor('mailbox-state', FOR_GOOD);
      expect(closed.meaning).to.equal('The mailbox takes no mail: closed, moved or disabled.');
      expect(closed.actions[0]).to.match(/^Ask the recipient by another way/);
      expect(closed.actions[1]).to.equal(last);
    });
  });

  describe('where there was no reply', () => {
    const CASES = {
      'takes no mail': [
        'Domain example.org does not accept mail (nullMX)',
        'null MX',
        'example.org does not receive email',
        "it doesn't take any e-mail",
      ],
      'ended before a reply': [
        'conversation with mx.example.org timed out while sending RCPT TO',
        'lost connection with mx.example.org while receiving the initial server greeting',
        'remote host closed connection in response to STARTTLS',
        'timed out while performing the HELO handshake',
      ],
      'wants an encrypted connection': [
        'Cannot start TLS: handshake failure',
        'TLS is required, but was not offered by host',
        'STARTTLS failed',
        'certificate verification failed: name service not trusted',
      ],
      'No mail server answered': [
        'connect to mx.example.org[192.0.2.1]:25: Connection timed out',
        'Connection refused',
        'network is unreachable',
        'No route to host',
        'Host or domain name not found',
        'name service error',
        'could not resolve',
        'DNS trouble',
        'lookup failed',
        'look up failed',
      ],
      'does not have the reply': [
        'mail for example.org loops back to myself',
        'the attls filter said no',
        'udns7',
      ],
    };
    for (const [meaning, failures] of Object.entries(CASES)) {
      for (const failure of failures) {
        it(`of "${failure}": ${meaning}`, () => {
          const guidance = guidanceWithoutReply(failure);
          expectSentences(guidance);
          expect(guidance.meaning).to.contain(meaning);
          expect(noMailService(failure)).to.equal(meaning === 'takes no mail');
          expect(nobodyAnswered(failure)).to.equal(meaning === 'No mail server answered');
        });
      }
    }
  });
});
