import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { SurveyRow } from '../../../../src/contract/survey-row.js';
import { createSharedDialer } from '../../../../src/core/manners/polite-dialer.js';
import { visitsHere } from '../../../../src/core/manners/visits-here.js';
import type { ProbePorts } from '../../../../src/core/run/ports.js';
import type { SurveySettings } from '../../../../src/core/survey/events.js';
import { streamSegment } from '../../../../src/edges/journal/segment.js';
import { Scratch } from '../../../../src/edges/system/scratch.js';
import type { Visits } from '../../../../src/model/ports/visits.js';
import {
  acceptsAll,
  busyAtConnect,
  greylists,
  rejectsRecipient,
} from '../../../../src/sandbox/behaviours.js';
import { POSTGREY_LIKE } from '../../../../src/sandbox/models/index.js';
import { openSurvey } from '../../../../src/tasks/survey/kept-survey.js';
import { OptOut } from '../../../../src/tasks/survey/opt-out.js';
import { readTargets } from '../../../../src/tasks/survey/read-targets.js';
import { Survey } from '../../../../src/tasks/survey/run-survey.js';
import { request } from '../../core/run/support/virtual-run.js';
import { temporaryFolder } from '../../edges/journal/support/folder.js';
import { createWorld, type Zone } from '../check/support/world.js';

const DELAYS = [20, 60, 300];

/** Hosts of all kinds: 0 accepts, 1 rejects, 2 to 4 greylist; two domains lead to each. */
function zone(): Zone {
  const hosts = [
    acceptsAll(),
    rejectsRecipient(),
    ...DELAYS.map((delaySeconds) => greylists({ ...POSTGREY_LIKE, delaySeconds })),
  ];
  const entries = hosts.flatMap((behaviour, n) => {
    const host = [`mx.host${n}.example`, `192.0.2.${n + 1}`, behaviour] as const;
    return [`a${n}.example`, `b${n}.example`].map((domain) => [domain, [host]] as const);
  });
  return Object.fromEntries(entries);
}

/** So many kills, spread over the survey. */
const CUTS = 5;

const ALL = ['a', 'b'].flatMap((letter) =>
  [0, 1, 2, 3, 4].map((n) => `user@${letter}${n}.example`),
);

describe('a survey', () => {
  const folder = temporaryFolder();

  function worldOf(hosts: Zone, seed = 1) {
    const { ports, dialer, clock } = createWorld(hosts, seed);
    const polite: ProbePorts = { ...ports, dialer: createSharedDialer(ports.dialer, ports.clock) };
    return { ports: polite, dialer, clock };
  }

  const settings = (changes: Partial<SurveySettings> = {}): SurveySettings => ({
    request: request({ screen: true, recipient: 'user@example.org', domain: 'example.org' }),
    resolver: null,
    perHost: 1,
    contact: null,
    optOut: null,
    outputs: [],
    senders: 'common',
    ...changes,
  });

  async function survey(
    ports: ProbePorts,
    {
      list = ALL,
      changes = {},
      signal,
      optOut = null,
      onRow = () => {},
      sources,
    }: {
      list?: readonly string[];
      changes?: Partial<SurveySettings>;
      signal?: AbortSignal;
      optOut?: string | null;
      onRow?: (row: SurveyRow) => void;
      sources?: readonly string[];
    } = {},
  ) {
    const targets = readTargets(list, { shown: 'list', postmaster: false });
    const rows: SurveyRow[] = [];
    const kept = await openSurvey(folder(), {
      settings: settings(changes),
      targets,
      version: '1.2.3',
      nowWallMs: ports.clock.read().wallMs,
      random: ports.random,
    });
    try {
      const one = new Survey(kept, {
        ports,
        optOut: new OptOut(optOut),
        scratch: new Scratch(folder()),
        concurrency: 50,
        hostsPerSecond: 100,
        longestRunSeconds: 3900,
        signal,
        ...(sources === undefined ? {} : { sourcesFor: async () => sources }),
        onRow: (row) => {
          rows.push(row);
          onRow(row);
        },
      });
      return { ended: await one.run(), rows, progress: one.progress, resumed: kept.runs.length };
    } finally {
      kept.close();
    }
  }

  const by = (rows: readonly SurveyRow[], domain: string) =>
    rows.find((row) => row.domain === domain);

  it('measures each host once, and gives all domains behind it what was found', async () => {
    const { ports } = worldOf(zone());
    const { ended, rows, progress } = await survey(ports);

    expect(ended).to.equal(null);
    expect(rows).to.have.length(10);
    expect(new Set(rows.map(({ run }) => run)).size).to.equal(5);
    expect(progress).to.include({ targets: 10, done: 10, hosts: 5, hostsDone: 5, waiting: 0 });
    for (const letter of ['a', 'b']) {
      expect(by(rows, `${letter}0.example`)?.verdict).to.equal('accepted');
      expect(by(rows, `${letter}1.example`)?.verdict).to.equal('rejected');
      for (const [index, delay] of DELAYS.entries()) {
        const row = by(rows, `${letter}${index + 2}.example`);
        expect(row?.verdict).to.equal('greylisted');
        expect(row?.operator).to.equal(`host${index + 2}.example`);
        expect(row?.opensAfterSeconds ?? 0).to.be.at.most(delay + 1);
        expect(row?.opensBySeconds ?? 0).to.be.at.least(delay - 1);
      }
    }
  });

  it('screens with one connection and two senders at most', async () => {
    const { ports } = worldOf(zone());
    const { rows } = await survey(ports);
    expect(by(rows, 'a0.example')).to.include({ connections: 1, attempts: 1 });
    const [name = ''] = readdirSync(folder()).filter((one) => one.endsWith('.jsonl'));
    const first = [...streamSegment(join(folder(), name))].filter(
      (line) =>
        'event' in line && line.event.type === 'attempt-started' && line.event.session === 1,
    );
    expect(first).to.have.length(1 + 1 + 3 * 2);
  });

  it('measures more domains of a host where it is told so', async () => {
    const { ports } = worldOf(zone());
    const { rows } = await survey(ports, { changes: { perHost: 2 } });
    expect(new Set(rows.map(({ run }) => run)).size).to.equal(10);
  });

  it('ends runs whose worker loses its address, and moves none', async () => {
    const { ports, dialer } = worldOf(zone());
    const here = visitsHere(ports.dialer);
    const sources = ['198.51.100.1'];
    const asked = new Set<string | null>();
    const visits: Visits = {
      ...here,
      claim: async (visit) => {
        asked.add(visit.request.sourceAddress);
        const isLost = visit.session > 1 || visit.request.address === '192.0.2.1';
        return isLost ? { kind: 'source-lost' } : here.claim(visit);
      },
    };
    const { ended, rows } = await survey({ ...ports, visits }, { sources });
    expect(ended).to.equal(null);
    expect(rows).to.have.length(10);
    expect([...asked]).to.deep.equal(sources);
    expect(dialer.connections).to.equal(4);
    expect(by(rows, 'a0.example'), 'not asked').to.include({ verdict: null, class: 'source-lost' });
    expect(by(rows, 'a1.example')?.verdict).to.equal('rejected');
    expect(by(rows, 'a1.example')?.sourceAddress).to.equal('198.51.100.1');
    // One refusal of each sender: greylisting is possible, and no age is known.
    expect(by(rows, 'a2.example')).to.include({ class: 'source-lost', opensBySeconds: null });
  });

  it('leaves alone who opted out, also while it runs', async () => {
    const path = join(folder(), 'opt-out.txt');
    writeFileSync(path, 'a3.example\n192.0.2.1\n');
    const { ports } = worldOf(zone());
    const { rows } = await survey(ports, {
      optOut: path,
      // The screening of another host is over: the one at 300 s has begun.
      onRow: ({ domain }) => {
        if (domain === 'a1.example') appendFileSync(path, 'mx.host4.example\n');
      },
    });
    expect(by(rows, 'a3.example')).to.include({ class: 'opted-out', verdict: null, run: null });
    expect(by(rows, 'b3.example')?.verdict).to.equal('greylisted');
    expect(by(rows, 'a0.example')?.class).to.equal('opted-out');
    expect(by(rows, 'b4.example')?.class).to.equal('opted-out');
  });

  it('ends where several hosts ask it to stop', async () => {
    const hosts: Zone = Object.fromEntries(
      Array.from({ length: 8 }, (_, n) => [
        `d${n}.example`,
        [[`mx.d${n}.example`, `198.51.100.${n + 1}`, busyAtConnect()] as const],
      ]),
    );
    const { ports } = worldOf(hosts);
    const list = Object.keys(hosts).map((domain) => `user@${domain}`);
    const { ended, progress } = await survey(ports, { list });
    expect(ended).to.equal('asked-to-stop');
    expect(progress.stops).to.be.at.least(3);
  });

  it('goes on where it was stopped, with nothing lost and no run begun twice', async () => {
    const world = worldOf(zone());
    const stop = new AbortController();
    const first = await survey(world.ports, {
      signal: stop.signal,
      onRow: ({ domain }) => {
        if (domain === 'a2.example') stop.abort();
      },
    });
    expect(first.ended).to.equal('interrupted');
    const again = await survey(world.ports);
    expect(again.ended).to.equal(null);
    expect(again.resumed).to.be.at.least(3);
    expect(again.rows).to.have.length(10);
    expect(new Set(again.rows.map(({ run }) => run)).size).to.equal(5);
    expect(by(again.rows, 'a2.example')).to.deep.equal(by(first.rows, 'a2.example'));
    expect(by(again.rows, 'b4.example')?.verdict).to.equal('greylisted');
    const third = await survey(world.ports);
    expect(third.resumed, 'one that has ended is not gone on with').to.equal(0);
  });

  it('goes on after a kill at any line', async () => {
    const whole = worldOf(zone());
    await survey(whole.ports);
    const [name = ''] = readdirSync(folder()).filter((one) => one.endsWith('.jsonl'));
    const path = join(folder(), name);
    const lines = readFileSync(path, 'utf8').split('\n');
    const started = lines.findIndex((line) => line.includes('survey-resumed')) + 1;
    const step = Math.ceil((lines.length - started) / CUTS);
    for (let cut = started; cut < lines.length - 1; cut += step) {
      // The last line is torn as well.
      const torn = lines[cut]?.slice(0, 40) ?? '';
      writeFileSync(path, `${lines.slice(0, cut).join('\n')}\n${torn}`);
      const { ports } = worldOf(zone(), cut);
      const { rows } = await survey(ports);
      expect(rows.map(({ recipient }) => recipient).sort()).to.deep.equal(ALL.toSorted());
      expect(new Set(rows.map(({ run }) => run)).size).to.equal(5);
      const verdicts = rows.map(({ verdict }) => verdict);
      expect(verdicts.filter((one) => one === 'unreachable')).to.deep.equal([]);
      // Reads, with each run's events in their order.
      expect([...streamSegment(path)]).to.have.length.above(0);
    }
  });
});
