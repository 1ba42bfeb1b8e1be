import type { Redis } from 'ioredis';
import { hostKey, operatorOf } from '../../core/manners/ledger.js';
import { whomOf } from '../../core/manners/polite-dialer.js';
import type { Whom } from '../../model/ports/dialer.js';
import * as keys from './keys.js';
import type { Job, VisitAnswer } from './messages.js';
import { Script } from './script.js';
import * as lua from './scripts.js';

const CLAIM = new Script(lua.CLAIM);
const RENEW = new Script(lua.RENEW);
const END = new Script(lua.END);
const STOP = new Script(lua.STOP);
const REMEMBER = new Script(lua.REMEMBER);
const CANCEL = new Script(lua.CANCEL);
const ATTEND = new Script(lua.ATTEND);

/** Stands for the operator of a host that has none: its keys are named and not touched. */
const NONE = '-';

/** Who may connect to whom, over all workers of a Redis: what the scripts decide and note. */
export class Rights {
  readonly #redis: Redis;
  readonly #leaseMs: number;

  /** `leaseMs`: how long a right holds that is not renewed. */
  constructor(redis: Redis, leaseMs: number) {
    this.#redis = redis;
    this.#leaseMs = leaseMs;
  }

  /** `marks`: what an opt-out could name the host, its networks and the domain by. */
  async claim(
    { visit, survey, coordinator, request, limits, notBeforeMs, notAfterMs }: Job,
    worker: string,
    marks: readonly string[],
  ): Promise<VisitAnswer> {
    const { host, operator, hasOperator } = accounts(whomOf(request));
    const said = await CLAIM.run(
      this.#redis,
      [
        keys.visitKey(survey, visit),
        keys.coordinatorKey(survey),
        keys.QUIET,
        keys.optOutKey(survey),
        keys.hostAccount(host),
        keys.hostHour(host),
        keys.operatorAccount(operator),
        keys.operatorHour(operator),
        keys.operatorOpen(operator),
      ],
      [
        visit,
        worker,
        coordinator,
        notBeforeMs,
        notAfterMs,
        Math.ceil(limits.secondsBetweenConnections * 1000),
        limits.connectionsPerHour,
        this.#leaseMs,
        hasOperator,
        ...marks,
      ],
    );
    return answerOf(said, worker);
  }

  /** False: it is over, or another's by now. */
  async renew({ survey, visit, request }: Job): Promise<boolean> {
    const { host, operator, hasOperator } = accounts(whomOf(request));
    const said = await RENEW.run(
      this.#redis,
      [keys.visitKey(survey, visit), keys.hostAccount(host), keys.operatorOpen(operator)],
      [visit, this.#leaseMs, hasOperator],
    );
    return said === 1;
  }

  async end({ survey, visit, request }: Job): Promise<void> {
    const { host, operator } = accounts(whomOf(request));
    await END.run(
      this.#redis,
      [keys.visitKey(survey, visit), keys.hostAccount(host), keys.operatorOpen(operator)],
      [visit],
    );
  }

  /** The host asked to stop, so long ago: it and its operator rest. */
  async stop(whom: Whom, agoMs = 0): Promise<void> {
    const { host, operator, hasOperator } = accounts(whom);
    const resting = [keys.hostAccount(host)];
    if (hasOperator === 1) resting.push(keys.operatorAccount(operator));
    await STOP.run(this.#redis, resting, [Math.round(agoMs)]);
  }

  /** A connection began, so long ago, of which the Redis may know nothing. */
  async remember(name: string, whom: Whom, agoMs: number): Promise<void> {
    const { host, operator, hasOperator } = accounts(whom);
    const hours = [keys.hostHour(host)];
    if (hasOperator === 1) hours.push(keys.operatorHour(operator));
    await REMEMBER.run(this.#redis, hours, [name, Math.round(agoMs)]);
  }

  /** Whether a visit has the right to its host. */
  async isHeld(visit: string, whom: Whom): Promise<boolean> {
    const { host } = accounts(whom);
    const [[by, until], [seconds, micros]] = await Promise.all([
      this.#redis.hmget(keys.hostAccount(host), 'by', 'until'),
      this.#redis.time(),
    ]);
    return by === visit && Number(until) > Number(seconds) * 1000 + Number(micros) / 1000;
  }

  /** False: somebody has begun it. */
  async cancel(survey: string, visit: string): Promise<boolean> {
    return (await CANCEL.run(this.#redis, [keys.visitKey(survey, visit)], [])) === 1;
  }

  /** Says that somebody is there, and gives all that were there within so many milliseconds. */
  async attend(list: string, who: readonly string[], goneAfterMs: number): Promise<string[]> {
    const said = await ATTEND.run(this.#redis, [list], [goneAfterMs, ...who]);
    return Array.isArray(said) ? said.map(String) : [];
  }
}

function accounts(whom: Whom) {
  const operator = operatorOf(whom);
  return {
    host: hostKey(whom),
    operator: operator ?? NONE,
    hasOperator: operator === null ? 0 : 1,
  };
}

function answerOf(said: unknown, worker: string): VisitAnswer {
  const [word, first, second] = Array.isArray(said) ? said.map(String) : [];
  switch (word) {
    case 'go':
      return { kind: 'go', worker };
    case 'later':
      return { kind: 'later', waitMs: Math.max(1, Number(first)) };
    case 'rest':
      return {
        kind: 'rest',
        of: first === 'operator' ? 'operator' : 'host',
        agoMs: Number(second),
      };
    case 'missed':
    case 'opted-out':
    case 'done':
    case 'stale':
      return { kind: word };
    default:
      throw new RangeError('the script of the right to connect gave no answer');
  }
}
