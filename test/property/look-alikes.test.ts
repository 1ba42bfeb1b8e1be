import { itConfirmsNoLookAlike } from './support/properties.js';

describe('random look-alikes', () => {
  itConfirmsNoLookAlike(3000);
});
