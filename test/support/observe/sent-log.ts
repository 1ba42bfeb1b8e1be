import {
  accepting,
  failing,
  GREYLIST_WORDS,
  Greylist,
  type GreylistOptions,
  greylisting,
  limiting,
  type SimulatedHost,
  withOutages,
} from './mail-host.js';
import { Chance } from './random.js';

/*
 * The log of a Postfix that never was, with the truth about the hosts that it sent to: mail of some days,
 * queue runs, retries, several recipients a message, two mail hosts a domain, ids that are used again,
 * instances beside each other, a clock that is set to winter time, a year that ends.
 */

export interface SentLog {
  /** Its files, oldest first. */
  readonly files: readonly string[];
  readonly hosts: readonly SimulatedHost[];
}

export interface SentLogOptions {
  readonly seed: number;
  readonly days: number;
  readonly messagesADay: number;
  /** Domains; each kind of host has its share. */
  readonly domains: number;
}

interface Job {
  readonly at: number;
  readonly message: Message;
}

interface Message {
  readonly id: string;
  readonly arrived: number;
  readonly sender: string;
  readonly instance: Instance;
  waiting: string[];
}

interface Instance {
  readonly name: string;
  readonly client: string;
  readonly phase: number;
}

interface Line {
  readonly at: number;
  readonly host: string;
  readonly words: string;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const RUN_SECONDS = 300;
const LIFETIME_SECONDS = 5 * 86_400;

export function sentLog(options: SentLogOptions): SentLog {
  return new SendingPostfix(options).run();
}

class SendingPostfix {
  readonly #options: SentLogOptions;
  readonly #chance: Chance;
  readonly #lines: Line[] = [];
  readonly #hosts: SimulatedHost[] = [];
  #made = 0;
  readonly #used = new Set<string>();
  readonly #mx = new Map<string, readonly SimulatedHost[]>();
  readonly #start: number;
  readonly #zoneChange: number;
  readonly #iso: boolean;
  readonly #retry: readonly [number, number];

  constructor(options: SentLogOptions) {
    this.#options = options;
    this.#chance = new Chance(options.seed);
    const chance = this.#chance;
    this.#iso = chance.often(0.3);
    // Some logs go over the new year, some over the end of summer time (2026-10-25 01:00 UTC).
    const over = chance.pick([
      '2026-12-31T23:00:00Z',
      '2026-10-25T01:00:00Z',
      '2026-06-15T12:00:00Z',
    ]);
    this.#start = Date.parse(over) / 1000 - (0.2 + 0.6 * chance.next()) * options.days * 86_400;
    this.#zoneChange = Date.parse('2026-10-25T01:00:00Z') / 1000;
    this.#retry = chance.pick([
      [300, 4000],
      [300, 4000],
      [60, 600],
      [600, 7200],
    ]);
    for (let n = 0; n < options.domains; n += 1) this.#addDomain(n);
  }

  run(): SentLog {
    const { days, messagesADay } = this.#options;
    const chance = this.#chance;
    const instances = this.#instances();
    const end = this.#start + days * 86_400;
    const arrivals: number[] = [];
    const senders = this.#senders();
    for (let at = this.#start; at < end; at += chance.wait(messagesADay / 86_400))
      arrivals.push(at);
    this.#work(arrivals, (at) => this.#message(at, senders, chance.pick(instances)), end);
    return { files: this.#files(), hosts: this.#hosts };
  }

  #message(arrived: number, senders: [string, ...string[]], instance: Instance): Message {
    const chance = this.#chance;
    this.#made += 1;
    const sender = chance.pick(senders).replace('%n', String(this.#made));
    const domain = `dom${Math.floor(this.#options.domains * chance.next() ** 1.7)}.example`;
    const users = 1 + (chance.often(0.15) ? chance.below(3) : 0);
    const waiting = Array.from({ length: users }, () =>
      chance.often(0.1)
        ? `u${chance.below(4)}@dom${chance.below(this.#options.domains)}.example`
        : `u${chance.below(5)}@${domain}`,
    );
    const id = this.#freeId(instance);
    return { id, arrived, sender, instance, waiting: [...new Set(waiting)] };
  }

  /** Of few ids, so that they are used again, one that no message has that waits. */
  #freeId({ name }: Instance): string {
    const used = this.#used;
    for (;;) {
      const id = `${(0xa0000 + this.#chance.below(600)).toString(16).toUpperCase()}F7`;
      const key = `${name} ${id}`;
      if (!used.has(key)) {
        used.add(key);
        return id;
      }
    }
  }

  #senders(): [string, ...string[]] {
    const domains = this.#chance.pick([['ours.example'], ['ours.example', 'second.example']]);
    const users = 1 + this.#chance.below(25);
    const named = Array.from({ length: users }, (_, n) => `s${n}@${domains[n % domains.length]}`);
    const changing = this.#chance.often(0.2) ? ['news+%n@ours.example'] : [];
    return ['info@ours.example', ...named, ...changing];
  }

  #instances(): [Instance, ...Instance[]] {
    const one = (name: string, client: string): Instance => ({
      name,
      client,
      phase: this.#chance.below(RUN_SECONDS),
    });
    const first = one('mail postfix', '192.0.2.1');
    if (this.#chance.often(0.5)) return [first];
    const name = this.#chance.pick(['mail postfix-out2', 'mail2 postfix']);
    return [first, one(name, '192.0.2.2')];
  }

  #addDomain(n: number): void {
    const chance = this.#chance;
    const name = `mx.dom${n}.example`;
    const address = `198.51.${100 + (n >> 8)}.${n & 255}`;
    const kind = chance.next();
    if (kind < 0.4) {
      const options = this.#greylistOptions();
      const list = new Greylist(options);
      const host = greylisting(name, address, list, chance);
      this.#hosts.push(host);
      if (!chance.often(0.3)) {
        this.#mx.set(`dom${n}.example`, [host]);
        return;
      }
      const second = `203.0.${100 + (n >> 8)}.${n & 255}`;
      const other = chance.often(0.5) ? list : new Greylist(options);
      const backup = greylisting(`mx2.dom${n}.example`, second, other, chance);
      this.#hosts.push(backup);
      this.#mx.set(`dom${n}.example`, [host, backup]);
      return;
    }
    const host =
      kind < 0.55
        ? failing(name, address, chance)
        : kind < 0.7
          ? withOutages(name, address, chance)
          : kind < 0.75
            ? limiting(name, address, chance)
            : accepting(name, address);
    this.#hosts.push(host);
    this.#mx.set(`dom${n}.example`, [host]);
  }

  #greylistOptions(): GreylistOptions {
    const chance = this.#chance;
    const delaySeconds = chance.pick([20, 60, 60, 180, 300, 300, 300, 600, 900, 1500, 1800, 3000]);
    return {
      delaySeconds,
      timer: chance.pick([
        'from-first',
        'from-first',
        'from-first',
        'from-first',
        'from-last',
        'penalty',
        'second-late-try',
      ]),
      key: chance.pick([
        'tuple',
        'tuple',
        'tuple',
        'tuple',
        'message',
        'sender',
        'recipient',
        'sender-domain',
        'client',
      ]),
      listsAfter: chance.pick([null, null, 1, 2, 5, 10]),
      listsBy: chance.pick(['client', 'sender-domain', 'sender']),
      closesSeconds: chance.pick([14_400, 86_400, 172_800]),
      knownSeconds: chance.pick([43_200, 86_400 * 7, 86_400 * 36]),
      wholeSeconds: chance.often(0.6),
      words: chance.pick(GREYLIST_WORDS),
      faults: chance.often(0.2) ? 0.02 : 0,
    };
  }

  /** All tries in the order of time; what is deferred comes again. */
  #work(arrivals: readonly number[], make: (at: number) => Message, end: number): void {
    const later: Job[] = [];
    let next = 0;
    for (;;) {
      const arrival = arrivals[next];
      const [again] = later;
      if (arrival === undefined && again === undefined) return;
      let job: Job | undefined;
      if (again === undefined || (arrival !== undefined && arrival < again.at)) {
        job = { at: arrival ?? 0, message: make(arrival ?? 0) };
        next += 1;
      } else job = later.shift();
      if (job === undefined || job.at > end) continue;
      const due = this.#deliver(job);
      if (due === null) {
        this.#used.delete(`${job.message.instance.name} ${job.message.id}`);
        continue;
      }
      const place = later.findIndex(({ at }) => at > due.at);
      later.splice(place < 0 ? later.length : place, 0, due);
    }
  }

  /** One run for a message; gives the next one, where something is left. */
  #deliver({ at, message }: Job): Job | null {
    const chance = this.#chance;
    const { id, sender, instance, arrived } = message;
    let now = at + 0.05 + 0.2 * chance.next();
    this.#log(now, instance, 'qmgr', `${id}: from=<${sender}>, size=4000, nrcpt=1 (queue active)`);
    const left: string[] = [];
    for (const recipient of message.waiting) {
      now += 0.1 + 2 * chance.next() ** 3;
      const { delivered, ended } = this.#send(now, recipient, message);
      if (!delivered) left.push(recipient);
      now = ended;
    }
    if (left.length === 0) {
      // Within the same second this may stand before the delivery that was the reason.
      const early = chance.often(0.05) ? -0.3 : 0.01;
      this.#log(now + early, instance, 'qmgr', `${id}: removed`);
      return null;
    }
    message.waiting = left;
    if (now - arrived > LIFETIME_SECONDS) {
      this.#log(
        now,
        instance,
        'qmgr',
        `${id}: from=<${sender}>, status=expired, returned to sender`,
      );
      return null;
    }
    const [least, most] = this.#retry;
    const due = now + Math.min(most, Math.max(least, now - arrived)) - 1;
    const run = Math.ceil((due - instance.phase) / RUN_SECONDS) * RUN_SECONDS + instance.phase;
    // Now and then somebody flushes the queue.
    return { at: chance.often(0.01) ? now + 5 + chance.below(200) : run + chance.next(), message };
  }

  #send(
    at: number,
    recipient: string,
    message: Message,
  ): { readonly delivered: boolean; readonly ended: number } {
    const { id, sender, instance, arrived } = message;
    const { client } = instance;
    const chance = this.#chance;
    const hosts = this.#mx.get(recipient.split('@')[1] ?? '') ?? [];
    let now = at;
    for (const [index, host] of hosts.entries()) {
      const began = now;
      const seen = began + 0.05 + 0.3 * chance.next();
      const answer = host.ask(seen, { client, sender, recipient, message: `${id}${arrived}` });
      now =
        answer === null ? began + 30 : seen + 0.02 + (chance.often(0.1) ? 4 * chance.next() : 0);
      const relay = `${host.name}[${host.address}]`;
      const delay = now - arrived;
      const delays = `${(began - arrived).toFixed(1)}/0.01/0.1/${(now - began).toFixed(2)}`;
      const tls = chance.often(0.3) ? ' tls=none,' : '';
      const to = `${id}: to=<${recipient}>, relay=${relay}:25, delay=${delayText(delay)}, delays=${delays},${tls}`;
      if (answer?.code === 250) {
        this.#log(now, instance, 'smtp', `${to} dsn=2.0.0, status=sent (250 ${answer.text})`);
        return { delivered: true, ended: now };
      }
      const isLast = index === hosts.length - 1;
      const said =
        answer === null
          ? `connect to ${relay}:25: Connection timed out`
          : `host ${relay} said: ${answer.code} ${answer.text} (in reply to RCPT TO command)`;
      if (isLast) {
        const where = answer === null ? to.replace(`${relay}:25`, 'none') : to;
        this.#log(now, instance, 'smtp', `${where} dsn=4.0.0, status=deferred (${said})`);
      } else if (answer !== null) this.#log(now, instance, 'smtp', `${id}: ${said}`);
    }
    return { delivered: false, ended: now };
  }

  #log(at: number, { name }: Instance, daemon: string, words: string): void {
    const [host = '', program = ''] = name.split(' ');
    this.#lines.push({ at, host, words: `${program}/${daemon}[77]: ${words}` });
  }

  /** Cut into days or so, the first of them lost now and then; each machine has its own. */
  #files(): readonly string[] {
    const chance = this.#chance;
    const lost = chance.often(0.5) ? this.#start + 86_400 * (0.3 + chance.next()) : this.#start;
    const part = 86_400 * (1 + chance.below(7)) + chance.below(7000);
    const files = new Map<string, string[]>();
    for (const line of this.#lines.sort(
      (a, b) => Math.floor(a.at) - Math.floor(b.at) || a.at - b.at,
    )) {
      if (line.at < lost) continue;
      const key = `${Math.floor((line.at - this.#start) / part)} ${line.host}`;
      const text = `${this.#stamp(line.at)} ${line.host} ${line.words}`;
      const file = files.get(key);
      if (file === undefined) files.set(key, [text]);
      else file.push(text);
    }
    return [...files.values()].map((lines) => `${lines.join('\n')}\n`);
  }

  #stamp(at: number): string {
    if (this.#iso) return new Date(at * 1000).toISOString().replace('Z', '+00:00');
    const local = new Date((at + (at < this.#zoneChange ? 7200 : 3600)) * 1000);
    const month = MONTHS[local.getUTCMonth()];
    const day = String(local.getUTCDate()).padStart(2, ' ');
    return `${month} ${day} ${local.toISOString().slice(11, 19)}`;
  }
}

/** As Postfix rounds it. */
function delayText(seconds: number): string {
  if (seconds >= 10) return String(Math.round(seconds));
  return seconds >= 1 ? seconds.toFixed(1) : seconds.toFixed(2);
}
