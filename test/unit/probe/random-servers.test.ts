import { describeRandomServers } from '../../property/support/properties.js';

// A small part of the property test, so that a fault shows at once.
describe('a few random servers', () => {
  describeRandomServers({ greylisters: 60, lookAlikes: 30 });
});
