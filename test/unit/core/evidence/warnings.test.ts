import { expect } from 'chai';
import { assess } from '../../../../src/core/evidence/assess.js';
import { verdictOf } from '../../../../src/core/evidence/verdict.js';
import { warningsOf } from '../../../../src/core/evidence/warnings.js';
import type { ProbeRequest } from '../../../../src/core/run/request.js';
import type { RunState } from '../../../../src/core/run/state.js';
import { shortStory, usedUp } from '../run/support/short-story.js';
import { ACCEPTED, Story, stamp, type Told } from '../run/support/story.js';
import { ONE_SENDER } from '../run/support/virtual-run.js';

type Finished = NonNullable<RunState['finished']>;

/** Connections with these attempts, a minute apart. */
function stateOf(
  sessions: readonly (readonly Told[])[],
  changes: Partial<ProbeRequest> = {},
): RunState {
  const story = new Story(changes);
  for (const [index, attempts] of sessions.entries()) story.session(60 * index, attempts);
  return story.state;
}

function finished(state: RunState, reason: Finished['reason']): RunState {
  return { ...state, finished: { type: 'run-finished', at: stamp(0), reason } };
}

function warned(state: RunState): readonly string[] {
  const assessment = assess(state);
  const { kind } = verdictOf(state, assessment);
  return warningsOf(state, assessment, kind).map(({ code, message }) => `${code}: ${message}`);
}

/** The one warning of this code; null where there is none. */
function warning(state: RunState, code: string): string | null {
  const found = warned(state).filter((one) => one.startsWith(`${code}: `));
  expect(found.length, code).to.be.at.most(1);
  return found[0]?.slice(code.length + 2) ?? null;
}

const DEFERRED = [[{ tuple: 1 }]] as const;
const PASSED: readonly (readonly Told[])[] = [
  [{ tuple: 1 }],
  [{ tuple: 2 }, { tuple: 1, reply: ACCEPTED }],
];
const DENIED = { code: 550, enhanced: '5.7.1', text: ['Denied'] };

describe('what is said beside a verdict', () => {
  it('is nothing where a host defers, and what the run noted itself', () => {
    expect(warned(stateOf(DEFERRED))).to.deep.equal([]);
    const noted = {
      ...stateOf(DEFERRED),
      warnings: [{ code: 'mx-is-alias', message: 'An alias.' }],
    };
    expect(warned(noted)).to.deep.equal(['mx-is-alias: An alias.']);
  });

  it('is what to try where no host was found', () => {
    const hostsFailed = {
      type: 'hosts-failed',
      at: stamp(0),
      kind: 'dns-failure',
      code: 'dns-timeout',
      message: 'It says nothing.',
      suggestions: ['Ask another.', 'Wait.'],
    } as const;
    expect(warned({ ...stateOf([]), hostsFailed })).to.deep.equal([
      'try-next: Ask another.',
      'try-next: Wait.',
    ]);
  });

  it('is that whole seconds are allowed for, once a sender has passed', () => {
    expect(warned(stateOf(PASSED))).to.deep.equal([
      'whole-seconds: Many servers count whole seconds, and let a sender pass up to 1 s before its exact age. The bounds are rounded so that they hold for these too.',
    ]);
  });
});

describe('of hosts', () => {
  const first = { name: 'mx1.example.org', address: '192.0.2.9', port: 25 };
  const blocked = new Story()
    .session(0, [{ tuple: 1, lost: 'timeout', stage: 'connect' }], first)
    .session(60, [{ tuple: 1 }]).state;
  const pinned = { name: 'mx.example.org', address: '192.0.2.1', port: 25 };

  it('it is said that the first could not be reached', () => {
    expect(warning({ ...blocked, pinned }, 'first-host-unreachable')).to.equal(
      'mx1.example.org could not be reached, mx.example.org was measured. Some sites leave the first host closed on purpose (nolisting): senders then lose time at each try.',
    );
    expect(warning({ ...blocked, pinned: null }, 'first-host-unreachable')).to.equal(null);
    expect(warning({ ...blocked, pinned: first }, 'first-host-unreachable')).to.equal(null);
    const later = new Story()
      .session(0, [{ tuple: 1, lost: 'timeout' }], first)
      .session(60, [{ tuple: 1 }]).state;
    expect(warning({ ...later, pinned }, 'first-host-unreachable')).to.equal(null);
  });

  it('it is said what to try where none was reached', () => {
    const lost = (code: NonNullable<Told['lost']>, port = 25) =>
      warned(finished(stateOf([[{ tuple: 1, lost: code }]], { port }), 'unreachable'));
    const home =
      "Try it from the sending mail server itself; 'greyprobe demo' shows the program without the network.";
    expect(lost('timeout')).to.deep.equal([
      `nothing-reachable: Many networks block port 25 to the outside. ${home}`,
    ]);
    expect(lost('timeout', 2525)).to.deep.equal([
      `nothing-reachable: Mail hosts listen on port 25, not on 2525; and many networks block port 25 to the outside. ${home}`,
    ]);
    expect(lost('machine-limit')).to.deep.equal([
      'machine-limit: This machine has reached a limit of its own, so nothing is known of the mail host. Raise the limit or end other programs, then run it again.',
    ]);
    expect(lost('source-address')).to.deep.equal([
      'source-address: This machine cannot connect from the address of --source-ip. Give one of its own.',
    ]);
    expect(lost('tls-not-offered')).to.deep.equal([
      'no-tls: The mail host answers, but offers no STARTTLS. Without --tls require it is measured.',
    ]);
    expect(lost('tls-failed')).to.deep.equal([
      'no-tls: The mail host answers, but STARTTLS fails there. --tls never measures it without.',
    ]);
    expect(lost('tls-plaintext-injected')).to.deep.equal([
      'no-tls: Plain text came between STARTTLS and the handshake: somebody may be tampering. Try it from another network.',
    ]);
    expect(lost('smtputf8-not-offered')).to.deep.equal([
      'no-smtputf8: The mail host takes ASCII addresses only. Give a recipient and senders in ASCII.',
    ]);
    for (const code of ['garbled-reply', 'reply-too-long'] as const) {
      expect(lost(code)).to.deep.equal([
        'not-smtp: What answers there does not speak SMTP as a mail host does. --verbose shows the conversation; check --host and --port.',
      ]);
    }
    expect(warned(stateOf([[{ tuple: 1, lost: 'timeout' }]]))).to.deep.equal([]);
  });

  it('it is said that several machines answer', () => {
    const named = (...names: readonly string[]) => {
      const state = stateOf(names.map((_, index) => [{ tuple: index + 1 }]));
      return {
        ...state,
        sessions: state.sessions.map((one, index) => {
          const banner = { code: 220, enhanced: null, text: [`${names[index]} ESMTP`] };
          return { ...one, facts: { banner, greeting: banner, extensions: [], tls: null } };
        }),
      };
    };
    const said = (names: string) =>
      `Several machines answer at this address (${names}). Where each keeps a list of its own, a retry is refused by one that has not met the sender, so that the window opens earlier than a run may see. Run it again and compare; --host measures one machine, if it has an address of its own.`;
    expect(warning(named('a.example', 'b.example'), 'several-machines')).to.equal(
      said('a.example, b.example'),
    );
    expect(warning(named('a.example', 'b.example', 'c.example'), 'several-machines')).to.equal(
      said('a.example, b.example, c.example'),
    );
    expect(
      warning(named('a.example', 'b.example', 'c.example', 'd.example'), 'several-machines'),
    ).to.equal(said('a.example, b.example, c.example, ...'));
    expect(warning(named('a.example', 'a.example'), 'several-machines')).to.equal(null);
    const letIn = named('a.example', 'b.example');
    const attempts = letIn.attempts.map((one) => ({ ...one, end: null }));
    expect(warning({ ...letIn, attempts, histories: new Map() }, 'several-machines')).to.equal(
      null,
    );
  });

  it('it is said that one asked to stop, or hears one transaction a connection', () => {
    expect(warning(finished(stateOf(DEFERRED), 'throttled'), 'throttled')).to.equal(
      'The server asked to stop, so greyprobe stopped. Wait an hour or more, then use fewer tries (--retry-at).',
    );
    expect(warning(finished(stateOf(DEFERRED), 'answered'), 'throttled')).to.equal(null);
    const limited = stateOf([[{ tuple: 1 }, { tuple: 2, lost: 'session-limit' }]]);
    expect(warning(limited, 'session-limit')).to.equal(
      'lost From then on greyprobe made one transaction a connection, which proves less: a fresh sender and an old one cannot be held against each other in one moment.',
    );
  });
});

describe('of senders', () => {
  it('it is said that some are alike', () => {
    const alike = (addresses: readonly string[]) =>
      warning(stateOf(DEFERRED, { senders: { kind: 'list', addresses } }), 'alike-senders');
    expect(alike(['anna+x@sender.example', 'anna+y@sender.example'])).to.equal(
      'Some servers take senders for one that differ only in digits or after a +, so that a control is none. Of such senders one is used, unless all are alike. Give senders that differ in letters, or a template with {nonce} before any +.',
    );
    expect(alike(['anna@sender.example', 'bert@sender.example'])).to.equal(null);
  });

  it('it is said that one alone proves little, once it passed', () => {
    const passed = [[{ tuple: 1 }], [{ tuple: 1, reply: ACCEPTED }]];
    const said = (senders: ProbeRequest['senders']) =>
      warning(stateOf(passed, { senders }), 'one-sender');
    expect(said(ONE_SENDER)).to.equal(
      "With one sender a fault that cleared by itself looks the same. --from 'probe-{nonce}@your.domain' proves it with fresh senders.",
    );
    const two = ['anna@sender.example', 'bert@sender.example'];
    expect(said({ kind: 'list', addresses: two })).to.equal(null);
    expect(warning(stateOf(DEFERRED, { senders: ONE_SENDER }), 'one-sender')).to.equal(null);
  });

  it('it is said that a pass let others in', () => {
    const state = stateOf([...PASSED, [{ tuple: 3, reply: ACCEPTED }]]);
    expect(warning(state, 'client-let-in')).to.equal(
      'The first pass let more than its sender in: a fresh sender passed right after it. What was accepted later proves nothing and is left out, so the bracket stays as wide as the last step. Wait until the server forgets this client before you measure again.',
    );
    expect(warning(stateOf(PASSED), 'client-let-in')).to.equal(null);
  });

  it('it is said that a fresh one passed at the same time', () => {
    const both: readonly (readonly Told[])[] = [
      [{ tuple: 1 }],
      [
        { tuple: 2, reply: ACCEPTED },
        { tuple: 1, reply: ACCEPTED },
      ],
    ];
    expect(warning(stateOf(both), 'fresh-passed-too')).to.equal(
      'A fresh sender passed at the same time, so this is greylisting by client address or a fault that cleared. --source-ip with a second address tells them apart.',
    );
    expect(warning(stateOf(PASSED), 'fresh-passed-too')).to.equal(null);
  });

  it('it is said that a few prove little, where chance explains what was seen', () => {
    const few = (lines: readonly string[], senders = usedUp(lines)) =>
      warning(shortStory(lines, { senders }), 'few-senders');
    const passed = ['0: 1x', '9: 2x 1x', '60: 3x 1o'];
    expect(few(passed)).to.equal(
      "3 senders are too few to rule out chance. --from 'probe-{nonce}@your.domain' gives as many as are wanted.",
    );
    expect(few(passed.slice(0, 2)), 'nothing has passed').to.equal(null);
    expect(few(['0: 1x', '60: 1o']), 'one is told of otherwise').to.equal(null);
    expect(few(['0: 1x', '60: 2o 1o']), 'a fresh one too').to.equal(null);
    const proved = [
      '0: 1x 2x 3x 4x 5x 6x 7x 8x 9x 10x',
      '300: 11x 1o',
      '310: 12x 2o 3o 4o 5o 6o 7o 13x',
    ];
    expect(few(proved)).to.equal(null);
    expect(warning(shortStory(passed), 'few-senders'), 'a template gives more').to.equal(null);
  });

  it('it is said that no more than a part of the refusals is surely of the list', () => {
    const lines = ['0: 1x', '10: 2x 3x', '14: 4x', '200: 2x', '296: 4x', '299: 1o', '310: 3o 6x'];
    expect(warning(shortStory(lines), 'lower-edge')).to.match(
      /^Tries up to 281\.9 s were refused, but only those up to 189\.9 s surely by the list that let a retry pass at 300 s\./u,
    );
    const near = lines.with(4, '210: 4x');
    expect(warning(shortStory(near), 'lower-edge'), '6 s of 300 s').to.equal(null);
  });

  it('it is said how far up the lower edge is proved, where more was refused', () => {
    const told: readonly (readonly Told[])[] = [
      [{ tuple: 1 }, { tuple: 2 }],
      [{ tuple: 3 }],
      [{ tuple: 1 }],
      [{ tuple: 4 }],
      [{ tuple: 3 }],
      [{ tuple: 5 }, { tuple: 2, reply: ACCEPTED }],
    ];
    expect(warning(stateOf(told), 'lower-edge')).to.equal(
      'Tries up to 179.9 s were refused, but none of them surely by the list that let a retry pass at 301 s. Several machines behind the address, or a list that had forgotten the sender or counts otherwise, look the same.',
    );
    expect(warning(stateOf(PASSED), 'lower-edge')).to.equal(null);
  });

  it('it is said that one was rejected after another had passed', () => {
    const state = stateOf([...PASSED, [{ tuple: 3, reply: DENIED }]]);
    expect(warning(state, 'rejected-later')).to.equal(
      'A sender passed, and attempt 4 was rejected for good. The host may have taken offence at the probe: look what it says before you run it again.',
    );
    expect(warning(stateOf([[{ tuple: 3, reply: DENIED }]]), 'rejected-later')).to.equal(null);
  });
});

describe('of the window', () => {
  it('it is said that early tries do harm', () => {
    const state = stateOf(PASSED);
    const assessment = assess(state);
    const harms = (earlyRetryHarms: boolean | null) =>
      warningsOf(
        state,
        { ...assessment, inference: { ...assessment.inference, earlyRetryHarms } },
        'greylisted',
      ).flatMap(({ code, message }) => (code === 'early-retry-harms' ? [message] : []));
    expect(harms(true)).to.deep.equal([
      'A try before the window opens makes the sender wait longer. The first retry must be late enough by itself.',
    ]);
    expect(harms(false)).to.deep.equal([]);
    expect(harms(null)).to.deep.equal([]);
  });

  it('it is said that the answers fit nothing', () => {
    const contradictory = (state: RunState) => {
      const assessment = assess(state);
      const inference = { ...assessment.inference, timers: [] };
      return warningsOf(state, { ...assessment, inference }, 'greylisted').flatMap((one) =>
        one.code === 'contradictory' ? [one.message] : [],
      );
    };
    expect(contradictory(stateOf(PASSED))).to.deep.equal([
      'The answers fit no known way of greylisting, so no window is given. Several servers behind one address, or a random fault, look like this. Run it again later.',
    ]);
    expect(contradictory(stateOf([]))).to.deep.equal([]);
  });

  it('it is said up to where nothing passed', () => {
    const waited = stateOf([[{ tuple: 1 }], [{ tuple: 1 }]]);
    expect(warning(finished(waited, 'waited-long-enough'), 'not-opened')).to.equal(
      'No retry passed up to 59.9 s. --max-wait or --retry-at looks further.',
    );
    expect(warning(finished(waited, 'answered'), 'not-opened')).to.equal(null);
    expect(warning(waited, 'not-opened')).to.equal(null);
    expect(warning(finished(stateOf(PASSED), 'waited-long-enough'), 'not-opened')).to.equal(null);
    const full = { code: 452, enhanced: '4.2.2', text: ['Mailbox is full'] };
    const other = finished(stateOf([[{ tuple: 1, reply: full }]]), 'waited-long-enough');
    expect(warning(other, 'not-opened')).to.equal(null);
  });
});

describe('of an acceptance', () => {
  const accepted = (changes: Partial<ProbeRequest> = {}) =>
    warned(stateOf([[{ tuple: 1, reply: ACCEPTED }]], changes));
  const RCPT_ONLY =
    'rcpt-only: Content filters defer after DATA or after the message. --stage data looks one step further; --stage message --deliver sends a real message.';
  const EXEMPT =
    'exempt-recipient: postmaster@ and abuse@ are often exempt from greylisting. Try an ordinary recipient.';

  it('it is said that RCPT is not all', () => {
    expect(accepted()).to.deep.equal([RCPT_ONLY]);
    expect(accepted({ stage: 'data' })).to.deep.equal([]);
  });

  it('it is said that some recipients are exempt', () => {
    for (const recipient of ['postmaster@example.org', 'Abuse@example.org']) {
      expect(accepted({ recipient })).to.deep.equal([RCPT_ONLY, EXEMPT]);
    }
    expect(accepted({ recipient: 'not-abuse@example.org' })).to.deep.equal([RCPT_ONLY]);
    expect(warned(stateOf(DEFERRED, { recipient: 'abuse@example.org' }))).to.deep.equal([]);
  });
});
