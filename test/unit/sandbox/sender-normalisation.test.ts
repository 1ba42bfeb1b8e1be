import { expect } from 'chai';
import { senderForTuple, senderForWhitelist } from '../../../src/sandbox/sender-normalisation.js';

describe('senderForTuple', () => {
  for (const [how, sender, expected] of [
    ['none', 'Probe+X-1@S.example', 'Probe+X-1@S.example'],
    ['lower-case', 'Probe+X-1@S.example', 'probe+x-1@s.example'],
    ['strip-extension', 'Probe+X-1@S.example', 'probe@s.example'],
    ['strip-extension', '+x@s.example', '+x@s.example'],
    ['postgrey', 'probe-1234@s.example', 'probe-#@s.example'],
    ['postgrey', 'probe7x@s.example', 'probe7x@s.example'],
    ['postgrey', 'prvs=0123abcd=probe+ext@s.example', 'probe@s.example'],
    ['postgrey', 'probe@123.example', 'probe@123.example'],
    ['postgrey', '', ''],
    ['sqlgrey-awl', 'Bounce-12@s.example', 'bounce-12@s.example'],
  ] as const) {
    it(`${how}: ${sender} is ${expected}`, () => {
      expect(senderForTuple(sender, how)).equal(expected);
    });
  }
});

describe('senderForWhitelist', () => {
  for (const [sender, expected] of [
    ['list-deadbeef-9@s.example', 'list-#-#@s.example'],
    ['list-user=grey.example@s.example', 'list-RCPT@s.example'],
    ['probe+anything@s.example', 'probe@s.example'],
    ['srs0=hash=tt=d.example=u@s.example', '#@s.example'],
    ['qzkwtrhm@s.example', 'qzkwtrhm@s.example'],
  ] as const) {
    it(`masks ${sender} as ${expected}`, () => {
      expect(senderForWhitelist(sender, 'user@grey.example', 'sqlgrey-awl')).equal(expected);
    });
  }

  it('is the sender of the tuple elsewhere', () => {
    expect(senderForWhitelist('a-1@s.example', 'r@x', 'postgrey')).equal('a-#@s.example');
  });
});
