import { type Landing, LandingTally, type LandingWindow } from './landing-tally.js';
import type { GiveUp, ScheduleOf } from './sender-schema.js';

/*
 * Landing of a schedule whose waits each are the one before times a random factor. Age and wait
 * depend on each other, so what is possible is followed as convex polygons in the plane of (age at
 * a try, wait before it): a step is linear in both for each factor, so it maps a convex polygon to
 * a convex one, whose corners come from the smallest and the largest factor.
 */

interface Point {
  readonly age: number;
  readonly wait: number;
}
type Polygon = readonly Point[];

interface Region {
  /** When the server began to count: earliest and latest. */
  readonly origin: readonly [number, number];
  readonly polygon: Polygon;
}

const MOST_TRIES = 20_000;
/** Beyond this many regions they are joined by their bounds, which can only widen the answer. */
const MOST_REGIONS = 128;

export function polygonLanding(
  schedule: ScheduleOf<'random-factor'>,
  giveUp: GiveUp,
  window: LandingWindow,
): Landing {
  const { firstSeconds } = schedule;
  const tally = new LandingTally(giveUp.seconds);
  let tried: readonly Region[] = [
    { origin: [0, 0], polygon: [{ age: firstSeconds, wait: firstSeconds }] },
  ];
  for (let retry = 1; retry <= MOST_TRIES && tried.length > 0; retry++) {
    const rest = tried.flatMap((region) =>
      held(madeInTime(region, giveUp, tally), window, retry, tally),
    );
    tried = joined(rest).flatMap((region) => steps(schedule, region));
  }
  for (const { origin, polygon } of tried) tally.missed(origin[1] + Math.floor(extent(polygon)[1]));
  return tally.resultByChance();
}

/**
 * The next try: one polygon of waits below the longest, one of waits cut to it.
 * Age 300, last wait 300, factor 1.5 to 2.5 -> ages 750 to 1050 with waits 450 to 750.
 */
function steps(schedule: ScheduleOf<'random-factor'>, { origin, polygon }: Region): Region[] {
  const { lowFactor, highFactor, maxSeconds } = schedule;
  const uncut = polygon.flatMap(({ age, wait }) =>
    [lowFactor, highFactor].map((factor) => ({ age: age + factor * wait, wait: factor * wait })),
  );
  const cut = clip(polygon, ({ wait }) => wait - maxSeconds / highFactor).map(({ age }) => ({
    age: age + maxSeconds,
    wait: maxSeconds,
  }));
  return [clip(hullOf(uncut), ({ wait }) => maxSeconds - wait), hullOf(cut)].map((part) => ({
    origin,
    polygon: part,
  }));
}

function madeInTime(region: Region, giveUp: GiveUp, tally: LandingTally): Region {
  const { seconds } = giveUp;
  if (seconds === null) return region;
  const { origin, polygon } = region;
  const kept = clip(polygon, ({ age }) => seconds - origin[0] - age);
  const [, latest] = extent(polygon);
  if (origin[1] + latest > seconds) {
    const previous = polygon.map(({ age, wait }) => origin[1] + age - wait);
    tally.missed(Math.round(Math.max(...previous)));
  }
  return { origin, polygon: kept };
}

/** Holds a try against the window: what lands is tallied, the rest goes on. */
function held(
  { origin, polygon }: Region,
  window: LandingWindow,
  retry: number,
  tally: LandingTally,
): Region[] {
  const opens = Math.ceil(window.opensSeconds);
  const closes = Math.floor(window.closesSeconds);
  // Where each refused try starts the wait again, the server's age is the sender's last wait.
  const counted = window.restartsTimer ? waitOf : ageOf;
  const notEarly = clip(polygon, (point) => counted(point) - opens);
  const lands = clip(notEarly, (point) => closes - counted(point));
  if (lands.length > 0) {
    const [first, last] = extent(lands);
    tally.landed(origin[0] + Math.ceil(first), origin[1] + Math.floor(last), retry);
  }
  const early = clip(polygon, (point) => opens - 1 - counted(point));
  const late = clip(polygon, (point) => counted(point) - closes - 1);
  const rest: Region[] = [];
  if (early.length > 0) rest.push({ origin, polygon: early });
  if (late.length > 0)
    rest.push(window.restartsTimer ? { origin, polygon: late } : anew(origin, late));
  return rest;
}

const ageOf = ({ age }: Point): number => age;
const waitOf = ({ wait }: Point): number => wait;

/** The server counts from this try; the sender remembers its last wait. */
function anew(origin: Region['origin'], polygon: Polygon): Region {
  const [first, last] = extent(polygon);
  const waits = polygon.map(({ wait }) => wait);
  return {
    origin: [origin[0] + Math.ceil(first), origin[1] + Math.floor(last)],
    polygon: hullOf([
      { age: 0, wait: Math.min(...waits) },
      { age: 0, wait: Math.max(...waits) },
    ]),
  };
}

function extent(polygon: Polygon): [number, number] {
  const ages = polygon.map(({ age }) => age);
  return [Math.min(...ages), Math.max(...ages)];
}

/** The part of a convex polygon in which `side`, a linear function, is not negative. */
function clip(polygon: Polygon, side: (point: Point) => number): Point[] {
  const kept: Point[] = [];
  polygon.forEach((point, i) => {
    const next = polygon[(i + 1) % polygon.length] ?? point;
    const [here, there] = [side(point), side(next)];
    if (here >= 0) kept.push(point);
    if (here * there < 0) {
      const share = here / (here - there);
      kept.push({
        age: point.age + share * (next.age - point.age),
        wait: point.wait + share * (next.wait - point.wait),
      });
    }
  });
  return kept;
}

/** Convex hull, in order around it, where both ends come twice (Andrew's monotone chain). */
function hullOf(points: readonly Point[]): Point[] {
  const sorted = points.toSorted((a, b) => a.age - b.age || a.wait - b.wait);
  return [...chain(sorted), ...chain(sorted.reverse())];
}

function chain(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    for (;;) {
      const [a, b] = kept.slice(-2);
      if (a === undefined || b === undefined || turn(a, b, point) > 0) break;
      kept.pop();
    }
    kept.push(point);
  }
  return kept;
}

function turn(a: Point, b: Point, c: Point): number {
  return (b.age - a.age) * (c.wait - a.wait) - (b.wait - a.wait) * (c.age - a.age);
}

function joined(regions: readonly Region[]): readonly Region[] {
  if (regions.length <= MOST_REGIONS) return regions;
  const points = regions.flatMap(({ polygon }) => polygon);
  return [
    {
      origin: [
        Math.min(...regions.map(({ origin }) => origin[0])),
        Math.max(...regions.map(({ origin }) => origin[1])),
      ],
      polygon: hullOf(points),
    },
  ];
}
