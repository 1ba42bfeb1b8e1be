import { appendFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Ledger } from '../../../../src/core/manners/ledger.js';
import { openSharedLog } from '../../../../src/edges/manners/shared-log.js';
import { temporaryFolder } from '../journal/support/folder.js';

const HOST = { address: '192.0.2.1', port: 25, name: 'mx.example.org' };
const LIMITS = { secondsBetweenConnections: 1, connectionsPerHour: 30 };
/** Ten seconds before a full hour. */
const START_MS = 472_222 * 3_600_000 - 10_000;

describe('the log of connections that processes share', () => {
  const folder = temporaryFolder();

  function machine() {
    let seconds = 0;
    const dead = new Set<number>();
    const wallMs = () => START_MS + seconds * 1000;
    const clock = {
      read: () => ({ monotonicMs: seconds * 1000, wallMs: wallMs() }),
      sleepUntil: async () => {},
    };
    let pids = 0;
    const process = () => {
      pids += 1;
      const self = { pid: pids, host: 'here', place: null, start: null };
      const alive = ({ pid }: { pid: number }) => !dead.has(pid);
      const log = openSharedLog(join(folder(), 'connections'), { nowWallMs: wallMs, self, alive });
      return new Ledger(clock, log);
    };
    const at = (now: number) => {
      seconds = now;
    };
    return { process, at, kill: (pid: number) => dead.add(pid) };
  }

  it('touches nothing before the first look', () => {
    machine().process();
    expect(readdirSync(folder())).to.deep.equal([]);
  });

  it('lets one process see what another does', () => {
    const { process, at } = machine();
    const [one, other] = [process(), process()];
    const end = one.begin(HOST);
    expect(other.freeAtMs(HOST, LIMITS)).to.equal(1000);
    expect(other.begin(HOST)).to.equal(null);
    at(3);
    end?.();
    expect(other.freeAtMs(HOST, LIMITS)).to.equal(4000);
    at(4);
    expect(other.begin(HOST)).to.be.a('function');
    other.stop(HOST);
    expect(one.restOf(HOST)?.saidWallMs).to.equal(START_MS + 4000);
  });

  it('tells a later process of the hour before, across the files of two hours', () => {
    const { process, at } = machine();
    const one = process();
    for (const second of [0, 2, 4, 12, 14]) {
      at(second);
      one.begin(HOST)?.();
    }
    at(60);
    const later = process();
    expect(later.freeAtMs(HOST, { ...LIMITS, connectionsPerHour: 5 })).to.equal(3_600_000);
    expect(readdirSync(join(folder(), 'connections'))).to.have.length(2);
  });

  it('gives back what a process had open that died', () => {
    const { process, at, kill } = machine();
    const [one, other] = [process(), process()];
    one.begin(HOST);
    at(5);
    expect(other.freeAtMs(HOST, LIMITS)).to.equal(6000);
    kill(1);
    expect(other.freeAtMs(HOST, LIMITS)).to.equal(6000);
    at(6);
    expect(other.freeAtMs(HOST, LIMITS)).to.equal(6000);
    expect(other.begin(HOST)).to.be.a('function');
    expect(process().begin(HOST)).to.equal(null);
  });

  it('counts nothing that is begun in a file that others have left', () => {
    const { process, at } = machine();
    const slow = process();
    slow.freeAtMs(HOST, LIMITS);
    const path = join(folder(), 'connections');
    const [name = ''] = readdirSync(path);
    writeFileSync(join(path, `${Number.parseInt(name, 10) + 1}.jsonl`), '');
    expect(slow.begin(HOST)).to.equal(null);
    at(1);
    expect(slow.begin(HOST)).to.be.a('function');
    expect(process().begin(HOST)).to.equal(null);
  });

  it('passes over lines that were torn, and lines of strangers', () => {
    const { process } = machine();
    const one = process();
    one.begin(HOST)?.();
    const path = join(folder(), 'connections');
    appendFileSync(join(path, readdirSync(path)[0] ?? ''), '{"what":"begin","id":"x","by');
    expect(one.begin(HOST)).to.be.a('function');
    appendFileSync(join(path, readdirSync(path)[0] ?? ''), '{"what":"dance"}\n[1\n');
    expect(process().begin(HOST)).to.equal(null);
  });

  it('goes on alone where the folder cannot be used', () => {
    const { process } = machine();
    writeFileSync(join(folder(), 'connections'), '');
    const one = process();
    expect(one.begin(HOST)).to.be.a('function');
    expect(one.begin(HOST)).to.equal(null);
  });
});
