import { itConfirmsNoLookAlike, itFindsWindows } from '../../../property/support/properties.js';
import { anySenders } from '../../../property/support/request-case.js';

// A small part of the property tests, so that a fault shows at once.
describe('a few random servers', () => {
  // Of 60 drawn servers no more than ten are simple enough to count.
  itFindsWindows(60, { senders: anySenders, proves: true, opens: 0.8 });
  itConfirmsNoLookAlike(30);
});
