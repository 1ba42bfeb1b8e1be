import { expect } from 'chai';
import { loadQueueLibraries } from '../../../../src/edges/bullmq/libraries.js';

describe('the packages of the queue', () => {
  it('are asked for in a sentence where they are not installed', () => {
    const load = (name: string) => {
      throw Object.assign(new Error(`Cannot find module '${name}'`), { code: 'MODULE_NOT_FOUND' });
    };
    expect(() => loadQueueLibraries(load))
      .to.throw('Workers need the package bullmq of npm, which is not installed.')
      .with.property('code', 'queue-not-installed');
  });

  it('do not hide what is wrong with them', () => {
    const load = () => {
      throw new Error('broken');
    };
    expect(() => loadQueueLibraries(load)).to.throw('broken');
  });
});
