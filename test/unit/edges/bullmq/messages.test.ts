import { expect } from 'chai';
import {
  CommandSchema,
  type Job,
  JobSchema,
  readMessage,
  WorkerReportSchema,
} from '../../../../src/edges/bullmq/messages.js';
import { type OwnLimits, refusalOf } from '../../../../src/edges/bullmq/own-limits.js';

const JOB: Job = {
  visit: '20261123T194500-qzkw.1.c1.1',
  survey: '20261123T194500-abcd',
  coordinator: 'c1',
  domain: 'example.org',
  request: {
    address: '203.0.113.0',
    port: 25,
    hostName: 'mx.example.org',
    sourceAddress: '192.0.2.25',
    helo: 'client.example',
    tls: 'opportunistic',
    timeoutMs: 30_000,
  },
  limits: { connectionsPerHour: 30, secondsBetweenConnections: 1 },
  notBeforeMs: 1000,
  notAfterMs: 2000,
};

describe('what coordinator and workers tell each other', () => {
  it('is read as it was written', () => {
    expect(readMessage(JobSchema, JSON.stringify(JOB))).to.deep.equal(JOB);
  });

  const others: readonly [string, unknown][] = [
    ['no address', { ...JOB, request: { ...JOB.request, address: 'mx.example.org' } }],
    ['a line end in HELO', { ...JOB, request: { ...JOB.request, helo: 'a\r\nMAIL' } }],
    ['a port that is none', { ...JOB, request: { ...JOB.request, port: 70_000 } }],
    ['a path for a survey', { ...JOB, survey: '../x' }],
    ['no limit an hour', { ...JOB, limits: { ...JOB.limits, connectionsPerHour: 0 } }],
    ['an hour for a reply', { ...JOB, request: { ...JOB.request, timeoutMs: 3_600_000 } }],
    ['nothing', null],
  ];
  for (const [what, job] of others) {
    it(`is no job with ${what}`, () => {
      expect(readMessage(JobSchema, JSON.stringify(job))).to.equal(null);
    });
  }

  it('is no command that would say more than it seems to', () => {
    const command = {
      visit: 'v',
      say: 'transact',
      n: 1,
      sender: 'a@b.example',
      recipient: 'c@d.example',
    };
    expect(readMessage(CommandSchema, JSON.stringify(command))).to.deep.equal(command);
    for (const sender of ['a@b.example>\r\nDATA', '', 'a b@c.example', '<a@b.example>']) {
      expect(readMessage(CommandSchema, JSON.stringify({ ...command, sender }))).to.equal(null);
    }
  });

  it('is nothing where it is no JSON', () => {
    expect(readMessage(WorkerReportSchema, '{"tell":')).to.equal(null);
    expect(readMessage(WorkerReportSchema, undefined)).to.equal(null);
  });
});

describe('the limits of a worker', () => {
  const OWN: OwnLimits = {
    sources: ['192.0.2.25'],
    allowPrivate: false,
    ports: [25],
    connectionsPerHour: 30,
  };
  const PUBLIC: Job = { ...JOB, request: { ...JOB.request, address: '8.8.8.8' } };
  const to = (changes: Partial<Job['request']>): Job => ({
    ...PUBLIC,
    request: { ...PUBLIC.request, ...changes },
  });

  it('let it make what it may', () => {
    expect(refusalOf(PUBLIC, OWN)).to.equal(null);
  });

  for (const address of [
    '127.0.0.1',
    '10.0.0.1',
    '169.254.169.254',
    '::1',
    'fd00::1',
    '::ffff:10.0.0.1',
  ]) {
    it(`keep it from ${address}, unless it is told otherwise`, () => {
      expect(refusalOf(to({ address }), OWN)).to.match(/no public address.*--allow-private/);
      expect(refusalOf(to({ address }), { ...OWN, allowPrivate: true })).to.equal(null);
    });
  }

  it('keep it from other ports, other addresses, and more than its manners', () => {
    expect(refusalOf(to({ port: 6379 }), OWN)).to.match(/Port 6379.*--allow-port 6379/);
    expect(refusalOf(to({ port: 2525 }), { ...OWN, ports: [25, 2525] })).to.equal(null);
    expect(refusalOf(to({ sourceAddress: '192.0.2.26' }), OWN)).to.match(
      /does not hold .*192\.0\.2\.26/,
    );
    const more = { connectionsPerHour: 100, secondsBetweenConnections: 1 };
    expect(refusalOf({ ...PUBLIC, limits: more }, OWN)).to.match(/up to 100 connections an hour/);
  });
});
