import { expect } from 'chai';
import { hostCandidates, nextCandidate } from '../../../../src/core/plan/candidates.js';
import type { ProbeEvent } from '../../../../src/core/run/events.js';
import type { ProbeRequest } from '../../../../src/core/run/request.js';
import { foldEvents, type RunState } from '../../../../src/core/run/state.js';
import type { MailHost } from '../../../../src/model/mail-host.js';
import { stamp } from '../run/support/story.js';
import { request } from '../run/support/virtual-run.js';

const MX1: MailHost = {
  name: 'mx1.example.org',
  preference: 10,
  addresses: ['192.0.2.1', '2001:db8::1'],
  origin: 'mx',
};
const MX2: MailHost = { ...MX1, name: 'mx2.example.org', preference: 20, addresses: ['192.0.2.2'] };

function state(changes: Partial<ProbeRequest> = {}, tried: readonly string[] = []): RunState {
  const at = stamp(0);
  const events: ProbeEvent[] = [
    { type: 'run-started', at, run: 'run', request: request(changes) },
    { type: 'hosts-resolved', at, mailHosts: [MX1, MX2], warnings: [] },
    ...tried.flatMap((address, index): ProbeEvent[] => [
      {
        type: 'session-started',
        at,
        session: index + 1,
        host: { name: 'mx', address, port: 25 },
        sourceAddress: null,
        dueMonotonicMs: null,
        purpose: 'first contact',
      },
      { type: 'session-ended', at, session: index + 1 },
    ]),
  ];
  const folded = foldEvents(events);
  if (folded === null) throw new Error('no state');
  return folded;
}

const addresses = (run: RunState) => hostCandidates(run).map((host) => host.address);

describe('the addresses to try', () => {
  it('follow preference, then the order of the DNS', () => {
    expect(addresses(state())).to.deep.equal(['192.0.2.1', '2001:db8::1', '192.0.2.2']);
    expect(hostCandidates(state({ port: 2525 }))[0]).to.deep.equal({
      name: 'mx1.example.org',
      address: '192.0.2.1',
      port: 2525,
    });
  });

  it('are of the family that was asked for', () => {
    expect(addresses(state({ family: 'ipv6' }))).to.deep.equal(['2001:db8::1']);
    expect(addresses(state({ family: 'ipv4' }))).to.deep.equal(['192.0.2.1', '192.0.2.2']);
  });

  it('are eight at most', () => {
    const many = Array.from({ length: 9 }, (_, index) => `192.0.2.${index + 1}`);
    const run = { ...state(), mailHosts: [{ ...MX1, addresses: many }] };
    expect(addresses(run)).to.deep.equal(many.slice(0, 8));
    expect(addresses({ ...run, mailHosts: null })).to.deep.equal([]);
  });

  it('are tried once each, in turn', () => {
    expect(nextCandidate(state({}, ['192.0.2.1']))?.address).to.equal('2001:db8::1');
    const all = ['192.0.2.1', '2001:db8::1', '192.0.2.2'];
    expect(nextCandidate(state({}, all))).to.equal(null);
  });
});
