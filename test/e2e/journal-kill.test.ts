import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import * as v from 'valibot';
import { buildResult } from '../../src/contract/build-result.js';
import { type ProbeEvent, ProbeEventSchema } from '../../src/core/run/events.js';
import { foldEvents, type RunState } from '../../src/core/run/state.js';
import { readJournal } from '../../src/edges/journal/reader.js';
import { PLAIN_POLICY } from '../../src/sandbox/greylister-policy.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { type PlantedRun, plantRun } from './support/planted-run.js';

const DRIVER = fileURLToPath(new URL('support/resume-and-print.mjs', import.meta.url));

const KILLS = 200;
const AT_ONCE = 6;
/** True delay of the greylister, on an exact clock. */
const DELAY_SECONDS = 1.5;
/** From the moment when the program is loaded, well into a run that is undisturbed for so long. */
const LONGEST_LIFE_MS = 700;
/** Wall clocks are read in whole milliseconds, and ages across processes rest on two readings. */
const CLOCK_SECONDS = 0.002;

/** What the server answered to one sender's RCPT, in order. */
type Decisions = Map<string, number[]>;

/** One run that was killed again and again until it came to its end. */
interface KilledRun {
  readonly planted: PlantedRun;
  readonly printed: readonly string[];
  readonly kills: number;
}

describe('runs that are killed', () => {
  let folder = '';
  let sandbox: Sandbox;
  const children = new Set<ChildProcess>();
  const decisions: Decisions = new Map();
  let recipients = 0;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'greyprobe-'));
    sandbox = await startSandbox({
      policy: { ...PLAIN_POLICY, delaySeconds: DELAY_SECONDS, clockGranularitySeconds: 0 },
      domain: 'grey.example',
      address: '127.0.0.1',
      smtpPort: 0,
      dnsPort: 0,
      onDecision: ({ query, answer }) => {
        if (query.stage !== 'rcpt') return;
        const code = typeof answer === 'string' ? 0 : answer.code;
        decisions.set(query.sender, [...(decisions.get(query.sender) ?? []), code]);
      },
    });
  });

  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function plant(): PlantedRun {
    recipients += 1;
    return plantRun(folder, {
      recipient: `user${recipients}@grey.example`,
      domain: 'grey.example',
      host: sandbox.address,
      port: sandbox.smtpPort,
      retryAtSeconds: [0.5, 1, 1.4, 1.7, 2.2],
      maxWaitSeconds: 5,
      resolutionSeconds: 0.2,
      manners: {
        connectionsPerHour: 1000,
        secondsBetweenConnections: 0.05,
        transactionsPerSession: 5,
      },
    });
  }

  /** Resumes the run; kills the process after so long unless it ended. Null: lets it end. */
  async function resume(run: string, lifeMs: number | null) {
    const child = spawn(process.execPath, [DRIVER, folder, run], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    const printed: string[] = [];
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    let lastLineEnded = true;
    child.stdout.on('data', (bytes: Buffer) => {
      lastLineEnded = bytes.at(-1) === 0x0a;
    });
    const lines = createInterface({ input: child.stdout });
    const ready = once(lines, 'line');
    lines.on('line', (line) => printed.push(line));
    const exit = once(child, 'exit');
    const closed = once(lines, 'close');
    await Promise.race([ready, exit]);
    if (lifeMs !== null) {
      await Promise.race([delay(lifeMs), exit]);
      child.kill('SIGKILL');
    }
    await exit;
    await closed;
    children.delete(child);
    expect(errors, run).to.equal('');
    const whole = lastLineEnded ? printed : printed.slice(0, -1);
    return { printed: whole.filter((line) => line !== 'ready'), killed: child.signalCode !== null };
  }

  async function killUntilFinished(wanted: () => boolean): Promise<KilledRun> {
    const planted = plant();
    const printed: string[] = [];
    let kills = 0;
    while (stateOf(planted).finished === null) {
      const lifeMs = wanted() ? Math.random() * LONGEST_LIFE_MS : null;
      const life = await resume(planted.run, lifeMs);
      printed.push(...life.printed);
      if (life.killed) kills += 1;
    }
    return { planted, printed, kills };
  }

  it(`lose nothing and count nothing twice, over ${KILLS} kills`, async function () {
    this.timeout(180_000);
    const undisturbed = await killUntilFinished(() => false);
    expect(undisturbed.kills).to.equal(0);
    const truth = windowOf(stateOf(undisturbed.planted));

    let kills = 0;
    const runs: KilledRun[] = [];
    const worker = async () => {
      while (kills < KILLS) {
        const killed = await killUntilFinished(() => kills < KILLS + AT_ONCE);
        kills += killed.kills;
        runs.push(killed);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));

    expect(kills).to.be.at.least(KILLS);
    for (const { planted, printed } of [undisturbed, ...runs]) {
      const { events } = readJournal(planted.path);
      const state = stateOf(planted);
      expectAllKept(printed, events);
      expectAsTheServerSawIt(state, decisions);
      const window = windowOf(state);
      expect(window.low, planted.run).to.be.at.most(DELAY_SECONDS + CLOCK_SECONDS);
      expect(window.high, planted.run).to.be.at.least(DELAY_SECONDS - CLOCK_SECONDS);
      expect(window.low, planted.run).to.be.at.most(truth.high + CLOCK_SECONDS);
      expect(window.high, planted.run).to.be.at.least(truth.low - CLOCK_SECONDS);
    }
    const seen = runs.reduce((sum, { planted }) => sum + stateOf(planted).attempts.length, 0);
    const cut = runs.reduce(
      (sum, { planted }) =>
        sum + stateOf(planted).attempts.filter(({ end }) => end === null).length,
      0,
    );
    process.stdout.write(
      `      ${kills} kills in ${runs.length} runs; ${seen} attempts, of which ${cut} were cut off\n`,
    );
  });
});

function stateOf({ path }: PlantedRun): RunState {
  const state = foldEvents(readJournal(path).events);
  if (state === null) throw new Error('the run never started');
  return state;
}

function windowOf(state: RunState): { readonly low: number; readonly high: number } {
  const { verdict, window } = buildResult(state, '0.0.0-test');
  expect(verdict.kind, state.run).to.equal('greylisted');
  const { afterSeconds, bySeconds } = window?.opens ?? {};
  return { low: afterSeconds ?? 0, high: bySeconds ?? Number.NaN };
}

/** Everything that a process said is in the journal, in the order in which it was said. */
function expectAllKept(printed: readonly string[], events: readonly ProbeEvent[]): void {
  const kept = events.map((event) => JSON.stringify(event));
  let from = 0;
  for (const line of printed) {
    // The schema gives each event its order of keys.
    const at = kept.indexOf(JSON.stringify(v.parse(ProbeEventSchema, JSON.parse(line))), from);
    expect(at, line).to.be.at.least(from);
    from = at + 1;
  }
}

/**
 * For each sender the finished attempts are answers that the server gave, in its order and at most as
 * often; and the server answered nothing that the journal had not announced.
 */
function expectAsTheServerSawIt(state: RunState, decisions: Decisions): void {
  for (const { tuple, attempts } of state.histories.values()) {
    const answered = [...(decisions.get(tuple.sender) ?? [])];
    expect(attempts.length, tuple.sender).to.be.at.least(answered.length);
    for (const { end } of attempts) {
      if (end === null || end.reply === null) continue;
      const code = end.reply.code === 250 ? [0, 250] : [end.reply.code];
      const at = answered.findIndex((one) => code.includes(one));
      expect(at, `${tuple.sender} ${end.reply.code}`).to.be.at.least(0);
      answered.splice(0, at + 1);
    }
  }
}
