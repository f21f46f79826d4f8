import { connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { listen, type TinyServer } from './tiny-server.ts';

/** A request to a {@link SocksServer}. */
export interface SocksRequest {
  readonly version: 4 | 5;
  /** The name or address in the request. */
  readonly host: string;
  readonly port: number;
  /** The user (SOCKS4) or `user:password` (SOCKS5) in the request; undefined if there was none. */
  readonly login: string | undefined;
}

export interface SocksServer extends TinyServer {
  readonly asked: readonly SocksRequest[];
}

export interface SocksServerOptions {
  /** The `user:password` that SOCKS5 requires. */
  readonly login?: string;
  /** The code of the reply: 0 or undefined to connect, 255 to send no reply. */
  readonly replyTo?: (request: SocksRequest) => number | undefined;
  /** Bytes sent right after the reply. */
  readonly extra?: string;
  /** Bytes sent instead of any reply. */
  readonly nonsense?: string;
}

/**
 * Starts a SOCKS proxy for one test (RFC 1928, RFC 1929, SOCKS 4 and 4a). It connects to 127.0.0.1 for
 * every name, and sends its replies byte by byte.
 */
export async function serveSocks(
  t: TestContext,
  options: SocksServerOptions = {},
): Promise<SocksServer> {
  const asked: SocksRequest[] = [];
  const server = createServer((socket) => {
    const reader = readerOf(socket);
    serve(socket, reader, options, asked).catch(() => socket.destroy());
  });
  return { ...(await listen(t, server)), asked };
}

type Read = (length: number) => Promise<Buffer>;

async function serve(
  socket: Socket,
  read: Read,
  { login, replyTo, extra = '', nonsense }: SocksServerOptions,
  asked: SocksRequest[],
): Promise<void> {
  const [version] = await read(1);
  if (nonsense !== undefined) {
    socket.write(nonsense, 'latin1');
    socket.resume();
    return;
  }
  const request =
    version === 4 ? await readVersion4(read) : await readVersion5(socket, read, login);
  asked.push(request);
  const code = replyTo?.(request) ?? 0;
  if (code === 255) {
    socket.resume();
    return;
  }
  const head = request.version === 4 ? [0, code === 0 ? 90 : code] : [5, code, 0, 1];
  const address = request.version === 4 ? [0, 0, 0, 0, 0, 0] : [127, 0, 0, 1, 0, 0];
  const reply = Buffer.concat([Buffer.from([...head, ...address]), Buffer.from(extra)]);
  if (code !== 0) {
    socket.end(reply).resume();
    return;
  }
  const onward = connect(request.port, '127.0.0.1', () => {
    for (const byte of reply.subarray(0, -extra.length - 1)) socket.write(Buffer.from([byte]));
    socket.write(reply.subarray(-extra.length - 1));
    socket.pipe(onward).pipe(socket);
  });
  onward.on('error', () => socket.destroy());
  socket.on('close', () => onward.destroy());
}

async function readVersion4(read: Read): Promise<SocksRequest> {
  const [, high = 0, low = 0, ...address] = await read(7);
  const login = await readText(read);
  const isName = address.slice(0, 3).every((byte) => byte === 0) && address[3] !== 0;
  const host = isName ? await readText(read) : address.join('.');
  return { version: 4, host, port: high * 256 + low, login: login === '' ? undefined : login };
}

async function readVersion5(socket: Socket, read: Read, login: string | undefined) {
  const [count = 0] = await read(1);
  const methods = await read(count);
  const method = login === undefined ? 0 : 2;
  socket.write(Buffer.from([5, methods.includes(method) ? method : 255]));
  let said: string | undefined;
  if (method === 2) {
    await read(1);
    said = `${await readCounted(read)}:${await readCounted(read)}`;
    socket.write(Buffer.from([1, said === login ? 0 : 1]));
  }
  const [, , , type = 0] = await read(4);
  const host =
    type === 3
      ? await readCounted(read)
      : type === 1
        ? (await read(4)).join('.')
        : `[${(await read(16)).toString('hex')}]`;
  return { version: 5, host, port: (await read(2)).readUInt16BE(), login: said } as const;
}

async function readCounted(read: Read): Promise<string> {
  const [length = 0] = await read(1);
  return (await read(length)).toString();
}

async function readText(read: Read): Promise<string> {
  for (let text = ''; ; ) {
    const [byte = 0] = await read(1);
    if (byte === 0) return text;
    text += String.fromCharCode(byte);
  }
}

/** Returns a function that reads a number of bytes and leaves the rest in the socket. */
function readerOf(socket: Socket): Read {
  socket.pause();
  return async (length) => {
    for (;;) {
      const bytes = length === 0 ? Buffer.alloc(0) : (socket.read(length) as Buffer | null);
      if (bytes !== null) return bytes;
      await new Promise<void>((resolve, reject) => {
        socket.once('readable', resolve);
        socket.once('close', () => reject(new Error('the client is gone')));
      });
    }
  };
}
