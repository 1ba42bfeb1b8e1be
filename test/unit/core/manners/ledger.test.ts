import { expect } from 'chai';
import { Ledger } from '../../../../src/core/manners/ledger.js';
import type { Clock } from '../../../../src/model/ports/clock.js';

const HOST = '192.0.2.1';
const at25 = (address: string, name: string | null = null) => ({ address, port: 25, name });
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
    free: (address = HOST, limits = LIMITS) => ledger.freeAtMs(at25(address), limits) / 1000,
    /** A connection from one second to another. */
    visit: (from: number, to: number, address = HOST) => {
      at(from);
      const end = ledger.begin(at25(address));
      at(to);
      end?.();
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
    const end = ledger.begin(at25(HOST));
    at(25);
    expect(free()).to.equal(26);
    end?.();
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

  it('leaves a host alone for an hour after it asked to stop, and says since when', () => {
    const { visit, free, ledger, at } = world();
    visit(0, 1);
    expect(ledger.restOf(at25(HOST))).to.equal(null);
    ledger.stop(at25(HOST));
    expect(free()).to.equal(3601);
    at(100);
    expect(ledger.restOf(at25(HOST))).to.deep.equal({
      who: HOST,
      saidWallMs: 1_700_000_001_000,
      untilWallMs: 1_700_003_601_000,
    });
    at(3601);
    expect(ledger.restOf(at25(HOST))).to.equal(null);
  });

  it('leaves the other hosts of an operator alone as well', () => {
    const { ledger } = world();
    ledger.stop(at25('192.0.2.1', 'mx1.mail.example.org'));
    const other = ledger.restOf(at25('192.0.2.2', 'mx2.example.org'));
    expect(other?.who).to.equal('example.org');
    expect(ledger.restOf(at25('192.0.2.3', 'mx.example.net'))).to.equal(null);
  });

  it('allows an operator four connections at a time, and four times as many an hour', () => {
    const { ledger, at } = world();
    const host = (n: number) => at25(`192.0.2.${n}`, `mx${n}.example.org`);
    at(10);
    const ends = [1, 2, 3, 4].map((n) => ledger.begin(host(n)));
    expect(ledger.freeAtMs(host(5), LIMITS)).to.be.greaterThan(10_000);
    expect(ledger.begin(host(5))).to.equal(null);
    expect(ledger.freeAtMs(at25('192.0.2.5', 'mx.example.net'), LIMITS)).to.equal(0);
    at(20);
    for (const end of ends) end?.();
    expect(ledger.freeAtMs(host(5), LIMITS)).to.equal(20_000);
    for (const n of [5, 6, 7, 8, 9, 10, 11, 12]) {
      at(20 + n);
      ledger.begin(host(n))?.();
    }
    expect(ledger.freeAtMs(host(13), LIMITS)).to.equal(3_610_000);
  });

  it('takes each port of loopback for a host of its own', () => {
    const { ledger, at } = world();
    at(5);
    ledger.begin({ address: '127.0.0.1', port: 2525, name: null });
    expect(ledger.freeAtMs({ address: '127.0.0.1', port: 2526, name: null }, LIMITS)).to.equal(0);
    expect(ledger.begin({ address: '127.0.0.1', port: 2525, name: null })).to.equal(null);
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
    at(1000);
    ledger.stop(at25('resting'));
    at(1020);
    const end = ledger.begin(at25('talking'));
    visit(4550, 4551, 'new');
    expect(ledger.size).to.equal(3);
    expect(free('old')).to.equal(0);
    end?.();
    visit(7300, 7301, 'newer');
    expect(ledger.size).to.equal(2);
  });
});
