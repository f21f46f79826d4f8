// The part of RFC 1035 that a server for a few answers needs: one question, at most one address.

/** Bytes before the question. */
const HEADER = 12;
export const TYPE_A = 1;
const TYPE_SOA = 6;
const CLASS_IN = 1;
/** A name that is the question's. */
const QUESTIONS_NAME = 0xc000 | HEADER;
/** A response that is authoritative, to a question that may ask for recursion, which there is. */
const RESPONSE = 0x8580;
const NO_SUCH_NAME = 3;

export interface Question {
  readonly name: string;
  readonly type: number;
  /** Where the question ends in the message. */
  readonly end: number;
}

/** The first question of a query; undefined when the message is none. */
export function readQuestion(message: Buffer): Question | undefined {
  const labels: string[] = [];
  let at = HEADER;
  for (let length = message[at]; length !== 0; length = message[at]) {
    // Longer ones are pointers, which no query has in its first name.
    if (length === undefined || length > 63) return undefined;
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const end = at + 5;
  if (end > message.length) return undefined;
  return { name: labels.join('.'), type: message.readUInt16BE(at + 1), end };
}

/** What is answered: an address, that there is none of the type, or that the name does not exist. */
export type Answer = { readonly address: string } | 'no address' | 'no such name';

/** @param ttl seconds that the answer is good for, a negative one too (RFC 2308) */
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

/** The SOA record that says how long a negative answer is good for. Its names are the root. */
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
