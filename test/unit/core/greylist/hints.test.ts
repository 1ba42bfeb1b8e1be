import { expect } from 'chai';
import fc from 'fast-check';
import { parseHint } from '../../../../src/core/greylist/hints.js';
import type { Hint } from '../../../../src/core/greylist/hypothesis.js';
import { replyOf } from './samples.js';

function hint(line: string): string | null {
  const found = parseHint(replyOf(line));
  return found === null ? null : `${found.seconds} ${found.meaning}`;
}

const POLICY = '<u@example.com>: Recipient address rejected:';

describe('parseHint', () => {
  const known: readonly (readonly [line: string, expected: string])[] = [
    [
      `450 4.2.0 ${POLICY} Greylisted for 297 seconds (see http://h.example/x.html)`,
      '297 remaining',
    ],
    [`450 4.7.1 ${POLICY} Greylisted for 20 minutes`, '1200 configured'],
    ['451 4.7.1 Greylisting in action, please come back in 00:29:58', '1798 remaining'],
    ['451 4.7.1 Greylisting in action, please come back in 120:00:00', '432000 remaining'],
    ['451 You are greylisted, please try again in 118 s.', '118 remaining'],
    ['451 Greylisted, please try again in 900 seconds', '900 unknown'],
    ['451 Greylisting enabled, try again in 15 minutes', '900 unknown'],
    ['451 No reverse DNS for IP 192.0.2.1, greylist for 1:42 minutes', '102 remaining'],
    [`450 4.7.1 ${POLICY} greylisting is active (123s left)`, '123 remaining'],
    ['451 You should wait another 212 seconds.', '212 remaining'],
    ['451 Greylisted, try again in 4m30s', '270 unknown'],
    ['451 Greylisted, try again in 1h0m5.5s', '3605 unknown'],
    ['451 Liste grise : veuillez patienter 300 secondes', '300 unknown'],
    ['451 Greylisting, bitte warten Sie noch 90 Sekunden', '90 remaining'],
    [
      '451 Your mail was previously greylisted and the time has not yet expired. You should wait another 212 seconds.',
      '212 remaining',
    ],
    ['451 Greylisted: greylisting in progress... retry after 240 seconds', '240 remaining'],
    [
      '451 The mail has been greylisted for 5 minutes, after which it should be accepted.',
      '300 configured',
    ],
    [
      '451 You have been greylisted. We will accept this mail from you in 4 minutes.',
      '240 remaining',
    ],
    [`450 4.2.0 ${POLICY} example.com greylisted for 60 seconds by ZEROSPAM`, '60 unknown'],
    ['450 Greylisted for 5 seconds', '5 unknown'],
    [
      '451 You dont seem to have a reverse dns entry. Come back later. You are greylisted for 20 minutes. See http://www.fsf.org/about/systems/greylisting',
      '1200 configured',
    ],
    ['451 4.7.1 Greylisted retry=00:04:55', '295 unknown'],
    ['451 4.7.1 Greylisted retry=300', '300 unknown'],
    ['451 4.7.1 Greylisted retry=5m', '300 unknown'],
  ];
  for (const [line, expected] of known) {
    it(`reads "${line.slice(0, 70)}" as ${expected}`, () => {
      expect(hint(line)).to.equal(expected);
    });
  }

  const units: readonly (readonly [text: string, seconds: number])[] = [
    ['1 second', 1],
    ['30 secs', 30],
    ['30sec', 30],
    ['45s', 45],
    ['1 minute', 60],
    ['5 mins', 300],
    ['5m', 300],
    ['2 hours', 7200],
    ['1 hour', 3600],
    ['1h', 3600],
    ['24 hrs', 86_400],
    ['1 day', 86_400],
    ['4 minutes and 30 seconds', 270],
    ['1 hour 5 minutes', 3900],
    ['at least 10 minutes', 600],
    ['about 10 minutes', 600],
  ];
  for (const [text, seconds] of units) {
    it(`reads "try again in ${text}"`, () => {
      expect(parseHint(replyOf(`450 please try again in ${text}`))?.seconds).to.equal(seconds);
    });
  }

  const languages: readonly (readonly [text: string, seconds: number])[] = [
    ['Greylisting aktiv, bitte versuchen Sie es in 5 Minuten erneut', 300],
    ['Bitte warten Sie noch 90 Sekunden und versuchen Sie es dann erneut', 90],
    ['Greylisting: nach 1 Stunde erneut versuchen', 3600],
    ['Bitte versuchen Sie es 10 Minuten später', 600],
    ['Liste grise, veuillez réessayer dans 5 minutes', 300],
    ['Veuillez réessayer après 30 secondes', 30],
    ['Veuillez patienter encore 2 heures', 7200],
    ['Lista gris: intente de nuevo en 5 minutos', 300],
    ['Vuelva a intentarlo después de 45 segundos', 45],
    ['Lista grigia, riprovare tra 10 minuti', 600],
    ['Riprovare dopo 1 ora', 3600],
    ['Attendere 40 secondi e riprovare', 40],
    ['Greylisting actief, probeer het over 5 minuten opnieuw', 300],
    ['Probeer opnieuw over 2 uur', 7200],
    ['Lista cinza, tente novamente em 5 minutos', 300],
  ];
  for (const [text, seconds] of languages) {
    it(`reads "${text}"`, () => {
      expect(parseHint(replyOf(`451 ${text}`))?.seconds).to.equal(seconds);
    });
  }

  const notHints = [
    '450 4.7.1 sorry, max 30 requests per hour',
    '450 4.7.1 You have sent 100 messages in 5 minutes, try again later',
    '451 Error: Volume of mail in 15 minutes surpasses allowance, try later',
    '451 4.7.1 Received too many messages from a new or untrusted IP: 192.0.2.7 (Z27/80343E7) (G28)',
    '421 4.7.0 Too many connections, try again in 60 seconds',
    '450 4.7.1 Rate limit exceeded, retry after 3600 seconds',
    '451 192.0.2.7 is not yet authorized to deliver mail from <a1@b.example> to <c2@d.example>. Please try later.',
    '451 4.7.1 try again later 5XkR0bQy77Aa',
    '451 Service unavailable, try again later, incident 300 s5',
    '450 4.7.1 Greylisted, see http://h.example/in/300/seconds.html',
    '451 Mailbox opened for 5 minutes',
    '451 Greylisted for 12345678901 seconds',
    '451 4.7.1 Greylisted for 5 messages, try again later',
    '550 Greylisted for 300 seconds',
    '250 Greylisted for 300 seconds',
    '451 <in 5 minutes@example.org>: try again later',
    '451 Greylisted for 400 days',
    '451 come back in 00:75:00',
    '451',
  ];
  for (const line of notHints) {
    it(`finds no waiting time in "${line.slice(0, 70)}"`, () => {
      expect(hint(line)).to.equal(null);
    });
  }

  it('quotes the words that state the time, as they stood', () => {
    const words = parseHint(replyOf('450 PLEASE TRY AGAIN  IN 5  MINUTES'))?.words;
    expect(words).to.equal('IN 5  MINUTES');
  });

  it('reads a time that stands on a later line', () => {
    const lines = {
      code: 451,
      enhanced: null,
      text: ['Greylisted.', 'You should wait', 'another 60 seconds.'],
    };
    expect(parseHint(lines)?.seconds).to.equal(60);
  });

  it('takes a deadline, or how long something is remembered, for no waiting time', () => {
    const hint = (text: string) => parseHint({ code: 451, enhanced: '4.7.1', text: [text] });
    const seen = hint('Greylisted (seen 2 times within 30 seconds), come back in 280 seconds');
    expect(seen?.seconds).to.equal(280);
    expect(hint('Greylisted, retry within 4 hours after 5 minutes')?.seconds).to.equal(300);
    expect(hint('Greylisted, your record expires in 6 hours')).to.equal(null);
  });

  it('reads hostile text in linear time', () => {
    for (const seed of [
      'in 1 ',
      'wait another ',
      'greylisted for 9',
      'retry=',
      '00:00:',
      'again ',
      '1 s ',
    ]) {
      const began = performance.now();
      parseHint({ code: 451, enhanced: null, text: [`greylist 1 ${seed.repeat(20_000)}`] });
      expect(performance.now() - began, seed).to.be.lessThan(250);
    }
  });

  describe('dates', () => {
    const nowMs = Date.UTC(2026, 0, 5, 10, 0, 0);
    const dates = [
      '451 4.7.1 Try again later: Mon Jan  5 10:05:00 2026',
      '451 4.7.1 Try again after Mon, 05 Jan 2026 11:05:00 +0100',
      '451 4.7.1 Try again after 2026-01-05T10:05:00Z',
      '451 4.7.1 Please retry at 2026-01-05 10:05:00 UTC',
    ];
    for (const line of dates) {
      it(`reads "${line}" as what is left until then`, () => {
        const found = parseHint(replyOf(line), { nowMs });
        expect(found?.seconds).to.equal(300);
        expect(found?.meaning).to.equal('remaining');
        expect(line)
          .to.match(/ (?:later:|after|at) /)
          .and.include(found?.words ?? '?');
      });
    }

    it('says nothing of a date without a clock, of a past one, or of one far ahead', () => {
      const line = replyOf('451 4.7.1 Try again later: Mon Jan  5 10:05:00 2026');
      expect(parseHint(line)).to.equal(null);
      expect(parseHint(line, { nowMs: nowMs + 600_000 })).to.equal(null);
      expect(parseHint(line, { nowMs: nowMs - 86_400_000 * 60 })).to.equal(null);
    });
  });

  describe('compared with the reply before', () => {
    const before = (seconds: number): Hint => ({ seconds, meaning: 'unknown', words: '' });
    const meaning = (line: string, seconds: number, elapsedSeconds: number) =>
      parseHint(replyOf(line), { previous: { hint: before(seconds), elapsedSeconds } })?.meaning;

    it('takes the same number later as configured', () => {
      expect(meaning('451 Greylisted, try again in 900 seconds', 900, 60)).to.equal('configured');
      expect(meaning('451 Greylisted, try again in 5 minutes', 300, 120)).to.equal('configured');
    });

    it('takes a number that is smaller by the elapsed time as remaining', () => {
      expect(meaning('451 Greylisted, try again in 840 seconds', 900, 60)).to.equal('remaining');
      expect(meaning('451 Greylisted, try again in 3 minutes', 300, 115)).to.equal('remaining');
    });

    it('says unknown when neither fits', () => {
      expect(meaning('451 Greylisted, try again in 600 seconds', 300, 60)).to.equal('unknown');
      expect(meaning('451 Greylisted, try again in 800 seconds', 900, 20)).to.equal('unknown');
    });

    it('draws no conclusion from a step that is shorter than the unit', () => {
      expect(meaning('451 Greylisted, try again in 5 minutes', 300, 20)).to.equal('unknown');
    });

    it('lets behaviour overrule what the catalogue says', () => {
      const line = `450 4.2.0 ${POLICY} Greylisted for 300 seconds`;
      expect(meaning(line, 300, 60)).to.equal('configured');
    });

    it('tells a countdown from a constant for every delay and pause', () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 60, max: 7200 }),
          fc.integer({ min: 10, max: 50 }),
          (delay, pause) => {
            const line = (seconds: number) => `451 Greylisted, try again in ${seconds} seconds`;
            expect(meaning(line(delay - pause), delay, pause)).to.equal('remaining');
            expect(meaning(line(delay), delay, pause)).to.equal('configured');
          },
        ),
      );
    });
  });
});
