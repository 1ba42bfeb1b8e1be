/*
 * What has to be decided and noted in one step, on the clock of the Redis. These scripts are the ledger of
 * manners for all workers: core/manners/ledger.ts has the same limits for the processes of one machine.
 */

const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

const HOUR_MS = 3_600_000;
/** Of one operator, over all its addresses; and four times as many an hour as to one of them. */
const OPERATOR_AT_A_TIME = 4;
const OPERATOR_ADDRESSES = 4;
/** How soon to look again while as many are connected as may be. */
const LOOK_AGAIN_MS = 1000;
/** No visit is asked for after so long. */
const VISITS_KEPT_MS = HOUR_MS;
const ACCOUNTS_KEPT_MS = 2 * HOUR_MS;

/**
 * The right to connect. Gives a word, and what belongs to it; `go` is given once for a visit, and again
 * only to the one who had it and asks twice, since an answer can be lost on its way.
 *
 * KEYS  visit, coordinator, quiet, opt-out, host, host's hour, operator, its hour, its open connections
 * ARGV  visit, worker, coordinator, not before, not after, pause, connections an hour, lease, 1: there is
 *       an operator, names and networks of the host
 */
export const CLAIM = `${NOW}
local visit, worker, coordinator = ARGV[1], ARGV[2], ARGV[3]
local had = redis.call('GET', KEYS[1])
if had == worker then return {'go'} end
if had then return {'done'} end
if redis.call('GET', KEYS[2]) ~= coordinator then return {'stale'} end
if now < tonumber(ARGV[4]) then return {'later', ARGV[4] - now} end
if now > tonumber(ARGV[5]) then return {'missed'} end
local quiet = redis.call('PTTL', KEYS[3])
if quiet > 0 then return {'later', quiet} end
for place = 10, #ARGV do
  if redis.call('SISMEMBER', KEYS[4], ARGV[place]) == 1 then return {'opted-out'} end
end
local has_operator = ARGV[9] == '1'

local function rests(key)
  local stopped = tonumber(redis.call('HGET', key, 'stopped') or '')
  if stopped and stopped + ${HOUR_MS} > now then return now - stopped end
end
local ago = rests(KEYS[5])
if ago then return {'rest', 'host', ago} end
ago = has_operator and rests(KEYS[7])
if ago then return {'rest', 'operator', ago} end

local free = now
local function not_before(time) if time and time > free then free = time end end
local function hour_full(key, most)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - ${HOUR_MS})
  if redis.call('ZCARD', key) < most then return end
  local oldest = redis.call('ZRANGE', key, -most, -most, 'WITHSCORES')
  not_before(tonumber(oldest[2]) + ${HOUR_MS})
end

local until_ = tonumber(redis.call('HGET', KEYS[5], 'until') or '')
local ended = tonumber(redis.call('HGET', KEYS[5], 'ended') or '')
if until_ and until_ > now then not_before(now + ${LOOK_AGAIN_MS}) end
if until_ and until_ <= now and (not ended or ended < until_) then ended = until_ end
if ended then not_before(ended + tonumber(ARGV[6])) end
local most = tonumber(ARGV[7])
hour_full(KEYS[6], most)
if has_operator then
  redis.call('ZREMRANGEBYSCORE', KEYS[9], '-inf', now)
  if redis.call('ZCARD', KEYS[9]) >= ${OPERATOR_AT_A_TIME} then not_before(now + ${LOOK_AGAIN_MS}) end
  hour_full(KEYS[8], most * ${OPERATOR_ADDRESSES})
end
if free > now then return {'later', free - now} end

local lease = now + ARGV[8]
redis.call('SET', KEYS[1], worker, 'PX', ${VISITS_KEPT_MS})
redis.call('HSET', KEYS[5], 'by', visit, 'until', lease)
redis.call('PEXPIRE', KEYS[5], ${ACCOUNTS_KEPT_MS})
redis.call('ZADD', KEYS[6], now, visit)
redis.call('PEXPIRE', KEYS[6], ${HOUR_MS})
if has_operator then
  redis.call('ZADD', KEYS[8], now, visit)
  redis.call('PEXPIRE', KEYS[8], ${HOUR_MS})
  redis.call('ZADD', KEYS[9], lease, visit)
  redis.call('PEXPIRE', KEYS[9], ${HOUR_MS})
end
return {'go'}
`;

/**
 * Keeps the right for longer. 0: it is over, or another's. A Redis that has lost all learns of it again.
 *
 * KEYS  visit, host, operator's open connections. ARGV  visit, lease, 1: there is an operator
 */
export const RENEW = `${NOW}
if redis.call('GET', KEYS[1]) == 'ended' then return 0 end
local by = redis.call('HGET', KEYS[2], 'by')
if by and by ~= ARGV[1] then return 0 end
local lease = now + ARGV[2]
redis.call('HSET', KEYS[2], 'by', ARGV[1], 'until', lease)
redis.call('PEXPIRE', KEYS[2], ${ACCOUNTS_KEPT_MS})
if ARGV[3] == '1' then
  redis.call('ZADD', KEYS[3], lease, ARGV[1])
  redis.call('PEXPIRE', KEYS[3], ${HOUR_MS})
end
return 1
`;

/** The connection has ended. KEYS  visit, host, operator's open connections. ARGV  visit */
export const END = `${NOW}
redis.call('SET', KEYS[1], 'ended', 'PX', ${VISITS_KEPT_MS})
if redis.call('HGET', KEYS[2], 'by') == ARGV[1] then
  redis.call('HDEL', KEYS[2], 'by', 'until')
  redis.call('HSET', KEYS[2], 'ended', now)
end
redis.call('ZREM', KEYS[3], ARGV[1])
return 1
`;

/** A host asked to stop, so many milliseconds ago. KEYS  the accounts that rest. ARGV  ago */
export const STOP = `${NOW}
for _, key in ipairs(KEYS) do
  redis.call('HSET', key, 'stopped', now - ARGV[1])
  redis.call('PEXPIRE', key, ${ACCOUNTS_KEPT_MS})
end
return 1
`;

/** A connection began, so many milliseconds ago. KEYS  hours that it counts in. ARGV  its name, ago */
export const REMEMBER = `${NOW}
for _, key in ipairs(KEYS) do
  redis.call('ZADD', key, 'NX', now - ARGV[2], ARGV[1])
  redis.call('PEXPIRE', key, ${HOUR_MS})
end
return 1
`;

/**
 * A visit is not to be made any more. 0: somebody has begun it. KEYS  visit
 */
export const CANCEL = `
return redis.call('SET', KEYS[1], 'cancelled', 'NX', 'PX', ${VISITS_KEPT_MS}) and 1 or 0
`;

/** Somebody is there. KEYS  a list by time. ARGV  who; how long ago counts as gone */
export const ATTEND = `${NOW}
for place = 2, #ARGV do redis.call('ZADD', KEYS[1], now, ARGV[place]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1])
return redis.call('ZRANGE', KEYS[1], 0, -1)
`;
