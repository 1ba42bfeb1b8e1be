import { expect } from 'chai';
import { machineNames, machinesOf } from '../../../../src/core/evidence/machines.js';
import { sameHost } from '../../../../src/core/evidence/same-host.js';
import type { RunState } from '../../../../src/core/run/state.js';
import { PINNED, Story } from '../run/support/story.js';

/** Connections in which the host said this; null: it did not get so far. */
function bannered(...banners: readonly (string | null)[]): RunState {
  const story = new Story();
  for (const index of banners.keys()) story.session(60 * index, [{ tuple: index + 1 }]);
  const { state } = story;
  const facts = (text: string) => {
    const reply = { code: 220, enhanced: null, text: [text] };
    return { banner: reply, greeting: reply, extensions: [], tls: null };
  };
  return {
    ...state,
    sessions: state.sessions.map((one, index) => {
      const text = banners[index] ?? null;
      return { ...one, facts: text === null ? null : facts(text) };
    }),
  };
}

describe('machines behind one address', () => {
  it('go by the names in their banners', () => {
    const state = bannered('mx1.example.org ESMTP', 'MX2.Example.org', 'mx1.example.org', null);
    expect(machineNames(state, PINNED)).to.deep.equal(['mx1.example.org', 'mx2.example.org']);
    expect([1, 2, 3, 4].map(machinesOf(state, PINNED))).to.deep.equal([
      'mx1.example.org',
      'mx2.example.org',
      'mx1.example.org',
      'unnamed',
    ]);
  });

  it('are one where all give one name, or none', () => {
    const state = bannered('mx.example.org ESMTP', 'ESMTP ready', 'mx.example.org');
    expect(machineNames(state, PINNED)).to.deep.equal(['mx.example.org']);
    expect([1, 2].map(machinesOf(state, PINNED))).to.deep.equal([null, null]);
    expect(machineNames(bannered('localhost', '220 mx.example.org'), PINNED)).to.deep.equal([]);
  });

  it('are those of the host that is measured', () => {
    const state = bannered('mx1.example.org', 'mx2.example.org');
    expect(machineNames(state, { ...PINNED, address: '192.0.2.2' })).to.deep.equal([]);
    expect(machineNames(state, null)).to.deep.equal([]);
  });
});

describe('a host', () => {
  it('is the same by address and port, whatever its name', () => {
    expect(sameHost(PINNED, { ...PINNED, name: 'other' })).to.equal(true);
    expect(sameHost(PINNED, { ...PINNED, address: '192.0.2.2' })).to.equal(false);
    expect(sameHost(PINNED, { ...PINNED, port: 26 })).to.equal(false);
  });
});
