import type { HostsResult } from '../../../../src/contract/hosts-result.js';
import type { ProbeResult } from '../../../../src/contract/probe-result.js';
import { renderHosts } from '../../../../src/report/text/hosts-text.js';
import { SCREEN, type View } from '../../../../src/report/view.js';
import { HOSTILE_TEXTS, measuredResult, withText } from '../formats/support/reports.js';
import { expectToFit, LONG_TEXTS } from '../support/fits.js';

const FULL: View = { ...SCREEN, depth: 'details' };

function hostsResult(host: ProbeResult, name: string): HostsResult {
  const pinned = { name, address: '192.0.2.1', port: 25 };
  return {
    schema: 'greyprobe.hosts-result.v1',
    target: { recipient: `user@${name}`, domain: name },
    hosts: [host, host],
    sharing: [
      { from: pinned, to: pinned, shared: null, says: name, control: null, aged: null },
      { from: pinned, to: pinned, shared: true, says: name, control: null, aged: null },
    ],
    warnings: [{ code: 'some', message: name }],
  };
}

describe('the report of all mail hosts', () => {
  it('fits the columns that there are, whatever the hosts say', async () => {
    const result = await measuredResult();
    expectToFit((style) => renderHosts(hostsResult(result, 'example.org'), style, FULL));
    for (const text of [...HOSTILE_TEXTS, ...LONG_TEXTS]) {
      expectToFit((style) => renderHosts(hostsResult(withText(result, text), text), style, FULL));
    }
  });
});
