import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv4, type Server } from 'node:net';
import type { TestContext } from 'node:test';
import { listen } from './tiny-server.ts';

/** The answer of a {@link NameServer} to a query for one type of record. */
export interface NameAnswer {
  readonly addresses?: readonly string[];
  /** In seconds. @default 60 */
  readonly ttl?: number;
  /** @default 'NOERROR' */
  readonly code?: keyof typeof CODES;
  /**
   * Instead of the answer: silence, bytes that are no answer, or over UDP a truncated answer.
   * @default 'answer'
   */
  readonly how?: 'answer' | 'silence' | 'garbage' | 'truncated';
  /** The answer is sent after this has settled. */
  readonly after?: Promise<unknown>;
  /** How long after its query each answer is sent, in ms. @default 0 */
  readonly late?: number;
}

/** The records of a name. A type that is left out has no data. */
export interface NameRecords {
  readonly A?: NameAnswer;
  readonly AAAA?: NameAnswer;
  /** Another name, which has the records. */
  readonly cname?: string;
}

/** A name server for one test, over UDP and TCP. */
export interface NameServer {
  /** `127.0.0.1:PORT`, as `Resolver.setServers()` takes it. */
  readonly address: string;
  /** May be changed at any time. Other names do not exist. */
  readonly names: Map<string, NameRecords>;
  /** All queries in the order of arrival, repeated ones and those over TCP included: `A h.example`. */
  readonly queries: readonly string[];
  /** How many queries came over TCP. */
  overTcp(): number;
}

const CODES = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;
const TYPES = { 1: 'A', 28: 'AAAA' } as const;
const CNAME = 5;

/** Records of a name with IPv4 addresses. */
export function a(...addresses: string[]): NameRecords {
  return { A: { addresses } };
}

/** Records of a name whose queries are all answered in one way. */
export function both(answer: NameAnswer): NameRecords {
  return { A: answer, AAAA: answer };
}

export const SILENT = both({ how: 'silence' });

/** Starts a name server that answers until the test ends. @param on its address; by default 127.0.0.1 */
export async function serveNames(
  t: TestContext,
  names: Readonly<Record<string, NameRecords>>,
  on: { readonly host: string; readonly port: number } = { host: '127.0.0.1', port: 0 },
): Promise<NameServer> {
  const all = new Map(Object.entries(names));
  const queries: string[] = [];
  let overTcp = 0;
  const onQuery = (query: Buffer, isTcp: boolean, reply: (answer: Buffer) => void) => {
    const { name, type, end } = questionIn(query);
    queries.push(`${type} ${name}`);
    if (isTcp) overTcp++;
    const { after, late, how = 'answer' } = all.get(name)?.[type] ?? {};
    const answer = () => {
      if (how === 'garbage') reply(Buffer.concat([query.subarray(0, 2), Buffer.alloc(7, 0xff)]));
      else if (how !== 'silence') {
        reply(answerTo(query.subarray(0, end), all.get(name), type, how === 'truncated' && !isTcp));
      }
    };
    if (late !== undefined) setTimeout(answer, late).unref();
    else if (after === undefined) answer();
    else void after.then(answer);
  };
  // TCP first: many of its ports are taken, and few of UDP's.
  const { port } = await listen(t, tcpServer(onQuery), on);
  const udp = createSocket('udp4');
  udp.bind(port, on.host);
  await once(udp, 'listening');
  let isOpen = true;
  udp.on('message', (query, { address, port }) => {
    onQuery(query, false, (answer) => {
      if (isOpen) udp.send(answer, port, address);
    });
  });
  t.after(async () => {
    isOpen = false;
    const closed = once(udp, 'close');
    udp.close();
    await closed;
  });
  return { address: `${on.host}:${port}`, names: all, queries, overTcp: () => overTcp };
}

/** As over UDP, with the length before each message (RFC 1035 section 4.2.2). */
function tcpServer(
  onQuery: (query: Buffer, isTcp: boolean, reply: (answer: Buffer) => void) => void,
): Server {
  return createServer((socket) => {
    socket.on('data', (data: Buffer) => {
      onQuery(data.subarray(2), true, (answer) => {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.length);
        socket.write(Buffer.concat([length, answer]));
      });
    });
  });
}

/** @returns the name in lower case, and the index after the question (RFC 1035 section 4.1.2) */
function questionIn(query: Buffer): { name: string; type: 'A' | 'AAAA'; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length).toLowerCase());
    at += 1 + length;
  }
  const type = TYPES[query.readUInt16BE(at + 1) as keyof typeof TYPES];
  return { name: labels.join('.'), type, end: at + 5 };
}

function answerTo(
  question: Buffer,
  records: NameRecords | undefined,
  type: 'A' | 'AAAA',
  isTruncated: boolean,
): Buffer {
  const { addresses = [], ttl = 60, code = 'NOERROR' } = records?.[type] ?? {};
  const header = Buffer.from(question);
  const known = records === undefined ? CODES.NXDOMAIN : CODES[code];
  // A response, recursion desired and available.
  header.writeUInt16BE(0x8180 | (isTruncated ? 0x0200 : 0) | known, 2);
  const isAnswered = known === 0 && !isTruncated;
  const answers: Buffer[] = [];
  if (isAnswered && records?.cname !== undefined) {
    answers.push(record(Buffer.from([0xc0, 12]), CNAME, ttl, nameBytes(records.cname)));
  }
  const owner = records?.cname === undefined ? Buffer.from([0xc0, 12]) : nameBytes(records.cname);
  for (const address of isAnswered ? addresses : []) {
    answers.push(record(owner, type === 'A' ? 1 : 28, ttl, addressBytes(address)));
  }
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers.length, 6);
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, ...answers]);
}

function record(owner: Buffer, type: number, ttl: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(ttl, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner, fixed, data]);
}

function nameBytes(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.from(label, 'latin1'));
  const parts = labels.flatMap((label) => [Buffer.from([label.length]), label]);
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  // Eight groups of 16 bits, `::` for as many zeros as are missing.
  const [head = [], tail = []] = address
    .split('::')
    .map((half) => (half === '' ? [] : half.split(':')));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const groups = [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
  return Buffer.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}
