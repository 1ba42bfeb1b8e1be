import { expect } from 'chai';
import { nearestNames } from '../../../../src/model/values/nearest.js';

describe('nearestNames', () => {
  it('finds typing errors and parts, and nothing for nonsense', () => {
    const names = ['postgrey', 'sqlgrey', 'rspamd', 'milter-greylist'];
    expect(nearestNames('postgray', names, 3)[0]).to.equal('postgrey');
    expect(nearestNames('milter', names, 3)).to.include('milter-greylist');
    expect(nearestNames('qqqqqq', names, 3)).to.deep.equal([]);
  });
});
