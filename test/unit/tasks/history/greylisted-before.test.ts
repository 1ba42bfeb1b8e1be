import { join } from 'node:path';
import { expect } from 'chai';
import { buildResult } from '../../../../src/contract/build-result.js';
import type { ProbeRequest } from '../../../../src/core/run/request.js';
import { createJournal } from '../../../../src/edges/journal/writer.js';
import { acceptsAll, greylists } from '../../../../src/sandbox/behaviours.js';
import type { MailHostBehaviour } from '../../../../src/sandbox/mail-host-behaviour.js';
import { POSTGREY_LIKE } from '../../../../src/sandbox/models/index.js';
import { withGreylistedBefore } from '../../../../src/tasks/history/greylisted-before.js';
import { virtualRun } from '../../core/run/support/virtual-run.js';
import { temporaryFolder } from '../../edges/journal/support/folder.js';

const GREYLISTS = greylists({ ...POSTGREY_LIKE, delaySeconds: 300 });
const DAY_SECONDS = 86_400;

describe('a result of mail that is let in at once', () => {
  const folder = temporaryFolder();
  const runs = () => join(folder(), 'runs');

  async function keep(behaviour: MailHostBehaviour, changes: Partial<ProbeRequest> = {}) {
    const { events } = await virtualRun(behaviour, changes, { run: '20261103T021700-qzkw' });
    const journal = createJournal(runs(), '20261103T021700-qzkw', { version: '1.2.3' });
    for (const event of events) journal.append(event);
    journal.close();
  }

  async function seenNow(behaviour: MailHostBehaviour, changes: Partial<ProbeRequest> = {}) {
    const { state } = await virtualRun(behaviour, changes, { run: '20261104T021700-aaaa' });
    const result = buildResult(state, '1.2.3');
    const startedAt = new Date(Date.parse(result.startedAt) + DAY_SECONDS * 1000).toISOString();
    return withGreylistedBefore({ ...result, startedAt }, state.request, runs());
  }

  it('names the run that was made to wait, and its window', async () => {
    await keep(GREYLISTS);
    const { verdict, greylistedBefore: before, warnings } = await seenNow(acceptsAll());
    expect(verdict).to.include({ kind: 'accepted', confidence: 'likely' });
    expect(before).to.deep.include({ run: '20261103T021700-qzkw', whitelistSeconds: 3_024_000 });
    expect(before?.window.opens.bySeconds).to.be.within(300, 310);
    const note = warnings.find(({ code }) => code === 'greylisted-before');
    expect(note?.message).to.match(
      /^It greylisted on .* \(run qzkw\): .* Postgrey knows for 35 d/u,
    );
  });

  for (const [what, kept, now, changes] of [
    ['a host that never greylisted', acceptsAll(), acceptsAll(), {}],
    ['one that still does', GREYLISTS, GREYLISTS, {}],
    ['another sender domain', GREYLISTS, acceptsAll(), { senders: ofDomain('other.example') }],
    ['another client', GREYLISTS, acceptsAll(), { sourceAddresses: ['198.51.100.7'] }],
    ['another stage', GREYLISTS, acceptsAll(), { stage: 'data' as const }],
  ] as const) {
    it(`says nothing of ${what}`, async () => {
      await keep(kept);
      const { greylistedBefore, warnings } = await seenNow(now, changes);
      expect(greylistedBefore).to.equal(undefined);
      expect(warnings.map(({ code }) => code)).not.to.include('greylisted-before');
    });
  }
});

function ofDomain(domain: string): ProbeRequest['senders'] {
  return { kind: 'template', template: `probe-{nonce}@${domain}` };
}
