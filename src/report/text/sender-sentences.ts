import type { Advice } from '../../core/advice/advice-schema.js';
import type { Exchange2003Advice } from '../../core/advice/exchange2003-schema.js';
import { percentOf } from '../../core/advice/landing-words.js';
import type { LandingVerdict, SenderAdvice } from '../../core/advice/sender-advice-schema.js';
import { formatDuration } from '../../model/values/duration.js';

/** Those whose mail most receivers see, where nobody is named. */
const MOST_MET: readonly string[] = ['postfix', 'exchange-online', 'exim-debian-q30m'];
const EXCHANGE_2003 = 'exchange-2003';

/**
 * What a window means for senders, a sentence each: those who were named (by id) first, as `Your ...`;
 * else the three most met. Exchange 2003 has its line always.
 */
export function senderSentences(advice: Advice, named: readonly string[]): readonly string[] {
  const { exchange2003, senders } = advice;
  const own = named.length > 0;
  const shown = (own ? named : MOST_MET).filter((id) => id !== EXCHANGE_2003);
  const others = shown.flatMap((id) => {
    const sender = senders.find((one) => one.id === id);
    return sender === undefined ? [] : senderSentence(sender, own);
  });
  const glitch = glitchSentence(exchange2003, named.includes(EXCHANGE_2003));
  return own && !named.includes(EXCHANGE_2003) ? [...others, glitch] : [glitch, ...others];
}

/** What a window means for Exchange 2000/2003. */
export function glitchSentence(advice: Exchange2003Advice, own: boolean): string {
  const { glitchRetrySeconds, change, candidates } = advice;
  const who = `${own ? 'Your ' : ''}Exchange 2000/2003`;
  if (glitchRetrySeconds === null) return `${who}: no GlitchRetrySeconds works here.`;
  if (!change) return `${who}: by itself; GlitchRetrySeconds may stay at ${glitchRetrySeconds}.`;
  const shipped = candidates.find(({ label }) => label.includes('default'));
  const early = shipped?.attempts.every(({ fate }) => fate === 'too-early') === true;
  const why = early ? 'too early by default' : 'may miss by default';
  return `${who}: ${why}; set GlitchRetrySeconds to ${glitchRetrySeconds}.`;
}

const FAILS: Readonly<Record<Exclude<LandingVerdict, 'lands' | 'unknown'>, string>> = {
  'may-miss': 'may come at the wrong time',
  'never-lands': 'never comes at the right time',
  'gives-up-first': 'gives up before a retry passes',
};

/** `Your Postfix gets through by itself after 5 to 10 min; nothing to set.` */
export function senderSentence(sender: SenderAdvice, own: boolean): string {
  const { verdict, earliestSeconds, latestSeconds, remedy, missChance, otherwise } = sender;
  const who = `${own ? 'Your ' : ''}${calledName(sender)}`;
  if (verdict === 'unknown') return `${who}: when it tries again is not known.`;
  if (verdict === 'lands') {
    const when = spanWords(earliestSeconds ?? 0, latestSeconds ?? 0);
    const does = own ? ' gets through' : ':';
    return `${who}${does} by itself after ${when}; nothing to set.`;
  }
  const often = missChance === null || missChance === 0 ? '' : ` (${percentOf(missChance)} %)`;
  const fails = `${who} ${FAILS[verdict]}${often}`;
  if (remedy !== null) {
    const short = remedy.value.length <= LONGEST_VALUE;
    return `${fails}: ${short ? `set ${remedy.setting} to ${remedy.value}` : `change ${remedy.setting}`}.`;
  }
  const [way] = otherwise;
  return way === undefined ? `${fails}.` : `${fails}: ${way}`;
}

const LONGEST_VALUE = 24;

/** Without what tells it from its like: `Exchange 2013 to SE, 4xx to MAIL/RCPT/DATA` is long. */
export function calledName({ name }: SenderAdvice): string {
  return name.replace(/(?:,| \(| [\d.]+ and later).*$/u, '');
}

/** `5 to 10 min`, `30 min`, `15 to 45 min`: to the minute from two minutes on. */
function spanWords(fromSeconds: number, toSeconds: number): string {
  const [from, to] = [coarse(fromSeconds), coarse(toSeconds)];
  if (from === to) return to;
  const unit = to.replace(/^[\d.]+/u, '');
  const alike = /^[\d.]+ \w+$/u.test(to) && from.endsWith(unit) && /^[\d.]+ \w+$/u.test(from);
  return `${alike ? from.slice(0, -unit.length) : from} to ${to}`;
}

function coarse(seconds: number): string {
  return formatDuration(seconds < 120 ? seconds : Math.round(seconds / 60) * 60);
}
