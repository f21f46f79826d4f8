import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** What a {@link NameServer} says of a name. A family of which nothing is said has no records. */
export interface NameRecords {
  readonly a?: readonly string[];
  readonly aaaa?: readonly string[];
  /** The name is an alias: these are the records of that one. */
  readonly cname?: string;
  /** In seconds. */
  readonly ttl?: number;
  /** Over UDP, only that there is more than fits. */
  readonly isTruncated?: true;
  /** Answers wait for it. */
  readonly until?: Promise<unknown>;
}

export type NameAnswer = NameRecords | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' | 'silence' | 'garbage';

/** A name server of one test, on 127.0.0.1. */
export interface NameServer {
  /** `address:port`, as resolvers take it. */
  readonly address: string;
  /** What was asked for, each once: c-ares repeats itself. Such as `AAAA h.example`, over TCP with ` TCP`. */
  readonly asked: readonly string[];
  /** What it says of each name; of others, that there is no such name. */
  readonly names: Map<string, NameAnswer>;
}

const CODES = { NXDOMAIN: 3, SERVFAIL: 2, REFUSED: 5 };
const TYPES: Readonly<Record<number, 'A' | 'AAAA'>> = { 1: 'A', 28: 'AAAA' };
const HEADER = 12;

/** Serves `names` until the test ends. */
export async function serveNames(
  t: TestContext,
  names: Readonly<Record<string, NameAnswer>>,
): Promise<NameServer> {
  const all = new Map(Object.entries(names));
  const asked = new Set<string>();
  const udp = createSocket('udp4');
  udp.on('message', async (query, { address, port }) => {
    const answer = await answerTo(query, false);
    // The server may be closed meanwhile.
    if (answer !== undefined && isOpen) udp.send(answer, port, address);
  });
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.on('data', async (data: Buffer) => {
      const answer = await answerTo(data.subarray(2), true);
      if (answer === undefined) return;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(answer.length);
      socket.write(Buffer.concat([length, answer]));
    });
  });
  let isOpen = true;
  const port = await listen();
  t.after(() => {
    isOpen = false;
    udp.close();
    tcp.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    address: `127.0.0.1:${port}`,
    names: all,
    get asked() {
      return [...asked];
    },
  };

  /** On the same port over both. */
  async function listen(): Promise<number> {
    tcp.listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    const { port } = tcp.address() as { port: number };
    udp.bind(port, '127.0.0.1');
    await once(udp, 'listening');
    return port;
  }

  async function answerTo(query: Buffer, isTcp: boolean): Promise<Buffer | undefined> {
    const { name, type, end } = questionOf(query);
    asked.add(`${TYPES[type] ?? type} ${name}${isTcp ? ' TCP' : ''}`);
    const answer = all.get(name) ?? 'NXDOMAIN';
    if (answer === 'silence') return undefined;
    const question = query.subarray(HEADER, end);
    const id = query.subarray(0, 2);
    if (answer === 'garbage') return Buffer.concat([id, Buffer.from([0x81])]);
    if (typeof answer === 'string') return message(id, question, CODES[answer], []);
    await answer.until;
    if (answer.isTruncated && !isTcp) return message(id, question, 0, [], true);
    return message(id, question, 0, recordsOf(answer, TYPES[type]));
  }
}

function questionOf(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = HEADER;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function recordsOf(records: NameRecords, type: 'A' | 'AAAA' | undefined): Buffer[] {
  const { ttl = 60, cname } = records;
  const addresses = type === 'A' ? (records.a ?? []) : type === 'AAAA' ? (records.aaaa ?? []) : [];
  // Of the question, to which offset 12 of the message points.
  const asked = Buffer.from([0xc0, HEADER]);
  const owner = cname === undefined ? asked : encodedName(cname);
  const own = addresses.map((address) =>
    type === 'A'
      ? record(owner, 1, ttl, Buffer.from(address.split('.').map(Number)))
      : record(owner, 28, ttl, ipv6Bytes(address)),
  );
  return cname === undefined ? own : [record(asked, 5, ttl, encodedName(cname)), ...own];
}

function record(owner: Buffer, type: number, ttl: number, data: Buffer): Buffer {
  const fields = Buffer.alloc(10);
  fields.writeUInt16BE(type, 0);
  fields.writeUInt16BE(1, 2);
  fields.writeUInt32BE(ttl, 4);
  fields.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner, fields, data]);
}

function message(
  id: Buffer,
  question: Buffer,
  code: number,
  records: readonly Buffer[],
  isTruncated = false,
): Buffer {
  const header = Buffer.alloc(HEADER);
  id.copy(header);
  header.writeUInt16BE(0x8180 | (isTruncated ? 0x200 : 0) | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, question, ...records]);
}

function encodedName(name: string): Buffer {
  const labels = name.split('.').map((label) => `${String.fromCharCode(label.length)}${label}`);
  return Buffer.from(`${labels.join('')}\0`, 'latin1');
}

/** Of an address with at most one `::`. */
function ipv6Bytes(address: string): Buffer {
  const [front = '', back = ''] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const zeros = 8 - groups(front).length - groups(back).length;
  const all = [...groups(front), ...Array.from({ length: zeros }, () => '0'), ...groups(back)];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
