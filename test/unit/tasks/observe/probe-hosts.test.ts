import { expect } from 'chai';
import { probesThatDecide } from '../../../../src/tasks/observe/probe-hosts.js';
import { opening, sentHost, toldOf } from '../../../support/observe/sent-host.js';

describe('probes of what a log leaves open', () => {
  const namesOf = (hosts: Parameters<typeof toldOf>[0], most = 9) =>
    probesThatDecide(toldOf(hosts), most, {}).map(({ host }) => host.host ?? host.address);

  it('are of the widest windows for the mail that comes, and no more than are wanted', () => {
    const wide = sentHost({ host: 'wide.example', window: opening(null, 900) });
    const busy = sentHost({ host: 'busy.example', refused: 40 });
    const narrow = sentHost({ host: 'narrow.example', window: opening(300, 311) });
    expect(namesOf([narrow, wide, busy])).deep.equal([
      'busy.example',
      'wide.example',
      'narrow.example',
    ]);
    expect(namesOf([narrow, wide, busy], 1)).deep.equal(['busy.example']);
  });

  it('ask machines behind one name once', () => {
    const other = sentHost({ address: '192.0.2.10', refused: 3 });
    expect(namesOf([other, sentHost()])).deep.equal(['mx.org.example']);
  });

  it('pass over names that no probe can say, and go to the next', () => {
    const odd = sentHost({ host: 'mx..example', refused: 40 });
    expect(namesOf([odd, sentHost()], 1)).deep.equal(['mx.org.example']);
  });

  it('are made with the settings that were given, but to the host and as the sender of the log', () => {
    const [one] = probesThatDecide(toldOf([sentHost()]), 1, { port: 2525, helo: 'out.example' });
    expect(one?.request).deep.include({
      recipient: 'u@org.example',
      host: 'mx.org.example',
      senders: { kind: 'template', template: '{nonce}@ours.example' },
      port: 2525,
      helo: 'out.example',
    });
  });
});
