import { expect } from 'chai';
import { startProgram } from './support/program.js';
import {
  type Dialogue,
  hasPseudoTerminals,
  onTerminal,
  type Shown,
} from './support/pseudo-terminal.js';
import { EXACT, useWorld } from './support/world.js';

const ASKS = [
  '? Recipient:',
  '? Sender:',
  '? HELO name:',
  '? Ages at which to retry:',
  '? What sends your mail:',
] as const;
const NO_PYTHON = 'python3 with its pty module is needed to act as a person at a terminal';

/** Takes the questions away at once, so that a test that expects none does not hang. */
const CTRL_C = '\u0003';

describe('greyprobe probe, on a terminal', () => {
  const world = useWorld({ policy: { ...EXACT, delaySeconds: 2 }, address: '127.0.22.1' });
  const there = () => ({
    GREYPROBE_STATE_DIR: world().folder,
    GREYPROBE_RESOLVER: world().env['GREYPROBE_RESOLVER'] ?? '',
  });
  const port = () => ['--port', String(world().sandbox.smtpPort)];

  let asked: Promise<Shown>;
  let watched: Promise<Shown>;

  before(function () {
    if (!hasPseudoTerminals()) {
      process.stdout.write(`      skipped: ${NO_PYTHON}\n`);
      this.skip();
    }
    asked = onTerminal(['probe', ...port()], there(), [
      [ASKS[0], 'user@grey.example\r'],
      [ASKS[1], '\u0015{nonce}@sender.example\r'],
      [ASKS[2], '\r'],
      [ASKS[3], '1s,3s\r'],
      [ASKS[4], 'Exchange 2019\r'],
    ]);
    watched = onTerminal(
      world().probeWords('watched@grey.example', '--retry-at', '1s,3s'),
      world().env,
    );
  });

  it('asks for recipient, sender, HELO, ages and what sends the mail, and shows the command', async () => {
    const { code, text, problem } = await asked;

    expect([code, problem], text).to.deep.equal([0, '']);
    expect(text).to.contain(
      `greyprobe probe user@grey.example ${port().join(' ')} --from '{nonce}@sender.example' --helo sender.example --retry-at 1s,3s --for 'Exchange 2019'\n`,
    );
    expect(text).to.match(/Senders +Your Exchange 2013 to SE /u);
    expect(text).to.match(/Verdict +mx\.grey\.example .* greylists .*Confirmed/su);
  });

  it('refuses an answer that cannot be used, with a sentence, and asks again', async () => {
    const dialogue: Dialogue = [
      [ASKS[0], 'nobody\r'],
      ["'nobody' has no @", '\u0015user@open.grey.example\r'],
      [ASKS[1], '{nonce}\r'],
      ['must stand before the @', '\u0015me@sender.example\r'],
      [ASKS[2], 'a name\r'],
      ['This HELO name cannot be used', '\u0015mail.sender.example\r'],
      [ASKS[3], '300\r'],
      ['has no unit', '\u00155m\r'],
      [ASKS[4], 'postfxi\r'],
      ['not a sender that greyprobe knows', '\u0015\r'],
    ];
    const { code, text, problem } = await onTerminal(['probe', ...port()], there(), dialogue);

    expect([code, problem], text).to.deep.equal([0, '']);
    expect(text).to.contain('--from me@sender.example --helo mail.sender.example --retry-at 5m');
    expect(text).to.match(/Verdict +mx\.open\.grey\.example .*at\s+once/u);
  });

  it('asks only for what is missing', async () => {
    const { code, text } = await onTerminal(
      [
        ...['probe', 'user@open.grey.example', '--helo', 'mail.sender.example'],
        ...['--retry-at', '5s', '--for', 'postfix', ...port()],
      ],
      there(),
      [[ASKS[1], '\u0015me@sender.example\r']],
    );
    expect(code, text).to.equal(0);
    for (const asked of [ASKS[0], ASKS[2], ASKS[3], ASKS[4]]) expect(text).not.to.contain(asked);
  });

  it('checks what was given before it asks', async () => {
    const { code, text } = await onTerminal(['probe', '--timeout', '5', ...port()], there(), [
      [ASKS[0], CTRL_C],
    ]);
    expect(code, text).to.equal(2);
    expect(text).to.contain('has no unit: write 5s.').and.not.to.contain(ASKS[0]);
  });

  it('ends as interrupted, not as at fault, when a question is left with Ctrl-C', async () => {
    const { code, text } = await onTerminal(['probe', ...port()], there(), [[ASKS[0], CTRL_C]]);
    expect(code, text).to.equal(130);
    expect(text).to.contain('Error: Interrupted: no run was begun, nothing was sent.\n');
  });

  it('asks before a plan as well', async () => {
    const { code, text } = await onTerminal(
      ['probe', 'user@grey.example', '--helo', 'mail.sender.example', '--dry-run'],
      there(),
      [
        [ASKS[1], '\u0015me@sender.example\r'],
        [ASKS[3], '1m,5m\r'],
        [ASKS[4], '\r'],
      ],
    );
    expect(code, text).to.equal(0);
    expect(text).to.contain('--dry-run --from me@sender.example --retry-at 1m,5m\n');
    expect(text).to.contain('Plan for user@grey.example');
  });

  it('asks nothing where all is given, and shows what goes on', async () => {
    const { code, raw, text } = await watched;
    expect(code, text).to.equal(0);
    for (const asked of ASKS) expect(text).not.to.contain(asked);
    expect(text).to.match(/Connection 2 \(.*\) in \d+ s\. Done at \d\d:\d\d/u);
    expect(raw).to.contain('\u001b[1m');
  });

  it('shows no colour under NO_COLOR', async () => {
    const { raw, text } = await onTerminal(['recommend', '--opens-by', '300s'], {
      NO_COLOR: '1',
    });
    expect(text).to.contain('GlitchRetrySeconds');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin so.
    expect(raw).not.to.match(/\u001b\[[\d;]*m/u);
  });

  it('asks nothing in CI, nor under --json: what is missing is an error', async () => {
    const [ci, json] = await Promise.all([
      onTerminal(['probe', 'user@grey.example'], { ...there(), CI: '1' }, [[ASKS[1], CTRL_C]]),
      onTerminal(['probe', '--json'], there(), [[ASKS[0], CTRL_C]]),
    ]);
    expect(ci.code, ci.text).to.equal(2);
    expect(ci.text).to.contain('Error: No envelope sender given');
    expect(json.code, json.text).to.equal(2);
    expect(JSON.parse(json.text)).to.have.nested.property('error.code', 'missing-recipient');
  });
});

describe('greyprobe probe, in a pipe', () => {
  it('asks nothing, whatever could be read: what is missing is an error', async () => {
    const { code, stdout, stderr } = await startProgram(
      ['probe'],
      {},
      'user@grey.example\nme@sender.example\n',
    ).ended;
    expect([code, stdout]).to.deep.equal([2, '']);
    expect(stderr).to.match(/^Error: No recipient given/u);
  });
});
