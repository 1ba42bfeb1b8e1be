import { expect } from 'chai';
import { exitCodeOf } from '../../../src/contract/exit-code.js';
import { GreyprobeError } from '../../../src/model/errors.js';
import { renderSimulatedProbe } from '../../../src/report/text/simulation-text.js';
import { PLAIN } from '../../../src/report/text/style.js';
import { SCREEN } from '../../../src/report/view.js';
import { type SimulateServerFlags, simulateServer } from '../../../src/tasks/simulate-server.js';

const flags = (changes: Partial<SimulateServerFlags> = {}): SimulateServerFlags => ({
  server: 'postgrey',
  'restarts-timer': false,
  ...changes,
});
const simulate = (changes?: Partial<SimulateServerFlags>) =>
  simulateServer(flags(changes), '1.0.0');

async function problem(changes: Partial<SimulateServerFlags>): Promise<string> {
  const reason = await simulate(changes).then(
    () => null,
    (error: unknown) => error,
  );
  if (reason instanceof GreyprobeError) return reason.code;
  throw reason ?? new Error('it was not refused');
}

describe('simulate --server', () => {
  it('probes the model with the delay that was asked for', async () => {
    const { result } = await simulate({ delay: '200s' });
    expect(result.verdict).to.include({ kind: 'greylisted', confidence: 'confirmed' });
    expect(result.window?.opens.afterSeconds).to.be.at.most(200);
    expect(result.window?.opens.bySeconds).to.be.at.least(199);
    expect(result.version).to.equal('1.0.0');
    expect(exitCodeOf(result)).to.equal(0);
  });

  it('reads --window as delay and closing age of the server', async () => {
    const { result } = await simulate({ window: '200s..3h', 'closing-at': '2h,4h' });
    expect(result.window?.opens.bySeconds).to.be.within(199, 240);
    expect(result.window?.closes.afterSeconds).to.be.within(7190, 7210);
    expect(result.window?.closes.bySeconds).to.be.within(14_390, 14_410);
  });

  it('proves less with one sender', async () => {
    const { result } = await simulate({ from: 'one', delay: '100s' });
    expect(result.verdict.confidence).to.equal('likely');
    expect(new Set(result.attempts.map((one) => one.tuple.sender)).size).to.equal(1);
  });

  it('takes senders and ages as probe does', async () => {
    const { result } = await simulate({
      from: 'a@x.example,b@x.example',
      'retry-at': '1m,6m',
    });
    const ages = new Set(result.attempts.map((one) => one.tuple.sender));
    expect(ages).to.deep.equal(new Set(['a@x.example', 'b@x.example']));
    expect(result.connections).to.be.at.most(5);
  });

  it('goes as far as the model defers, without delivering anything', async () => {
    const { result } = await simulate({ server: 'openbsd-spamd', 'max-wait': '2h' });
    expect(result.attempts[0]?.stage).to.equal('data');
    expect(result.verdict.kind).to.equal('greylisted');
    const shallow = await simulate({ server: 'openbsd-spamd', stage: 'rcpt' });
    expect(shallow.result.verdict.kind).to.equal('accepted');
  });

  it('lets the server restart its wait', async () => {
    const { result } = await simulate({
      server: 'zerospam',
      'restarts-timer': true,
      delay: '100s',
    });
    expect(result.warnings.map(({ code }) => code)).to.include('early-retry-harms');
  });

  it('gives the same run for the same seed, and another for another', async () => {
    const [one, same, other] = await Promise.all([
      simulate({ seed: 3 }),
      simulate({ seed: 3 }),
      simulate({ seed: 4 }),
    ]);
    expect(one.result).to.deep.equal(same.result);
    expect(one.result.attempts).to.not.deep.equal(other.result.attempts);
  });

  it('says in its text what was simulated, what was assumed, and what it took', async () => {
    const text = renderSimulatedProbe(await simulate({ server: 'mdaemon' }), PLAIN, SCREEN);
    expect(text).to.match(/^Simulated: MDaemon, which accepts after 15 min, until 10 d\./u);
    expect(text).to.include('Assumed: ');
    expect(text.replace(/\s+/gu, ' ')).to.match(
      /the delay was 15 min; the run took [\w ]+ and \d+ connections\. Nothing was sent\.$/u,
    );
  });

  it('refuses what it does not understand', async () => {
    expect(await problem({ server: 'nobody' })).to.equal('unknown-model');
    expect(await problem({ delay: '300' })).to.equal('bad-duration');
    expect(await problem({ delay: '5m', window: '5m..2h' })).to.equal('delay-and-window');
    expect(await problem({ window: '5h..2h' })).to.equal('bad-window');
    expect(await problem({ from: 'not an address' })).to.equal('bad-address');
    expect(await problem({ 'retry-at': 'soon' })).to.equal('bad-duration');
  });
});
