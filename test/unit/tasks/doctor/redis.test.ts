import { expect } from 'chai';
import type { RedisFacts } from '../../../../src/edges/bullmq/look.js';
import { GreyprobeError } from '../../../../src/model/errors.js';
import { redisChecks } from '../../../../src/tasks/doctor/redis.js';

const SOUND: RedisFacts = {
  label: 'redis://redis.example:6379/0',
  version: '7.0.15',
  eviction: 'noeviction',
  appendOnly: true,
  aheadMs: 3,
  withinMs: 2,
  sources: ['192.0.2.25'],
};

const outcomes = (changes: Partial<RedisFacts> = {}) =>
  redisChecks({ kind: 'answers', facts: { ...SOUND, ...changes } }).map(({ outcome }) => outcome);

describe('what doctor says of a Redis', () => {
  it('is that all is well', () => {
    expect(outcomes()).to.deep.equal(['ok', 'ok', 'ok', 'ok']);
    const [version] = redisChecks({ kind: 'answers', facts: SOUND });
    expect(version?.found).to.equal(
      'redis://redis.example:6379/0 is version 7.0.15; workers hold 192.0.2.25.',
    );
  });

  it('is what is wrong with it', () => {
    expect(outcomes({ version: '6.0.16' })[0]).to.equal('failed');
    expect(outcomes({ version: '6.2.0' })[0]).to.equal('ok');
    expect(outcomes({ version: '' })[0]).to.equal('failed');
    expect(outcomes({ eviction: 'volatile-lru' })[1]).to.equal('failed');
    expect(outcomes({ appendOnly: false })[2]).to.equal('warning');
    expect(outcomes({ aheadMs: -15_000 })[3]).to.equal('warning');
    const clock = redisChecks({ kind: 'answers', facts: { ...SOUND, aheadMs: 15_000 } })[3];
    expect(clock?.found).to.match(/^Its clock is 15\.0 s ahead of the clock of this machine\./);
  });

  it('is why it cannot be reached', () => {
    const error = new GreyprobeError('redis-unreachable', 'No Redis there.', {
      suggestions: ['Start it.'],
    });
    const checks = redisChecks({ kind: 'unusable', label: SOUND.label, error });
    expect(checks).to.deep.equal([
      {
        check: 'redis',
        about: SOUND.label,
        outcome: 'failed',
        found: 'No Redis there.',
        next: ['Start it.'],
      },
    ]);
  });
});
