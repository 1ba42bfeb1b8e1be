import type { ReceivedResult } from '../../contract/observe-result.js';
import { formatDuration } from '../../model/values/duration.js';
import { escapeControl } from '../../model/values/escape.js';
import type { Style } from './style.js';
import { tableLine } from './table.js';
import { hanging, wrapText } from './wrap.js';

/** What a greylister's log tells of those who come, for people. */
export function receivedBlocks(
  received: ReceivedResult,
  style: Style,
): readonly (readonly string[])[] {
  return [
    summaryBlock(received, style),
    lostBlock(received, style),
    delaysBlock(received, style),
    poolsBlock(received, style),
    burstsBlock(received, style),
  ];
}

function summaryBlock(received: ReceivedResult, style: Style): readonly string[] {
  const {
    triplets,
    passed,
    neverCameBack,
    open,
    passedAfterSeconds: after,
    delaySeconds,
  } = received;
  const late =
    after === null
      ? ''
      : ` Those that came back waited ${formatDuration(after.median)} (median), ${formatDuration(after.p90)} (nine of ten), ${formatDuration(after.longest)} (longest).`;
  const delay = delaySeconds === null ? '' : ` Your delay is ${formatDuration(delaySeconds)}.`;
  return [
    ...wrapText(
      `Your greylist made ${triplets} triplets wait: ${passed} came back and got in, ${neverCameBack} never did, ${open} are open.`,
      style.columns,
    ).map(style.strong),
    ...wrapText(`${delay}${late}`.trim(), style.columns).filter((line) => line !== ''),
  ];
}

function lostBlock({ lost, neverCameBack }: ReceivedResult, style: Style): readonly string[] {
  if (lost.length === 0) return [];
  const lines = lost.flatMap((one) =>
    hanging(
      '  - ',
      escapeControl(
        `${one.sender} to ${one.recipient} from ${one.client ?? one.address}: mail ${one.legitimate}, since ${one.because}; ${one.tries} tries in ${formatDuration(one.triedForSeconds)}`,
      ),
      4,
      style.columns,
    ),
  );
  const more = neverCameBack - lost.length;
  return [
    style.strong('Never came back, the most legitimate first'),
    ...lines,
    ...(more > 0 ? [`  (${more} more: --top)`] : []),
  ];
}

const WIDTHS = [12, 10, 10, 12, 24];

function delaysBlock({ delays }: ReceivedResult, style: Style): readonly string[] {
  if (delays.length === 0) return [];
  return [
    style.strong('The same clients under other delays'),
    tableLine(['  delay', 'get in', 'lost', 'mean wait', ''], WIDTHS),
    ...delays
      .filter(
        ({ exact }, index) =>
          exact || delays[index - 2]?.exact === true || delays[index - 1]?.exact === true,
      )
      .map((one) =>
        tableLine(
          [
            `  ${formatDuration(one.delaySeconds)}`,
            `${one.exact ? '' : '>= '}${one.passes}`,
            `${one.exact ? '' : '<= '}${one.loses}`,
            one.meanWaitSeconds === null ? '-' : formatDuration(one.meanWaitSeconds),
            one.exact ? '' : 'bound: longer than now',
          ],
          WIDTHS,
        ),
      ),
    ...wrapText(
      'How known senders fare under one: greyprobe simulate --window 60s..48h',
      style.columns,
    ),
    ...wrapText(
      'What gets in under a shorter delay includes what never came back: that may be spam.',
      style.columns,
    ),
  ];
}

function poolsBlock({ pools }: ReceivedResult, style: Style): readonly string[] {
  if (pools.length === 0) return [];
  return [
    style.strong('Pools: came back from another address, and began to wait anew'),
    ...pools.flatMap(({ name, addresses, triplets, whitelist }) => {
      const line = whitelist === null ? '' : `; to let it in: ${whitelist}`;
      const says = `${name}: ${addresses} addresses, ${triplets} triplets${line}`;
      return hanging('  - ', escapeControl(says), 4, style.columns);
    }),
  ];
}

function burstsBlock({ bursts }: ReceivedResult, style: Style): readonly string[] {
  if (bursts.length === 0) return [];
  return [
    style.strong('Looks like codes that were asked for again'),
    ...bursts.flatMap(({ senderDomain, bursts: count, longestWaitSeconds }) =>
      hanging(
        '  - ',
        escapeControl(
          `${senderDomain}: ${count} times; a code has to live longer than ${formatDuration(longestWaitSeconds)}`,
        ),
        4,
        style.columns,
      ),
    ),
  ];
}
