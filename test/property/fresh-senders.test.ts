import { itFindsWindows } from './support/properties.js';
import { freshSenders } from './support/request-case.js';

describe('random greylisters, asked with fresh senders', () => {
  itFindsWindows(3500, { senders: freshSenders, proves: true, opens: 0.9 });
});
