/*
 * Speed and memory of `greyprobe explain --file` with a mail log of 100 MB, on the built program.
 *
 *   npm run build && node --import=tsx bench/explain.ts [--mb 100] [--program bin/run.js]
 *
 * The log is made in a temporary folder: a mail server's day, once with few refusals and once with
 * nothing but refusals. Memory is the highest resident set of the whole process, as the kernel
 * counted it. The bars: under 150 MB, and at least 20 MB for each second of the processor.
 *
 * Beside it, what administrators use on the same logs, in the same run: pflogsumm (at least three times
 * its speed) and eximstats (not slower), in seconds of the processor. Where they are not installed, they
 * are unpacked from Debian's packages into the temporary folder; where that cannot be, the comparison is
 * skipped, and that is said.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const MAX_RESIDENT_MB = 150;
const MIN_MB_PER_SECOND = 20;
const TIMES_PFLOGSUMM = 3;
const TIMES_EXIMSTATS = 1;

const { values } = parseArgs({
  options: {
    mb: { type: 'string', default: '100' },
    program: {
      type: 'string',
      default: fileURLToPath(new URL('../bin/run.js', import.meta.url)),
    },
  },
});

/** A small generator with a fixed seed (mulberry32): the same log on every machine. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const REPLIES = [
  '450 4.2.0 <%r>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/%d.html',
  '450 4.7.1 <%r>: Recipient address rejected: Greylisted for %n seconds',
  '451 4.7.1 Greylisting in action, please come back in 00:%m:%m',
  '451 4.7.1 Try again later',
  '452 4.2.2 The email account that you tried to reach is over quota %i',
  '421 4.7.28 Our system has detected an unusual rate of mail from your IP address. %i - gsmtp',
  '450 4.1.8 <a@%d>: Sender address rejected: Domain not found',
] as const;

type Pick = (below: number) => number;

function refusal(pick: Pick, second: number): string {
  const domain = `dom${pick(20_000)}.example`;
  const recipient = `user${pick(900_000)}@${domain}`;
  const id = pick(2 ** 31).toString(36);
  const reply = (REPLIES[pick(REPLIES.length)] ?? '')
    .replace('%r', recipient)
    .replace('%d', domain)
    .replace('%n', String(pick(300)))
    .replaceAll('%m', String(10 + pick(49)))
    .replace('%i', `${id}-20020a05${id}`);
  const host = `mx${pick(3)}.${domain}[192.0.2.${pick(255)}]`;
  return `${stamp(second)} mail postfix/smtp[${1000 + pick(9000)}]: ${id.toUpperCase()}: to=<${recipient}>, relay=${host}:25, delay=${pick(900)}, delays=0.1/0/0.5/0.2, dsn=4.7.1, status=deferred (host ${host} said: ${reply} (in reply to RCPT TO command))\n`;
}

const ORDINARY = [
  'postfix/qmgr[812]: %i: from=<a%n@sender.example>, size=%n, nrcpt=1 (queue active)',
  'postfix/smtpd[%n]: connect from unknown[203.0.113.7]',
  'postfix/smtp[%n]: %i: to=<u%n@dom%n.example>, relay=mx.dom.example[192.0.2.9]:25, delay=1.1, delays=0.1/0/0.5/0.5, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as %i)',
  'postfix/cleanup[%n]: %i: message-id=<%i.%n@sender.example>',
  'dovecot: imap-login: Login: user=<u%n@dom.example>, method=PLAIN, rip=198.51.100.4, lip=192.0.2.1, mpid=%n, TLS, session=<%i>',
  'postfix/qmgr[812]: %i: removed',
] as const;

function ordinary(pick: Pick, second: number): string {
  const id = pick(2 ** 31)
    .toString(36)
    .toUpperCase();
  const words = (ORDINARY[pick(ORDINARY.length)] ?? '')
    .replaceAll('%i', id)
    .replaceAll('%n', String(1000 + pick(90_000)));
  return `${stamp(second)} mail ${words}\n`;
}

function stamp(second: number): string {
  const part = (value: number) => String(value).padStart(2, '0');
  return `Nov ${part(1 + (Math.floor(second / 86_400) % 30))} ${part(Math.floor(second / 3600) % 24)}:${part(Math.floor(second / 60) % 60)}:${part(second % 60)}`;
}

type WriteLine = (pick: Pick, second: number) => string;

/** A message of Exim: it comes in, is refused once in ten, and goes out. */
function eximMessage(pick: Pick, second: number): string {
  // Of the length that eximstats of 4.96 knows as well.
  const id = `1xXj${10 + pick(90)}-${100_000 + pick(900_000)}-${10 + pick(90)}`;
  const domain = `dom${pick(20_000)}.example`;
  const time = new Date(Date.UTC(2026, 10, 1) + second * 1000).toISOString();
  const line = (words: string) => `${time.slice(0, 10)} ${time.slice(11, 19)} ${id} ${words}\n`;
  const to = `u${pick(900)}@${domain} R=dnslookup T=remote_smtp`;
  const host = `H=mx${pick(3)}.${domain} [192.0.2.${pick(255)}]`;
  const tls = 'X=TLS1.3:TLS_AES_256_GCM_SHA384:256 CV=yes';
  return [
    line(
      `<= a${pick(900)}@sender.example H=c.sender.example [192.0.2.7] P=esmtpsa ${tls} A=plain:a S=${2000 + pick(9000)} id=${pick(2 ** 31)}@sender.example`,
    ),
    pick(10) === 0
      ? line(
          `== ${to} defer (-44) ${host}: SMTP error from remote mail server after RCPT TO:<u@${domain}>: 451 4.7.1 Greylisting in action, please come back in 00:04:59`,
        )
      : '',
    line(`=> ${to} ${host} ${tls} C="250 2.0.0 Ok: queued as ${pick(2 ** 31).toString(36)}"`),
    line('Completed'),
  ].join('');
}

/** A log of a mail server in which this share of the lines are refusals. */
function postfixLines(share: number): WriteLine {
  const chance = randomNumbers(11);
  return (pick, second) => (chance() < share ? refusal(pick, second) : ordinary(pick, second));
}

function writeLog(path: string, bytes: number, line: WriteLine): void {
  const random = randomNumbers(7);
  const pick: Pick = (below) => Math.floor(random() * below);
  const file = openSync(path, 'w');
  let written = 0;
  for (let second = 0; written < bytes; ) {
    let block = '';
    for (let n = 0; n < 5000; n += 1, second += pick(2)) {
      block += line(pick, second);
    }
    written += writeSync(file, block);
  }
  closeSync(file);
}

interface Measured {
  /** Seconds of the processor, of the program and the system for it. */
  readonly cpuSeconds: number;
  readonly residentMb: number;
  readonly exit: number | null;
  readonly refusals: number;
}

/** Runs the program in a process that reports its own use of memory and processor at the end. */
function measure(program: string, log: string): Measured {
  const report =
    'process.on("exit",()=>{const u=process.resourceUsage();process.stderr.write("\\nmaxrss "+u.maxRSS+" cpu "+(u.userCPUTime+u.systemCPUTime)+"\\n")})';
  const run = spawnSync(
    process.execPath,
    [
      `--import=data:text/javascript,${encodeURIComponent(report)}`,
      program,
      'explain',
      '--file',
      log,
      '--json',
    ],
    {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, NODE_ENV: 'production' },
    },
  );
  const used = /maxrss (\d+) cpu (\d+)/.exec(run.stderr);
  const refusals = Number(/"refusals":\s*(\d+)/.exec(run.stdout)?.[1] ?? Number.NaN);
  return {
    cpuSeconds: Number(used?.[2] ?? Number.NaN) / 1e6,
    residentMb: Number(used?.[1] ?? Number.NaN) / 1024,
    exit: run.status,
    refusals,
  };
}

/** Unpacks a package of Debian into the folder, without installing it. */
function unpack(debianPackage: string): void {
  const script = 'apt-get download "$0" && dpkg-deb -x "$0"_*.deb .';
  spawnSync('sh', ['-c', script, debianPackage], { cwd: folder, stdio: 'ignore' });
}

/** Seconds of the processor that another program takes; null where it cannot be had. */
function cpuSecondsOf(beside: Beside, log: string, mayUnpack = true): number | null {
  const path = [
    process.env['PATH'],
    '/usr/sbin',
    join(folder, 'usr/sbin'),
    join(folder, 'usr/bin'),
  ];
  const run = spawnSync('sh', ['-c', `"$0" "$1" >/dev/null 2>&1 && times`, beside.program, log], {
    encoding: 'utf8',
    env: { ...process.env, PATH: path.join(':') },
  });
  if (run.status === 127 && mayUnpack) {
    unpack(beside.debianPackage);
    return cpuSecondsOf(beside, log, false);
  }
  // The second line of `times` is of the children: `0m7.900s 0m0.080s`.
  const children = run.stdout.split('\n')[1] ?? '';
  const spent = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  if (run.status !== 0 || spent.length === 0) return null;
  return spent.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
}

interface Beside {
  readonly program: string;
  readonly debianPackage: string;
}

interface Case {
  readonly name: string;
  readonly line: WriteLine;
  /** A program for the same log, and how many times its speed is asked for. */
  readonly beside: (Beside & { readonly times: number }) | null;
}

const CASES: readonly Case[] = [
  {
    name: 'Postfix, one line in ten a refusal',
    line: postfixLines(0.1),
    beside: { program: 'pflogsumm', debianPackage: 'pflogsumm', times: TIMES_PFLOGSUMM },
  },
  { name: 'Postfix, every line a refusal', line: postfixLines(1), beside: null },
  {
    name: 'Exim',
    line: eximMessage,
    beside: { program: 'eximstats', debianPackage: 'exim4-base', times: TIMES_EXIMSTATS },
  },
];

const folder = mkdtempSync(join(tmpdir(), 'greyprobe-bench-'));
let failed = false;

function say(text: string, holds: boolean): void {
  failed ||= !holds;
  process.stdout.write(`${text}: ${holds ? 'holds' : 'DOES NOT HOLD'}\n`);
}

try {
  const megabytes = Number(values.mb);
  for (const { name, line, beside } of CASES) {
    const log = join(folder, 'mail.log');
    writeLog(log, megabytes * 1e6, line);
    const { cpuSeconds, residentMb, exit, refusals } = measure(values.program, log);
    const speed = megabytes / cpuSeconds;
    say(
      `explain, ${megabytes} MB, ${name}: ${cpuSeconds.toFixed(2)} s of the processor, ${speed.toFixed(0)} MB/s, ` +
        `${residentMb.toFixed(0)} MB resident, ${refusals} refusals`,
      exit === 0 && residentMb < MAX_RESIDENT_MB && speed >= MIN_MB_PER_SECOND,
    );
    if (beside === null) continue;
    const other = cpuSecondsOf(beside, log);
    if (other === null) {
      process.stdout.write(
        `  skipped: ${beside.program} is not here, and its package cannot be had\n`,
      );
      continue;
    }
    const times = other / cpuSeconds;
    say(
      `  ${beside.program}: ${other.toFixed(2)} s, so ${times.toFixed(1)} times its speed (bar: ${beside.times})`,
      times >= beside.times,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
