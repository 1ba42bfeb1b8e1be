import { type Finding, failed, ok } from './finding.js';

/** The oldest Node.js that greyprobe is made for, as package.json says. */
export const OLDEST_NODE = { major: 20, minor: 19 } as const;

/** Judges a version such as `20.19.1`, with or without a `v` before it. */
export function judgeNode(version: string): Finding {
  const wanted = `${OLDEST_NODE.major}.${OLDEST_NODE.minor}`;
  const [, major, minor] = /^v?(\d+)\.(\d+)\./u.exec(version) ?? [];
  const isNewEnough =
    Number(major) > OLDEST_NODE.major ||
    (Number(major) === OLDEST_NODE.major && Number(minor) >= OLDEST_NODE.minor);
  if (isNewEnough) return ok(`Version ${version}; greyprobe needs ${wanted} or later.`);
  return failed(
    `Version ${version} is too old: greyprobe needs ${wanted} or later.`,
    `Install Node.js ${wanted} or later, and see that it comes first in the PATH.`,
  );
}
