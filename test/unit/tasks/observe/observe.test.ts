import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { parse } from 'valibot';
import { decidingHosts } from '../../../../src/contract/deciding-hosts.js';
import {
  type ObserveResult,
  ObserveResultSchema,
} from '../../../../src/contract/observe-result.js';
import { renderObservation } from '../../../../src/report/text/observe-text.js';
import { type ObserveOptions, observe } from '../../../../src/tasks/observe/observe.js';
import { recommend, simulateSenders } from '../../../../src/tasks/recommend/with-files.js';

/** They tell when the messages arrived: at 10 o'clock UTC. */
const IDS: Readonly<Record<number, string>> = {
  4: '1wJq5o-00000000001-0001',
  5: '1wKCZM-00000000002-0001',
  6: '1wKZ2u-00000000003-0001',
};

/** Exim, which was refused at 0 s and got in after half an hour, three times. */
const EXIM = [4, 5, 6]
  .flatMap((day) => {
    const line = (time: string, words: string) => `2026-05-0${day} ${time} ${IDS[day]} ${words}`;
    return [
      line('10:00:00', '<= a@ours.example H=app [10.0.0.5] P=esmtp S=900'),
      line(
        '10:00:01',
        `== u${day}@org.example R=dnslookup T=remote_smtp defer (-44) H=mx.org.example [192.0.2.9]: SMTP error from remote mail server after RCPT TO:<u${day}@org.example>: 450 4.2.0 Greylisted`,
      ),
      line(
        '10:30:01',
        `=> u${day}@org.example R=dnslookup T=remote_smtp H=mx.org.example [192.0.2.9] C="250 Ok" QT=30m1s DT=1s`,
      ),
    ];
  })
  .join('\n');
const OPTIONS: Omit<ObserveOptions, 'logs'> = {
  since: null,
  until: null,
  host: null,
  top: 20,
  anonymise: false,
  forSender: null,
  set: [],
};

describe('observe', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'greyprobe-observe-'));
    await writeFile(join(folder, 'main.log'), `${EXIM}\n`);
  });
  after(() => rm(folder, { recursive: true }));

  const told = (given: Partial<ObserveOptions> = {}): Promise<ObserveResult> =>
    observe({ ...OPTIONS, logs: [join(folder, 'main.log')], ...given }, Readable.from([]));

  it('gives what its schema says', async () => {
    const result = await told();
    expect(parse(ObserveResultSchema, result)).deep.equal(result);
  });

  it('says what to set for one destination alone', async () => {
    const { sent } = await told();
    const [one] = sent?.settings?.destinations ?? [];
    expect(one).deep.include({ host: 'mx.org.example', domain: 'org.example' });
    expect(one?.paste.join('\n')).match(/^org\.example {2}\* {2}F,/mu);
    expect(renderObservation(await told())).contain('For one destination alone');
  });

  it('names the probe that decides most', async () => {
    const { sent } = await told();
    const [one] = decidingHosts(sent?.hosts ?? [], 3);
    expect(one?.probe).deep.equal({
      recipient: 'u4@org.example',
      host: 'mx.org.example',
      from: '{nonce}@ours.example',
    });
    expect(one?.command).equal(
      'greyprobe probe u4@org.example --host mx.org.example --from "{nonce}@ours.example"',
    );
  });

  it('shows no address of a person where that is asked', async () => {
    expect(JSON.stringify(await told({ anonymise: true }))).not.match(/u4@|a@ours/u);
  });

  it('looks at a span of time and at one host', async () => {
    const from = Date.parse('2026-05-05T00:00:00Z') / 1000;
    expect((await told({ since: from })).sent?.delivered).equal(2);
    expect((await told({ until: from })).sent?.delivered).equal(1);
    expect((await told({ host: 'org.example' })).sent?.hosts).length(1);
    expect((await told({ host: 'net.example' })).sent?.hosts).length(0);
  });

  it('reads rotated logs in the order of their times, packed ones too, whatever their names', async () => {
    const days = EXIM.split('\n');
    const rotated = join(folder, 'rotated');
    await mkdir(rotated);
    await writeFile(join(rotated, 'mainlog'), `${days.slice(6).join('\n')}\n`);
    await writeFile(join(rotated, 'a.gz'), gzipSync(`${days.slice(2, 6).join('\n')}\n`));
    await writeFile(join(rotated, 'z.2.gz'), gzipSync(`${days.slice(0, 2).join('\n')}\n`));
    const { sent, input } = await told({ logs: [rotated] });
    expect(input.files.map((name) => name.slice(rotated.length + 1))).deep.equal([
      'z.2.gz',
      'a.gz',
      'mainlog',
    ]);
    expect(sent?.hosts[0]).deep.include({ refused: 3, passes: 3, waitedSeconds: 5400 });
  });

  it('reads what is left of packed data that was cut off, and names what is no log', async () => {
    const packed = gzipSync(`${EXIM}\n`.repeat(50));
    const cut = join(folder, 'cut.gz');
    await writeFile(cut, packed.subarray(0, packed.length - 12));
    const png = join(folder, 'shot.png');
    await writeFile(png, Buffer.from('89504e470d0a1a0a', 'hex'));
    const { sent, warnings } = await told({ logs: [cut, png] });
    expect(sent?.delivered).greaterThan(0);
    expect(warnings.map(({ code }) => code)).include.members(['packed-cut', 'not-text']);
  });

  it('is a window for recommend and simulate', async () => {
    const file = join(folder, 'observed.json');
    await writeFile(file, JSON.stringify(await told()));
    const flags = { set: [], 'restarts-timer': false, force: false, result: file, for: 'postfix' };
    const host = 'mx.org.example';
    const advice = await recommend({ ...flags, host }, Readable.from([]));
    expect(advice.window.opens.bySeconds).equal(1811);
    const simulated = await simulateSenders({ ...flags, host }, Readable.from([]));
    expect(simulated.window.opensSeconds).equal(1811);
    const { sent, ...more } = await told();
    const hosts = (sent?.hosts ?? []).map((one) => ({
      ...one,
      probed: {
        run: 'r1',
        verdict: { kind: 'greylisted', confidence: 'confirmed', summary: '' },
        window: { ...one.window, opens: { afterSeconds: 299, bySeconds: 303 } },
      },
    }));
    await writeFile(file, JSON.stringify({ ...more, sent: { ...sent, hosts } }));
    expect((await recommend(flags, Readable.from([]))).window.opens.bySeconds).equal(303);
    const other = simulateSenders({ ...flags, host: 'mx.net.example' }, Readable.from([]));
    expect(await other.catch((error: Error) => error.message)).contain('mx.net.example');
  });
});
