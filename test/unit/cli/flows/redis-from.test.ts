import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { redisFrom } from '../../../../src/cli/flows/redis-from.js';
import { temporaryFolder } from '../../edges/journal/support/folder.js';

describe('where the Redis is named', () => {
  const folder = temporaryFolder();

  it('is the command line, or the environment', () => {
    const environment = { GREYPROBE_REDIS_URL: 'redis://:s3cret@b.example' };
    expect(redisFrom('redis://a.example', environment)?.label).to.equal('redis://a.example:6379/0');
    expect(redisFrom(undefined, environment)?.label).to.equal('redis://b.example:6379/0');
    expect(redisFrom(undefined, {})).to.equal(null);
  });

  it('is a file', () => {
    const path = join(folder(), 'redis-url');
    writeFileSync(path, 'rediss://probe:s3cret@c.example\n');
    expect(redisFrom(path, {})?.label).to.equal('rediss://c.example:6379/0');
    expect(() => redisFrom(join(folder(), 'none'), {}))
      .to.throw()
      .with.property('code', 'cannot-read-file');
  });

  it('takes no password from the command line, and does not repeat it', () => {
    expect(() => redisFrom('redis://probe:s3cret@a.example', {}))
      .to.throw(/holds a user name or a password/)
      .with.property('code', 'redis-password-shown');
    expect(() => redisFrom('redis://probe:s3cret@a.example', {})).to.not.throw(/s3cret/);
  });
});
