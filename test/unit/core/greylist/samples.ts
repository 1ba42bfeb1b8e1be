import type { Signature } from '../../../../src/core/greylist/catalogue/schema.js';
import type { Reply } from '../../../../src/model/smtp.js';

const VALUES: Readonly<Record<string, string>> = {
  rcpt: 'u@example.org',
  sender: 'qzkwtrhm@sender.example',
  address: 'qzkwtrhm@sender.example',
  ip: '192.0.2.7',
  id: 'kq7Zw2Lm19',
  plugin: 'karma',
};

/** A sample of the catalogue with its placeholders filled in. */
export function fillSample(sample: string): string {
  return sample.replace(/\{([^{}]{1,40})\}/g, (_, name: string) => VALUES[name] ?? `some.${name}`);
}

/** The reply that a signature describes. */
export function sampleReply({ code, enhanced, sample }: Signature): Reply {
  return {
    code: Number(code.replaceAll('x', '0')),
    enhanced: enhanced === '*' ? null : enhanced,
    text: [fillSample(sample)],
  };
}

/** `451 4.7.1 text` as a reply; lines are parted by `\n`. */
export function replyOf(line: string): Reply {
  const match = /^(\d{3})(?: (\d\.\d{1,3}\.\d{1,3}))?(?: (.*))?$/s.exec(line);
  if (match === null) throw new Error(`not a reply: ${line}`);
  return { code: Number(match[1]), enhanced: match[2] ?? null, text: (match[3] ?? '').split('\n') };
}
