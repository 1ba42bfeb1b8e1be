import { expect } from 'chai';
import type { FailureCode, Stage } from '../../../../src/model/smtp.js';
import {
  clientAddressTo,
  type DialTrial,
  diagnosePort,
} from '../../../../src/tasks/doctor/port.js';

describe('clientAddressTo', () => {
  it('gives the address from which the system would connect', async () => {
    expect(await clientAddressTo('127.0.0.1', 25)).to.equal('127.0.0.1');
    expect(await clientAddressTo('127.0.0.9', 25)).to.match(/^127\./u);
  });

  it('gives null where the system would not connect', async () => {
    // To everybody on the network at once: systems refuse that unless asked for.
    expect(await clientAddressTo('255.255.255.255', 25)).to.equal(null);
  });
});

const NOW = { monotonicMs: 0, wallMs: 0 };

function failedTrial(code: FailureCode, stage: Stage): DialTrial {
  const failure = { code, message: `It failed with ${code}.` };
  const end = { stage, reply: null, failure, sent: NOW, replied: NOW };
  return { address: '192.0.2.1', seconds: 0.1, facts: null, end };
}

describe('the judgement of a port where no session opened', () => {
  for (const [code, stage, next] of [
    ['timeout', 'connect', /^Many networks block outgoing port 25\./u],
    ['connection-refused', 'connect', /^Many networks block outgoing port 25\./u],
    ['source-address', 'connect', /^Give an address of this machine with --source-ip\./u],
    ['garbled-reply', 'connect', /^What answers there does not speak SMTP\./u],
    ['reply-too-long', 'connect', /^What answers there does not speak SMTP\./u],
    ['timeout', 'helo', /^The port is open: a host greeted/u],
    ['connection-closed', 'helo', /^The port is open: a host greeted/u],
  ] as const) {
    it(`${code} at ${stage}: ${next.source}`, () => {
      const diagnosis = diagnosePort('mx.example.org', 25, [failedTrial(code, stage)]);
      expect(diagnosis).to.include({ outcome: 'failed', found: `It failed with ${code}.` });
      expect(diagnosis.next[0]).to.match(next);
    });
  }
});
