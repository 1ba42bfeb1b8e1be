import type { Reply } from '../../model/smtp.js';
import type { Fate } from '../finding.js';

/*
 * What a bounce says to people of the message: that it still waits, or that it came back. In the
 * languages in which mail servers write their bounces.
 */

/** Characters in which the words for people are looked for. */
const MAX_WORDS = 16_384;

/** Shorter words of a reply stand within other words too. */
const LEAST_SAID = 8;

const STILL_TRYING = anyOf(
  'warning (?:message )?only|not yet been delivered|still undelivered|(?:only a )?temporary failure report',
  'will (?:automatically )?(?:be retried|keep trying|retry|try again)|will (?:keep|continue)(?: to)? try|continue trying|no action is required',
  '(?:hasn.t|has not) been delivered yet|kept in the queue|(?:delivery|message) deferred|Temporary error in|is delayed for|has been delayed|still trying to|delivery (?:is |has been )?delayed|delayed notification|message delayed|^-Queue ID-',
  // What Gmail says of a delay.
  'delivery incomplete|will retry for|versucht es .{0,40}(?:weiter|erneut)|(?:va|vont) réessayer|réessaiera|volverá a intentar|riproverà|tentará novamente|blijft het proberen|ponowi|повторит|будет пытаться|再試行し|重试|重新尝试',
  '(?:weiter|weiterhin|erneut) versucht|noch nicht zugestellt|verzögert|weitere Zustellversuche',
  "pas encore (?:été|pu)|retardé|différé|continuer(?:a|ons) (?:à|d')",
  '(?:todavía|aún) no|retrasad|seguirá intentando',
  'ainda não|atrasad|continuará (?:a )?tenta',
  'non (?:è )?(?:stato )?ancora|ritardat|continuerà a',
  'nog niet|vertraagd|blijven proberen',
  'jeszcze nie|opóźni|kolejne próby|dosud ne|zatím ne|zpožd',
  'ещё не|еще не|пока не|задерж|будут? (?:продолж|предприн|повтор)|ще не ',
  '遅延|まだ(?:配信|配送|届)|延[迟遲]|尚未|[会會](?:继续|繼續)',
);

const GIVEN_UP = anyOf(
  "(?:could|can) ?not be delivered|couldn't be delivered|(?:wasn't|weren't|not|un)(?: been)? ?able to deliver|given up|Envelope expired|was not delivered|delivery [^.]{0,60}failed permanently|permanent error|retry timeout exceeded|not going to try again|stopped trying|undeliverable|failed addresses|error has occurred while attempting to deliver|no valid recipients|(?:message|mail) not delivered|did not reach|could not be reached|delivery (?:has )?failed",
  // What Gmail says of a failure.
  'nicht zugestellt|non (?:distribué|remis|recapitato|consegnato)|no entregado|não entregue|niet bezorgd|niedostarcz|配信されません',
  'nicht (?:zugestellt|ausgeliefert|übermittelt|gesendet|erreicht) werden|unzustellbar|fehlgeschlagen',
  "(?:n'a|n'ont) (?:pas )?pu être|erreur (?:définitive|permanente)|échec de (?:la )?(?:remise|livraison)|impossible de (?:remettre|livrer|distribuer)",
  'no (?:se )?(?:ha |han )?(?:pudo|podido|puede) (?:ser )?(?:entrega|envia)|no se (?:ha )?entreg|error permanente',
  'não (?:pôde|pode|foi possível) (?:ser )?(?:entreg|envi)',
  'non (?:è stato possibile|può|ha potuto|è stato) (?:essere )?(?:recapitat?|consegnat?)|impossibile recapitare',
  'niet (?:worden )?(?:bezorgd|afgeleverd)|onbestelbaar',
  'nie (?:można|udało się|mogła|mógł|została?|może) [^.]{0,40}dostarcz|niedoręcz',
  'nemoh[lo]a? být doruč|nelze doručit|nepodařilo (?:se )?doručit|nebyla? doruč',
  'не (?:может быть|удалось|было|была|смогли?) [^.]{0,40}(?:доставл|отправл|достав)|недоставлен|не доставлено|не вдалося',
  'kunne ikke (?:leveres|afleveres)|kunde inte levereras|ei voitu toimittaa|nem (?:sikerült )?kézbesít|(?:teslim edile|iletile)medi|nu a putut fi livrat',
  '(?:配信|配送|送信|お届け)[^。]{0,12}(?:できません|できなかった|失敗)|配信不能|不達',
  '(?:无法|未能|無法|不能)(?:被)?(?:投递|投遞|送达|送達|递送|发送|傳送|傳遞)|(?:投递|投遞|发送|傳送)失[败敗]|退[信回]',
);

/**
 * Reads what becomes of a message, by the words around its reply. One reader for one text: a report may
 * tell of thousands of recipients.
 */
export function fateReader(text: string): (reply: Reply | null) => Fate {
  const words = text.slice(0, MAX_WORDS).replace(/\s+/g, ' ');
  const whole = fateInWords(words);
  return (reply) => {
    if (reply !== null && reply.code >= 500) return 'rejected';
    // What the other side says is no word of the sender's: `please be patient, your server will retry`.
    const said = reply?.text.join(' ').replace(/\s+/g, ' ') ?? '';
    if (whole === 'unknown' || said.length < LEAST_SAID || !words.includes(said)) return whole;
    return fateInWords(words.replaceAll(said, ' '));
  };
}

function fateInWords(words: string): Fate {
  if (STILL_TRYING.test(words)) return 'deferred';
  return GIVEN_UP.test(words) ? 'gave-up' : 'unknown';
}

function anyOf(...words: readonly string[]): RegExp {
  return new RegExp(words.join('|'), 'i');
}
