import { expect } from 'chai';
import { assess } from '../../../../src/core/evidence/assess.js';
import { verdictOf } from '../../../../src/core/evidence/verdict.js';
import type { RunState } from '../../../../src/core/run/state.js';
import type { Reply } from '../../../../src/model/smtp.js';
import { ACCEPTED, PINNED, Story, stamp, type Told } from '../run/support/story.js';

const FULL: Reply = { code: 452, enhanced: '4.2.2', text: ['Mailbox is full'] };
const POSTGREY: Reply = {
  code: 450,
  enhanced: '4.2.0',
  text: [
    '<user@example.org>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/example.org.html',
  ],
};
const NAME = 'mx.example.org [192.0.2.1]';

/** Connections with these attempts, a minute apart. */
function stateOf(...sessions: readonly (readonly Told[])[]): RunState {
  const story = new Story();
  for (const [index, attempts] of sessions.entries()) story.session(60 * index, attempts);
  return story.state;
}

type Finished = NonNullable<RunState['finished']>;

function finished(state: RunState, more: Partial<Finished> = {}): RunState {
  const end: Finished = { type: 'run-finished', at: stamp(0), reason: 'answered', ...more };
  return { ...state, finished: end };
}

const verdict = (state: RunState) => verdictOf(state, assess(state));

/** Kind, confidence and summary. */
function brief(state: RunState): readonly string[] {
  const { kind, confidence, summary } = verdict(state);
  return [kind, confidence, summary];
}

/** Rule, attempt and sentence of each piece of evidence. */
function evidence(state: RunState): readonly (readonly (string | number | null)[])[] {
  return verdict(state).evidence.map(({ rule, attempt, says }) => [rule, attempt, says]);
}

describe('the verdict where no host was asked', () => {
  const failed = (kind: 'no-mail-service' | 'dns-failure', code: string) =>
    verdict({
      ...stateOf(),
      hostsFailed: {
        type: 'hosts-failed',
        at: stamp(0),
        kind,
        code,
        message: 'It says so.',
        suggestions: [],
      },
    });

  it('is what the DNS says', () => {
    expect(failed('no-mail-service', 'null-mx')).to.deep.equal({
      kind: 'no-mail-service',
      confidence: 'confirmed',
      summary: 'It says so.',
      evidence: [],
      class: null,
      implementation: null,
    });
    const loop = failed('dns-failure', 'dns-loop');
    expect([loop.kind, loop.confidence, loop.summary]).to.deep.equal([
      'unreachable',
      'confirmed',
      'It says so.',
    ]);
  });

  it('is open where the DNS does not help', () => {
    const { kind, confidence, summary } = failed('dns-failure', 'dns-timeout');
    expect([kind, confidence, summary]).to.deep.equal([
      'unreachable',
      'possible',
      'No mail host was looked for, since the DNS did not help: It says so.',
    ]);
  });

  it('is what another run was told where the host is left alone', () => {
    const notAsked = { host: PINNED, who: 'mail.example', saidWallMs: 0, untilWallMs: 3_600_000 };
    expect(verdict(finished(stateOf(), { notAsked }))).to.deep.equal({
      kind: 'deferred',
      confidence: 'possible',
      summary:
        'Not asked: a host of mail.example asked to stop at 00:00 UTC, and is left alone until 01:00 UTC.',
      evidence: [
        {
          rule: 'asked-to-stop',
          says: 'mx.example.org (192.0.2.1 port 25) is left alone, since mail.example asked another run to stop.',
          attempt: null,
        },
      ],
      class: 'too-many-connections',
      implementation: null,
    });
    const asked = finished(stateOf([{ tuple: 1 }]), { notAsked });
    expect(verdict(asked).class).to.equal('greylisting');
  });
});

describe('the verdict where no host answered', () => {
  const lost = (code: NonNullable<Told['lost']>, stage: NonNullable<Told['stage']> = 'connect') =>
    finished(stateOf([{ tuple: 1, lost: code, stage }]), { reason: 'unreachable' });

  it('is open until the run is over', () => {
    expect(verdict(stateOf())).to.deep.equal({
      kind: 'unreachable',
      confidence: 'possible',
      summary: 'No mail host has answered yet.',
      evidence: [],
      class: null,
      implementation: null,
    });
  });

  it('names each failure', () => {
    expect(brief(lost('timeout'))).to.deep.equal([
      'unreachable',
      'confirmed',
      'No mail host of example.org could be reached (1 tried).',
    ]);
    expect(evidence(lost('timeout'))).to.deep.equal([
      ['timeout', 1, 'mx.example.org (192.0.2.1 port 25): lost'],
    ]);
  });

  it('tells a host that answered from one that did not', () => {
    for (const code of [
      'garbled-reply',
      'reply-too-long',
      'tls-not-offered',
      'tls-failed',
      'tls-plaintext-injected',
      'smtputf8-not-offered',
    ] as const) {
      expect(brief(lost(code)), code).to.deep.equal([
        'unreachable',
        'confirmed',
        'No mail host of example.org could be measured, though one answered (1 tried).',
      ]);
    }
    // It greeted, and fell silent then.
    expect(brief(lost('timeout', 'helo'))[2]).to.equal(
      'No mail host of example.org could be measured, though one answered (1 tried).',
    );
  });

  it('is open where this machine failed, or the DNS did not tell all hosts', () => {
    for (const code of ['machine-limit', 'source-address', 'network', 'interrupted'] as const) {
      expect(brief(lost(code)), code).to.deep.equal([
        'unreachable',
        'possible',
        'Whether a mail host of example.org can be reached is not known: this machine did not get so far (1 tried).',
      ]);
    }
    const warnings = [{ code: 'mx-lookup-failed', message: '' }];
    expect(brief({ ...lost('timeout'), warnings })[1]).to.equal('possible');
  });
});

describe('the verdict on a rejection', () => {
  const UNKNOWN: Reply = { code: 550, enhanced: '5.1.1', text: ['User unknown'] };

  it('is for good', () => {
    expect(verdict(stateOf([{ tuple: 1, reply: UNKNOWN }]))).to.deep.equal({
      kind: 'rejected',
      confidence: 'confirmed',
      summary: `${NAME} rejects mail to user@example.org for good.`,
      evidence: [
        {
          rule: 'unknown-recipient',
          says: 'At RCPT: "550 5.1.1 User unknown", which says address-verification.',
          attempt: 1,
        },
      ],
      class: 'address-verification',
      implementation: null,
    });
  });

  it('may come after a deferral', () => {
    expect(brief(stateOf([{ tuple: 1 }], [{ tuple: 1, reply: UNKNOWN }]))[2]).to.equal(
      `${NAME} rejects mail to user@example.org for good, after it had deferred it before.`,
    );
  });

  it('is none of the host where a sender was accepted', () => {
    const later = stateOf(
      [{ tuple: 1 }],
      [{ tuple: 1, reply: ACCEPTED }],
      [{ tuple: 2, reply: UNKNOWN }],
    );
    expect(verdict(later).kind).to.equal('greylisted');
  });
});

describe('the verdict on an acceptance', () => {
  const letIn = (tuple: number, client: string, sender: string): Told => ({
    tuple,
    reply: ACCEPTED,
    client,
    sender,
  });
  const FIRST = letIn(1, '192.0.2.7', 'a@one.example');
  const OK = ['reply', 1, 'At RCPT: "250 2.1.5 Ok".'];
  const AT_ONCE = `${NAME} lets the mail in at once: `;
  const tells = (what: string) => [
    'let-in',
    null,
    `A greylister that knows this client or this sender domain does the same. What would tell: ${what}.`,
  ];
  const DOMAIN = 'a sender of a second domain in --from';
  const NETWORK = 'a second address in another network in --source-ip';

  it('is likely with one sender domain or one network, and says what would decide', () => {
    const one = stateOf([{ tuple: 1, reply: ACCEPTED }]);
    expect(brief(one)).to.deep.equal([
      'accepted',
      'likely',
      `${AT_ONCE}the first attempt was accepted at RCPT.`,
    ]);
    expect(evidence(one)).to.deep.equal([OK, tells(`${DOMAIN}, and ${NETWORK}`)]);
    const network = stateOf([FIRST], [letIn(2, '198.51.100.7', 'b@one.example')]);
    expect(evidence(network)).to.deep.equal([OK, tells(DOMAIN)]);
    const domain = stateOf([FIRST], [letIn(2, '192.0.99.7', 'b@two.example')]);
    expect(evidence(domain)).to.deep.equal([OK, tells(NETWORK)]);
    expect(verdict(domain).confidence).to.equal('likely');
  });

  it('is confirmed with two of both', () => {
    const both = stateOf([FIRST], [letIn(2, '198.51.100.7', 'b@two.example')]);
    expect(brief(both)).to.deep.equal([
      'accepted',
      'confirmed',
      `${AT_ONCE}no greylisting at RCPT.`,
    ]);
    expect(evidence(both)).to.deep.equal([OK]);
    expect(verdict(both)).to.include({ class: null, implementation: null });
  });

  it('is possible where another client was deferred', () => {
    const other = { tuple: 2, client: '198.51.100.7', sender: 'b@two.example' };
    const state = stateOf([FIRST], [other]);
    expect(brief(state)).to.deep.equal([
      'accepted',
      'possible',
      `${AT_ONCE}the first attempt was accepted at RCPT.`,
    ]);
    expect(evidence(state)[1]).to.deep.equal([
      'let-in',
      null,
      'Senders from 198.51.100.7 were deferred: the host knows the first client address, or exempts it.',
    ]);
  });

  it('is possible where the host may have met the sender before', () => {
    const state = stateOf([{ tuple: 1, lost: 'interrupted' }], [{ tuple: 1, reply: ACCEPTED }]);
    expect(brief(state)).to.deep.equal([
      'accepted',
      'possible',
      `${NAME} accepted the sender at RCPT, but may have met it before the run was stopped.`,
    ]);
    expect(evidence(state)).to.deep.equal([['reply', 2, 'At RCPT: "250 2.1.5 Ok".']]);
  });
});

describe('the verdict on a greylister', () => {
  const WORDS = ['says-greylisting', 1, 'At RCPT: "451 4.7.1 Greylisted", which says greylisting.'];
  const ALL_DEFERRED = [
    'same-for-other-senders',
    null,
    'Every sender that was tried got a deferral.',
  ];

  it('rests on its words where nothing passed, and tells up to where', () => {
    expect(brief(stateOf([{ tuple: 1 }]))).to.deep.equal([
      'greylisted',
      'likely',
      `${NAME} very likely greylists.`,
    ]);
    const waited = stateOf([{ tuple: 1 }], [{ tuple: 1 }, { tuple: 2 }], [{ tuple: 2 }]);
    expect(brief(waited)[2]).to.equal(
      `${NAME} very likely greylists: no retry passed, up to 59.9 s.`,
    );
    expect(evidence(waited)).to.deep.equal([WORDS, ALL_DEFERRED]);
  });

  it('rests on a retry that passed', () => {
    const passed = stateOf([{ tuple: 1, reply: POSTGREY }], [{ tuple: 1, reply: ACCEPTED }]);
    expect(verdict(passed)).to.deep.include({
      summary: `${NAME} very likely greylists (Postgrey): a retry passes after less than 61 s.`,
      class: 'greylisting',
      implementation: { id: 'postgrey', name: 'Postgrey' },
    });
    expect(evidence(passed)).to.deep.equal([
      [
        'catalogue/postgrey#1',
        1,
        `At RCPT: "450 4.2.0 ${POSTGREY.text[0]}", which says greylisting.`,
      ],
      ['passed-with-age', 2, 'A sender that had been deferred was accepted at an age of 60 s.'],
    ]);
  });

  it('rests on a younger sender that was kept out beside', () => {
    const contrast = stateOf([{ tuple: 1 }], [{ tuple: 2 }, { tuple: 1, reply: ACCEPTED }]);
    expect(evidence(contrast)).to.deep.equal([
      WORDS,
      [
        'contrast',
        3,
        'In one session a fresh sender was deferred (attempt 2) and a sender 60.1 s old accepted (attempt 3). So few answers do not rule out a server that defers at random.',
      ],
    ]);
    const aged = stateOf(
      [{ tuple: 1 }],
      [{ tuple: 2 }],
      [{ tuple: 2 }, { tuple: 1, reply: ACCEPTED }],
    );
    expect(evidence(aged)[1]?.[2]).to.match(/^In one session a sender 60 s old was deferred /u);
  });

  it('is confirmed where chance does not explain the run', () => {
    const TUPLES = [1, 2, 3, 4, 5, 6, 7];
    const story = new Story().session(
      0,
      TUPLES.map((tuple) => ({ tuple })),
    );
    for (const tuple of TUPLES) {
      story.session(300 + tuple, [
        { tuple: tuple + 7, role: 'control' },
        { tuple, reply: ACCEPTED },
      ]);
    }
    const { state } = story;
    expect(brief(state)[1]).to.equal('confirmed');
    expect(brief(state)[2]).to.match(
      /^mx\.example\.org \[192\.0\.2\.1\] greylists: a retry passes /u,
    );
    // (14/20)^14 (6/20)^6, 21 times.
    expect(evidence(state)[1]?.[2]).to.match(/at most 1 time in 9,000\.$/u);
  });

  it('is open where a fresh sender passed as well', () => {
    const both = stateOf(
      [{ tuple: 1 }],
      [
        { tuple: 2, reply: ACCEPTED },
        { tuple: 1, reply: ACCEPTED },
      ],
    );
    expect(evidence(both).slice(1)).to.deep.equal([
      ['passed-with-age', 3, 'A sender that had been deferred was accepted at an age of 60.1 s.'],
      [
        'fresh-passed-too',
        2,
        'A fresh sender was accepted as well: either the list is keyed by client address, or a passing fault had cleared.',
      ],
    ]);
  });

  it('names a given sender that the host knows, and does not take it for a list of clients', () => {
    const senders = { kind: 'list', addresses: ['a@sender.example', 'b@sender.example'] } as const;
    const story = new Story({ senders });
    story.session(0, [{ tuple: 2, reply: ACCEPTED }, { tuple: 1 }]);
    story.session(60, [{ tuple: 1, reply: ACCEPTED }]);
    const known = evidence(story.state).find(([rule]) => rule === 'sender-known');
    expect(known?.[1]).to.equal(1);
    expect(known?.[2]).to.match(
      /^\S+@sender\.example was let in at once, and others from the same address had to wait after that/u,
    );
    expect(evidence(story.state).map(([rule]) => rule)).not.to.include('fresh-passed-too');
  });

  it('may look at client addresses', () => {
    const own = { client: '192.0.2.7' };
    const state = new Story({ sourceAddresses: ['192.0.2.7', '198.51.100.7'] })
      .session(0, [{ tuple: 1, ...own }])
      .session(60, [
        { tuple: 2, ...own, reply: ACCEPTED },
        { tuple: 1, ...own, reply: ACCEPTED },
      ])
      .session(120, [{ tuple: 3, client: '198.51.100.7' }]).state;
    const [, contrast] = evidence(state);
    expect(contrast?.slice(0, 2)).to.deep.equal(['client-contrast', 2]);
    expect(contrast?.[2]).to.match(
      /^After the first client address was let in \(attempt 2\), a fresh sender from 198\.51\.100\.7 was still deferred \(attempt 4\): the list is keyed by client address\. So few answers /u,
    );
  });

  it('names a host that has no other name by its address alone', () => {
    const host = { name: '192.0.2.1', address: '192.0.2.1', port: 25 };
    const { state } = new Story().session(0, [{ tuple: 1 }], host);
    expect(brief(state)[2]).to.equal('192.0.2.1 very likely greylists.');
  });
});

describe('the verdict on what only looks like greylisting', () => {
  it('says what it is', () => {
    expect(verdict(stateOf([{ tuple: 1, reply: FULL }]))).to.deep.equal({
      kind: 'deferred',
      confidence: 'likely',
      summary: `${NAME} deferred the mail: the mailbox is full or over quota.`,
      evidence: [
        {
          rule: 'mailbox-full',
          says: 'At RCPT: "452 4.2.2 Mailbox is full", which says mailbox-full.',
          attempt: 1,
        },
      ],
      class: 'mailbox-full',
      implementation: null,
    });
  });

  it('quotes the words that say it where there are many others', () => {
    const text = ['Your message could not be taken at this time by any of us, mailbox is full'];
    const { evidence: told } = verdict(stateOf([{ tuple: 1, reply: { ...FULL, text } }]));
    expect(told[0]?.says).to.equal(
      `At RCPT: "452 4.2.2 ${text[0]}", where "mailbox is full" says mailbox-full.`,
    );
  });

  it('says nothing of words that say nothing, but that they never changed', () => {
    const vague = { reply: { text: ['Come again'] } };
    const story = new Story()
      .session(0, [
        { tuple: 1, ...vague },
        { tuple: 2, ...vague },
      ])
      .session(3700, [
        { tuple: 2, ...vague },
        { tuple: 1, ...vague },
      ]);
    expect(verdict(story.state)).to.deep.equal({
      kind: 'deferred',
      confidence: 'possible',
      summary: `${NAME} deferred the mail: the reply does not say why.`,
      evidence: [
        { rule: 'nothing-recognised', says: 'At RCPT: "451 4.7.1 Come again".', attempt: 1 },
        {
          rule: 'same-for-other-senders',
          says: 'Every sender that was tried got a deferral.',
          attempt: null,
        },
        {
          rule: 'same-throughout',
          says: 'The words were the same for every sender and at every age, also when every known greylister lets a retry pass.',
          attempt: null,
        },
      ],
      class: 'unknown',
      implementation: null,
    });
    const bare = { code: 451, enhanced: null, text: [''] };
    expect(evidence(stateOf([{ tuple: 1, reply: bare }]))).to.deep.equal([
      ['nothing-recognised', 1, 'At RCPT: "451".'],
    ]);
  });
});
