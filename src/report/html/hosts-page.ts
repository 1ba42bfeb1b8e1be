import type { HostsResult } from '../../contract/hosts-result.js';
import { element, type Markup } from '../markup.js';
import type { Page } from './page.js';
import { list, paragraph, section } from './parts.js';
import { overview, wholeFold } from './probes-page.js';
import { many, versionText } from './words.js';

/** All mail hosts of a domain: what each does, whether they share what they remember, each in full. */
export function hostsPage(result: HostsResult): Page {
  const { target, hosts, warnings } = result;
  const named = hosts.map((host) => ({
    name: host.pinned?.name ?? host.mailHosts[0]?.name ?? target.domain,
    result: host,
  }));
  const head = `${many(hosts.length, 'mail host')} of ${target.domain}`;
  return {
    title: `${head} - greyprobe`,
    header: [
      paragraph(`greyprobe: a probe of ${target.recipient} at all mail hosts`, 'over'),
      element('h1', {}, head),
      ...list(hosts.map(({ verdict }) => verdict.summary)),
    ],
    main: [
      ...overview(named),
      ...section('Do they share what they remember?', ...sharing(result)),
      ...section('Worth knowing', ...list(warnings.map(({ message }) => message))),
      ...section('Each in full', ...named.map((one, n) => wholeFold(one.name, one.result, n))),
    ],
    footer: [paragraph(versionText(hosts[0]?.version ?? ''))],
  };
}

function sharing({ sharing: pairs }: HostsResult): Markup[] {
  return list(
    pairs.map(({ from, to, shared, says }) => {
      const answer = shared === null ? 'not shown' : shared ? 'yes' : 'no';
      return `${from.name} to ${to.name}: ${answer}. ${says}`;
    }),
  );
}
