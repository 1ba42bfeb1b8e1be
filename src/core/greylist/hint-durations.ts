import type { HintMeaning } from './hypothesis.js';

/** A waiting time found in a text, and where. */
export interface Duration {
  readonly seconds: number;
  readonly meaning: HintMeaning;
  /** The step in which the server counts, as far as its words show: 1, 60 or 3600 s. */
  readonly granularitySeconds: number;
  readonly start: number;
  readonly length: number;
}

/** One way to write a waiting time; named groups say what the digits are. */
export interface DurationShape {
  readonly id: string;
  readonly pattern: RegExp;
  readonly meaning: HintMeaning;
}

/** Words that stand before a waiting time. */
const LEAD = [
  '(?<!expires? )in|after|for|about|wait|delay|delay of|delay is|remaining:?|left:?',
  'nach|f[üu]r|noch|warten|warten sie|wartezeit:?',
  'dans|apr[èe]s|pendant|encore|attendre|attendez|patienter|patientez',
  'en|despu[ée]s de|tras|durante|por|espere',
  'tra|fra|dopo|per|attendere|attenda|ancora',
  'over|na|gedurende|wacht',
  'em|ap[óo]s|depois de|aguarde|dentro de|daqui a',
  'через|спустя|после|за|подождите|на',
  'om|peste',
  'za|po|przez|oko[łl]o|odczekaj|po[čc]kejte|nejd[řr][íi]ve za',
].join('|');

/** Letters of a unit of time, in the languages below. */
const UNIT = '[a-zà-žа-яё]{1,11}';

/** Numbers that people write as words, and the article. */
const NUMBER_WORDS: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  forty: 40,
  'forty-five': 45,
  sixty: 60,
  ninety: 90,
  ein: 1,
  eine: 1,
  einer: 1,
  zwei: 2,
  drei: 3,
  vier: 4,
  fünf: 5,
  zehn: 10,
  fünfzehn: 15,
  zwanzig: 20,
  dreissig: 30,
  dreißig: 30,
  une: 1,
  deux: 2,
  trois: 3,
  cinq: 5,
  dix: 10,
  quinze: 15,
  vingt: 20,
  trente: 30,
  una: 1,
  uma: 1,
  dos: 2,
  cinco: 5,
  diez: 10,
  dez: 10,
  veinte: 20,
  vinte: 20,
  treinta: 30,
  trinta: 30,
  cinque: 5,
  dieci: 10,
  quindici: 15,
  venti: 20,
  trenta: 30,
  een: 1,
  vijf: 5,
  tien: 10,
  vijftien: 15,
  twintig: 20,
  dertig: 30,
  pět: 5,
  pěti: 5,
  deset: 10,
  deseti: 10,
  patnáct: 15,
  dvacet: 20,
  třicet: 30,
  pięć: 5,
  dziesięć: 10,
  piętnaście: 15,
  dwadzieścia: 20,
  trzydzieści: 30,
  пять: 5,
  десять: 10,
  пятнадцать: 15,
  двадцать: 20,
  тридцать: 30,
  одну: 1,
  один: 1,
};
const WORDS = Object.keys(NUMBER_WORDS).join('|');

/** A number that is a word, with something behind it. */
export const NUMBER_WORD = new RegExp(`(?<![a-zà-ž])(?:${WORDS}|half an) [a-zà-žа-я]`, 'i');

const FILLER =
  '~ ?|at least |about |approximately |approx\\.? |ca\\.? |mindestens |etwa |au moins |environ |al menos |unos |almeno |circa |ongeveer |minstens |pelo menos |around |just |mere |cerca de |około |ok\\.? |přibližně |asi |примерно |около |не менее ';

/** In the order in which they are tried: the most telling shape first. */
export const DURATION_SHAPES: readonly DurationShape[] = [
  {
    id: 'hours-minutes-seconds',
    pattern: new RegExp(
      `(?<!\\w)(?:(?:${LEAD})\\s{1,3}(?:${FILLER})?|retry=)(?<h>\\d{1,3}):(?<m>\\d{2}):(?<s>\\d{2})(?![\\d:])`,
      'i',
    ),
    meaning: 'remaining',
  },
  {
    id: 'minutes-and-seconds',
    pattern:
      /(?<!\w)(?:(?:in|for|another|noch|dans|en|tra|over|em)\s{1,3}|retry=)(?<m>\d{1,4}):(?<s>\d{2})(?![\d:])(?:\s{0,2}(?:minut|min|m\b)\w{0,4})?/i,
    meaning: 'remaining',
  },
  {
    // `(04:59 left)`, `time remaining 03:00`; a time of the day has other words around it.
    id: 'clock-left',
    pattern:
      /(?<![\w:])(?:(?:remaining|left|to go|restant\w{0,2}|noch)[:= ]{1,3})(?<m>\d{1,3}):(?<s>\d{2})(?![\d:])/i,
    meaning: 'remaining',
  },
  {
    id: 'clock-and-left',
    pattern:
      /(?<![\w:.])(?<m>\d{1,3}):(?<s>\d{2}) ?(?:min\w{0,4} )?(?:left|remaining|to go|verbleiben\w{0,3}|restant\w{0,3}|rimanent\w|resterend\w{0,2})(?!\w)/i,
    meaning: 'remaining',
  },
  {
    // As programs in Go write it: 4m30s, 1h0m0s.
    id: 'units-run-together',
    pattern: new RegExp(
      `(?<!\\w)(?:${LEAD})\\s{1,3}(?:${FILLER})?(?:(?<h>\\d{1,3})h)?(?<m>\\d{1,3})m(?<s>\\d{1,2})(?:\\.\\d{1,9})?s(?!\\w)`,
      'i',
    ),
    meaning: 'unknown',
  },
  {
    id: 'seconds-left',
    pattern:
      /(?<![\w.:])(?<n>\d{1,7})\s{0,2}(?<unit>[a-zà-žа-яё]{1,11}) (?:left|remaining|to go|verbleiben\w{0,3}|restant\w{0,3}|rimanent\w|resterend\w{0,2})(?!\w)/i,
    meaning: 'remaining',
  },
  {
    id: 'a-further-time',
    pattern:
      /(?<!\w)(?:another|a further|noch|encore|ancora|nog|todavía)\s{1,3}(?<n>\d{1,7})\s{0,3}(?<unit>[a-zà-žа-яё]{1,11})(?![\w/])/i,
    meaning: 'remaining',
  },
  {
    id: 'number-and-unit',
    pattern: new RegExp(
      `(?<!\\w)(?:${LEAD})\\s{1,3}(?:${FILLER})?(?<n>\\d{1,7})\\s{0,3}(?<unit>${UNIT})(?![\\w/])`,
      'i',
    ),
    meaning: 'unknown',
  },
  {
    id: 'units-later',
    pattern:
      /(?<![\w.:])(?<n>\d{1,7})\s{0,3}(?<unit>[a-zà-žа-яё]{1,11}) (?:later|sp[äa]ter|plus tard|m[áa]s tarde|pi[ùu] tardi|sonra|múlva|kuluttua|senare|senere|позже|пізніше)(?![\wа-яё])/i,
    meaning: 'unknown',
  },
  {
    id: 'number-word-and-unit',
    pattern: new RegExp(
      `(?<![\\wà-ž])(?:${LEAD}|another)\\s{1,3}(?:${FILLER}|about )?(?<word>half an|${WORDS})\\s{1,3}(?<unit>${UNIT})(?![\\w/])`,
      'i',
    ),
    meaning: 'unknown',
  },
  {
    // Chinese, Japanese and Korean: 5分钟后, 300秒後, 5분 후.
    id: 'number-unit-after',
    pattern:
      /(?<![\d.:])(?<n>\d{1,7})\s{0,2}(?<unit>秒|分钟|分鐘|分間|分|小时|小時|時間|초|분|시간)\s{0,2}(?:[后後]|以[上後后]|之[后後]|経過|经过|待|후|뒤)/,
    meaning: 'unknown',
  },
  {
    // グレイリスト(5分), あと300秒, 请等待5分钟.
    id: 'number-unit-in-brackets',
    pattern:
      /(?:(?:グレ|灰|그레이)[^\s\d]{0,24}[((【「:：]|あと|等待)\s{0,2}(?:約|约)?(?<n>\d{1,7})\s{0,2}(?<unit>秒|分钟|分鐘|分間|分|小时|小時|時間|초|분|시간)/,
    meaning: 'unknown',
  },
  {
    id: 'retry-tag',
    pattern:
      /(?<!\w)retry(?:[ -]?after)?\s{0,2}[=:]\s{0,2}(?<n>\d{1,7})(?<unit>[a-z]{1,9})?(?![\w:.])/i,
    meaning: 'unknown',
  },
];

/** ` and 30 seconds` after `4 minutes`. */
const CONTINUED =
  /^,?\s{1,3}(?:and |und |et |y |e |en )?(?<n>\d{1,5})\s{0,3}(?<unit>[a-zà-žа-яё]{1,11})(?!\w)/i;

const UNITS: readonly { readonly seconds: number; readonly pattern: RegExp }[] = [
  {
    seconds: 1,
    pattern:
      /^(?:s|secs?|seconds?|seku?nden?|sek|secondes?|segundos?|second[oi]|seconden?|sekund[ya]?|sekundách|sekundach|секунд[аыу]?|сек|sekunder|saniye|másodperc|sekuntia?|secunde|秒|초)$/,
  },
  {
    seconds: 60,
    pattern:
      /^(?:m|mins?|minutes?|minuten?|minutos?|minut[oi]|minuut|minut[ay]?|minutę|minutách|minutach|минут[аыу]?|мин|mn|minuter|minutter|dakika|dk|perc|minuutin|minuuttia|хвилин[аиу]?|хв|分钟|分鐘|分間|分|분)$/,
  },
  {
    seconds: 3600,
    pattern:
      /^(?:h|hrs?|hours?|stunden?|std|heures?|horas?|or[ae]|uur|uren|godzin[ayę]?|godz|hodin[uya]?|час(?:а|ов|ы)?|timm(?:e|ar)|timer?|saat|órán?|годин[аиу]?|oră|ore|小时|小時|時間|시간)$/,
  },
  {
    seconds: 86_400,
    pattern: /^(?:d|days?|tage?n?|jours?|d[ií]as?|giorn[oi]|dag|dagen|dias?|dni|дн(?:я|ей)|день)$/,
  },
];

/** Reads one shape in a text; null when it is not there or its unit is no unit of time. */
export function readDuration(shape: DurationShape, text: string): Duration | null {
  const hit = shape.pattern.exec(text);
  if (hit?.groups === undefined) return null;
  const clock = clockSeconds(hit.groups);
  const single =
    clock ?? unitSeconds(hit.groups['n'] ?? ofWord(hit.groups['word']), hit.groups['unit']);
  if (single === null) return null;
  const base = {
    meaning: shape.meaning,
    start: hit.index,
    length: hit[0].length,
  };
  if (clock !== null) return { ...base, seconds: clock, granularitySeconds: 1 };
  const more = CONTINUED.exec(text.slice(hit.index + hit[0].length));
  const further = unitSeconds(more?.groups?.['n'], more?.groups?.['unit']);
  const granularity = unitSeconds('1', hit.groups['unit']) ?? 1;
  if (more === null || further === null || more.groups?.['unit'] === undefined) {
    return { ...base, seconds: single, granularitySeconds: granularity };
  }
  return {
    ...base,
    seconds: single + further,
    granularitySeconds: unitSeconds('1', more.groups['unit']) ?? 1,
    length: base.length + more[0].length,
  };
}

function ofWord(word: string | undefined): string | undefined {
  const known = word?.toLowerCase() ?? '';
  if (known === 'half an') return '0.5';
  const value = NUMBER_WORDS[known];
  return value === undefined ? undefined : String(value);
}

function clockSeconds(groups: Record<string, string | undefined>): number | null {
  if (groups['m'] === undefined || groups['s'] === undefined) return null;
  const seconds = Number(groups['s']);
  const minutes = Number(groups['m']);
  if (seconds > 59 || (groups['h'] !== undefined && minutes > 59)) return null;
  return Number(groups['h'] ?? 0) * 3600 + minutes * 60 + seconds;
}

/** A number without a unit (`retry=300`) counts seconds. */
function unitSeconds(number: string | undefined, unit: string | undefined): number | null {
  if (number === undefined) return null;
  if (unit === undefined) return Number(number);
  const known = UNITS.find(({ pattern }) => pattern.test(unit.toLowerCase()));
  return known === undefined ? null : Number(number) * known.seconds;
}
