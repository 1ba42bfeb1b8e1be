import { captureOutput } from '@oclif/test';
import { expect } from 'chai';
import * as v from 'valibot';
import Recommend from '../../../src/commands/recommend.js';
import Simulate from '../../../src/commands/simulate.js';
import { RecommendResultSchema } from '../../../src/contract/recommend-result.js';
import { SimulateSendersResultSchema } from '../../../src/contract/simulate-senders-result.js';

const ROOT = new URL('../../../', import.meta.url).pathname;

describe('recommend and simulate, as commands', () => {
  it('print the JSON that their schemas describe', async () => {
    const recommended = await captureOutput(() =>
      Recommend.run(['--opens-by', '300s', '--for', 'all', '--json'], ROOT),
    );
    v.parse(RecommendResultSchema, JSON.parse(recommended.stdout));
    const simulated = await captureOutput(() =>
      Simulate.run(['--window', '5m..48h', '--json'], ROOT),
    );
    v.parse(SimulateSendersResultSchema, JSON.parse(simulated.stdout));
  });

  it('print text otherwise', async () => {
    const { stdout } = await captureOutput(() =>
      Simulate.run(['--window', '5m..2h', '--sender', 'postfix'], ROOT),
    );
    expect(stdout).to.contain('Postfix 2.4 and later');
  });
});
