/*
 * Senders once more, written without the schedule code of the program: each is asked every second
 * whether it tries now, or whenever its queue is looked at. Independent on purpose, and slow.
 */

/** One mail in one sender's queue, for one phase of its scan. */
interface Agent {
  triesAt(second: number): boolean;
  /** The try that began at this second was refused. */
  refused(second: number): void;
  /** No try will follow. */
  readonly done: boolean;
}

export interface Model {
  readonly phases: number;
  /** The queue is looked at so often, in seconds; none is tried between. */
  readonly everySeconds: number;
  agent(): Agent;
}

/** Fixed offsets, then one more every so often. */
function list(offsets: readonly number[], thenEvery = 0, giveUp = Number.POSITIVE_INFINITY): Model {
  const due = new Set(offsets.filter((offset) => offset <= giveUp));
  const last = offsets.at(-1) ?? 0;
  const end = thenEvery > 0 ? giveUp : Math.min(giveUp, last);
  return {
    phases: 1,
    everySeconds: 1,
    agent: () => {
      let done = offsets.length === 0;
      return {
        triesAt: (second) => {
          if (second >= end) done = true;
          if (second > end) return false;
          if (second > last) return thenEvery > 0 && (second - last) % thenEvery === 0;
          return due.has(second);
        },
        refused: () => undefined,
        get done() {
          return done;
        },
      };
    },
  };
}

/** So long after the last try, at the next poll of the queue. */
function polled(wait: number, retries: number, poll: number): Model {
  return {
    phases: poll,
    everySeconds: poll,
    agent: () => {
      let due = wait;
      let left = retries;
      return {
        triesAt: (t) => t >= due,
        refused: (t) => {
          due = t + wait;
          left -= 1;
        },
        get done() {
          return left === 0;
        },
      };
    },
  };
}

function squares(unit: number, giveUp: number): Model {
  const offsets: number[] = [];
  for (let k = 1; unit * k * k <= giveUp; k++) offsets.push(unit * k * k);
  return list(offsets);
}

export function postfix(
  scan: number,
  minWait: number,
  maxWait: number,
  giveUp: number = 5 * 86_400,
): Model {
  return {
    phases: scan,
    everySeconds: scan,
    agent: () => {
      let busyUntil = 2;
      let wake = 0;
      let done = false;
      const defer = (end: number): void => {
        busyUntil = end;
        if (end - 2 > giveUp) done = true;
        wake = end + Math.min(Math.max(end, minWait), maxWait);
      };
      defer(2);
      return {
        triesAt: (t) => t >= busyUntil && wake - 1 <= t,
        refused: (t) => defer(t + 2),
        get done() {
          return done;
        },
      };
    },
  };
}

function sendmail(every: number): Model {
  return {
    phases: every,
    everySeconds: every,
    agent: () => ({
      triesAt: () => true,
      refused: () => undefined,
      done: false,
    }),
  };
}

function exim(runner: number): Model {
  return {
    phases: runner,
    everySeconds: runner,
    agent: () => {
      let lastTry = 2;
      let nextTry = 902;
      return {
        triesAt: (t) => t >= nextTry,
        refused: (t) => {
          const now = t + 2;
          const since = now - 2;
          const predicted = nextTry - lastTry;
          const actual = now - lastTry;
          const gap = Math.min(predicted, actual);
          let wait = 6 * 3600;
          if (since <= 7200) wait = 900;
          else if (since <= 57_600) wait = gap < 3600 ? 3600 : Math.trunc(gap * 1.5);
          lastTry = now;
          nextTry = now + wait;
        },
        done: false,
      };
    },
  };
}

const DAY = 86_400;

/** Offsets as the documents and the code of the senders give them. */
export const MODELS: Readonly<Record<string, Model>> = {
  'exchange-2003': list([60, 120, 180, 780, 1380, 1980], 900, 2 * DAY),
  'iis-smtp': list([900, 2700, 6300, 20_700], 14_400, 2 * DAY),
  'exchange-2007plus-queue-mailbox': list(
    [60, 120, 180, 240, 540, 840, 1140, 1440, 1740, 2040],
    600,
    2 * DAY,
  ),
  'exchange-2007plus-queue-edge': list(
    [60, 120, 180, 240, 840, 1440, 2040, 2640, 3240, 3840],
    1800,
    2 * DAY,
  ),
  'exchange-2010-message': list([60], 60, 2 * DAY),
  'exchange-2013plus-message': list([300], 300, 2 * DAY),
  postfix: postfix(300, 300, 4000),
  'postfix-pre-2.4': postfix(1000, 1000, 4000),
  zimbra: postfix(300, 300, 4000),
  mailcow: postfix(300, 300, 1800),
  exim: exim(1),
  'exim-debian-q30m': exim(1800),
  'sendmail-q30m': sendmail(1800),
  'sendmail-debian': sendmail(600),
  qmail: squares(400, 7 * DAY),
  opensmtpd: squares(400, 4 * DAY),
  courier: list([300, 600, 2400, 2700, 3000, 6600, 6900, 7200, 14_400, 14_700, 15_000, 22_200], 0),
  nullmailer: list([60, 180, 420, 900, 1860, 3780, 7620, 15_300, 30_660, 61_380]),
  haraka: list([64, 192, 448, 960, 1984, 4032, 8128, 16_320, 32_704, 65_472, 131_008, 262_080]),
  zonemta: list([300, 720, 1200, 2700, 7200, 14_400], 14_400, 172_800),
  stalwart: list([120, 420, 1020, 1920, 3720, 7320, 14_520, 100_920]),
  'stalwart-0.13': list([120, 420, 1020, 1920, 3720, 7320, 14_520], 7200, 3 * DAY),
  'stalwart-0.12': list([120, 420, 1020, 1920, 3720, 7320, 14_520], 7200, 5 * DAY),
  maddy: list([900, 1800, 2700, 3600, 5400, 8100, 10_800, 14_400, 18_900, 25_200, 33_300, 43_200]),
  postal: list([300, 690, 1197, 1856, 2713, 3827, 5275, 7157, 9604, 12_786, 16_922]),
  hmailserver: polled(3600, 4, 60),
  'james-sample': list([5, 105, 605]),
  'james-unset': list([21_600, 43_200, 64_800, 86_400, 108_000]),
  nodemailer: list([]),
  mailenable: list([900, 2700, 6300, 20_700], 14_400, 4 * DAY),
  securitygateway: list(
    [300, 600, 900, 1200, 1500, 1800, 2100, 2400, 2700, 3000, 3300, 3600],
    14_400,
    4 * DAY,
  ),
  'cisco-esa': list([60, 180, 420, 900, 1860, 3780, 7380], 3600, 3 * DAY),
  'sun-jes-mta': list([3600, 10_800, 18_000, 32_400, 46_800, 61_200], 28_800, 4 * DAY),
  mailgun: list([600, 1500, 3300, 6900, 14_100, 28_500]),
  spamexperts: list([900, 1800, 2700, 3600, 4500, 5400, 6300, 7200, 8100, 9450, 11_475, 14_512]),
  'gravityzone-email': list([1800, 3600, 5400, 7200, 9000, 10_800, 12_600, 14_400]),
  'zos-smtp': list([1200], 1200, 4 * DAY),
  'dma-debian': sendmail(300),
  'mimecast-outbound': list(
    [
      60, 360, 900, 1800, 3600, 7200, 10_800, 14_400, 18_000, 21_600, 25_200, 28_800, 32_400,
      36_000, 50_400, 64_800, 79_200, 93_600, 108_000,
    ],
    28_800,
    4 * DAY,
  ),
  sparkpost: list([1200, 3600, 8400, 18_000, 37_200, 75_600, 152_400]),
  momentum: list([1200, 3600, 8400, 18_000, 37_200, 75_600]),
  greenarrow: squares(400, 360_000),
  'proofpoint-essentials': list(
    [1, 61, 121, 181, 241, 301, 901, 1501, 2101, 3901, 5701, 9301, 12_901, 16_501],
    3600,
    92_101,
  ),
  'trend-micro-imsva': list([900, 2700], 3600, DAY),
  application: list([]),
  'web-gmail-2016': list([362, 1742, 3396, 5924, 9723, 13_784, 18_545, 26_086]),
  'web-yahoo-2016': list([127, 339, 778, 1636, 3313, 6575, 13_007, 25_836]),
  'web-hotmail-2016': list([61, 123, 184, 306, 487, 728, 970], 240, 21_731),
  'web-qq-2016': list([305, 311, 317, 379, 502, 745, 1229, 3151, 5075, 8682, 12_296]),
  'web-mailru-2016': list([78, 1155, 2954, 4789, 6800, 9258, 11_273, 14_120, 16_263, 18_350]),
  'web-yandex-2016': list([65, 178, 413, 895, 1828, 2741, 3661], 930, 22_161),
  'web-mailcom-2016': list([302, 757, 1439, 2463, 3998, 6301, 9755, 14_936, 22_708]),
  'web-gmx-2016': list([301, 753, 1430, 2446, 3969, 6254, 9682, 14_824, 22_536]),
  'web-aol-2016': list([332, 692, 1292, 1892]),
  'web-india-2016': list([381, 981, 2181, 4581, 8782, 12_981, 17_181, 21_381, 25_581]),
};

export interface Seen {
  readonly earliest: number | null;
  readonly latest: number | null;
  readonly missed: number;
  readonly phases: number;
}

interface Greylist {
  readonly opens: number;
  readonly closes: number;
  readonly restarts: boolean;
}

const LONGEST = 5 * DAY + 2_000;

/** Steps time by the second, or from one look at the queue to the next, for every phase until the mail passes or its sender is done. */
export function stepThrough(model: Model, greylist: Greylist): Seen {
  let earliest = Number.POSITIVE_INFINITY;
  let latest = Number.NEGATIVE_INFINITY;
  let missed = 0;
  for (let phase = 0; phase < model.phases; phase++) {
    const passed = passedAt(model, phase, greylist);
    if (passed === null) missed += 1;
    else {
      earliest = Math.min(earliest, passed);
      latest = Math.max(latest, passed);
    }
  }
  const any = missed < model.phases;
  return {
    earliest: any ? earliest : null,
    latest: any ? latest : null,
    missed,
    phases: model.phases,
  };
}

function passedAt(
  { everySeconds, agent: begin }: Model,
  phase: number,
  { opens, closes, restarts }: Greylist,
): number | null {
  const agent = begin();
  let firstSeen = 0;
  for (let t = phase || everySeconds; t <= LONGEST && !agent.done; t += everySeconds) {
    if (!agent.triesAt(t)) continue;
    const age = t - firstSeen;
    if (age >= opens && age <= closes) return t;
    if (age > closes || restarts) firstSeen = t;
    agent.refused(t);
  }
  return null;
}

/** A sender whose waits are drawn: the whole seconds that each can last. */
export interface ChanceModel {
  waits(tries: number, age: number, lastWait: number): readonly [number, number];
  readonly remembersWait: boolean;
  readonly giveUp: number;
  readonly mostTries: number;
}

export const CHANCE_MODELS: Readonly<Record<string, ChanceModel>> = {
  chasquid: {
    waits: (_, age) => {
      const wait = age < 60 ? 60 : age < 300 ? 300 : age < 600 ? 600 : 1200;
      return [wait, wait + 59];
    },
    remembersWait: false,
    giveUp: 72_000,
    mostTries: 1000,
  },
  mox: {
    waits: (tries) => [445 * 2 ** tries, 454 * 2 ** tries],
    remembersWait: false,
    giveUp: Number.POSITIVE_INFINITY,
    mostTries: 7,
  },
  'exchange-online': {
    waits: (tries) => (tries < 3 ? [60, 900] : [900, [1800, 2700].at(tries - 3) ?? 3600]),
    remembersWait: false,
    giveUp: DAY,
    mostTries: 1000,
  },
  kumomta: {
    waits: (tries) => [1200 * 2 ** tries - 30, 1200 * 2 ** tries + 30],
    remembersWait: false,
    giveUp: 7 * DAY,
    mostTries: 1000,
  },
  dma: {
    waits: (tries, _, lastWait) =>
      tries === 0
        ? [300, 300]
        : [
            Math.min(10_800, Math.ceil(1.5 * lastWait)),
            Math.min(10_800, Math.floor(2.5 * lastWait)),
          ],
    remembersWait: true,
    giveUp: 5 * DAY,
    mostTries: 1000,
  },
};

/**
 * Every second that can be reached, try by try, each from every second before. For windows that no
 * wait can step over, so that no try comes too late.
 */
export function everySecond(
  model: ChanceModel,
  { opens, closes, restarts }: Greylist,
): { earliest: number | null; latest: number | null } {
  let earliest = Number.POSITIVE_INFINITY;
  let latest = Number.NEGATIVE_INFINITY;
  // By second of the last try, which waits can have led there.
  let states = new Map<number, Uint8Array>([[0, new Uint8Array([1])]]);
  for (let tries = 0; tries < model.mostTries && states.size > 0; tries++) {
    const next = new Map<number, Uint8Array>();
    for (const [t, lastWaits] of states) {
      const firstSeen = restarts ? t : 0;
      lastWaits.forEach((reached, lastWait) => {
        if (reached === 0) return;
        const [shortest, longest] = model.waits(tries, t, lastWait);
        const last = Math.min(longest, model.giveUp - t);
        if (t + last - firstSeen > closes) throw new Error(`steps over the window from ${t}`);
        for (let wait = shortest; wait <= last; wait++) {
          const at = t + wait;
          if (at - firstSeen >= opens) {
            // From here to the longest wait all pass.
            earliest = Math.min(earliest, at);
            latest = Math.max(latest, t + last);
            break;
          }
          const waits = next.get(at) ?? new Uint8Array(model.remembersWait ? opens : 1);
          waits[model.remembersWait ? wait : 0] = 1;
          next.set(at, waits);
        }
      });
    }
    states = next;
  }
  return Number.isFinite(earliest) ? { earliest, latest } : { earliest: null, latest: null };
}
