import type { DoctorCheck } from '../../contract/doctor-result.js';
import type { RedisFacts, RedisTrial } from '../../edges/bullmq/look.js';
import { checkOf, type Diagnosis, failed, ok, warning } from './diagnosis.js';

/** As BullMQ 6 wants it. */
const OLDEST_REDIS = { major: 6, minor: 2 } as const;
const LARGEST_SKEW_MS = 1000;

/** Judges the Redis of a survey by workers: a check for each thing that can be wrong with it. */
export function redisChecks(trial: RedisTrial): readonly DoctorCheck[] {
  if (trial.kind === 'unusable') {
    const { message, suggestions } = trial.error;
    return [checkOf('redis', trial.label, failed(message, ...suggestions))];
  }
  const { facts } = trial;
  const all = [versionOf(facts), evictionOf(facts), persistenceOf(facts), clockOf(facts)];
  return all.map((diagnosis) => checkOf('redis', facts.label, diagnosis));
}

function versionOf({ label, version, sources }: RedisFacts): Diagnosis {
  const wanted = `${OLDEST_REDIS.major}.${OLDEST_REDIS.minor}`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const { major: oldest, minor: oldestMinor } = OLDEST_REDIS;
  if (major < oldest || (major === oldest && minor < oldestMinor)) {
    return failed(
      `${label} is version ${version || 'unknown'}; the queue needs ${wanted} or later.`,
      'Install a newer Redis.',
    );
  }
  const workers =
    sources.length === 0 ? 'no worker is there' : `workers hold ${sources.join(', ')}`;
  return ok(`${label} is version ${version}; ${workers}.`);
}

function evictionOf({ eviction }: RedisFacts): Diagnosis {
  if (eviction === 'noeviction') return ok('It throws nothing away when its memory is full.');
  return failed(
    `It throws keys away when its memory is full (maxmemory-policy ${eviction}): who is connected, and how often, would be forgotten.`,
    'Set in redis.conf: maxmemory-policy noeviction',
  );
}

function persistenceOf({ appendOnly }: RedisFacts): Diagnosis {
  if (appendOnly) return ok('It keeps what it is told when it is killed (appendonly yes).');
  return warning(
    'It forgets the last minutes, or all, when it is killed: surveys then tell it again what they did, and nobody connects for a minute.',
    'Set in redis.conf: appendonly yes',
  );
}

function clockOf({ aheadMs, withinMs }: RedisFacts): Diagnosis {
  const apart = Math.abs(aheadMs);
  if (apart <= LARGEST_SKEW_MS + withinMs) {
    return ok(`Its clock and the clock of this machine agree within ${apart + withinMs} ms.`);
  }
  const seconds = (apart / 1000).toFixed(1);
  return warning(
    `Its clock is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the clock of this machine. Visits keep to the clock of the Redis, so none comes early; the times in results are those of this machine.`,
    'Let both machines keep time by NTP: timedatectl',
  );
}
