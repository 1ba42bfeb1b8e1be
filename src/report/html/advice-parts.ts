import type { Advice } from '../../core/advice/advice-schema.js';
import type { Exchange2003Advice } from '../../core/advice/exchange2003-schema.js';
import { registryCommands } from '../../core/advice/registry-file.js';
import type { SenderAdvice } from '../../core/advice/sender-advice-schema.js';
import { formatDuration } from '../../model/values/duration.js';
import { element, type Markup } from '../markup.js';
import { CONFIDENCE_WORDS } from '../text/advice-table.js';
import { glitchSentence, senderSentence } from '../text/sender-sentences.js';
import { cards, fold, list, paragraph, toCopy } from './parts.js';

const EXCHANGE_2003 = 'exchange-2003';

/** What a window means for each sender, and what to paste; those who are named (by id) come first. */
export function adviceCards(advice: Advice, named: readonly string[]): Markup[] {
  const { exchange2003, senders } = advice;
  const own = named.length > 0;
  const others = senders.filter(({ id }) => id !== EXCHANGE_2003);
  const first = others.filter(({ id }) => named.includes(id));
  const rest = others.filter((sender) => !first.includes(sender));
  const calm = rest.filter((sender) => sender.remedy?.needed !== true);
  return cards([
    ...first.map((sender) => senderCard(sender, own)),
    glitchCard(exchange2003, named.includes(EXCHANGE_2003)),
    ...rest.filter((sender) => !calm.includes(sender)).map((sender) => senderCard(sender, false)),
    ...(calm.length === 0
      ? []
      : [
          list(
            calm.flatMap((one) => senderSentence(one, false)),
            'plain',
          ),
        ]),
  ]);
}

/** Exchange 2000/2003: the sentence, and the registry value in both shells. */
export function glitchCard(advice: Exchange2003Advice, own: boolean): Markup[] {
  const sentence = element('p', {}, element('strong', {}, glitchSentence(advice, own)));
  const { glitchRetrySeconds: value, change } = advice;
  if (value === null || !change) return [sentence];
  const { regExe, powerShell, restart } = registryCommands(value);
  return [
    sentence,
    paragraph('On the Exchange server, at a command prompt:', 'soft'),
    toCopy([...regExe, ...restart]),
    fold(
      'The same in PowerShell, and why',
      toCopy([...powerShell, ...restart]),
      paragraph(advice.basis),
    ),
  ];
}

/** A sender's sentence, with the lines that set it where it has to be set. */
export function senderCard(sender: SenderAdvice, own: boolean): Markup[] {
  const { remedy, confidence, source } = sender;
  const from = paragraph(`Numbers from ${CONFIDENCE_WORDS[confidence]}: ${source}`, 'soft');
  const sentence = element('p', {}, element('strong', {}, senderSentence(sender, own)));
  if (remedy === null || remedy.paste.length === 0) return [sentence, from];
  const [earliest, latest] = remedy.landsSeconds ?? [null, null];
  const when =
    earliest === null || latest === null
      ? ''
      : ` Its mail arrives after ${formatDuration(earliest)} to ${formatDuration(latest)} then.`;
  const why = remedy.needed ? 'To set it:' : 'Nothing has to be set; so that it arrives sooner:';
  return [
    sentence,
    paragraph(why, 'soft'),
    toCopy(remedy.paste),
    paragraph(`${remedy.price}${when}`, 'soft'),
    from,
  ];
}
