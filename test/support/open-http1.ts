import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { DeadlineWatch, type Watched } from '../../src/fetch/connections/deadline-watch.ts';
import { Link } from '../../src/fetch/connections/link.ts';
import { Http1Connection } from '../../src/fetch/http1/connection.ts';
import { type DeadlineClock, deadlineClock } from './deadline-clock.ts';
import { serveBytes } from './tiny-server.ts';
import { Told } from './told.ts';

/** A connection of one test, and its other end. */
export interface OpenHttp1 {
  readonly connection: Http1Connection;
  readonly clock: DeadlineClock;
  /** How often it was told. */
  readonly told: { idle: number; closed: number };
  /** What the server has been sent, a character for each byte. */
  readonly requests: readonly string[];
  /** Whether its deadlines are looked after. */
  isWatched(): boolean;
  /** Ours: what goes on in it can be watched. */
  readonly socket: Socket;
  /** Sends a request, and waits until the server has it. */
  get(target?: string, handler?: Told): Promise<Told>;
  /** The server says something. */
  say(text: string): void;
  /** The server has nothing more to say. */
  hangUp(): void;
  /** Another connection reads into the buffer that all of them share. */
  overwrite(): void;
  /** How many bytes have come in all. */
  received(): number;
}

/** Connects to a server on 127.0.0.1 that says what the test has it say, until the test ends. */
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
  const link = new Link({ onBytes: () => {}, onLost: () => {} });
  const socket = connect({ host: '127.0.0.1', port: server.port, onread: link.onread });
  link.attach(socket);
  await once(socket, 'connect');
  const told = { idle: 0, closed: 0 };
  const connection = new Http1Connection(link, {
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
    async get(target = '/', handler = new Told()) {
      const before = requests.length;
      const request = { target, authority: 'flags.example', headers: {} };
      handler.control = connection.send(request, handler);
      while (requests.length === before && !connection.isClosed) await turn();
      return handler;
    },
    say: (text) => void theirs?.write(text, 'latin1'),
    hangUp: () => void theirs?.end(),
    overwrite: () => void (link.onread.buffer as Buffer).fill('?'),
    received: () => socket.bytesRead,
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
