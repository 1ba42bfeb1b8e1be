import { expect } from 'chai';
import {
  buildResult,
  EXIT,
  exitCodeOf,
  newRunId,
  POSTGREY_LIKE,
  type ProbeEvent,
  realPorts,
  renderText,
  requestFor,
  startRun,
  startSandbox,
  systemClock,
  systemRandom,
} from '../../src/index.js';

describe('the library', () => {
  it('probes with what it exports, as docs/library.md says', async () => {
    const sandbox = await startSandbox({
      policy: { ...POSTGREY_LIKE, delaySeconds: 300 },
      domain: 'grey.example',
      address: '127.0.0.1',
      smtpPort: 0,
      dnsPort: 0,
    });
    try {
      const request = requestFor({
        recipient: 'user@grey.example',
        domain: 'grey.example',
        senders: { kind: 'template', template: 'probe-{nonce}@sender.example' },
        helo: 'client.sender.example',
        port: sandbox.smtpPort,
      });
      const seen: ProbeEvent['type'][] = [];
      const state = await startRun(
        newRunId(systemClock.read().wallMs, systemRandom),
        request,
        realPorts(`127.0.0.1:${sandbox.dnsPort}`),
        // What is due at once, so that nothing waits here.
        { noWait: true, onEvent: ({ type }) => seen.push(type) },
      );
      const result = buildResult(state, '1.0.0');
      expect(result.verdict).to.include({ kind: 'greylisted', confidence: 'likely' });
      expect(exitCodeOf(result)).to.equal(EXIT.notYet);
      expect(renderText(result)).to.contain('very likely greylists (Postgrey)');
      expect(seen[0]).to.equal('run-started');
      expect(seen.at(-1)).to.equal('run-paused');
    } finally {
      await sandbox.close();
    }
  });
});
