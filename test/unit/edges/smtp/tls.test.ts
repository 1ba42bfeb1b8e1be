import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { handshakeFailure, handshakeOptions } from '../../../../src/edges/smtp/tls.js';

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

describe('handshakeOptions', () => {
  it('names the server for a host name only (RFC 6066)', () => {
    expect(handshakeOptions('mx.example.org').servername).to.equal('mx.example.org');
    for (const host of [null, '192.0.2.1', '2001:db8::1']) {
      expect(handshakeOptions(host)).to.not.have.property('servername');
    }
  });
});

describe('handshakeFailure', () => {
  it('says what to try', () => {
    const error = Object.assign(new Error('x'), { code: 'ERR_SSL_NO_CIPHER' });
    const { code, message } = handshakeFailure(error, '192.0.2.1');
    expect(code).to.equal('tls-failed');
    expect(message).to.match(/192\.0\.2\.1.*ERR_SSL_NO_CIPHER.*--tls never/);
  });

  it('knows plain text where the handshake was due', () => {
    const error = Object.assign(new Error('x'), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' });
    expect(handshakeFailure(error, '192.0.2.1').code).to.equal('tls-plaintext-injected');
  });
});

describe('a certificate', () => {
  /** Node reads its extra certificate authorities at start-up only, so this takes a process. */
  async function verifiedFor(hostName: string): Promise<string> {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import=tsx', pathOf('support/show-verified.ts'), hostName],
      { env: { ...process.env, NODE_EXTRA_CA_CERTS: pathOf('fixtures/mx.example.org.crt') } },
    );
    return stdout.trim();
  }

  it('counts as verified when it is trusted and names the host', async () => {
    expect(await verifiedFor('mx.example.org')).to.equal('true');
  });

  it('does not when it names another host', async () => {
    expect(await verifiedFor('mx.example.net')).to.equal('false');
  });
});
