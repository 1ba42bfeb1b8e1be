import { describeRandomServers } from './support/properties.js';

describe('random servers', () => {
  describeRandomServers({ greylisters: 7500, lookAlikes: 3000 });
});
