import { once } from 'node:events';
import {
  createSecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
  type Settings,
} from 'node:http2';
import type { TestContext } from 'node:test';
import { connect } from 'node:tls';
import { Http2Session } from '../../src/fetch/http2/http2-session.ts';
import { DeadlineWatch, type Watched } from '../../src/fetch/transport/deadline-watch.ts';
import type { Identity } from './certificates.ts';
import { RecordingHandler } from './recording-handler.ts';
import { listen } from './tiny-server.ts';

/** A session of one test. */
export interface Opened {
  readonly session: Http2Session;
  /** How often each of its listeners was called. */
  readonly told: { retired: number; room: number; idle: number; closed: number };
  /** How often the server required HTTP/1.1. */
  readonly asked: { http1: number };
  /** The requests with a deadline. */
  readonly watched: ReadonlySet<unknown>;
  readonly isClosed: () => boolean;
  get(
    target?: string,
    handler?: RecordingHandler,
    headers?: Readonly<Record<string, string>>,
  ): RecordingHandler;
}

interface OpenOptions {
  readonly deadlines?: { readonly firstByte?: number; readonly idle?: number };
  readonly now?: () => number;
}

/** Connects to a server on 127.0.0.1. The session is closed when the test ends. */
export async function openHttp2(
  t: TestContext,
  port: number,
  { cert }: Identity,
  { deadlines, now }: OpenOptions = {},
): Promise<Opened> {
  const { firstByte = 0, idle = 0 } = deadlines ?? {};
  const watch = new DeadlineWatch([firstByte, idle], now);
  const watched = new Set<unknown>();
  t.mock.method(watch, 'add', (each: Watched) => {
    watched.add(each);
    DeadlineWatch.prototype.add.call(watch, each);
  });
  t.mock.method(watch, 'delete', (each: Watched) => {
    watched.delete(each);
    DeadlineWatch.prototype.delete.call(watch, each);
  });
  const told = { retired: 0, room: 0, idle: 0, closed: 0 };
  const asked = { http1: 0 };
  const socket = connect({ host: '127.0.0.1', port, ca: cert, ALPNProtocols: ['h2'] });
  socket.on('error', () => {});
  const opened = Promise.withResolvers<Http2Session>();
  // At once, as in a run: frames that come with the handshake must not be lost.
  socket.once('secureConnect', () => {
    const options = {
      origin: `https://127.0.0.1:${port}`,
      watch,
      deadlines: { firstByte, idle },
      onHttp1Required: () => void asked.http1++,
      onRetired: () => void told.retired++,
      onRoom: () => void told.room++,
      onIdle: () => void told.idle++,
      onClosed: () => void told.closed++,
    };
    opened.resolve(new Http2Session(socket, options));
  });
  const session = await opened.promise;
  t.after(async () => {
    session[Symbol.dispose]();
    watch[Symbol.dispose]();
    if (!socket.closed) await once(socket, 'close');
  });
  return {
    session,
    told,
    asked,
    watched,
    isClosed: () => socket.closed,
    get(target = '/', handler = new RecordingHandler(), headers = {}) {
      handler.control = session.send({ target, authority: 'flags.example', headers }, handler);
      return handler;
    },
  };
}

/** Serves HTTP/2 until the test ends, and HTTP/1.1 if asked to. @returns its port on 127.0.0.1 */
export async function serveHttp2(
  t: TestContext,
  identity: Identity,
  onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  settings: Settings = {},
  allowHTTP1 = false,
): Promise<number> {
  const server = createSecureServer({ ...identity, settings, allowHTTP1 });
  if (allowHTTP1) {
    server.on('request', ({ httpVersionMajor }, response) => {
      if (httpVersionMajor === 1) response.end('GIF');
    });
  }
  // Clients of these tests may disconnect at any time.
  server.on('session', (session) => session.on('error', () => {}));
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => {});
    onStream(stream, headers);
  });
  return (await listen(t, server)).port;
}
