import { expect } from 'chai';
import fc from 'fast-check';
import { nagios } from '../../../../src/report/formats/nagios.js';
import { PLAIN } from '../../../../src/report/text/style.js';
import { readPlugin } from './support/plugin-output.js';
import {
  checkOf,
  HOSTILE_TEXTS,
  hostileCheck,
  hostileProbes,
  judgement,
  measuredResult,
  probes,
  target,
} from './support/reports.js';

describe('the nagios format', () => {
  it('is OK, CRITICAL or UNKNOWN by the outcome, and exits so', async () => {
    const result = await measuredResult();
    const cases = [
      ['passed', 'OK', 0],
      ['failed', 'CRITICAL', 2],
      ['not-judged', 'UNKNOWN', 3],
    ] as const;
    for (const [outcome, state, exit] of cases) {
      const report = checkOf(target(result, [judgement(outcome, 'text')]));
      expect(readPlugin(nagios.render(report, PLAIN)).state).to.equal(state);
      expect(nagios.exitCode?.(report)).to.equal(exit);
    }
  });

  it('lets a failure outweigh what was not judged', async () => {
    const result = await measuredResult();
    const report = checkOf(
      target(result, [judgement('not-judged', 'a'), judgement('failed', 'b')]),
    );

    expect(nagios.exitCode?.(report)).to.equal(2);
    expect(readPlugin(nagios.render(report, PLAIN)).text).to.equal(
      '0 passed, 1 failed, 1 not judged; head office: expectation-failed: b',
    );
  });

  it('prints no more than plugins may, failures first', async () => {
    const result = await measuredResult();
    const targets = Array.from({ length: 1000 }, (_, n) =>
      target(result, [judgement(n === 700 ? 'failed' : 'not-judged', 'é'.repeat(500))], `t${n}`),
    );
    const output = nagios.render(checkOf(...targets), PLAIN);

    expect(Buffer.byteLength(output)).to.be.within(7000, 8192);
    const { lines } = readPlugin(output);
    expect(lines[0]).to.match(/^failed: t700: /u);
    expect(lines.at(-1)).to.match(/^and \d+ more$/u);
  });

  it('gives the window as performance data', async () => {
    const result = await measuredResult();
    const { data } = readPlugin(nagios.render(probes(result), PLAIN));

    expect(data['opens_by']).to.deep.equal({ value: result.window?.opens.bySeconds, unit: 's' });
    expect(data['connections']).to.deep.equal({ value: result.connections, unit: '' });
    expect(data).to.not.have.property('closes_by');
  });

  it('names the target in the labels of several, whatever their order', async () => {
    const result = await measuredResult();
    const named = (...names: readonly string[]) => {
      const targets = names.map((name) => target(result, [judgement('passed', 'a')], name));
      const labels = Object.keys(readPlugin(nagios.render(checkOf(...targets), PLAIN)).data);
      return labels.filter((label) => label.endsWith('opens_by'));
    };

    expect(named('our own MX', "it's=a@b.example")).to.deep.equal([
      'our_own_mx_opens_by',
      'it_s_a_b_example_opens_by',
    ]);
    expect(named('new', 'our own MX')).to.deep.equal(['new_opens_by', 'our_own_mx_opens_by']);
    expect(named('a b', 'a-b', 'ü')).to.deep.equal([
      'a_b_opens_by',
      'a_b_no2_opens_by',
      '__opens_by',
    ]);
    expect(named('our own MX')).to.deep.equal(['opens_by']);
  });

  it('warns of a look-alike that was probed, and never calls the unreachable critical', async () => {
    const result = await measuredResult();
    const lookAlike = probes({ ...result, verdict: { ...result.verdict, kind: 'deferred' } });
    const unreachable = probes({ ...result, verdict: { ...result.verdict, kind: 'unreachable' } });

    expect(nagios.exitCode?.(lookAlike)).to.equal(1);
    expect(nagios.exitCode?.(unreachable)).to.equal(3);
  });

  it('is broken by no hostile text', async () => {
    const result = await measuredResult();
    for (const text of HOSTILE_TEXTS) {
      const { lines } = readPlugin(nagios.render(hostileCheck(result, [text]), PLAIN));
      expect(lines).to.have.length(3);
    }
    const all = readPlugin(nagios.render(hostileProbes(result, HOSTILE_TEXTS), PLAIN));
    expect(all.lines).to.have.length(HOSTILE_TEXTS.length);
  });

  it('is broken by no random text', async () => {
    const result = await measuredResult();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { state, lines } = readPlugin(nagios.render(hostileCheck(result, [text]), PLAIN));
        expect([state, lines.length]).to.deep.equal(['CRITICAL', 3]);
      }),
    );
  });
});
