import type { Judgement } from '../../contract/check-result.js';
import { blocked, decided, failed, notJudged, passed } from './judgement.js';
import { type Observed, obstacleOf, type ReachedHost } from './observed.js';

/** Told by the mail host itself, so that a run which shows nothing else can still be judged. */
export function judgeTls(wanted: boolean, { result, tlsOffered }: Observed): Judgement {
  const expected = wanted ? 'STARTTLS is offered' : 'STARTTLS is not offered';
  const subject = { expectation: 'tlsOffered', expected };
  const values = { tlsOffered };
  if (tlsOffered !== null) {
    const found = tlsOffered ? 'it is offered' : 'it is not offered';
    return decided(tlsOffered === wanted, subject, found, values);
  }
  const obstacle = obstacleOf(result);
  if (obstacle !== null) return blocked(subject, obstacle, values);
  return notJudged(
    subject,
    'not-measured',
    `no session got to EHLO: ${result.verdict.summary}`,
    values,
  );
}

/**
 * Where no host answers, the way to them may be closed for this machine: only a host that is silent
 * beside others that answer fails, and only where this machine has a way to it.
 */
export function judgeReached({ result, reached }: Observed): Judgement {
  const subject = { expectation: 'noHostUnreachable', expected: 'every mail host answers' };
  const values = { mailHosts: result.mailHosts.map(({ name }) => name).join(', ') };
  const obstacle = obstacleOf(result);
  if (reached === null) {
    return obstacle === null
      ? notJudged(subject, 'not-measured', result.verdict.summary, values)
      : blocked(subject, obstacle, values);
  }
  const silent = reached.filter((host) => host.reached === false);
  const unknown = reached.filter((host) => host.reached === null);
  const all = { ...values, unreachable: namesOf(silent), notShown: namesOf(unknown) };
  const told = [...silent, ...unknown].map(({ name, says }) => `${name}: ${says}`).join('; ');
  const answering = reached.length - silent.length - unknown.length;
  if (answering === reached.length) return passed(subject, `${answering} of ${answering}`, all);
  if (answering === 0) return notJudged(subject, 'unreachable', `none answers: ${told}`, all);
  return silent.length > 0
    ? failed(subject, told, all)
    : notJudged(subject, 'unreachable', `from here: ${told}`, all);
}

function namesOf(hosts: readonly ReachedHost[]): string {
  return hosts.map(({ name }) => name).join(', ');
}

export function judgeSharedState(wanted: boolean, observed: Observed): Judgement {
  const expected = wanted ? 'all mail hosts share their state' : 'each mail host has its own state';
  const subject = { expectation: 'hostsShareState', expected };
  const { hostsShareState, result } = observed;
  const values = { hostsShareState };
  const obstacle = obstacleOf(result);
  if (obstacle !== null) return blocked(subject, obstacle, values);
  if (hostsShareState === null) {
    return notJudged(subject, 'not-measured', NOT_COMPARED, values);
  }
  const found = hostsShareState ? 'they share it' : 'they do not share it';
  return decided(hostsShareState === wanted, subject, found, values);
}

const NOT_COMPARED =
  'not every mail host was compared: that takes one go (without --no-wait), hosts that all answer, and a fresh sender for each ({nonce})';
