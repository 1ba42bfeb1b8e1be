import { expect } from 'chai';
import { findingsOf } from '../../../support/observe/observed-truth.js';

/*
 * What logs do to those who read them. Each log here is a few lines of Postfix; `min:sec` are those of
 * 10 o'clock on a day in May.
 */

const GREY =
  '450 4.2.0 <u@org.example>: Recipient address rejected: Greylisted, see http://postgrey.example';

interface Delivery {
  readonly id?: string;
  readonly to?: string;
  readonly host?: string;
  readonly address?: string;
  readonly delay?: number;
  readonly more?: string;
  readonly program?: string;
}

function line(time: string, words: string, program = 'postfix/smtp'): string {
  return `May  4 10:${time} mail ${program}[7]: ${words}`;
}

function active(time: string, id = '4ABC1', sender = 'a@ours.example'): string {
  return line(time, `${id}: from=<${sender}>, size=1, nrcpt=1 (queue active)`, 'postfix/qmgr');
}

function delivery(time: string, status: string, given: Delivery = {}): string {
  const {
    id = '4ABC1',
    to = 'u@org.example',
    host = 'mx.org.example',
    address = '192.0.2.9',
  } = given;
  const { delay = 1, more = '' } = given;
  const relay = `${host}[${address}]:25`;
  const fields = `to=<${to}>, relay=${relay}, delay=${delay}, delays=${delay - 0.2}/0/0.1/0.1,${more} dsn=4.0.0`;
  return line(time, `${id}: ${fields}, status=${status}`, given.program);
}

function said(reply: string, { host = 'mx.org.example', address = '192.0.2.9' } = {}): string {
  return `host ${host}[${address}] said: ${reply} (in reply to RCPT TO command)`;
}

const deferred = (time: string, delay: number, given: Delivery = {}, reply = GREY) =>
  delivery(time, `deferred (${said(reply, given)})`, { ...given, delay });
const sent = (time: string, delay: number, given: Delivery = {}) =>
  delivery(time, 'sent (250 2.0.0 Ok)', { ...given, delay });

const read = async (lines: readonly string[]) => findingsOf([`${lines.join('\n')}\n`]);

/** Refused at 0 s, passed at 310 s. */
const PLAIN = [active('00:00'), deferred('00:01', 1), active('05:10'), sent('05:11', 311)];

describe('traps of logs', () => {
  it('none: a window from above', async () => {
    const { hosts } = await read(PLAIN);
    expect(hosts).length(1);
    expect(hosts[0]).deep.include({ host: 'mx.org.example', refused: 1, waitedSeconds: 310 });
    expect(hosts[0]?.opens).deep.equal({ afterSeconds: null, bySeconds: 312 });
  });

  it('an id that is used again, although `removed` was lost', async () => {
    const again = [active('00:00'), deferred('00:01', 1), active('20:00'), deferred('20:01', 1)];
    const { hosts } = await read([...again, active('26:00'), sent('26:01', 361)]);
    expect(hosts[0]?.waitedSeconds).equal(360);
    expect(hosts[0]?.opens.afterSeconds).equal(null);
  });

  it('`removed` before the delivery that was the reason', async () => {
    const removed = line('05:11', '4ABC1: removed', 'postfix/qmgr');
    const { hosts } = await read([...PLAIN.slice(0, 3), removed, ...PLAIN.slice(3)]);
    expect(hosts[0]?.passes).equal(1);
  });

  it('a log that begins in the middle: the first try was before it', async () => {
    const { hosts } = await read([
      active('05:00'),
      deferred('05:01', 301),
      active('10:00'),
      sent('10:01', 601),
    ]);
    expect(hosts[0]?.opens.bySeconds).greaterThan(599);
  });

  it('a log that begins in the middle: how often the mail was refused is not known', async () => {
    // A delay that doubles at each early try was 20 min, and is 80 min after the two tries before the log.
    const { hosts } = await read([
      active('00:00'),
      deferred('00:01', 1200),
      active('50:00'),
      deferred('50:01', 4200),
    ]);
    expect(hosts[0]?.opens.afterSeconds).equal(null);
  });

  it('a log that begins behind the sender shows no window', async () => {
    const { hosts } = await read([PLAIN[1] ?? '', PLAIN[3] ?? '']);
    expect(hosts[0]?.opens.bySeconds).equal(null);
  });

  it('two recipients at two hosts', async () => {
    const other = { to: 'v@net.example', host: 'mx.net.example', address: '192.0.2.10' };
    const { hosts } = await read([
      ...PLAIN.slice(0, 2),
      sent('00:02', 2, other),
      ...PLAIN.slice(2),
    ]);
    expect(hosts.map(({ host }) => host)).deep.equal(['mx.org.example']);
  });

  it('a first host that refuses and a second one that accepts: no pass of the first', async () => {
    const second = { host: 'mx2.org.example', address: '192.0.2.10' };
    const first = line('00:01', `4ABC1: ${said(GREY)}`);
    const { hosts } = await read([active('00:00'), first, sent('00:02', 2, second)]);
    expect(hosts).length(1);
    expect(hosts[0]).deep.include({ host: 'mx.org.example', passes: 0 });
    expect(hosts[0]?.opens.bySeconds).equal(null);
  });

  it('a first host that refuses one recipient and takes the other: each line for its own', async () => {
    // The line of the refusal names nobody; the one who was accepted by that host was not refused there.
    const other = { to: 'v@org.example' };
    const second = { host: 'mx2.org.example', address: '192.0.2.10' };
    const { hosts } = await read([
      active('00:00'),
      line('00:01', `4ABC1: ${said('450 4.2.0 Greylisted')}`),
      sent('00:01', 1, other),
      deferred('00:02', 2, second),
      active('05:10'),
      sent('05:11', 311),
    ]);
    const first = hosts.find(({ host }) => host === 'mx.org.example');
    expect(first).deep.include({ refused: 1, passes: 1 });
    expect(first?.opens.bySeconds ?? 310).least(310);
  });

  it('a first host that refuses two recipients: both were refused there', async () => {
    const second = { host: 'mx2.org.example', address: '192.0.2.10' };
    const { hosts } = await read([
      active('00:00'),
      line('00:01', `4ABC1: ${said('450 4.2.0 Greylisted')}`),
      line('00:01', `4ABC1: ${said('450 4.2.0 Greylisted')}`),
      sent('00:02', 2, second),
      sent('00:02', 2, { ...second, to: 'v@org.example' }),
    ]);
    expect(hosts.map(({ host, refused }) => `${host} ${refused}`)).deep.equal(['mx.org.example 2']);
  });

  it('a suspended delivery is no contact', async () => {
    const suspended = delivery(
      '02:00',
      `deferred (delivery temporarily suspended: ${said(GREY)})`,
      {
        program: 'postfix/error',
        delay: 120,
      },
    );
    const { hosts } = await read([...PLAIN.slice(0, 2), suspended, ...PLAIN.slice(2)]);
    expect(hosts[0]?.opens).deep.equal({ afterSeconds: null, bySeconds: 312 });
  });

  it('a host that will not talk is late for another reason', async () => {
    const busy =
      'host mx.org.example[192.0.2.9] refused to talk to me: 421 4.7.0 Too many connections';
    const { hosts, late } = await read([
      active('00:00'),
      delivery('00:01', `deferred (${busy})`),
      active('05:00'),
      sent('05:01', 301),
    ]);
    expect(hosts).deep.equal([]);
    expect(late[0]?.refusals).deep.equal([{ class: 'too-many-connections', count: 1 }]);
  });

  it('another refusal in between: the ages show nothing', async () => {
    const fault = deferred('02:00', 120, {}, '451 4.3.0 Temporary lookup failure');
    const { hosts } = await read([...PLAIN.slice(0, 2), active('01:59'), fault, ...PLAIN.slice(2)]);
    expect(hosts[0]?.opens).deep.equal({ afterSeconds: null, bySeconds: null });
  });

  it('fields that newer versions write, and priorities', async () => {
    const lines = PLAIN.map((one) => `<22>${one.replace(', dsn=', ', tls=none, dsn=')}`);
    expect((await read(lines)).hosts[0]?.opens.bySeconds).equal(312);
  });

  it('replies that look like the rest of the line', async () => {
    const spoofed = `${GREY}, status=sent (250 ok) to=<v@evil.example>, relay=mx.evil.example[203.0.113.1]:25 said: 250 ok`;
    const { hosts, late, mailHosts, messages } = await read([
      active('00:00'),
      deferred('00:01', 1, {}, spoofed),
      ...PLAIN.slice(2),
    ]);
    expect([...hosts, ...late].map(({ host }) => host)).deep.equal(['mx.org.example']);
    expect({ mailHosts, messages }).deep.equal({ mailHosts: 1, messages: 1 });
  });

  it('lines of 64 KiB and more, and control characters', async () => {
    const long = deferred('00:01', 1, {}, `450 4.2.0 Greylisted ${'x'.repeat(100_000)}`);
    const odd = deferred('00:02', 2, {}, '450 4.2.0 Greylisted \x1b[2J\x00\u202e');
    const { hosts } = await read([active('00:00'), long, odd, ...PLAIN.slice(2)]);
    expect(hosts).length(1);
  });

  it('a year that ends, and files in the wrong order', async () => {
    const of = (when: string, words: readonly string[]) =>
      `${words.map((one) => one.replace('May  4 10', when)).join('\n')}\n`;
    const december = of('Dec 31 23', [active('58:00'), deferred('58:01', 1)]);
    const january = of('Jan  1 00', [active('03:10'), sent('03:11', 311)]);
    const { hosts, from, to } = await findingsOf([january, december]);
    expect(hosts[0]?.opens.bySeconds).equal(312);
    expect((to ?? 0) - (from ?? 0)).equal(310);
  });

  it('the end of summer time while mail waits', async () => {
    const before = PLAIN.slice(0, 2).map((one) => one.replace('May  4 10:0', 'Oct 25 02:5'));
    const after = PLAIN.slice(2).map((one) => one.replace('May  4 10:05', 'Oct 25 02:00'));
    const { hosts } = await read([
      ...before,
      ...after.map((one) => one.replace('delay=311', 'delay=609')),
    ]);
    expect(hosts[0]?.waitedSeconds).equal(608);
    expect(hosts[0]?.opens.bySeconds).equal(610);
  });

  it('both kinds of stamps in one file', async () => {
    const iso = PLAIN.slice(2).map((one) => one.replace(/^May {2}4 (\S+)/, '2026-05-04T$1+00:00'));
    expect((await read([...PLAIN.slice(0, 2), ...iso])).hosts[0]?.opens.bySeconds).equal(312);
  });

  it('a tuple that another message of the same sender let in before', async () => {
    const second = { id: '4ABC2' };
    const { hosts } = await read([
      ...PLAIN.slice(0, 2),
      active('05:00', '4ABC2'),
      deferred('05:01', 1, second),
      ...PLAIN.slice(2),
      active('06:00', '4ABC2'),
      sent('06:01', 61, second),
    ]);
    expect(hosts[0]?.opens.bySeconds).equal(312);
  });

  it('two machines with two addresses are two senders', async () => {
    const out2 = PLAIN.map((one) => one.replace('postfix/', 'postfix-out2/'));
    const { hosts, sources } = await read([
      ...PLAIN.slice(0, 2),
      ...out2.slice(0, 2),
      ...PLAIN.slice(2),
      ...out2.slice(2),
    ]);
    expect(sources).equal(2);
    expect(hosts[0]?.refused).equal(2);
  });

  it('mail that was given up', async () => {
    const expired = line(
      '40:00',
      '4ABC1: from=<a@ours.example>, status=expired, returned to sender',
      'postfix/qmgr',
    );
    const { hosts } = await read([...PLAIN.slice(0, 2), expired]);
    expect(hosts[0]?.lost).equal(1);
  });

  /** Exim in local time, which is 5 hours behind UTC; the ids are those of 14:00:00, 14:30:00 and so on. */
  const exim = (day: string, time: string, id: string, words: string) =>
    `2026-${day} ${time} ${id} ${words}`;
  const greyBy = (to: string) =>
    `== ${to} R=dnslookup T=smtp defer (-44) H=mx.org.example [192.0.2.9]: SMTP error from remote mail server after RCPT TO:<${to}>: 450 4.2.0 Greylisted`;
  const took = (to: string) =>
    `=> ${to} R=dnslookup T=smtp H=mx.org.example [192.0.2.9] C="250 Ok"`;
  const idAt = (utc: string) => {
    const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    let left = Date.parse(utc) / 1000;
    let word = '';
    for (let n = 0; n < 6; n += 1) {
      word = `${digits[left % 62]}${word}`;
      left = Math.floor(left / 62);
    }
    return `${word}-000001-Ab`;
  };

  it('local times, and a file that begins before any message came in: the zone is known all the same', async () => {
    const [id, other] = [idAt('2026-05-04T14:00:00Z'), idAt('2026-05-04T14:31:00Z')];
    const first = [
      exim('05-04', '09:00:00', id, '<= a@ours.example H=app [10.0.0.5] P=esmtp S=9'),
      exim('05-04', '09:00:01', id, greyBy('u@org.example')),
    ];
    const next = [
      exim(
        '05-04',
        '09:30:01',
        id,
        '=> u@org.example R=dnslookup T=smtp H=mx.org.example [192.0.2.9]',
      ),
      exim('05-04', '09:31:00', other, '<= a@ours.example H=app [10.0.0.5] P=esmtp S=9'),
    ];
    const { hosts } = await findingsOf([`${first.join('\n')}\n`, `${next.join('\n')}\n`]);
    expect(hosts[0]?.opens.bySeconds).within(1800, 1815);
    expect(hosts[0]?.waitedSeconds).equal(1800);
  });

  it('summer time that begins, in local times of Exim: no age that is an hour too long', async () => {
    // 02:00 becomes 03:00; the first line that dates the new zone comes after the second refusal.
    const [id, other] = [idAt('2026-03-29T00:50:00Z'), idAt('2026-03-29T01:25:00Z')];
    const { hosts } = await read([
      exim('03-29', '01:50:00', id, '<= a@ours.example H=app [10.0.0.5] P=esmtp S=9'),
      exim('03-29', '01:50:01', id, greyBy('u@org.example')),
      exim('03-29', '03:20:00', id, greyBy('u@org.example')),
      exim('03-29', '03:25:00', other, '<= b@ours.example H=app [10.0.0.5] P=esmtp S=9'),
      exim('03-29', '03:55:00', id, took('u@org.example')),
    ]);
    // Refused after 30 min, accepted after 65.
    expect(hosts[0]?.opens.afterSeconds ?? 0).most(1800);
    expect(hosts[0]?.opens.bySeconds ?? 3900).least(3899);
  });

  it('a sender that changes with each message', async () => {
    const many = Array.from({ length: 9 }, (_, n) => [
      active(`0${n}:00`, `4ABC${n}0`, `news+${n}@ours.example`),
      deferred(`0${n}:01`, 1, { id: `4ABC${n}0` }),
    ]).flat();
    expect((await read(many)).senders).deep.equal({ distinct: 9, withoutDigits: 1 });
  });

  it('two recipients of one message at one host: each is a tuple of its own', async () => {
    const other = { to: 'v@org.example' };
    const { hosts } = await read([
      ...PLAIN.slice(0, 2),
      deferred('00:02', 2, other),
      ...PLAIN.slice(2),
      sent('05:12', 312, other),
    ]);
    expect(hosts[0]).deep.include({ refused: 2, passes: 2, waitedSeconds: 620 });
    expect(hosts[0]?.opens.bySeconds).equal(312);
  });

  it('a relayhost: one mail host, whatever the domain', async () => {
    const provider = { host: 'smtp.provider.example', address: '203.0.113.9' };
    const lines = Array.from({ length: 60 }, (_, n) => {
      const id = `4ABD${n}`;
      const second = String(n).padStart(2, '0');
      const one = { ...provider, id, to: `u@d${n}.example` };
      return [active(`00:${second}`, id), sent(`00:${second}`, 1, one)];
    }).flat();
    const { hosts, mailHosts } = await read(lines);
    expect(hosts).deep.equal([]);
    expect(mailHosts).equal(1);
  });

  it('a host that moves to another address while mail waits: no pass of the old one', async () => {
    const moved = { address: '198.51.100.7' };
    const { hosts } = await read([...PLAIN.slice(0, 3), sent('05:11', 311, moved)]);
    expect(hosts).length(1);
    expect(hosts[0]).deep.include({ address: '192.0.2.9', passes: 0 });
    expect(hosts[0]?.opens).deep.equal({ afterSeconds: null, bySeconds: null });
  });

  /** Tuples of their own, refused at 0 s and so often after, then passed. They begin 400 s apart. */
  const tuples = (count: number, from: number, ages: readonly number[]): string[] =>
    Array.from({ length: count }, (_, n) => {
      const id = `4AC${from}${n}`;
      const at = (age: number) => {
        const seconds = (from + n) * 400 + age;
        return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
      };
      const given = { id, to: `u${from}${n}@org.example` };
      return ages.flatMap((age, index) => [
        active(at(age), id, `a${from}${n}@ours.example`),
        (index === ages.length - 1 ? sent : deferred)(at(age), age + 1, given),
      ]);
    }).flat();

  it('a delay that was changed in the middle: never an edge that neither had', async () => {
    // 60 s at first, 300 s then; the same age passed, and is refused now.
    const { hosts } = await read([...tuples(3, 0, [0, 100]), ...tuples(2, 3, [0, 100, 400])]);
    expect(hosts[0]).deep.include({ contradictory: true, changed: null });
    expect(hosts[0]?.opens).deep.equal({ afterSeconds: null, bySeconds: null });
  });

  it('a delay that was changed, where both parts of the log show theirs', async () => {
    const { hosts } = await read([
      ...tuples(3, 0, [0, 90]),
      ...tuples(2, 3, [0, 150, 300]),
      ...tuples(3, 5, [0, 300]),
    ]);
    const [host] = hosts;
    expect(host?.contradictory).equal(false);
    expect(host?.changed?.before.bySeconds).within(90, 93);
    expect(host?.opens.afterSeconds).within(147, 150);
    expect(host?.opens.bySeconds).within(300, 303);
  });

  it('equal bodies: a message that passes at once with one that waited bounds nothing', async () => {
    // rspamd knows the body; the second message was refused 20 s ago, and passes since the first one did.
    const second = { id: '4ABC2', to: 'v@org.example' };
    const { hosts } = await read([
      ...PLAIN.slice(0, 2),
      active('04:50', '4ABC2', 'b@ours.example'),
      deferred('04:51', 1, second),
      ...PLAIN.slice(2),
      active('05:11', '4ABC2', 'b@ours.example'),
      sent('05:12', 22, second),
    ]);
    expect(hosts[0]?.opens.bySeconds).equal(312);
  });

  it('a list that begins while tuples wait: who is let in by it bounds nothing, whoever else is refused', async () => {
    // The host lists a sender domain after its first pass: b gets in after 40 s, since a did.
    const of = (id: string) => ({ id, to: `u${id}@org.example` });
    const { hosts } = await read([
      ...PLAIN.slice(0, 2),
      active('04:40', '4ABC2', 'b@ours.example'),
      deferred('04:41', 1, of('4ABC2')),
      ...PLAIN.slice(2),
      active('05:20', '4ABC2', 'b@ours.example'),
      sent('05:21', 41, of('4ABC2')),
      active('05:30', '4ABC3', 'c@other.example'),
      deferred('05:31', 1, of('4ABC3')),
      active('06:00', '4ABC4', 'd@ours.example'),
      sent('06:01', 1, of('4ABC4')),
    ]);
    expect(hosts[0]?.opens.bySeconds).equal(312);
  });

  it('scores: new mail that gets in at once between mail that waits is no pass', async () => {
    const good = { id: '4ABC3', to: 'w@org.example' };
    const { hosts } = await read([
      ...PLAIN.slice(0, 2),
      active('02:00', '4ABC3', 'c@ours.example'),
      sent('02:01', 1, good),
      ...PLAIN.slice(2),
    ]);
    expect(hosts[0]).deep.include({ firstContacts: 2, refused: 1 });
    expect(hosts[0]?.opens.bySeconds ?? 312).equal(312);
  });

  it('a clock that is set back while mail waits: its ages show nothing', async () => {
    const { hosts } = await read([
      active('10:00'),
      deferred('10:01', 1),
      active('02:10'),
      sent('02:11', 111),
    ]);
    expect(hosts[0]?.opens).deep.equal({ afterSeconds: null, bySeconds: null });
  });

  it('summer time that begins while mail waits, where only stamps tell: an hour less', async () => {
    // Neither line has a `delay=`: 60 s lie between 01:59:30 and 03:00:30.
    const of = (when: string, line: string) => line.replace('May  4 10:00', when);
    const first = line('00:30', `4ABC1: ${said(GREY)}`);
    const { hosts } = await read([
      of('Mar 29 01:59', active('00:00')),
      of('Mar 29 01:59', first),
      of('Mar 29 01:59', deferred('00:31', 1, { host: 'mx2.org.example', address: '192.0.2.10' })),
      of('Mar 29 03:00', active('00:30')),
      of('Mar 29 03:00', first),
      of('Mar 29 03:00', deferred('00:31', 61, { host: 'mx2.org.example', address: '192.0.2.10' })),
    ]);
    for (const { opens } of hosts) expect(opens.afterSeconds ?? 0).most(60);
  });
});

describe('the retries of a sender', () => {
  /** One message that is refused at 1 s and at each of these, and then gets in. */
  const message = (id: string, ...retries: readonly (readonly [time: string, delay: number])[]) => [
    active('00:00', id),
    deferred('00:01', 1, { id }),
    ...retries.flatMap(([time, delay], i) => [
      active(time, id),
      i === retries.length - 1 ? sent(time, delay, { id }) : deferred(time, delay, { id }),
    ]),
  ];
  const ids = ['4ABC1', '4ABC2', '4ABC3'];
  const retriesOf = async (lines: readonly string[]) => (await read(lines)).retries;

  it('are counted from its first try', async () => {
    const lines = ids.flatMap((id) => message(id, ['05:01', 301], ['15:11', 911]));
    expect(await retriesOf(lines)).to.deep.equal([
      { retry: 1, seen: 3, medianSeconds: 300, lowSeconds: 300, highSeconds: 300 },
      { retry: 2, seen: 3, medianSeconds: 610, lowSeconds: 610, highSeconds: 610 },
    ]);
  });

  it('leave out messages whose first try was before the log', async () => {
    const lines = ids.flatMap((id) => [deferred('05:01', 301, { id }), sent('15:11', 911, { id })]);
    expect(await retriesOf(lines)).to.deep.equal([]);
  });

  it('are no tries at the next host in the same run', async () => {
    const lines = ids.flatMap((id) => [
      deferred('00:01', 1, { id }),
      deferred('00:02', 2, { id, host: 'mx2.org.example', address: '192.0.2.10' }),
      sent('05:02', 302, { id }),
    ]);
    expect((await retriesOf(lines)).map(({ medianSeconds }) => medianSeconds)).to.deep.equal([300]);
  });

  it('leave out what waited for a host that did not answer', async () => {
    const silent = 'deferred (connect to mx.org.example[192.0.2.9]:25: Connection timed out)';
    const lines = ids.flatMap((id) => [
      deferred('00:01', 1, { id }),
      delivery('05:01', silent, { id, delay: 301 }),
      sent('15:11', 911, { id }),
    ]);
    expect(await retriesOf(lines)).to.deep.equal([]);
  });
});
