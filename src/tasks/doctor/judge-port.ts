import type { SessionFacts } from '../../model/ports/dialer.js';
import type { TransactionEnd } from '../../model/smtp.js';
import { type Finding, failed, ok, warning } from './finding.js';

/** What came of connecting to one address: a session, or the way in which it failed to open. */
export interface DialTrial {
  readonly address: string;
  readonly seconds: number;
  readonly facts: SessionFacts | null;
  readonly end: TransactionEnd | null;
}

const BLOCKED =
  'Many networks block outgoing port 25. Try another host; if none answers, ask your provider, or ' +
  'run greyprobe on the mail server itself.';

const OPEN =
  'The port is open: a host greeted, and gave no answer to EHLO. Some want another name: --helo. ' +
  'Some firewalls let the banner through and no more.';

/** Some firewalls hide what they do not know behind asterisks. */
const MASKED = /\*{8,}/u;
const LONGEST_BANNER = 100;

/** Judges the connections to the addresses of one host, which were tried until one answered. */
export function judgePort(host: string, port: number, trials: readonly DialTrial[]): Finding {
  const answered = trials.find(({ facts, end }) => facts !== null || end?.reply);
  if (answered === undefined) return nobodyAnswered(port, trials);
  const failures = trials.filter((one) => one !== answered).map(failureOf);
  const finding = judgeAnswer(host, port, answered);
  if (failures.length === 0) return finding;
  return {
    outcome: finding.outcome === 'ok' ? 'warning' : finding.outcome,
    found: `${finding.found} But: ${failures.join(' ')}`,
    next: [...finding.next, `Give the address that works: --host ${answered.address}`],
  };
}

function judgeAnswer(
  host: string,
  port: number,
  { address, seconds, ...trial }: DialTrial,
): Finding {
  const place = `${host === address ? address : `${host} (${address})`} port ${port}`;
  const reply = trial.facts?.banner ?? trial.end?.reply;
  const said = [reply?.code, reply?.enhanced, reply?.text.join(' ')].filter(Boolean).join(' ');
  const shown = said.length <= LONGEST_BANNER ? said : `${said.slice(0, LONGEST_BANNER)}...`;
  const story = `${place} answered in ${seconds.toFixed(1)} s: ${shown}`;
  if (MASKED.test(said)) {
    return warning(
      story,
      'A firewall between here and there rewrites SMTP: its replies are not those of the mail host. ' +
        "Switch its SMTP inspection off ('fixup', 'inspect esmtp').",
    );
  }
  if (trial.facts !== null) return ok(story);
  return warning(
    `The port is open, but no session: ${story}`,
    "Ask what the host means with: greyprobe explain '<its reply>'",
  );
}

function nobodyAnswered(port: number, trials: readonly DialTrial[]): Finding {
  const codes = new Set(trials.map(({ end }) => end?.failure?.code));
  const story = trials.map(failureOf).join(' ');
  if (codes.has('source-address')) {
    return failed(
      story,
      'Give an address of this machine with --source-ip. Behind NAT, look at the public address without --host.',
    );
  }
  if (codes.has('garbled-reply') || codes.has('reply-too-long')) {
    return failed(story, 'What answers there does not speak SMTP. Check the host and the --port.');
  }
  if (trials.some(({ end }) => end !== null && end.stage !== 'connect')) return failed(story, OPEN);
  const next = port === 25 ? BLOCKED : 'Check the port, and that a firewall lets it through.';
  return failed(story, next);
}

function failureOf({ address, end }: DialTrial): string {
  return end?.failure?.message ?? `${address} gave no answer.`;
}
