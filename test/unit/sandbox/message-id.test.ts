import { expect } from 'chai';
import { messageIdOf } from '../../../src/sandbox/server-session.js';

describe('messageIdOf', () => {
  it('reads the header only', () => {
    expect(messageIdOf('From: a\r\nMessage-ID: <1@x>\r\n\r\nMessage-ID: <2@x>')).equal('<1@x>');
    expect(messageIdOf('From: a\r\n\r\nMessage-ID: <2@x>')).equal(null);
  });
});
