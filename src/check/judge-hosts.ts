import type { Judgement } from '../result/check-result.js';
import { blocked, decided, failed, notJudged, passed } from './judgement.js';
import { type Observed, obstacleOf } from './observed.js';

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
 * beside others that answer fails.
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
  const silent = reached.filter((host) => !host.reached);
  const all = {
    ...values,
    unreachable: silent.map(({ name }) => name).join(', '),
  };
  if (silent.length === 0) return passed(subject, `${reached.length} of ${reached.length}`, all);
  const told = silent.map(({ name, says }) => `${name}: ${says}`).join('; ');
  return silent.length === reached.length
    ? notJudged(subject, 'unreachable', `none answers: ${told}`, all)
    : failed(subject, told, all);
}

export function judgeSharedState(wanted: boolean, observed: Observed): Judgement {
  const expected = wanted ? 'all mail hosts share their state' : 'each mail host has its own state';
  const subject = { expectation: 'hostsShareState', expected };
  const { hostsShareState, result } = observed;
  const values = { hostsShareState };
  const obstacle = obstacleOf(result);
  if (obstacle !== null) return blocked(subject, obstacle, values);
  if (hostsShareState === null) {
    return notJudged(subject, 'not-measured', 'no sender showed it', values);
  }
  const found = hostsShareState ? 'they share it' : 'they do not share it';
  return decided(hostsShareState === wanted, subject, found, values);
}
