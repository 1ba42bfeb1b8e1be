import { expect } from 'chai';
import fc from 'fast-check';
import { classify } from '../../../../src/core/greylist/classify.js';
import { DEFERRAL_CLASSES, type Hypothesis } from '../../../../src/core/greylist/hypothesis.js';
import { STAGES, type Stage } from '../../../../src/model/smtp.js';
import { replyOf } from './samples.js';

const POLICY = '<u@example.org>: Recipient address rejected:';

function read(line: string, stage: Stage | null = 'rcpt'): readonly Hypothesis[] {
  return classify(replyOf(line), stage);
}

/** `class implementation confidence` of the first reading. */
function first(line: string, stage: Stage | null = 'rcpt'): string {
  const [top] = read(line, stage);
  return `${top?.class} ${top?.implementation?.id ?? '-'} ${top?.confidence}`;
}

function classes(line: string, stage: Stage | null = 'rcpt'): string[] {
  return [...new Set(read(line, stage).map((h) => h.class))];
}

describe('classify', () => {
  describe('greylisting in words', () => {
    it('names the product where one alone says so', () => {
      expect(
        first(
          `450 4.2.0 ${POLICY} Greylisted, see http://postgrey.schweikert.ch/help/example.org.html`,
        ),
      ).to.equal('greylisting postgrey likely');
      expect(first(`450 4.2.0 ${POLICY} Delayed by postgrey`)).to.equal(
        'greylisting postgrey likely',
      );
      // Any policy server says this, though one is known for it.
      expect(first(`450 4.7.1 ${POLICY} Greylisted`)).to.equal('greylisting - likely');
      expect(first('451 4.7.1 Greylisting in action, please come back later')).to.equal(
        'greylisting milter-greylist likely',
      );
      expect(first('451 [RBL] you are greylisted on this server.')).to.equal(
        'greylisting spfbl likely',
      );
      // milter-greylist and a module of Courier say this to the letter.
      expect(first('451 4.7.1 Greylisting in action, please come back in 00:04:59')).to.equal(
        'greylisting - likely',
      );
    });

    it('names no product for words of its own', () => {
      expect(first('451 Greylisting here, come again')).to.equal('greylisting - likely');
    });

    it('takes gray, capitals, hyphens, and other languages', () => {
      for (const words of [
        'GRAYLISTED',
        'Grey-Listing',
        'gray listed',
        'liste grise',
        'lista gris',
        'lista grigia',
        'graue Liste',
        'grijze lijst',
        'серый список',
      ]) {
        expect(first(`451 ${words}`), words).to.equal('greylisting - likely');
      }
    });

    it('goes by the basic code where the enhanced code says 5', () => {
      expect(first(`450 5.7.1 ${POLICY} Greylisted`)).to.equal('greylisting - likely');
    });

    it('stays with greylisting where a reason for it is given', () => {
      expect(first('451 Greylisted: you have no reverse DNS')).to.equal('greylisting - likely');
    });

    it('reads the lines of a reply together', () => {
      expect(first('451 You have been\ngreylisted\nfor now')).to.equal('greylisting - likely');
    });
  });

  describe('words that only look like it', () => {
    const never = [
      '421 4.7.1 Service unavailable; Client host [192.0.2.7] blocked using grey.rbl - see x; Greylisting in action, please try again later',
      '450 4.7.1 Client host [192.0.2.7] is listed by bl.example.net; greylisted',
      '450 <greylisting@example.org>: mailbox is locked',
      '450 4.2.2 Mailbox of postgrey@example.org is full',
      '421 greylist.example.org closing connection',
      '451 This is not greylisting: our server is down',
      '451 4.7.1 greylisting disabled, resources low',
      '450 4.7.1 See https://example.org/kb/greylisting',
      '451 4.7.1 no longer greylisted, message deferred by content filter',
      '450 4.7.1 Your IP has been removed from greylist, try again',
      '451 4.7.1 milter-greylist: cannot connect to socket',
    ];
    for (const line of never) {
      it(`does not call "${line.slice(0, 60)}..." likely greylisting`, () => {
        expect(
          read(line).filter((h) => h.class === 'greylisting' && h.confidence === 'likely'),
        ).to.deep.equal([]);
      });
    }

    it('leaves a reply that says greylisting and another cause undecided', () => {
      expect(read('451 Greylisted: mailbox is full').map((h) => h.confidence)).to.not.include(
        'likely',
      );
    });

    it('leaves a fault of the greylister undecided, and names it', () => {
      for (const line of [
        '451 4.7.1 greylistd socket not found',
        '451 4.7.1 unable to contact postgrey',
        '451 4.7.1 Error: greylisting check failed',
        '421 4.3.2 postgrey overloaded',
      ]) {
        const got = read(line);
        expect(
          got.map((h) => h.class),
          line,
        ).to.include.members(['greylisting', 'system']);
        expect(
          got.map((h) => h.confidence),
          line,
        ).to.not.include('likely');
      }
      expect(first('451 4.7.1 Temporary failure: you are greylisted')).to.match(
        /greylisting - likely/,
      );
    });

    it('leaves a fault of a known greylister undecided', () => {
      expect(
        first(
          '430 Greylisting DB could not be opened currently. Please try again later: x',
          'message',
        ),
      ).to.equal('greylisting couriergrey possible');
    });
  });

  describe('collisions', () => {
    const collisions: readonly (readonly [line: string, stage: Stage, names: readonly string[]])[] =
      [
        ['451 4.3.2 Please try again later', 'rcpt', ['fortimail', 'milter-tempfail']],
        [
          '451 4.7.1 Service unavailable - try again later',
          'data',
          ['plesk', 'milter-tempfail', 'apple'],
        ],
        ['451 Temporary local problem - please try later', 'rcpt', ['exim-seen', 'exim-defer']],
        [
          '451 Temporary failure, please try again later.',
          'data',
          ['openbsd-spamd', 'barracuda-texts'],
        ],
        [
          '421 Temporary failure, please try again later.',
          'rcpt',
          ['openbsd-spamd', 'barracuda-texts'],
        ],
        ['451 4.7.1 Try again later', 'message', ['rspamd', 'barracuda-texts']],
        [`451 4.7.1 ${POLICY} Greylisted for 5 minutes`, 'rcpt', ['sqlgrey', 'barracuda-texts']],
      ];
    for (const [line, stage, names] of collisions) {
      it(`names every known sender of "${line.slice(0, 60)}", none of them likely`, () => {
        const got = read(line, stage);
        expect(got.map((h) => h.implementation?.id)).to.include.members([...names]);
        expect(got.map((h) => h.confidence)).to.not.include('likely');
      });
    }

    it('puts the sender that is known from this stage first', () => {
      expect(first('451 4.7.1 Service unavailable - try again later', 'data')).to.equal(
        'greylisting plesk possible',
      );
      expect(first('451 4.7.1 Service unavailable - try again later', 'rcpt')).to.equal(
        'milter-failure milter-tempfail possible',
      );
    });

    it('keeps the code pair of Postgrey apart from its words', () => {
      expect(first('450 4.2.0 <u@example.org> - Recipient temporarily unavailable')).to.equal(
        'mailbox-state comcast-4-2-0 likely',
      );
    });
  });

  describe('look-alikes', () => {
    const cases: readonly (readonly [line: string, stage: Stage, expected: string])[] = [
      ['450 4.7.1 <mail.example.net>: Helo command rejected: Host not found', 'rcpt', 'helo'],
      [
        '450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.7]',
        'rcpt',
        'reverse-dns',
      ],
      [
        '450 4.1.8 <x@y.example>: Sender address rejected: Domain not found',
        'rcpt',
        'sender-domain',
      ],
      [
        `450 4.1.1 ${POLICY} unverified address: Address verification in progress`,
        'rcpt',
        'address-verification',
      ],
      [
        '452 4.2.2 <u@example.org> Quota exceeded (mailbox for user is full)',
        'rcpt',
        'mailbox-full',
      ],
      ['451 4.3.5 Server configuration problem', 'rcpt', 'system'],
      ['450 4.3.2 Service currently unavailable', 'rcpt', 'postscreen'],
      [
        '421 4.7.0 mx.example.org Error: too many connections from 192.0.2.1',
        'connect',
        'too-many-connections',
      ],
      ['450 4.7.1 Error: too much mail from 192.0.2.1', 'mail', 'rate-limit'],
      ['451 5.7.500 Access denied, please try again later', 'rcpt', 'reputation'],
      ['530 5.7.0 Must issue a STARTTLS command first', 'mail', 'tls-required'],
    ];
    for (const [line, stage, expected] of cases) {
      it(`reads "${line.slice(0, 70)}" as ${expected}`, () => {
        const got = read(line, stage);
        expect(got[0]).to.deep.include({ class: expected, confidence: 'likely' });
        expect(got.filter((h) => h.class === 'greylisting')).to.deep.equal([]);
      });
    }

    it('takes a bare 421 for load or a limit, not for greylisting', () => {
      expect(classes('421 4.7.0 See you')).to.include.members([
        'too-many-connections',
        'rate-limit',
      ]);
      expect(classes('421 4.7.0 See you')).to.not.include('greylisting');
    });
  });

  describe('what the text leaves open', () => {
    it('says unknown first and keeps greylisting as possible', () => {
      expect(classes('451 4.7.1 Not now')).to.deep.equal(['unknown', 'greylisting']);
      expect(classes('450')).to.deep.equal(['unknown', 'greylisting']);
    });

    it('does not keep greylisting before the envelope, nor with a code that speaks against it', () => {
      expect(classes('451 4.7.1 Not now', 'connect')).to.deep.equal(['unknown']);
      expect(classes('451 4.4.1 Not now')).to.not.include('greylisting');
      expect(classes('452 Not now')).to.deep.equal(['unknown']);
    });

    it('reads a line whose stage is not known', () => {
      expect(first(`450 4.7.1 ${POLICY} Greylisted`, null)).to.equal('greylisting - likely');
    });
  });

  describe('with an earlier reply', () => {
    const now = replyOf('451 4.7.1 Please retry in 240 seconds');

    it('counts a shorter waiting time for greylisting, possible at most', () => {
      const previous = replyOf('451 4.7.1 Please retry in 300 seconds');
      const [top] = classify(now, 'rcpt', { previous });
      expect(top).to.deep.include({
        class: 'greylisting',
        rule: 'counts-down',
        confidence: 'possible',
      });
    });

    it('draws nothing from the same waiting time', () => {
      expect(classify(now, 'rcpt', { previous: now })[0]?.class).to.equal('unknown');
    });

    it('remembers that the server said greylisting', () => {
      const previous = replyOf(`450 4.7.1 ${POLICY} Greylisted`);
      const [top] = classify(replyOf('451 4.7.1 Not now'), 'rcpt', { previous });
      expect(top).to.deep.include({ class: 'greylisting', rule: 'earlier/says-greylisting' });
    });

    it('leaves a likely cause in its place', () => {
      const previous = replyOf(`450 4.7.1 ${POLICY} Greylisted`);
      const [top] = classify(replyOf('452 4.2.2 Mailbox full'), 'rcpt', { previous });
      expect(top?.class).to.equal('mailbox-full');
    });
  });

  it('quotes the words on which a rule rests, as they stood', () => {
    expect(read('451 Sorry: GreyListed  for now')[0]?.words).to.equal('GreyListed');
    expect(read('451 4.7.1 Greylisting in action,  please come back later')[0]?.words).to.equal(
      'Greylisting in action,  please come back later',
    );
  });

  it('never returns an empty list, never calls a refusal greylisting, and quotes only what stands there', () => {
    const word = fc.constantFrom(
      'greylisted',
      'try',
      'again',
      'later',
      'said:',
      '451',
      '4.7.1',
      'blocked',
      'using',
      '<u@example.org>:',
      'mailbox',
      'full',
      'rate',
      'limit',
      'İ',
      '\u0000',
      'http://x.example/greylisting',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.array(word, { maxLength: 20 }).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 599 }),
        fc.constantFrom(null, '4.7.1', '5.7.1', '4.2.2', '4.999.999'),
        fc.array(text, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(null, ...STAGES),
        (code, enhanced, lines, stage) => {
          const got = classify({ code, enhanced, text: lines }, stage);
          expect(got).to.not.have.length(0);
          for (const hypothesis of got) {
            expect(DEFERRAL_CLASSES).to.include(hypothesis.class);
            const inText = lines.join(' ').includes(hypothesis.words);
            const inCodes = `${code} ${enhanced ?? ''}`.includes(hypothesis.words);
            expect(
              inText || inCodes || hypothesis.rule.startsWith('nested/'),
              hypothesis.rule,
            ).to.equal(true);
          }
          if (code < 400 || code > 499) {
            expect(got.map((h) => h.class)).to.not.include('greylisting');
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reads hostile text in linear time', () => {
    const seeds = [
      'a',
      '<',
      'a@',
      'said: ',
      'greylisted for ',
      'too many ',
      'in 1 ',
      'x.',
      ' ',
      'mailbox ',
      'from mta(',
      ': 451 4.7.1 ',
      'verify ',
      'https://',
      '1 per ',
      'account ',
      'greylist ',
      'connect to greylist ',
      '1 mail in ',
    ];
    for (const seed of seeds) {
      // Time of the processor: what else the machine does must not count.
      const began = process.cpuUsage();
      classify({ code: 451, enhanced: null, text: Array(50).fill(seed.repeat(2000)) }, 'rcpt');
      expect(process.cpuUsage(began).user / 1000, seed).to.be.lessThan(250);
    }
  });
});
