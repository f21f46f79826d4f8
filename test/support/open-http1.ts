import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { Http1Connection } from '../../src/fetch/http1/connection.ts';
import { DeadlineWatch, type Watched } from '../../src/fetch/transport/deadline-watch.ts';
import { Transport } from '../../src/fetch/transport/transport.ts';
import { type DeadlineClock, deadlineClock } from './deadline-clock.ts';
import { RecordingHandler } from './recording-handler.ts';
import { serveBytes } from './tiny-server.ts';

/** A connection of one test, with control over its server. */
export interface OpenHttp1 {
  readonly connection: Http1Connection;
  readonly clock: DeadlineClock;
  /** How often each of its listeners was called. */
  readonly told: { idle: number; closed: number };
  /** What the server has received, one character for each byte. */
  readonly requests: readonly string[];
  /** Whether the connection has a deadline. */
  isWatched(): boolean;
  /** The client's socket. */
  readonly socket: Socket;
  /** Sends a request, and waits until the server has it. */
  get(target?: string, handler?: RecordingHandler): Promise<RecordingHandler>;
  /** Sends text from the server. */
  say(text: string): void;
  /** Ends the connection from the server's side. */
  hangUp(): void;
  /** Overwrites the read buffer that all connections share, as a read of another connection does. */
  overwrite(): void;
  /** How many bytes the client has received. */
  received(): number;
}

/** Connects to a server on 127.0.0.1 that sends what the test tells it to, until the test ends. */
export async function openHttp1(
  t: TestContext,
  deadlines: { readonly firstByte?: number; readonly idle?: number } = {},
): Promise<OpenHttp1> {
  const clock = deadlineClock(t);
  const { firstByte = 0, idle = 0 } = deadlines;
  const requests: string[] = [];
  let theirs: Socket | undefined;
  const server = await serveBytes(t, (from, data) => {
    theirs = from;
    requests.push(data.toString('latin1'));
  });
  const watched = new Set<unknown>();
  const watch = new (class extends DeadlineWatch {
    override add(each: Watched): void {
      watched.add(each);
      super.add(each);
    }
    override delete(each: Watched): void {
      watched.delete(each);
      super.delete(each);
    }
  })([firstByte, idle, 4_000], clock.now);
  const transport = new Transport({ onBytes: () => {}, onLost: () => {} });
  const socket = connect({ host: '127.0.0.1', port: server.port, onread: transport.onread });
  transport.attach(socket);
  await once(socket, 'connect');
  const told = { idle: 0, closed: 0 };
  const connection = new Http1Connection(transport, {
    watch,
    deadlines: { firstByte, idle },
    onIdle: () => void told.idle++,
    onClosed: () => void told.closed++,
  });
  t.after(async () => {
    connection[Symbol.dispose]();
    watch[Symbol.dispose]();
    if (!socket.closed) await once(socket, 'close');
  });
  return {
    connection,
    clock,
    told,
    requests,
    isWatched: () => watched.size > 0,
    socket,
    async get(target = '/', handler = new RecordingHandler()) {
      const before = requests.length;
      const request = { target, authority: 'flags.example', headers: {} };
      handler.control = connection.send(request, handler);
      while (requests.length === before && !connection.isClosed) await turn();
      return handler;
    },
    say: (text) => void theirs?.write(text, 'latin1'),
    hangUp: () => void theirs?.end(),
    overwrite: () => void (transport.onread.buffer as Buffer).fill('?'),
    received: () => socket.bytesRead,
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
