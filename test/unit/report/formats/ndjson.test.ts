import { expect } from 'chai';
import type { ProbeEvent } from '../../../../src/core/run/events.js';
import { eventLine, ndjson } from '../../../../src/report/formats/json.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import { alwaysReplies } from '../../../../src/sandbox/behaviours.js';
import { virtualRun } from '../../core/run/support/virtual-run.js';
import {
  HOSTILE_TEXTS,
  hostileCheck,
  hostileProbes,
  measuredResult,
  probes,
} from './support/reports.js';

function parsed(lines: string): readonly unknown[] {
  expect(lines.endsWith('\n')).to.equal(true);
  return lines
    .slice(0, -1)
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

describe('the ndjson format', () => {
  it('has a line for each result', async () => {
    const result = await measuredResult();

    expect(parsed(ndjson.render(probes(result, result), PLAIN))).to.deep.equal([result, result]);
  });

  it('keeps hostile text in its line', async () => {
    const result = await measuredResult();

    expect(parsed(ndjson.render(hostileProbes(result, HOSTILE_TEXTS), PLAIN))).to.have.length(
      HOSTILE_TEXTS.length,
    );
    expect(parsed(ndjson.render(hostileCheck(result, HOSTILE_TEXTS), PLAIN))).to.have.length(1);
  });

  it('has a line for each event as it happens, with run and time', async () => {
    const { events } = await virtualRun(
      alwaysReplies('rcpt', { code: 550, enhanced: null, text: ['no\u2028body', '##[error]x'] }),
    );
    const lines = events.map((event: ProbeEvent) => eventLine('the-run', event));

    expect(lines.length).to.be.greaterThan(5);
    for (const [index, line] of lines.entries()) {
      const event = events[index];
      expect(parsed(line)).to.deep.equal([
        {
          schema: 'greyprobe.event.v1',
          run: 'the-run',
          time: new Date(event?.at.wallMs ?? 0).toISOString(),
          ...event,
        },
      ]);
    }
  });
});
