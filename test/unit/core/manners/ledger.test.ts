import { expect } from 'chai';
import { Ledger } from '../../../../src/core/manners/ledger.js';
import type { Clock } from '../../../../src/model/ports/clock.js';

const HOST = '192.0.2.1';
const LIMITS = { secondsBetweenConnections: 1, connectionsPerHour: 3 };

/** A clock that a test sets. */
function setClock() {
  let seconds = 0;
  const clock: Clock = {
    read: () => ({ monotonicMs: seconds * 1000, wallMs: 1_700_000_000_000 + seconds * 1000 }),
    sleepUntil: async () => {},
  };
  return { clock, at: (now: number) => (seconds = now) };
}

function world() {
  const { clock, at } = setClock();
  const ledger = new Ledger(clock);
  return {
    at,
    ledger,
    free: (address = HOST, limits = LIMITS) => ledger.freeAtMs(address, limits) / 1000,
    /** A connection from one second to another. */
    visit: (from: number, to: number, address = HOST) => {
      at(from);
      const end = ledger.begin(address);
      at(to);
      end();
    },
  };
}

describe('the ledger of connections', () => {
  it('lets the first connection through', () => {
    expect(world().free()).to.equal(0);
  });

  it('wants the pause from the end of the last connection', () => {
    const { visit, free } = world();
    visit(0, 2);
    expect(free()).to.equal(3);
    expect(free(HOST, { ...LIMITS, secondsBetweenConnections: 30 })).to.equal(32);
  });

  it('takes a connection that is open for one that ends now', () => {
    const { ledger, at, free } = world();
    at(10);
    const end = ledger.begin(HOST);
    at(25);
    expect(free()).to.equal(26);
    end();
    at(60);
    expect(free()).to.equal(26);
  });

  it('counts the beginnings of the last hour', () => {
    const { visit, free } = world();
    visit(0, 1);
    visit(100, 101);
    expect(free()).to.equal(102);
    visit(200, 201);
    expect(free()).to.equal(3600);
    visit(3600, 3601);
    expect(free()).to.equal(3700);
    expect(free(HOST, { ...LIMITS, connectionsPerHour: 30 })).to.equal(3602);
  });

  it('leaves a host alone that asked to stop, as long as the longest that was said', () => {
    const { visit, free, ledger, at } = world();
    visit(0, 1);
    ledger.rest(HOST, 600);
    expect(free()).to.equal(601);
    at(100);
    ledger.rest(HOST, 60);
    expect(free()).to.equal(601);
    ledger.rest(HOST, 3600);
    expect(free()).to.equal(3700);
  });

  it('keeps each address by itself', () => {
    const { visit, free } = world();
    visit(0, 2);
    expect(free('192.0.2.2')).to.equal(0);
  });

  it('forgets an address after an hour, but not while it talks or rests', () => {
    const { visit, ledger, at, free } = world();
    visit(0, 1, 'old');
    visit(10, 11, 'resting');
    ledger.rest('resting', 7200);
    at(20);
    const end = ledger.begin('talking');
    visit(3750, 3751, 'new');
    expect(ledger.size).to.equal(3);
    expect(free('old')).to.equal(0);
    end();
    visit(7300, 7301, 'newer');
    expect(ledger.size).to.equal(2);
  });
});
