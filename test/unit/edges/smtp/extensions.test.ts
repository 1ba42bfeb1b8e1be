import { expect } from 'chai';
import { extensionsOf, offers } from '../../../../src/edges/smtp/extensions.js';

describe('extensionsOf', () => {
  const ehlo = {
    code: 250,
    enhanced: null,
    text: [
      'mx.example.org at your service',
      'size 10240000',
      'StartTLS',
      ' 8BITMIME ',
      '',
      'AUTH plain',
    ],
  };

  it('gives keywords in upper case with their parameters, without the greeting', () => {
    expect(extensionsOf(ehlo)).to.deep.equal([
      'SIZE 10240000',
      'STARTTLS',
      '8BITMIME',
      'AUTH plain',
    ]);
  });

  it('finds a keyword as a whole only', () => {
    const extensions = extensionsOf(ehlo);
    expect(
      ['SIZE', 'STARTTLS', 'AUTH', 'START', 'PLAIN'].map((k) => offers(extensions, k)),
    ).to.deep.equal([true, true, true, false, false]);
  });
});
