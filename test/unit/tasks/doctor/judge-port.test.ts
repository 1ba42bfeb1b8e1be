import { expect } from 'chai';
import type { FailureCode, Stage } from '../../../../src/model/smtp.js';
import { type DialTrial, judgePort } from '../../../../src/tasks/doctor/judge-port.js';

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
      const finding = judgePort('mx.example.org', 25, [failedTrial(code, stage)]);
      expect(finding).to.include({ outcome: 'failed', found: `It failed with ${code}.` });
      expect(finding.next[0]).to.match(next);
    });
  }
});
