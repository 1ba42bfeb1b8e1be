import { expect } from 'chai';
import { parseDoctorRequest } from '../../../../src/cli/flows/doctor.js';
import { machineHelo } from '../../../../src/tasks/settings/to-request.js';

describe('parseDoctorRequest', () => {
  it('takes the name of EHLO as probe does: given, the machine, the sender', () => {
    const from = 'probe-{nonce}@sender.example';
    const helo = (flags: { from?: string; helo?: string }, machine: string | null) =>
      parseDoctorRequest({ port: 25, ...flags }, machine).helo;

    expect(helo({ from, helo: 'Mail.Sender.example' }, 'me.example')).to.deep.equal({
      name: 'mail.sender.example',
      origin: 'given',
    });
    expect(helo({ from }, 'me.example')).to.deep.equal({ name: 'me.example', origin: 'machine' });
    expect(helo({ from }, null)).to.deep.equal({ name: 'sender.example', origin: 'sender' });
    expect(helo({}, null)).to.equal(null);
  });

  it('names each domain of the senders once', () => {
    const { senderDomains } = parseDoctorRequest(
      { port: 25, from: 'a@one.example,b@two.example,c@one.example,d@[192.0.2.1]' },
      null,
    );
    expect(senderDomains).to.deep.equal(['one.example', 'two.example', '[192.0.2.1]']);
  });

  it('refuses what probe refuses', () => {
    for (const flags of [{ from: 'no-at' }, { helo: 'laptop' }, { 'source-ip': 'eth0' }]) {
      expect(() => parseDoctorRequest({ port: 25, ...flags }, null)).to.throw(
        Error,
        /no @|not fully qualified|not an IP address/u,
      );
    }
  });
});

describe('machineHelo', () => {
  it('takes full names only: nobody chose the others for EHLO', () => {
    const names = ['mail.example.org', 'laptop', 'my_host.lan', '192.0.2.1', 'a..b', ''];
    expect(names.map((name) => machineHelo(name))).to.deep.equal([
      'mail.example.org',
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});
