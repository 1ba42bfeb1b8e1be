import type { Confidence, DeferralClass } from './hypothesis.js';

/** Words that speak for a class, whichever product says them. */
export interface WordRule {
  readonly id: string;
  readonly class: DeferralClass;
  readonly confidence: Exclude<Confidence, 'confirmed'>;
  /** The rule is looked at only when a word of the reply begins with one of these, parted by blanks. */
  readonly starts: string;
  /** Linear-time: every repeat is bounded. */
  readonly pattern: RegExp;
  /** Which form of the text; `proseOnly` when not given. */
  readonly on?: 'proseOnly' | 'withoutAddresses';
  /** One sentence for people who ask why. */
  readonly why: string;
}

/** Letters beyond ASCII, so that a word of another language ends where it ends. */
const GREY_WORDS = [
  String.raw`(?<!\w)(?:post|sql|milter-)?gr[ea]y[- ]?list[a-zà-ž]{0,10}(?!\w)`,
  String.raw`(?<!\w)postgrey(?!\w)`,
  'grau(?:e[nr]? |er-)list|graulist|graugelistet|grau gelistet|gegr[ea]ylistet',
  'listes? grises?|gris[- ]list|liste[- ]grise',
  String.raw`listas? gris(?:es)?(?!\w)|listas? cin(?:zas?|zentas?)`,
  'list[ae] grigi[ae]|grigia lista|grigie liste',
  'grijze lijst|grijslijst',
  'gr[åa]list(?:ning|ing|ad|et)|gråliste',
  'harmaalist|szar(?:a|ą|ej|e|ych|ymi) li[sś][tc]|[šs]ed(?:[áýéaye]|[ée]m|[ée]ho|[ýy]ch) (?:listin|seznam|list)',
  'szürkelist|gri liste',
  'сер(?:ый|ого|ому|ом|ым|ые|ых|ыми) спис|сір(?:ий|ого|ому|им|і|их) спис|гр[еэ]йлист',
  'グレ[イー]?リスト|グレ[イー]?リスティング|灰色リスト|그레이리스트',
  '灰(?:色)?(?:名单|名單|列表)',
].join('|');

/** The list itself, not what it does to a sender: `greylist`, `greylisting`, never `greylisted`. */
const LIST = String.raw`(?<!\w)(?:(?:milter-|sql)?gr[ea]y[- ]?list(?:ing|er|d)?|(?:post|sql)gr[ea]y)(?!\w)`;
const PART =
  '(?:db|database|daemon|server|service|socket|backend|module|policy|check|lookup|query|table|store|plugin)';
const FAULT =
  '(?:cannot|can.t|can not|could not|couldn.t|unable|unavailable|overloaded|crashed|timed out|timeout|is (?:full|down)|not (?:found|available|running|reachable|responding))';

/**
 * The greylister has a fault of its own: `greylistd socket not found`, `greylist check failed`,
 * `error in greylisting`. A sender that *is greylisted* is another matter.
 */
export const GREYLISTER_OUT_OF_ORDER = new RegExp(
  [
    `${LIST}(?:[^.;,]{0,40}) ${FAULT}(?!\\w)`,
    `${LIST}[- ]${PART}(?:[^.;]{0,40}) (?:fail|error|down|refused|lost)`,
    `(?:error|failure|fault|problem) (?:in|with|of|from) (?:the |our )?${LIST}`,
    `(?:connect(?:ion|ing)?|contact|contacting|talk(?:ing)?|reach|query|querying|access)(?: to| with)? (?:the |our )?${LIST}`,
    `${LIST} ${PART}? ?error`,
  ].join('|'),
  'i',
);

/** Names a list of clients: the word greylisting in its text is the list's own. */
export const BLOCK_LIST_RULE = 'dns-block-list';

/**
 * General rules, by class. A rule is `likely` when its words name the cause; `possible` when
 * they allow it. Greylisters that never say the word are the catalogue's business.
 */
export const WORD_RULES: readonly WordRule[] = [
  {
    id: 'says-greylisting',
    class: 'greylisting',
    confidence: 'likely',
    starts:
      'grey gray postgrey postgray sqlgrey milter grau gegrey gegray list gris grig grij gral szar sed harmaa gri',
    pattern: new RegExp(GREY_WORDS, 'i'),
    why: 'The reply says greylisting.',
  },
  {
    id: 'links-to-greylisting',
    class: 'greylisting',
    confidence: 'possible',
    starts: 'grey gray postgrey greylist graylist http https',
    pattern: /https?:\/\/[^\s<>"]{0,300}gr[ea]y[-_]?list/i,
    on: 'withoutAddresses',
    why: 'A link in the reply names greylisting.',
  },
  {
    id: 'greylister-out-of-order',
    class: 'system',
    confidence: 'possible',
    starts: 'grey gray milter postgr sqlgr',
    pattern: GREYLISTER_OUT_OF_ORDER,
    why: 'The greylister of the server has a fault of its own.',
  },

  {
    id: BLOCK_LIST_RULE,
    class: 'reputation',
    confidence: 'likely',
    starts:
      'block black deny dnsbl rbl rbls list spamhaus spamcop sorbs barracudacentral uceprotect surbl abuseat psbl nixspam mailspike invaluement zen sbl xbl pbl',
    pattern:
      /block(?:ed)? using|(?<!\w)(?:dnsbl|rbls?|spamhaus|spamcop|sorbs|barracudacentral|uceprotect|surbl|abuseat|psbl|nixspam|mailspike|invaluement)(?!\w)|\blisted (?:at|by|in|on) (?!(?:our |the |a )?gr[ea]y)|(?:block|black|deny)[- ]?list(?:ed|ing)?/i,
    on: 'withoutAddresses',
    why: 'The reply names a block list.',
  },
  {
    id: 'reputation-words',
    class: 'reputation',
    confidence: 'likely',
    starts: 'reputation untrusted complaint unsolicited spam spams abuse reput',
    pattern:
      /(?<!\w)reputation|reputaci|untrusted ip|user complaints|unsolicited (?:mail|e-?mail|messages?) (?:originating|from) (?:from )?your|sending spam|spam ?(?:source|sender)|too many spams|(?:suspected|known) spammer|sends? (?:too much )?spam/i,
    why: 'The reply blames the reputation of the client.',
  },
  {
    id: 'reputation-codes',
    class: 'reputation',
    confidence: 'likely',
    // Codes of NetEase.
    starts: 'hl dt wm ip',
    pattern: /(?<!\w)(?:hl:(?:rep|mep)|dt:rbl|wm:bl[iu]|ip:[fi]cl)(?!\w)/i,
    why: 'The reply has the code of a provider for a bad reputation.',
  },
  {
    id: 'client-blocked',
    class: 'reputation',
    confidence: 'possible',
    starts: 'block banned bloqu gesperrt',
    pattern:
      /(?<!\w)(?:ip|host|server|client|address|you)(?:[^.;]{0,60}) (?:temporarily |currently )?(?:blocked|banned)|temporarily blocked|gesperrt|bloqu(?:é|eado|eada)/i,
    why: 'The reply says that the client is blocked.',
  },

  {
    id: 'rate-limit-words',
    class: 'rate-limit',
    confidence: 'likely',
    starts:
      'rate ratelimit rate_limit throttl slow slower quickly fast excessive unexpected unusual quota flood limit',
    pattern:
      /(?<!\w|connection )rate[- _]?limit|(?:message|sending|mail|unusual|a) rate(?!\w)|(?<!\w)throttl|slow down|(?:try again|sending) slower|too (?:quickly|fast)(?!\w)|(?:excessive|unexpected|unusual) (?:volume|rate|amount)|(?:messages?|mails?|sending|hourly|daily|recipients?)(?: count| volume| rate)? quota|(?:relay|sending|message|mail) limit|flood/i,
    why: 'The reply speaks of a rate.',
  },
  {
    id: 'too-many-messages',
    class: 'rate-limit',
    confidence: 'likely',
    starts: 'too many sent send sending much trop viele demasiad troppi troppe veel muitas',
    pattern:
      /(?:sen[dt]|sending) too? (?:many|much)|too (?:many|much) (?:\w{1,20} ){0,3}(?:mails?|e-?mails?|messages|errors|attempts|commands|requests|recipients from)|too (?:many|much) (?:recent )?(?:messages|e-?mail)|trop (?:de |d')(?:\w{1,20} )?(?:messages|mails|courriels|erreurs)|zu viele (?:\w{1,20} )?(?:nachrichten|mails|e-mails|fehler|anfragen)|demasiad[oa]s (?:mensajes|correos|errores)|tropp[ie] (?:messaggi|errori)|te veel (?:berichten|mails|fouten)|muitas mensagens/i,
    why: 'The reply counts messages, errors or recipients of this client.',
  },
  {
    id: 'rate-codes',
    class: 'rate-limit',
    confidence: 'likely',
    // Codes of Yahoo and NetEase.
    starts: 'ts01 ts02 ts03 tss temporarily mi hl rp messages',
    pattern:
      /\[tss?\d{2}\]|temporarily deferred - 4\.16\.|(?<!\w)(?:mi:(?:sfq|cel|dmc|ccl)|hl:ifc|rp:(?:drc|ccl|cel|qrc|trc|rcl))(?!\w)/i,
    why: 'The reply has the code of a provider for too much mail.',
  },
  {
    id: 'per-period',
    class: 'rate-limit',
    confidence: 'likely',
    starts:
      'too many per pro par por hourly daily max maximum mail mails message messages email emails e recipients requests nachrichten mensajes messaggi berichten',
    pattern:
      /(?:too many|to many|maximum|max) (?:\w{1,20} ){1,10}(?:this|per|an|each|in the last(?: \d{1,4})?|within) (?:second|minute|hour|day)|\d{1,9} (?:\w{1,20} ){0,3}(?:per|pro|par|por|\/) ?(?:\d{1,4} ?)?(?:second|minute|hour|day|sekunde|minute|stunde|tag|heure|jour|hora|d[ií]a)|\d{1,9} (?:\w{1,20} ){0,2}(?:e-?mails?|mails?|messages?|recipients|requests|nachrichten|mensajes|messaggi|berichten) (?:with)?in (?:the )?(?:last |past |\d{1,4} ?)(?:sec|min|hour|day|\d)|(?:hourly|daily) limit/i,
    why: 'The reply states an allowance per period.',
  },

  {
    id: 'too-many-connections',
    class: 'too-many-connections',
    confidence: 'likely',
    starts:
      'connection connections connexions verbindungen concurrent sessions ports conexiones connessioni verbindingen',
    pattern:
      /(?:too many|max(?:imum)?|number of|concurrent|simultaneous|open|trop de|zu viele|demasiadas|troppe|te veel) (?:\w{1,20} ){0,3}(?:connections|sessions|connexions|verbindungen|conexiones|connessioni|verbindingen)|connections? (?:rate|limit|slots)|(?:server )?ports are busy|connections exceeded/i,
    why: 'The reply counts connections.',
  },

  {
    id: 'helo-refused',
    class: 'helo',
    confidence: 'likely',
    starts: 'helo ehlo',
    pattern:
      /helo command rejected|(?:invalid|bad|bogus|fake|forged|wrong|your|unresolvable) (?:helo|ehlo)|(?<!\w)(?:helo|ehlo)(?:\/(?:helo|ehlo))? (?:name|host|argument|does|is|was|hostname|greeting|mismatch|must|string|domain|rejected|refused|changes)/i,
    why: 'The reply refuses the name given in HELO or EHLO.',
  },
  {
    id: 'no-reverse-dns',
    class: 'reverse-dns',
    confidence: 'likely',
    starts: 'reverse ptr rdns fcrdns hostname forward',
    pattern:
      /reverse[- ](?:dns|hostname|lookup|mapping|record|name)|(?<!\w)ptr(?!\w)|(?<!\w)(?:fc)?rdns(?!\w)|cannot find your (?:reverse )?host ?name|forward[- ]confirmed/i,
    why: 'The reply asks for the reverse name of the client address.',
  },
  {
    id: 'sender-domain-unresolved',
    class: 'sender-domain',
    confidence: 'likely',
    starts: 'sender domain from resolv unresolvable resolve',
    pattern:
      /sender address rejected: (?:domain|malformed dns)|(?:domain of sender|sender(?:'s)?(?: address| domain| hostname)?|from domain|mail from)(?:[^.;:]{0,60}) (?:does not (?:exist|resolve)|not found|not resolv|unresolvable|invalid dns|has no (?:mx|dns|valid))|resolving (?:the )?sender(?:'s)? (?:domain|address)|unresolvable (?:\S{1,40} ){0,2}from domain|cannot resolve(?!\w)/i,
    why: 'The domain of the envelope sender was not found.',
  },
  {
    id: 'sender-authentication',
    class: 'sender-domain',
    confidence: 'likely',
    starts: 'spf dmarc dkim unauthenticated',
    pattern: /(?<!\w)(?:spf|dmarc|dkim)(?!\w)/i,
    why: 'The reply speaks of SPF, DKIM or DMARC of the sender domain.',
  },

  {
    id: 'unverified-address',
    class: 'address-verification',
    confidence: 'likely',
    starts: 'unverified verification verify verifying callout callback checking lookup',
    pattern:
      /unverified address|address verification|verif(?:y|ying|ication)(?:[^.;]{0,40}) (?:address|rcpt?|recipient|sender|callout|mailbox|user)|(?:sender|recipient|address) (?:verify|verification|callout)|checking address|address lookup failed/i,
    why: 'The server was checking whether the address exists.',
  },
  {
    id: 'unknown-recipient',
    class: 'address-verification',
    confidence: 'likely',
    starts:
      'found known unrout unknown exist no invalid recipient unbekannt inconnu desconocid sconosciut',
    pattern:
      /unrout(?:e)?able address|user unknown|unknown (?:user|recipient|mailbox|address|local)|no such (?:user|recipient|mailbox|address|person)|(?:user|recipient|mailbox|address|account)(?:[^.;:]{0,60}) (?:does ?n[o']t exist|not found|unknown|not known)|invalid (?:recipient|mailbox)|no (?:mailbox|user)(?: by that name)? here|(?:empf(?:ä|ae)nger|benutzer) unbekannt|(?:utilisateur|destinataire) inconnu|usuario desconocido|utente sconosciuto/i,
    why: 'The reply says that there is no such recipient.',
  },

  {
    id: 'mailbox-full',
    class: 'mailbox-full',
    confidence: 'likely',
    starts: 'full quota overquota over storage voll pleine llen piena vol',
    pattern:
      /(?:mailbox|inbox|mail ?box|maildir|account|postfach|bo[iî]te|buz[oó]n|casella)(?:[^.;]{0,50}) (?:is )?(?:over)?(?:full|voll|pleine|lleno|piena|vol)(?!\w)|quota (?:[^.;:]{0,30})dépassé|over ?quota|(?:user|disk|storage|mailbox|account) quota|(?<!(?:messages?|mails?|sending|hourly|daily|count|volume|rate|recipients?) )quota (?:limit )?exceeded(?! \(smg\))|exceeded (?:the |its |their )?(?:storage|mailbox|disk)|out of storage|not enough (?:storage|space) (?:for|in) (?:the )?(?:user|mailbox|recipient)/i,
    why: 'The mailbox is full.',
  },
  {
    id: 'mailbox-not-available',
    class: 'mailbox-state',
    confidence: 'likely',
    starts: 'mailbox recipient account user postfach',
    pattern:
      /(?:mailbox|recipient|account|user|postfach)(?:[^.;:]{0,40}) (?:is )?(?:currently |temporarily |nicht )?(?:(?:un|not )available|disabled|inactive|locked|suspended|busy|deactivated|erreichbar|not accepting)/i,
    why: 'The reply speaks of the state of the mailbox.',
  },

  {
    id: 'filter-out-of-order',
    class: 'milter-failure',
    confidence: 'likely',
    starts: 'license licence filter',
    pattern:
      /filter (?:\w{1,20} ){0,4}(?:failed|failure|timed out|not responding)|filter(?:[^.;]{0,60}) licen[cs]e|licen[cs]e(?:[^.;]{0,40}) (?:expired|exceeded|exhausted)/i,
    why: 'A filter of the server could not do its work.',
  },
  {
    id: 'domain-not-active',
    class: 'mailbox-state',
    confidence: 'likely',
    starts: 'domain',
    pattern: /domain (?:is )?(?:not active|inactive|disabled|suspended)/i,
    why: 'The domain is not in use at this server.',
  },
  {
    id: 'credits-used-up',
    class: 'policy',
    confidence: 'likely',
    starts: 'credits',
    pattern: /(?:maximum )?credits? (?:exceeded|used up|exhausted)/i,
    why: 'The account of the sender has used up what it paid for.',
  },
  {
    id: 'gateway-cannot-connect',
    class: 'system',
    confidence: 'likely',
    starts: 'connect psmtp',
    pattern:
      /(?:can.?t|cannot|could not|unable to) connect to (?:\S{3,255}|the (?:mail ?)?server)|psmtp$/i,
    why: 'A gateway could not reach the server behind it.',
  },
  {
    id: 'server-fault',
    class: 'system',
    confidence: 'likely',
    starts:
      'mail resources ldap dns directory cannot lookup configuration storage queue disk memory maintenance shutting space load wartung database fork',
    pattern:
      /temporary lookup (?:failure|error)|(?:server )?configuration (?:error|problem)|insufficient (?:system )?(?:storage|resources|disk)|(?:queue file|qq) (?:write|read)|disk (?:full|space)|out of memory|maintenance|shutting down|(?:space|resource) shortage|(?:high|too much|system|server) load(?!\w)|no system resources|mail system full|(?:database|directory|ldap|dns) (?:error|failure|lookup fail|unavailable)|wartungsarbeiten|cannot fork/i,
    why: 'The server reports trouble of its own.',
  },
  {
    id: 'vague-fault',
    class: 'system',
    confidence: 'possible',
    starts:
      'unable cannot transient busy processing temporar temporär local service system resource internal server error not unavailable currently',
    pattern:
      /(?:temporary|temporär\w{0,3}|local|internal|transient) (?:\w{1,20} ){0,2}(?:failure|error|problem|fault|fehler)|service (?:is )?(?:temporarily |currently )?(?:unavailable|not available)|resources? (?:\w{1,20} )?temporarily unavailable|temporarily unavailable|error (?:in )?processing|(?:server|system) (?:is )?(?:too )?busy|(?:unable|cannot) (?:to )?(?:accept|process)/i,
    why: 'The reply speaks of trouble without naming it.',
  },
  {
    id: 'milter-named',
    class: 'milter-failure',
    confidence: 'likely',
    starts:
      'milter scanner amavis filter clamav clamd virus tempfailed content antispam spamassassin',
    pattern:
      /(?<!\w)milter(?![- ]?greylist)|tempfailed, id=|(?:content ?filter|scanner|amavisd?|clamav|clamd|spamassassin|antispam|virus scan(?:ner)?)(?:[^.;]{0,40}) (?:fail|unavailable|time|error|not (?:available|running)|down)/i,
    why: 'The reply says that a filter failed.',
  },

  {
    id: 'content-refused',
    class: 'content',
    confidence: 'likely',
    starts: 'dt malware spam virus content attachment message phishing junk',
    pattern:
      /spam (?:score|content|message|detected|filter(?! (?:end )?(?:message |of message )?(?:failed|failure|error|server)))|nature of the content|(?:as|like|considered|classified|probable|likely) (?:as )?spam|(?:contains?|found|detected)(?:[^.;]{0,30}) (?:virus|malware)|virus (?:found|detected|infected)|message is likely (?:unsolicited|suspicious)|message content|content (?:reject|policy|not)|attachment(?:[^;]{0,40}) not (?:allowed|accepted)|(?:attachment|message) (?:is )?(?:too (?:large|big)|rejected as)|message size|phishing|junk mail|dt:spm/i,
    why: 'The reply speaks of the content of the message.',
  },
  {
    id: 'tls-needed',
    class: 'tls-required',
    confidence: 'likely',
    starts: 'tls starttls encrypt',
    pattern:
      /tls (?:is )?(?:required|not available|negotiation|must)|must issue a starttls|starttls (?:is )?(?:required|first|command)|requires? (?:a )?(?:starttls|tls|encrypt)|encrypt(?:ion|ed)(?:[^.;]{0,30}) (?:required|needed)/i,
    why: 'The reply asks for TLS.',
  },

  {
    id: 'one-recipient-at-a-time',
    class: 'policy',
    confidence: 'likely',
    starts: 'recipients recipient',
    pattern: /too many recipients(?! from| received)|recipient limit|one recipient/i,
    why: 'The transaction had more recipients than the server takes.',
  },
  {
    id: 'policy-words',
    class: 'policy',
    confidence: 'possible',
    starts:
      'policy policies relay relaying denied authori authentic defer_if refused richtlinie permitted allowed permission prohibited administrative whitelist',
    pattern:
      /(?<!\w)polic(?:y|ies)(?!\w)|relay(?:ing)? (?:access )?(?:denied|not|prohibited)|access denied|defer_if_permit|authentication (?:is )?required|not (?:authori[sz]ed|authenticated|permitted|allowed)|administrative(?:ly)? (?:prohibit|den)|not in whitelist|richtlinie/i,
    why: 'The reply speaks of a policy.',
  },
];

/** What an enhanced status code (RFC 3463, and its registry) allows, without its class digit. */
export const ENHANCED_RULES: readonly {
  readonly codes: RegExp;
  readonly class: DeferralClass;
}[] = [
  { codes: /^1\.(?:7|8)$/, class: 'sender-domain' },
  { codes: /^1\.\d{1,3}$/, class: 'address-verification' },
  { codes: /^2\.2$/, class: 'mailbox-full' },
  { codes: /^2\.[1-9]\d{0,2}$/, class: 'mailbox-state' },
  { codes: /^3\.4$/, class: 'content' },
  { codes: /^3\.\d{1,3}$/, class: 'system' },
  { codes: /^4\.\d{1,3}$/, class: 'system' },
  { codes: /^5\.3$/, class: 'policy' },
  { codes: /^6\.\d{1,3}$/, class: 'content' },
  { codes: /^7\.(?:10|11)$/, class: 'tls-required' },
  { codes: /^7\.2[0-467]$/, class: 'sender-domain' },
  { codes: /^7\.25$/, class: 'reverse-dns' },
  { codes: /^7\.28$/, class: 'rate-limit' },
  { codes: /^7\.(?:[5-6]\d\d|8[5-9]\d)$/, class: 'rate-limit' },
];

/** What a basic code allows by itself. */
export const BASIC_CODE_RULES: ReadonlyMap<number, readonly DeferralClass[]> = new Map([
  // The server is going away: nearly always load or a limit.
  [421, ['too-many-connections', 'rate-limit']],
  [550, ['policy']],
  [551, ['address-verification']],
  [552, ['mailbox-full']],
  [553, ['address-verification']],
]);

/** `not greylisting`, in whatever order; and that it is over for this sender. */
export const DENIES_GREYLISTING =
  /(?<!\w)(?:no|not|isn't|never|without|no longer)(?: a| an| any| being| use| using| do| doing| related to| because of| due to| subject to)? gr[ea]y[- ]?list|gr[ea]y[- ]?list(?:ing|ed)?:? (?:is |does |did |was )?(?:disabled|off|passed|skipped|whitelisted|not )|(?:whitelisted|exempt(?:ed)?|removed|released|cleared) (?:from|by|in) (?:the |our |this )?gr[ea]y[- ]?list/i;

/** `not in our greylist`: that it is not on the list can be the reason, or none. */
export const NOT_ON_THE_LIST =
  /(?<!\w)(?:not|isn't|never|no longer)(?: \w{1,12}){0,2} (?:in|on|part of|from)(?: \w{1,5})? gr[ea]y[- ]?list(?!\w)/i;

/**
 * Classes that can be the reason for greylisting a client. Said beside greylisting, they do not
 * speak against it: some servers greylist only clients without a reverse name.
 */
export const GOES_WITH_GREYLISTING: ReadonlySet<DeferralClass> = new Set([
  'reverse-dns',
  'helo',
  'sender-domain',
  'content',
  'policy',
  'system',
]);

/** Greylisted, and for its reputation: the reputation is the reason, not another cause. */
export const GREYLISTED_BY_REPUTATION =
  /reputation[ :,-]{1,3}(?:\w{1,20} ){0,2}gr[ea]y[- ]?list|gr[ea]y[- ]?list(?:ed|ing)(?: \w{1,20}){0,4} (?:bad |poor |low |its |your |ip ){0,3}reputation/i;
