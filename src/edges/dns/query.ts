import type { RecordType } from '../../model/ports/resolver.js';
import { dnsPacket } from './codec.js';
import { HEADER_LENGTH } from './message-frame.js';

/** Answers up to this size pass nearly every path without fragments (DNS flag day 2020). */
const UDP_PAYLOAD_BYTES = 1232;
const TYPE_AND_CLASS_LENGTH = 4;

/** One question, ready to be sent. */
export interface DnsQuery {
  readonly name: string;
  readonly type: RecordType;
  readonly id: number;
  readonly edns: boolean;
  /** The whole message, without the length of stream transports. */
  readonly bytes: Buffer;
  /** The question section: an answer has to repeat it. */
  readonly question: Buffer;
}

/**
 * Encodes a question for a recursive server. AD in a query asks for the AD bit in the answer
 * (RFC 6840 §5.7). Throws a plain error for a name that the wire cannot carry.
 */
export function encodeQuery(
  name: string,
  type: RecordType,
  options: { id: number; edns: boolean },
): DnsQuery {
  if (!fitsTheWire(name)) throw new RangeError('name does not fit into a DNS message');
  const bytes = dnsPacket.encode({
    type: 'query',
    id: options.id,
    flags: dnsPacket.RECURSION_DESIRED | dnsPacket.AUTHENTIC_DATA,
    questions: [{ name, type, class: 'IN' }],
    additionals: options.edns
      ? [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: UDP_PAYLOAD_BYTES,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  });
  const questionLength = name.length + 2 + TYPE_AND_CLASS_LENGTH;
  const question = bytes.subarray(HEADER_LENGTH, HEADER_LENGTH + questionLength);
  return { name, type, id: options.id, edns: options.edns, bytes, question };
}

/**
 * Labels of 1 to 63 printable ASCII characters, 253 in all; the encoder does not check. No
 * backslash: it marks a byte that was escaped when the name was read.
 */
export function fitsTheWire(name: string): boolean {
  return (
    name.length <= 253 &&
    name.split('.').every((label) => /^[\x21-\x5b\x5d-\x7e]{1,63}$/u.test(label))
  );
}
