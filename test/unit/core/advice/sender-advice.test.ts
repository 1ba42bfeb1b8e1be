import { expect } from 'chai';
import fc from 'fast-check';
import * as v from 'valibot';
import { type AgeWindow, exactWindow } from '../../../../src/core/advice/acceptance-window.js';
import { buildAdvice } from '../../../../src/core/advice/advice.js';
import { AdviceSchema } from '../../../../src/core/advice/advice-schema.js';
import { senderOfSchedule } from '../../../../src/core/advice/own-schedule.js';
import { adviseSender, remedyForDestination } from '../../../../src/core/advice/sender-advice.js';
import type { SenderAdvice } from '../../../../src/core/advice/sender-advice-schema.js';
import { SENDERS } from '../../../../src/core/advice/senders.js';
import { parseWindow, windowFromEdges } from '../../../../src/core/advice/window-text.js';
import { worstFirst } from '../../../../src/core/advice/worst-first.js';

const HOUR = 3_600;

function advise(id: string, window: AgeWindow, restartsTimer = false): SenderAdvice {
  const sender = SENDERS.find((one) => one.id === id);
  const advice = sender === undefined ? null : adviseSender(sender, window, { restartsTimer });
  if (advice === null) throw new Error(id);
  return advice;
}

describe('adviseSender', () => {
  it('tells a landing in every phase with its delay', () => {
    const advice = advise('postfix', exactWindow(300, 48 * HOUR));
    expect(advice).to.include({ verdict: 'lands', earliestSeconds: 301, latestSeconds: 600 });
    // A try at 301 s is nearer to the edge than the margin; the scan after it comes by 909 s.
    expect(advice.surelyBySeconds).to.equal(909);
  });

  it('tells all that is known of a sender', () => {
    const own = { ...senderOfSchedule('1m,5m,15m'), notes: ['A note.'], checked: '2026-11-30' };
    expect(adviseSender(own, exactWindow(300, 2 * HOUR))).to.deep.equal({
      id: 'own',
      name: 'A sender of your own: 1m, 5m, 15m',
      verdict: 'lands',
      says: 'Lands after 6 min (retry 2).',
      earliestSeconds: 360,
      latestSeconds: 360,
      surelyBySeconds: 360,
      missChance: 0,
      retry: [2, 2],
      givesUpAfterSeconds: 1_260,
      giveUpConfidence: 'given',
      nextHostInSameRun: null,
      // A quarter more than the landing, or than twice the opening.
      spans: [
        { retry: 1, earliestSeconds: 60, latestSeconds: 60, confidence: 'given' },
        { retry: 2, earliestSeconds: 360, latestSeconds: 360, confidence: 'given' },
      ],
      otherReadings: [],
      settings: [],
      remedy: null,
      otherwise: [
        'Ask the receiver to exempt your outgoing addresses.',
        'Send from one fixed address: a retry from another one starts the wait again.',
        'Publish SPF for it: many greylisters let senders with a pass through sooner, or at once.',
      ],
      confidence: 'given',
      source: '--schedule',
      checked: '2026-11-30',
      notes: ['A note.'],
    });
    const endless = adviseSender(senderOfSchedule('1m...'), exactWindow(300, 2 * HOUR));
    expect(endless).not.to.have.any.keys('checked', 'giveUpConfidence');
    expect(endless?.spans).to.have.length(6);
  });

  it('gives the chance to miss over the phases of a queue scan', () => {
    // Runs every 1800 s meet a window of 600 s in a third of the phases, edges included.
    const window = exactWindow(600, 1199);
    const sender = SENDERS.find(({ id }) => id === 'sendmail-q30m');
    if (sender === undefined) throw new Error('sendmail-q30m');
    const short = { ...sender, giveUp: { ...sender.giveUp, seconds: 1799 } };
    const advice = adviseSender(short, window);
    expect(advice?.verdict).to.equal('may-miss');
    expect(advice?.missChance).to.be.closeTo(2 / 3, 1e-9);
  });

  it('calls a landing on the very edge a coin toss', () => {
    const advice = advise('james-sample', exactWindow(605, 48 * HOUR));
    expect(advice).to.include({ verdict: 'may-miss', earliestSeconds: 605, missChance: 0 });
    expect(advice.says).to.contain('(retry 3), but only within 10 s of an edge');
    // Here only where the scan comes just after the opening, and the next one after the close.
    expect(advise('exim-debian-q30m', exactWindow(HOUR, 90 * 60)).says).to.match(
      /, but in 1% of the phases only within 10 s of an edge\.$/u,
    );
  });

  it('tells stepping over the window from giving up before it opens', () => {
    expect(advise('james-unset', exactWindow(1500, 4 * HOUR)).verdict).to.equal('never-lands');
    expect(advise('james-sample', exactWindow(1500, 4 * HOUR)).verdict).to.equal('gives-up-first');
    expect(advise('nodemailer', exactWindow(300, 4 * HOUR)).verdict).to.equal('gives-up-first');
  });

  it('starts anew after the window has closed', () => {
    // 900 s is too late for 60..800; the wait of 1800 s after it is too late again, and so on.
    expect(advise('iis-smtp', exactWindow(60, 800)).verdict).to.equal('never-lands');
    // 540 s is too late for 250..310, and 840 s is 300 s after it.
    expect(advise('exchange-2007plus-queue-mailbox', exactWindow(250, 310))).to.include({
      verdict: 'lands',
      earliestSeconds: 840,
    });
  });

  it('lets no sender through that tries too often for a server which restarts the wait', () => {
    const window = exactWindow(900, 24 * HOUR);
    expect(advise('sendmail-debian', window).verdict).to.equal('lands');
    expect(advise('sendmail-debian', window, true).verdict).to.equal('never-lands');
  });

  it('puts a miss on the timer only where a retry would land without it', () => {
    const words = (window: AgeWindow) => advise('james-unset', window, true).says;
    expect(words(exactWindow(300, 4 * HOUR))).to.match(/^No retry lands in the window/u);
    expect(words(exactWindow(7 * HOUR, 48 * HOUR))).to.match(
      /^No retry lands: early ones start the wait again/u,
    );
  });

  it('does not guess what comes after tries that were only seen', () => {
    expect(advise('web-gmail-2016', exactWindow(10 * HOUR, 24 * HOUR)).verdict).to.equal('unknown');
    expect(advise('web-aol-2016', exactWindow(10 * HOUR, 24 * HOUR)).verdict).to.equal(
      'gives-up-first',
    );
  });

  it('says when a landing rests on numbers that are not verified', () => {
    expect(advise('exchange-2003', exactWindow(30, 24 * HOUR)).confidence).to.equal('docs');
    expect(advise('exchange-2003', exactWindow(300, 24 * HOUR)).confidence).to.equal('memory');
    // 180 s is the last documented retry; on the edge it may fail, and then a remembered one counts.
    expect(advise('exchange-2003', exactWindow(180, 24 * HOUR))).to.include({
      earliestSeconds: 180,
      surelyBySeconds: 780,
      confidence: 'memory',
    });
    expect(advise('cisco-esa', exactWindow(300, 24 * HOUR)).confidence).to.equal('memory');
  });

  it('says so too when the give-up age is not verified', () => {
    expect(advise('iis-smtp', exactWindow(300, 24 * HOUR))).to.include({
      confidence: 'docs',
      giveUpConfidence: 'third-party',
    });
    // That no retry lands after five days rests on it.
    expect(advise('iis-smtp', exactWindow(600_000, 700_000)).confidence).to.equal('third-party');
    expect(advise('cisco-esa', exactWindow(300, 24 * HOUR)).says).to.contain('not verified');
  });

  it('calls a miss in nearly all phases no certainty', () => {
    expect(advise('postfix', exactWindow(1500, 1560)).says).to.match(/misses in 99% /u);
  });

  it('tells what other documents would mean', () => {
    const [other] = advise('exchange-2013plus-message', exactWindow(290, 24 * HOUR)).otherReadings;
    expect(other).to.include({ earliestSeconds: 900, verdict: 'lands' });
  });

  it('knows when a schedule ends by itself', () => {
    expect(advise('haraka', exactWindow(300, 24 * HOUR)).givesUpAfterSeconds).to.equal(262_080);
    expect(advise('kerio', exactWindow(300, 24 * HOUR)).givesUpAfterSeconds).to.equal(null);
  });

  it('shows a retry as the span of its phases', () => {
    const [first, second] = advise('postfix', exactWindow(850, 24 * HOUR)).spans;
    expect(first).to.deep.include({ earliestSeconds: 301, latestSeconds: 600 });
    expect(second).to.deep.include({ earliestSeconds: 901, latestSeconds: 1500 });
  });
});

describe('a remedy', () => {
  // Each lands as it is; a setting of all mail would gain it minutes and cost other mail hours.
  for (const [id, opens, closes] of [
    ['exchange-2007plus-queue-mailbox', 3 * HOUR, 6 * HOUR],
    ['postfix', 3 * HOUR, 4 * HOUR],
    ['nullmailer', HOUR, 4 * HOUR],
    ['exchange-2010-message', 900, 4 * HOUR],
    ['exchange-2013plus-message', 900, 4 * HOUR],
    ['stalwart', 900, 4 * HOUR],
  ] as const) {
    it(`is not there for ${id}, which lands between ${opens} and ${closes} s`, () => {
      const advice = advise(id, exactWindow(opens, closes));
      expect(advice.verdict).to.equal('lands');
      expect(advice.remedy).to.equal(null);
    });
  }

  it('is there for a sender that lands where all other mail gains by it too', () => {
    const { remedy } = advise('iis-smtp', exactWindow(300, 4 * HOUR));
    expect(remedy).to.include({ needed: false, value: '6', scope: 'all' });
    expect(remedy?.landsSeconds).to.deep.equal([360, 360]);
    expect(remedy?.price).to.equal(
      'Holds for every destination of that virtual server. The first retry of all mail then comes after 6 min instead of 15 min.',
    );
  });

  it('is there for a sender that lands where a rule for the one domain is sooner by a quarter', () => {
    const { remedy } = advise('exim', exactWindow(300, 4 * HOUR));
    expect(remedy).to.include({ needed: false, scope: 'destination' });
    expect(remedy?.price).to.equal(
      'Holds for this one domain. A queue runner must start at least every 5m (-q).',
    );
    expect(advise('exim', exactWindow(800, 4 * HOUR)).remedy).to.equal(null);
  });

  it('puts a step into a list where the hole is, and leaves the first wait alone', () => {
    const { remedy } = advise('stalwart', exactWindow(5 * HOUR, 12 * HOUR));
    expect(remedy).to.include({
      needed: true,
      value: '2m,5m,10m,15m,30m,1h,2h,58m10s,1d,3d',
      price:
        'Holds for all mail of that delivery schedule. The first retry of all mail stays at 2 min.',
    });
    expect(remedy?.landsSeconds).to.deep.equal([18_010, 18_010]);
  });

  it('puts a step behind the end of a list that is too short', () => {
    const { remedy } = advise('james-sample', exactWindow(HOUR, 4 * HOUR));
    expect(remedy?.paste).to.deep.equal([
      '<delayTime>5000, 100000, 500000, 3010000</delayTime>',
      '<maxRetries>4</maxRetries>',
    ]);
    expect(remedy?.landsSeconds).to.deep.equal([3_615, 3_615]);
  });

  it('puts a step before a first wait that is too long, and writes what repeats once', () => {
    const { remedy } = advise('james-unset', exactWindow(HOUR, 4 * HOUR));
    expect(remedy?.value).to.equal('3660000, 21600000');
    expect(remedy?.price).to.contain(
      'The first retry of all mail then comes after 1 h 1 min instead of 6 h.',
    );
  });

  it('runs the queue of one destination from cron rather than make all mail wait', () => {
    const { remedy } = advise('postfix', exactWindow(HOUR, 70 * 60));
    expect(remedy).to.deep.include({
      setting: 'postqueue -s example.org',
      value: 'every 5 min',
      needed: true,
      scope: 'destination',
      landsSeconds: [3_610, 3_909],
    });
    expect(remedy?.paste).to.deep.equal([
      "postconf -e 'fast_flush_domains = $relay_domains, example.org'",
      'postfix reload',
      '# /etc/cron.d/greylist',
      '*/5 * * * * root postqueue -s example.org',
    ]);
  });

  it('runs no queue from cron where early tries start the wait again', () => {
    expect(advise('postfix', exactWindow(2 * HOUR, 4 * HOUR), true).remedy).to.include({
      setting: 'minimal_backoff_time',
      needed: true,
    });
    expect(advise('opensmtpd', exactWindow(HOUR, 4 * HOUR), true).remedy).to.equal(null);
  });

  it('runs the whole queue from cron for a sender that has no setting', () => {
    const { remedy } = advise('opensmtpd', exactWindow(2_000, 2_500));
    expect(remedy).to.deep.include({
      setting: 'smtpctl schedule all',
      value: 'every 5 min',
      scope: 'all',
      price: 'All queued mail, to every destination, is tried at each run.',
      landsSeconds: [2_010, 2_309],
    });
  });

  it('names a run by hand where a timer would use up the tries', () => {
    const { remedy, otherwise } = advise('mox', exactWindow(1_500, 1_800));
    expect(remedy).to.equal(null);
    expect(otherwise[0]).to.equal(
      'By hand, once while the window is open: mox queue schedule -to @example.org -now 0',
    );
  });

  it('says what an application without a queue can do instead', () => {
    const { verdict, otherwise } = advise('application', exactWindow(300, 4 * HOUR));
    expect(verdict).to.equal('gives-up-first');
    expect(otherwise[0]).to.match(/^Hand the mail to a queue on the same host/u);
  });

  it('asks for the log of a sender whose schedule is not known', () => {
    expect(advise('sendgrid', exactWindow(300, 4 * HOUR)).otherwise[0]).to.contain('--schedule');
  });

  it('keeps Exchange within what HealthChecker wants, or says that it warns', () => {
    const within = advise('exchange-2013plus-message', exactWindow(300, 4 * HOUR)).remedy;
    expect(within).to.include({ value: '00:02:40', needed: false });
    expect(within?.landsSeconds).to.deep.equal([320, 320]);
    const above = advise('exchange-2013plus-message', exactWindow(900, 4 * HOUR), true).remedy;
    expect(above?.value).to.equal('00:15:10');
    expect(above?.price).to.contain("Microsoft's HealthChecker warns of more than 00:05:00");
    expect(within?.price).not.to.contain('HealthChecker');
  });

  it('changes as little as it can', () => {
    // 70 s would land by its second retry, 210 s is nearer to the default of 20 min.
    expect(advise('kumomta', exactWindow(180, 300)).remedy).to.include({ value: '3m30s' });
    expect(advise('kumomta', exactWindow(180, 300)).remedy?.landsSeconds).to.deep.equal([204, 216]);
  });

  it('is marked as needed where mail would not arrive', () => {
    const { remedy } = advise('james-sample', exactWindow(1500, 4 * HOUR));
    expect(remedy?.needed).to.equal(true);
    expect(remedy?.landsSeconds?.[0]).to.be.within(1510, 4 * HOUR - 10);
  });

  it('is left out where the sender cannot be set; then other ways are named', () => {
    const advice = advise('gravityzone-email', exactWindow(1500, 1510));
    expect(advice.remedy).to.equal(null);
    expect(advice.otherwise.join(' ')).to.contain('SPF');
  });

  it('says what else helps where no value of the setting lands', () => {
    const advice = advise('iis-smtp', exactWindow(1500, 1560));
    expect(advice.remedy).to.equal(null);
    expect(advice.otherwise[0]).to.contain('No value of First retry interval');
    expect(advice.otherwise.join(' ')).to.contain('exempt');
  });

  it('scans the queue more often only where the present scan steps over the window', () => {
    const narrow = advise('postfix', exactWindow(300, 360)).remedy;
    expect(narrow?.paste).to.deep.equal([
      "postconf -e 'minimal_backoff_time = 310s'",
      "postconf -e 'queue_run_delay = 30s'",
      'postfix reload',
    ]);
    expect(narrow?.landsSeconds).to.deep.equal([311, 340]);
    expect(narrow?.price).to.contain(
      'The first retry of all mail then comes after 5 min 40 s instead of 10 min.',
    );
  });

  it('raises the longest wait of Postfix with the shortest', () => {
    expect(advise('mailcow', exactWindow(HOUR, 4 * HOUR), true).remedy?.paste).to.include(
      'maximal_backoff_time = 3660s',
    );
  });

  it('tells when mail goes back sooner for it, and not where it does not', () => {
    expect(advise('maddy', exactWindow(300, 48 * HOUR)).remedy?.price).to.contain(
      'Mail then goes back after 22 h 44 min instead of 2 d 18 h.',
    );
    expect(advise('zonemta', exactWindow(180, 300)).remedy?.price).to.equal(
      'Holds for all mail to all destinations. The first retry of all mail then comes after 3 min 10 s instead of 5 min.',
    );
    const hmail = advise('hmailserver', exactWindow(300, 48 * HOUR)).remedy;
    expect(hmail?.paste).to.include.members(['QuickRetries=1', 'QuickRetriesMinutes=6']);
    expect(hmail?.price).not.to.contain('goes back');
  });

  it('writes what each product can read', () => {
    const paste = (id: string, opens: number, closes: number): string =>
      advise(id, exactWindow(opens, closes)).remedy?.paste.join('\n') ?? '';
    expect(paste('stalwart-0.12', 3 * HOUR, 3.5 * HOUR)).to.equal(
      '[queue.schedule]\nretry = "[2m, 5m, 10m, 15m, 30m, 1h, 58m10s, 2h]"',
    );
    expect(paste('stalwart-0.13', 3 * HOUR, 3.5 * HOUR)).to.contain(
      '[queue.schedule.remote]\nretry = ["2m", "5m", "10m", "15m", "30m", "1h", "58m10s", "2h"]',
    );
    expect(paste('haraka', 1_200, 1_800)).to.contain(
      'temp_fail_intervals=64s, 128s, 256s, 512s, 250s, 1024s, 2048s, ',
    );
    expect(paste('zonemta', 180, 300)).to.contain(
      'deferTimes = [\n  190000, 300000, 420000, 480000, 1500000, 4500000, 7200000, 14400000,\n',
    );
    expect(paste('exim-debian-q30m', 300, 48 * HOUR)).to.contain(
      'example.org  *  F,2h,5m10s; G,16h,1h,1.5; F,4d,6h',
    );
    expect(paste('exchange-2013plus-message', 300, 48 * HOUR)).to.contain(
      'Set-TransportService $env:COMPUTERNAME -MessageRetryInterval 00:02:40',
    );
    // Windows PowerShell has no &&.
    for (const { remedy } of SENDERS)
      expect(JSON.stringify(remedy?.paste ?? '')).not.to.contain('&&');
  });

  it('puts only a plain name into lines to paste', () => {
    const sender = SENDERS.find(({ id }) => id === 'kumomta');
    if (sender === undefined) throw new Error('kumomta');
    const lines = (domain: string): string =>
      adviseSender(sender, exactWindow(HOUR, 90 * 60), { domain })?.remedy?.paste.join('\n') ?? '';
    expect(lines('mail.example.net')).to.contain("domain == 'mail.example.net'");
    for (const hostile of ["x' os.exit() '", 'a\nb', '', '[192.0.2.1]', '-x']) {
      expect(lines(hostile)).to.contain("domain == 'example.org'");
    }
  });

  it('writes durations for Go without days', () => {
    expect(advise('maddy', exactWindow(30 * HOUR, 31 * HOUR), true).remedy?.paste).to.include(
      'initial_retry_time 30h1m',
    );
  });

  it('has no wait for Exim that Exim would cut', () => {
    for (const id of ['exim', 'exim-debian-q30m']) {
      for (const hours of [30, 50]) {
        const { remedy } = advise(id, exactWindow(hours * HOUR, (hours + 1) * HOUR));
        expect(remedy?.value ?? '', id).not.to.match(/F,2h,\d+d/u);
      }
    }
  });

  it('lets no later retry of Exim land whose time rests on how long each try takes', () => {
    // 5 tries of 62 s each would land, if each took 2 s.
    expect(advise('exim', exactWindow(300, 330)).remedy).to.equal(null);
    const { remedy } = advise('exim', exactWindow(300, 430));
    expect(remedy?.value).to.equal('F,2h,5m10s; G,16h,1h,1.5; F,4d,6h');
    expect(remedy?.landsSeconds).to.deep.equal([312, 371]);
    expect(remedy?.price).to.contain('A queue runner must start at least every 1m (-q).');
  });

  it('keeps to the range that is documented', () => {
    const { remedy } = advise('exchange-2013plus-message', exactWindow(100_000, 300_000));
    expect(remedy?.value ?? '00:00:01').not.to.match(/^1\.0[1-9]/u);
  });

  it('always lands, within a window that has room for it', () => {
    for (const [opens, closes] of [
      [20, 3_600],
      [300, 172_800],
      [850, 90_000],
      [1_500, 14_400],
      [3_600, 14_400],
      [3_600, 5_400],
    ] as const) {
      for (const { id } of SENDERS) {
        const { remedy } = advise(id, exactWindow(opens, closes));
        if (remedy?.landsSeconds == null) continue;
        expect(remedy.landsSeconds[0], id).to.be.at.least(opens + 10);
        for (const line of remedy.paste) {
          expect(line, id).not.to.match(/\{\w+\}/u);
          if (id !== 'haraka') expect(line.length, line).to.be.at.most(74);
        }
      }
    }
  });
});

describe('buildAdvice', () => {
  it('is what its schema says, for every sender', () => {
    for (const restartsTimer of [false, true]) {
      const advice = buildAdvice(exactWindow(300, 172_800), { senders: SENDERS, restartsTimer });
      expect(v.parse(AdviceSchema, JSON.parse(JSON.stringify(advice)))).to.deep.equal(advice);
      expect(advice.senders).to.have.length(SENDERS.length);
    }
  });

  it('says that an unseen closing edge is assumed', () => {
    const { assumptions } = buildAdvice({
      opens: { afterSeconds: 290, bySeconds: 300 },
      closes: { afterSeconds: 300, bySeconds: null },
    });
    expect(assumptions[0]).to.contain('24 h');
  });

  it('has nothing to say before a retry was accepted', () => {
    const unknown = { afterSeconds: null, bySeconds: null };
    const advice = buildAdvice({ opens: unknown, closes: unknown });
    expect(advice.senders).to.deep.equal([]);
    expect(advice.exchange2003.glitchRetrySeconds).to.equal(null);
  });

  it('has an answer for any window', () => {
    const seconds = fc.oneof(
      fc.integer({ min: 0, max: 5_000 }),
      fc.integer({ min: 0, max: 400_000_000 }),
      fc.double({ min: 0, max: 100_000, noNaN: true }),
    );
    fc.assert(
      fc.property(seconds, seconds, fc.boolean(), (a, b, restartsTimer) => {
        const window = exactWindow(Math.min(a, b), Math.max(a, b));
        for (const { verdict, earliestSeconds, latestSeconds, missChance } of buildAdvice(window, {
          senders: SENDERS,
          restartsTimer,
        }).senders) {
          if (verdict === 'lands') {
            expect(missChance).to.equal(0);
            expect(earliestSeconds).to.be.at.most(latestSeconds ?? -1);
            expect(earliestSeconds).to.be.at.least(Math.min(a, b));
          }
          if (verdict === 'never-lands') expect(earliestSeconds).to.equal(null);
        }
      }),
      { numRuns: 40, seed: 20261130 },
    );
  });

  it('is quick enough for every sender at once', () => {
    const before = process.hrtime.bigint();
    buildAdvice(exactWindow(300, 172_800), { senders: SENDERS });
    expect(Number(process.hrtime.bigint() - before) / 1e9).to.be.lessThan(5);
  });
});

describe('worstFirst', () => {
  it('goes by verdict, then by the latest arrival, then by id', () => {
    const one = adviseSender(senderOfSchedule('1m'), exactWindow(30, 300));
    if (one === null) throw new Error('no advice');
    const of = (
      id: string,
      verdict: SenderAdvice['verdict'],
      latestSeconds: number | null,
      surelyBySeconds: number | null = null,
    ): SenderAdvice => ({ ...one, id, verdict, latestSeconds, surelyBySeconds });
    const mixed = [
      of('h', 'unknown', null),
      of('f', 'lands', 500, 100),
      of('e', 'lands', 200, 900),
      of('d', 'may-miss', null),
      of('c', 'may-miss', 5),
      of('b', 'never-lands', null),
      of('g', 'lands', 400, 100),
      of('a', 'gives-up-first', null),
    ];
    expect(
      worstFirst(mixed)
        .map(({ id }) => id)
        .join(''),
    ).to.equal('abcdefgh');
    expect(mixed[0]?.id).to.equal('h');
  });

  it('begins with what never arrives and ends with what is not known', () => {
    const { senders } = buildAdvice(exactWindow(1500, 14_400), { senders: SENDERS });
    const verdicts = worstFirst(senders).map(({ verdict }) => verdict);
    expect(['never-lands', 'gives-up-first']).to.include(verdicts[0]);
    expect(verdicts.at(-1)).to.equal('unknown');
    const delays = worstFirst(senders).flatMap(({ verdict, surelyBySeconds }) =>
      verdict === 'lands' ? [surelyBySeconds ?? 0] : [],
    );
    expect(delays).to.deep.equal([...delays].sort((a, b) => b - a));
  });
});

describe('remedyForDestination', () => {
  it('is the remedy of the whole advice where that is for the destination alone', () => {
    const found = new Set<string>();
    for (const sender of SENDERS) {
      for (const window of [exactWindow(300, HOUR), exactWindow(60, 800)]) {
        const domain = 'partner.example';
        const whole = adviseSender(sender, window, { domain })?.remedy ?? null;
        const alone = remedyForDestination(sender, window, domain);
        expect(alone, sender.id).to.deep.equal(whole?.scope === 'destination' ? whole : null);
        if (alone !== null) found.add(sender.id);
      }
    }
    expect([...found]).to.include.members(['exim', 'kumomta', 'sendmail-q30m']);
  });
});

describe('parseWindow and windowFromEdges', () => {
  it('read a window', () => {
    expect(parseWindow('300s..48h')).to.deep.equal(exactWindow(300, 172_800));
    // Plain numbers are seconds, as in the results of probes.
    expect(parseWindow('300..7200')).to.deep.equal(exactWindow(300, 7_200));
    expect(
      windowFromEdges({ opensAfter: '4m', opensBy: '5m', closesAfter: null, closesBy: null }),
    ).to.deep.equal({
      opens: { afterSeconds: 240, bySeconds: 300 },
      closes: { afterSeconds: null, bySeconds: null },
    });
  });

  for (const text of [
    '',
    '5m',
    '5m..',
    '..5m',
    '5m..10m..15m',
    '10m..5m',
    '7200..300',
    '5m-10m',
    '-5..10',
    '5x..10',
  ]) {
    it(`refuse "${text}"`, () => {
      expect(() => parseWindow(text)).to.throw();
    });
  }

  it('refuse edges in the wrong order', () => {
    const edges = { opensAfter: '6m', opensBy: '5m', closesAfter: null, closesBy: null };
    expect(() => windowFromEdges(edges)).to.throw(/wrong side/u);
  });
});
