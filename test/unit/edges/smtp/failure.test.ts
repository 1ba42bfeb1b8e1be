import { expect } from 'chai';
import { type ConnectionTarget, socketFailure } from '../../../../src/edges/smtp/failure.js';

const plain: ConnectionTarget = { address: '192.0.2.1', port: 25, sourceAddress: null };
const fromThere = { ...plain, sourceAddress: '198.51.100.7' };

function failureOf(code: string, target = plain): { code: string; message: string } {
  return socketFailure(
    Object.assign(new Error(`x ${code}`), { code }),
    target,
    'the reply to MAIL',
  );
}

describe('socketFailure', () => {
  const codes: readonly [string, string][] = [
    ['ECONNREFUSED', 'connection-refused'],
    ['ECONNRESET', 'connection-reset'],
    ['EPIPE', 'connection-closed'],
    ['ETIMEDOUT', 'timeout'],
    ['EHOSTUNREACH', 'host-unreachable'],
    ['ENETUNREACH', 'host-unreachable'],
    // No port left, or no address of the family: nothing of the host.
    ['EADDRNOTAVAIL', 'network'],
    ['ENETDOWN', 'network'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tls-failed'],
    ['EMFILE', 'machine-limit'],
    ['ESOMETHINGNEW', 'network'],
  ];
  for (const [error, failure] of codes) {
    it(`calls ${error} ${failure}, in a sentence that names the address`, () => {
      expect(failureOf(error).code).to.equal(failure);
      expect(failureOf(error).message).to.match(/192\.0\.2\.1.*\.$/);
    });
  }

  it('blames the source address only when one was chosen', () => {
    for (const error of ['EADDRNOTAVAIL', 'EINVAL']) {
      const { code, message } = failureOf(error, fromThere);
      expect(code).to.equal('source-address');
      expect(message).to.include('198.51.100.7');
    }
    expect(failureOf('EINVAL').code).to.equal('network');
    expect(failureOf('ECONNREFUSED', fromThere).code).to.equal('connection-refused');
  });

  it('makes a sentence of anything thrown', () => {
    for (const thrown of [null, undefined, 'text', 7, { code: 7 }]) {
      expect(socketFailure(thrown, plain, 'x').code).to.equal('network');
    }
  });
});
