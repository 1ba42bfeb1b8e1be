import { expect } from 'chai';
import {
  BEHAVIOUR_RULES,
  OBSERVATIONS,
  type Observation,
  weigh,
} from '../../../../src/core/greylist/behaviour.js';
import {
  DEFERRAL_CLASSES,
  type DeferralClass,
  type Hypothesis,
} from '../../../../src/core/greylist/hypothesis.js';

function reading(
  deferralClass: DeferralClass,
  confidence: Hypothesis['confidence'] = 'likely',
): Hypothesis {
  return { class: deferralClass, implementation: null, confidence, rule: 'test', words: '' };
}

/** The leading reading, as `class confidence`. */
function lead(
  readings: readonly Hypothesis[],
  observed: readonly Observation[],
  proof = true,
): string {
  const [first] = weigh(readings, new Set(observed), proof);
  return `${first?.class} ${first?.confidence}`;
}

describe('behaviour against words', () => {
  it('leaves the words alone where nothing was observed', () => {
    expect(lead([reading('helo'), reading('greylisting', 'possible')], [])).to.equal('helo likely');
  });

  it('confirms greylisting by a proved contrast, whatever the words say', () => {
    for (const words of DEFERRAL_CLASSES) {
      expect(lead([reading(words)], ['contrast', 'passed-with-age']), words).to.equal(
        'greylisting confirmed',
      );
    }
  });

  it('confirms a list of client addresses by a contrast between two of them', () => {
    const observed = ['client-contrast', 'passed-with-age'] as const;
    for (const words of DEFERRAL_CLASSES) {
      const expected = words === 'postscreen' ? 'postscreen' : 'greylisting';
      expect(lead([reading(words)], observed), words).to.equal(`${expected} confirmed`);
      expect(lead([reading(words)], observed, false), words).to.equal(`${expected} likely`);
    }
  });

  it('never confirms without a contrast, and never by a contrast that may be chance', () => {
    for (const words of DEFERRAL_CLASSES) {
      for (const observed of OBSERVATIONS) {
        const proved = observed === 'contrast' || observed === 'client-contrast';
        expect(lead([reading(words)], [observed], !proved), `${words}, ${observed}`).to.not.include(
          'confirmed',
        );
      }
    }
    expect(lead([reading('greylisting')], ['contrast'], false)).to.equal('greylisting likely');
  });

  it('keeps greylisting in play where the words do not speak of it', () => {
    const classes = weigh([reading('system', 'possible')], new Set(), false).map(
      (one) => one.class,
    );
    expect(classes).to.include('greylisting');
  });

  it('drops what does not clear by waiting once a tuple passed', () => {
    for (const lasting of ['helo', 'reverse-dns', 'mailbox-full'] as const) {
      const readings = weigh([reading(lasting)], new Set(['passed-with-age'] as const), false);
      expect(readings.map((one) => one.class)).to.not.include(lasting);
    }
  });

  it('doubts greylisting where a fresh sender passed as well', () => {
    expect(
      lead([reading('greylisting', 'possible')], ['passed-with-age', 'fresh-passed-too']),
    ).to.equal('greylisting possible');
  });

  it('doubts greylisting where nothing passed however long it waited', () => {
    expect(lead([reading('greylisting', 'possible')], ['unchanged'])).to.equal(
      'greylisting possible',
    );
    expect(lead([reading('reverse-dns', 'possible')], ['unchanged'])).to.equal(
      'reverse-dns likely',
    );
  });

  it('refutes greylisting that nobody spoke of where all got the same and nothing ever passed', () => {
    const observed = ['same-for-other-senders', 'unchanged', 'same-throughout'] as const;
    const left = (words: Hypothesis[]) =>
      weigh(words, new Set(observed), false).map((one) => one.class);
    expect(left([reading('system', 'possible')])).to.deep.equal(['system']);
    expect(
      left([reading('greylisting', 'possible'), reading('milter-failure', 'possible')]),
    ).to.deep.equal(['milter-failure']);
    expect(left([reading('greylisting', 'possible')])).to.deep.equal(['unknown']);
    expect(lead([reading('greylisting')], observed)).to.equal('greylisting possible');
  });

  it('says why it moved a reading', () => {
    const [first] = weigh([reading('greylisting')], new Set(['contrast'] as const), true);
    expect(first?.moved.map((move) => move.rule)).to.deep.equal(['contrast']);
    for (const rule of BEHAVIOUR_RULES) expect(rule.because).to.match(/^[a-z].*[^.]$/u);
  });

  it('has a use for everything that can be observed', () => {
    const used = new Set(BEHAVIOUR_RULES.map((rule) => rule.when));
    expect([...used].sort()).to.deep.equal([...OBSERVATIONS].sort());
  });
});
