import type { HostsResult } from '../result/hosts-result.js';
import type { ProbeResult } from '../result/probe-result.js';
import { escapeControl } from '../values/escape.js';
import { PLAIN, type Style } from './style.js';
import { renderText } from './text.js';
import { hanging, WIDTH } from './wrap.js';

/** Results of all mail hosts of a domain, for people: a summary first, then each host. */
export function renderHosts(result: HostsResult, style: Style = PLAIN): string {
  const blocks = [
    [
      style.strong(`${result.hosts.length} mail hosts of ${escapeControl(result.target.domain)}`),
      ...result.hosts.flatMap((host) =>
        hanging('  - ', escapeControl(host.verdict.summary), 4, WIDTH),
      ),
    ],
    sharingLines(result, style),
    result.warnings.flatMap((one) => hanging('Note: ', escapeControl(one.message), 6, WIDTH)),
    ...result.hosts.map((host) => [heading(host, style), renderText(host, style)]),
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n');
}

function heading(host: ProbeResult, style: Style): string {
  const name = escapeControl(host.mailHosts[0]?.name ?? host.target.domain);
  return style.faint(`── ${name} ${'─'.repeat(Math.max(0, WIDTH - name.length - 4))}`);
}

function sharingLines(result: HostsResult, style: Style): readonly string[] {
  if (result.sharing.length === 0) return [];
  return [
    style.strong('Do they share what they remember?'),
    ...result.sharing.flatMap((one) => {
      const answer = one.shared === null ? 'not shown' : one.shared ? 'yes' : 'no';
      const text = `${one.from.name} to ${one.to.name}: ${answer}. ${one.says}`;
      return hanging('  - ', escapeControl(text), 4, WIDTH);
    }),
  ];
}
