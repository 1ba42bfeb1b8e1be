import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  type Packet,
  type Question,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
} from 'dns-packet';
import { type Zone, type ZoneRecords, zoneEntry, zoneName } from './zone.js';

const DEFAULT_TTL_SECONDS = 300;
const LONGEST_ALIAS_CHAIN = 8;
const RCODE = { ok: 0, formatError: 1, serverFailure: 2, noSuchDomain: 3, notImplemented: 4 };

/** The response to a query, or null when the zone says that nobody answers. */
export function answerQuery(zone: Zone, query: Packet): Packet | null {
  const [question, ...more] = query.questions ?? [];
  if (question === undefined || more.length > 0) return response(query, RCODE.formatError);
  const answers: Answer[] = [];
  let name = zoneName(question.name);
  for (let hops = 0; hops < LONGEST_ALIAS_CHAIN; hops += 1) {
    const entry = zoneEntry(zone, name);
    if (entry === 'no-answer') return null;
    if (entry === 'server-failure') return response(query, RCODE.serverFailure);
    if (entry === null) return response(query, RCODE.noSuchDomain, answers);
    const alias = question.type === 'CNAME' ? undefined : entry.CNAME;
    if (alias === undefined) {
      answers.push(...recordsOf(name, question.type, entry));
      return response(query, RCODE.ok, answers);
    }
    answers.push({ type: 'CNAME', name, ttl: ttl(entry), data: alias });
    name = zoneName(alias);
  }
  return response(query, RCODE.ok, answers);
}

function response(query: Packet, rcode: number, answers: Answer[] = []): Packet {
  const negative = rcode === RCODE.noSuchDomain || (rcode === RCODE.ok && answers.length === 0);
  return {
    type: 'response',
    id: query.id ?? 0,
    flags:
      AUTHORITATIVE_ANSWER | RECURSION_AVAILABLE | ((query.flags ?? 0) & RECURSION_DESIRED) | rcode,
    questions: query.questions ?? [],
    answers,
    authorities: negative ? [startOfAuthority(query.questions?.[0])] : [],
  };
}

/** RFC 2308 §3: a negative answer says for how long it holds. */
function startOfAuthority(question: Question | undefined): Answer {
  const name = zoneName(question?.name ?? '')
    .split('.')
    .slice(-2)
    .join('.');
  return {
    type: 'SOA',
    name: name === '' ? '.' : name,
    ttl: DEFAULT_TTL_SECONDS,
    data: {
      mname: 'ns.invalid',
      rname: 'hostmaster.invalid',
      serial: 1,
      refresh: 3_600,
      retry: 600,
      expire: 86_400,
      minimum: DEFAULT_TTL_SECONDS,
    },
  };
}

function recordsOf(name: string, type: Question['type'], records: ZoneRecords): Answer[] {
  const common = { name, ttl: ttl(records) };
  switch (type) {
    case 'MX':
      return (records.MX ?? []).map(([preference, exchange]) => ({
        ...common,
        type: 'MX',
        data: { preference, exchange: exchange === '' ? '.' : zoneName(exchange) },
      }));
    case 'A':
    case 'AAAA':
    case 'PTR':
      return (records[type] ?? []).map((data) => ({ ...common, type, data }));
    case 'TXT':
      return (records.TXT ?? []).map((data) => ({ ...common, type: 'TXT', data }));
    case 'CNAME':
      return records.CNAME === undefined
        ? []
        : [{ ...common, type: 'CNAME', data: zoneName(records.CNAME) }];
    default:
      return [];
  }
}

function ttl(records: ZoneRecords): number {
  return records.ttlSeconds ?? DEFAULT_TTL_SECONDS;
}
