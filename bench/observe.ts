/*
 * Speed and memory of `greyprobe observe` beside pflogsumm, on the built program and one log.
 *
 *   npm run build && node --import=tsx bench/observe.ts [--mb 180] [--rounds 3]
 *
 * The log is that of a relay: what the made-up sender of test/support/observe sends, with the lines that
 * a mail server writes around it. CPU seconds, rounds of both in turn. The bars: three times as fast as
 * pflogsumm (Debian's package), and at most 150 MB.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Chance } from '../test/support/observe/random.js';
import { sentLog } from '../test/support/observe/sent-log.js';

const MAX_RESIDENT_MB = 150;
const MIN_TIMES_AS_FAST = 3;

const { values } = parseArgs({
  options: {
    mb: { type: 'string', default: '180' },
    rounds: { type: 'string', default: '3' },
    keep: { type: 'string' },
  },
});

const AROUND = [
  'postfix/smtpd[%n]: connect from unknown[203.0.113.7]',
  'postfix/smtpd[%n]: %i: client=unknown[203.0.113.7], sasl_method=PLAIN, sasl_username=u%n',
  'postfix/cleanup[%n]: %i: message-id=<%i.%n@ours.example>',
  'postfix/smtpd[%n]: disconnect from unknown[203.0.113.7] ehlo=2 starttls=1 auth=1 mail=1 rcpt=1 data=1 quit=1 commands=8',
  'postfix/smtp[%n]: Untrusted TLS connection established to mx.dom%n.example[192.0.2.9]:25: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)',
] as const;
/** Lines around each line of a delivery. */
const LINES_AROUND = 5;

/** Writes a log of so many bytes; one that is made gives a tenth of it, under stamps that go on. */
function writeLog(path: string, bytes: number): void {
  const chance = new Chance(7);
  const made = sentLog({ seed: 3, days: 30, messagesADay: 2200, domains: 400 });
  const file = openSync(path, 'w');
  let written = 0;
  let block = '';
  for (const text of made.files) {
    for (const line of text.split('\n')) {
      const head = line.slice(0, line.indexOf('postfix'));
      if (head === '') continue;
      for (let n = 0; n < LINES_AROUND; n += 1) {
        const id = (0xa00000 + chance.below(0x100000)).toString(16).toUpperCase();
        const words = (AROUND[chance.below(AROUND.length)] ?? '')
          .replaceAll('%n', String(1000 + chance.below(90_000)))
          .replaceAll('%i', id);
        block += `${head}${words}\n`;
      }
      block += `${line}\n`;
      if (block.length > 1_000_000) {
        written += writeSync(file, block);
        block = '';
        if (written > bytes) break;
      }
    }
  }
  written += writeSync(file, block);
  closeSync(file);
  console.log(`${(written / 1e6).toFixed(1)} MB`);
}

interface Measured {
  readonly cpuSeconds: number;
  readonly residentMb: number;
}

/** CPU and memory as the kernel counted them, told by GNU time's format of the shell that runs it. */
function measure(command: readonly string[], log: string): Measured {
  const script =
    'import resource,subprocess,sys;subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,check=True);' +
    'u=resource.getrusage(resource.RUSAGE_CHILDREN);print(u.ru_utime+u.ru_stime,u.ru_maxrss)';
  const run = spawnSync('python3', ['-c', script, ...command, log], { encoding: 'utf8' });
  const [cpu = Number.NaN, kilobytes = Number.NaN] = run.stdout.split(' ').map(Number);
  return { cpuSeconds: cpu, residentMb: kilobytes / 1024 };
}

const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'greyprobe-bench-'));
const log = join(folder, 'mail.log');
const program = fileURLToPath(new URL('../bin/run.js', import.meta.url));
try {
  writeLog(log, Number(values.mb) * 1e6);
  const ours: Measured[] = [];
  const theirs: Measured[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    ours.push(measure([process.execPath, program, 'observe', '--json'], log));
    theirs.push(measure(['pflogsumm'], log));
  }
  const best = (all: readonly Measured[]) => Math.min(...all.map(({ cpuSeconds }) => cpuSeconds));
  const resident = Math.max(...ours.map(({ residentMb }) => residentMb));
  const times = best(theirs) / best(ours);
  console.log(
    `observe ${best(ours).toFixed(2)} CPU s, ${resident.toFixed(0)} MB; ` +
      `pflogsumm ${best(theirs).toFixed(2)} CPU s: ${times.toFixed(1)} times as fast`,
  );
  if (!(times >= MIN_TIMES_AS_FAST) || !(resident <= MAX_RESIDENT_MB)) process.exitCode = 1;
} finally {
  if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
}
