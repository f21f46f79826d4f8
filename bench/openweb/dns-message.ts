// The part of RFC 1035 for a server of simple answers: one question, at most one address.

/** Length of the header before the question, in bytes. */
const HEADER = 12;
export const TYPE_A = 1;
const TYPE_SOA = 6;
const CLASS_IN = 1;
/** A pointer to the name in the question. */
const QUESTIONS_NAME = 0xc000 | HEADER;
/** Flags of an authoritative response, with recursion desired and available. */
const RESPONSE = 0x8580;
const NO_SUCH_NAME = 3;

export interface Question {
  readonly name: string;
  readonly type: number;
  /** The index after the question in the message. */
  readonly end: number;
}

/** The first question of a query; undefined if the message is no query. */
export function readQuestion(message: Buffer): Question | undefined {
  const labels: string[] = [];
  let at = HEADER;
  for (let length = message[at]; length !== 0; length = message[at]) {
    // Larger values are pointers, which no query has in its first name.
    if (length === undefined || length > 63) return undefined;
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const end = at + 5;
  if (end > message.length) return undefined;
  return { name: labels.join('.'), type: message.readUInt16BE(at + 1), end };
}

/** An address, no address of the type, or no such name. */
export type Answer = { readonly address: string } | 'no address' | 'no such name';

/** @param ttl time to live of the answer in s, also for a negative one (RFC 2308) */
export function writeAnswer(query: Buffer, { end }: Question, answer: Answer, ttl: number): Buffer {
  const header = Buffer.alloc(HEADER);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(RESPONSE | (answer === 'no such name' ? NO_SUCH_NAME : 0), 2);
  header.writeUInt16BE(1, 4);
  const isPositive = typeof answer === 'object';
  header.writeUInt16BE(1, isPositive ? 6 : 8);
  const record = isPositive ? addressRecord(answer.address, ttl) : authorityRecord(ttl);
  return Buffer.concat([header, query.subarray(HEADER, end), record]);
}

function addressRecord(address: string, ttl: number): Buffer {
  return Buffer.concat([recordHead(TYPE_A, ttl, 4), Buffer.from(address.split('.').map(Number))]);
}

/** The SOA record with the time to live of a negative answer. Its names are the root. */
function authorityRecord(ttl: number): Buffer {
  const data = Buffer.alloc(22);
  data.writeUInt32BE(ttl, 18);
  return Buffer.concat([recordHead(TYPE_SOA, ttl, data.length), data]);
}

function recordHead(type: number, ttl: number, length: number): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(QUESTIONS_NAME, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(CLASS_IN, 4);
  head.writeUInt32BE(ttl, 6);
  head.writeUInt16BE(length, 10);
  return head;
}
