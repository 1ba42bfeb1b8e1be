import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import * as v from 'valibot';
import { storedRuns } from '../../src/edges/journal/find.js';
import {
  EXIT,
  exitCodeOf,
  GreyprobeError,
  POSTGREY_LIKE,
  type ProbeEvent,
  probe,
  renderText,
  resume,
  startSandbox,
} from '../../src/index.js';
import { greylists } from '../../src/sandbox/behaviours.js';
import { simulatedWorld } from '../../src/sandbox/virtual/run-simulation.js';
import { temporaryFolder } from './edges/journal/support/folder.js';

const FROM = 'probe-{nonce}@sender.example';
const { version } = v.parse(
  v.object({ version: v.string() }),
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')),
);

/** A host that greylists for five minutes, and time that passes only when all wait. */
const world = () =>
  simulatedWorld('example.org', greylists({ ...POSTGREY_LIKE, delaySeconds: 300 })).ports;

describe('the library', () => {
  const folder = temporaryFolder();

  it('probes in one call, as docs/library.md says', async () => {
    const result = await probe('user@example.org', { from: FROM, maxWait: '30m', ports: world() });

    expect(result).to.include({ state: 'finished', version });
    expect(result.verdict).to.include({ kind: 'greylisted', confidence: 'confirmed' });
    expect(result.window?.opens.bySeconds).to.be.within(299, 320);
    expect(exitCodeOf(result)).to.equal(EXIT.ok);
    expect(storedRuns(join(folder(), 'runs'))).to.deep.equal([]);
  });

  it('takes every setting as a configuration has it', async () => {
    const result = await probe('user@example.org', {
      from: 'a@sender.example,b@sender.example',
      helo: 'Mail.Sender.example',
      host: 'mx.example.org',
      port: 2525,
      family: 'ipv4',
      stage: 'data',
      retryAt: '1m,6m',
      ports: world(),
    });

    expect(result.pinned).to.include({ port: 2525 });
    const tuples = result.attempts.map(({ tuple }) => `${tuple.helo} ${tuple.sender}`);
    expect(tuples).to.include('mail.sender.example a@sender.example');
    expect(result.attempts.map(({ ageSeconds }) => Math.round(ageSeconds?.[0] ?? 0))).to.include(
      60,
    );
  });

  it('keeps a run where it is told to, pauses it, and goes on with it', async () => {
    const ports = world();
    const stateDir = folder();
    const paused = await probe('user@example.org', { from: FROM, stateDir, noWait: true, ports });
    expect(exitCodeOf(paused)).to.equal(EXIT.notYet);
    expect(storedRuns(join(stateDir, 'runs')).map(({ run }) => run)).to.deep.equal([paused.run]);

    const result = await resume(paused.run, { stateDir, ports });
    expect(result).to.include({ run: paused.run, state: 'finished' });
    expect(result.verdict).to.include({ kind: 'greylisted', confidence: 'confirmed' });
  });

  it('ends with what it has when it is aborted', async () => {
    const stop = new AbortController();
    const result = await probe('user@example.org', {
      from: FROM,
      signal: stop.signal,
      onEvent: ({ type }) => {
        if (type === 'attempt-finished') stop.abort();
      },
      ports: world(),
    });
    expect(result).to.include({ state: 'paused', reason: 'interrupted' });
    expect(result.attempts).to.have.lengthOf(1);
  });

  it('refuses what the command refuses, before anything happens', async () => {
    for (const [recipient, settings, code] of [
      ['', { from: FROM }, 'missing-recipient'],
      ['user', { from: FROM }, 'bad-address'],
      ['user@example.org', { from: FROM, maxWait: '30' }, 'bad-duration'],
      ['user@example.org', { from: FROM, stage: 'message' }, 'deliver-not-given'],
    ] as const) {
      const problem = await probe(recipient, {
        ...settings,
        stateDir: folder(),
        ports: world(),
      }).then(
        () => null,
        (error: unknown) => error,
      );
      expect(problem).to.be.instanceOf(GreyprobeError).and.include({ code });
    }
    expect(storedRuns(join(folder(), 'runs'))).to.deep.equal([]);
  });

  it('probes over the network, with its own mail host to try it on', async () => {
    const sandbox = await startSandbox({
      policy: { ...POSTGREY_LIKE, delaySeconds: 300 },
      domain: 'grey.example',
      address: '127.0.0.1',
      smtpPort: 0,
      dnsPort: 0,
    });
    try {
      const seen: ProbeEvent['type'][] = [];
      const result = await probe('user@grey.example', {
        from: FROM,
        port: sandbox.smtpPort,
        resolver: `127.0.0.1:${sandbox.dnsPort}`,
        // What is due at once, so that nothing waits here.
        noWait: true,
        onEvent: ({ type }) => seen.push(type),
      });
      expect(result.verdict).to.include({ kind: 'greylisted', confidence: 'likely' });
      expect(renderText(result)).to.contain('very likely greylists (Postgrey)');
      expect(seen[0]).to.equal('run-started');
      expect(seen.at(-1)).to.equal('run-paused');
    } finally {
      await sandbox.close();
    }
  });
});
