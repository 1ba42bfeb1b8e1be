import type { HostsResult } from '../../contract/hosts-result.js';
import type { ProbeResult } from '../../contract/probe-result.js';
import { escapeControl } from '../../model/values/escape.js';
import type { View } from '../view.js';
import { verdictLine } from './first-screen.js';
import type { Style } from './style.js';
import { renderText } from './text.js';
import { columnsOf, hanging, joined, listed, shorten, wrapLonger } from './wrap.js';

/** Results of all mail hosts of a domain, for people: a summary first, then each host in full or by its command. */
export function renderHosts(result: HostsResult, style: Style, view: View): string {
  if (view.depth === 'verdict') return result.hosts.map(verdictLine).join('\n');
  const blocks = [
    [
      ...wrapLonger(
        `${result.hosts.length} mail hosts of ${escapeControl(result.target.domain)}`,
        style.columns,
      ).map(style.strong),
      ...result.hosts.flatMap((host) => listed(escapeControl(host.verdict.summary), style.columns)),
    ],
    sharingLines(result, style),
    result.warnings.flatMap((one) =>
      hanging('Note: ', escapeControl(one.message), 6, style.columns),
    ),
    ...(view.depth === 'details'
      ? result.hosts.map((host) => [heading(host, style), renderText(host, style)])
      : [commandsOf(result, view)]),
  ];
  return joined(blocks);
}

function heading(host: ProbeResult, style: Style): string {
  const full = escapeControl(host.mailHosts[0]?.name ?? host.target.domain);
  const name = shorten(full, style.columns - 4);
  return style.faint(`── ${name} ${'─'.repeat(style.columns - columnsOf(name) - 4)}`);
}

function sharingLines(result: HostsResult, style: Style): readonly string[] {
  if (result.sharing.length === 0) return [];
  return [
    style.strong('Do they share what they remember?'),
    ...result.sharing.flatMap((one) => {
      const answer = one.shared === null ? 'not shown' : one.shared ? 'yes' : 'no';
      const text = `${one.from.name} to ${one.to.name}: ${answer}. ${one.says}`;
      return listed(escapeControl(text), style.columns);
    }),
  ];
}

/** How to see a host in full, each in a line that can be copied. */
function commandsOf({ hosts }: HostsResult, view: View): string[] {
  const lines = hosts.flatMap((host) => {
    const { details } = view.again(host);
    return details.length === 0 ? [] : `  ${['greyprobe', ...details].join(' ')}`;
  });
  return lines.length === 0 ? [] : ['Each in full:', ...lines];
}
