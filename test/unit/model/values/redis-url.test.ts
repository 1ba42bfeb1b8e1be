import { expect } from 'chai';
import { parseRedisUrl } from '../../../../src/model/values/redis-url.js';

describe('the URL of a Redis', () => {
  it('is shown without user name and password', () => {
    const url = parseRedisUrl('rediss://probe:s3cret@redis.example/2');
    expect(url.label).to.equal('rediss://redis.example:6379/2');
    expect(url.hasPassword).to.equal(true);
    expect(url.url).to.contain('s3cret');
    expect(parseRedisUrl('redis://:s3cret@127.0.0.1:6390').label).to.equal(
      'redis://127.0.0.1:6390/0',
    );
    expect(parseRedisUrl('redis://[2001:db8::1]').label).to.equal('redis://[2001:db8::1]:6379/0');
    expect(parseRedisUrl('redis://redis.example').hasPassword).to.equal(false);
  });

  it('is refused without being repeated', () => {
    for (const text of [
      '',
      'redis.example',
      'http://probe:s3cret@a',
      'redis://u:s3cret@',
      'redis://a/s3cret',
    ]) {
      const error = caught(() => parseRedisUrl(text));
      expect(error).to.have.property('code', 'bad-redis-url');
      expect(String(error)).to.not.contain('s3cret');
    }
  });
});

function caught(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
