/** Exit codes of every command: one table for the code, the help and the docs. */
export const EXIT = {
  ok: 0,
  checkFailed: 1,
  usage: 2,
  inconclusive: 3,
  noMailService: 4,
  unreachable: 5,
  rejected: 6,
  fault: 70,
  machineLimit: 71,
  notYet: 75,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each exit code means, in one line. */
export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  0: 'a verdict was reached, and every check held',
  1: 'a check or limit that the user set did not hold',
  2: 'wrong usage',
  3: 'inconclusive, or throttled by the server',
  4: 'the domain takes no mail (no such domain, no host, null MX)',
  5: 'no host could be reached',
  6: 'rejected for good (5yz)',
  70: 'a fault in greyprobe',
  71: 'this machine has no file descriptor, memory or disk space left',
  75: 'not yet: the run waits for its next attempt, come back later',
  130: 'interrupted; the run is kept and can be resumed',
};
