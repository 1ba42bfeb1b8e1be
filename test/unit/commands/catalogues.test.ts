import { captureOutput } from '@oclif/test';
import { expect } from 'chai';
import * as v from 'valibot';
import Greylisters from '../../../src/commands/greylisters.js';
import Recommend from '../../../src/commands/recommend.js';
import Senders from '../../../src/commands/senders.js';
import Simulate from '../../../src/commands/simulate.js';
import { RecommendResultSchema } from '../../../src/contract/recommend-result.js';
import { SendersResultSchema } from '../../../src/contract/senders-result.js';
import { SimulateSendersResultSchema } from '../../../src/contract/simulate-senders-result.js';
import { CatalogueSchema } from '../../../src/core/greylist/catalogue/schema.js';

const ROOT = new URL('../../../', import.meta.url).pathname;

describe('senders and greylisters, as commands', () => {
  it('print the JSON that their schemas describe', async () => {
    const senders = await captureOutput(() => Senders.run(['--json'], ROOT));
    v.parse(SendersResultSchema, JSON.parse(senders.stdout));
    const greylisters = await captureOutput(() =>
      Greylisters.run(['postgrey', 'docker-mailserver', '--json'], ROOT),
    );
    const { entries } = JSON.parse(greylisters.stdout);
    expect(v.parse(CatalogueSchema, entries).map(({ id }) => id)).to.deep.equal(['postgrey']);
  });

  it('print text otherwise', async () => {
    const { stdout } = await captureOutput(() => Senders.run(['mailu'], ROOT));
    expect(stdout).to.contain('Postfix 2.4 and later (postfix)');
    const listed = await captureOutput(() => Greylisters.run([], ROOT));
    expect(listed.stdout).to.contain('greylisters, as they are by default');
  });
});

describe('--schedule', () => {
  it('stands for a sender of its own in recommend and simulate', async () => {
    const recommended = await captureOutput(() =>
      Recommend.run(['--opens-by', '25m', '--schedule', '1m,5m,15m,1h...', '--json'], ROOT),
    );
    const { advice } = v.parse(RecommendResultSchema, JSON.parse(recommended.stdout));
    expect(advice.senders).to.have.length(1);
    // 1, 6, 21, 81 min.
    expect(advice.senders[0]).to.include({ id: 'own', earliestSeconds: 4_860, verdict: 'lands' });
    const simulated = await captureOutput(() =>
      Simulate.run(
        ['--window', '25m..4h', '--schedule', '5m', '--sender', 'qmail', '--json'],
        ROOT,
      ),
    );
    const { senders } = v.parse(SimulateSendersResultSchema, JSON.parse(simulated.stdout));
    expect(senders.map(({ id, verdict }) => [id, verdict])).to.deep.equal([
      ['own', 'gives-up-first'],
      ['qmail', 'lands'],
    ]);
  });

  it('leaves the default senders where none is given', async () => {
    const { stdout } = await captureOutput(() =>
      Recommend.run(['--opens-by', '25m', '--json'], ROOT),
    );
    expect(JSON.parse(stdout).advice.senders).to.have.length(7);
  });
});
