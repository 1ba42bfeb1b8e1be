import { itFindsWindows } from './support/properties.js';
import { givenSenders } from './support/request-case.js';

describe('random greylisters, asked with given senders', () => {
  itFindsWindows(4000, { senders: givenSenders, proves: false, opens: 0.85 });
});
