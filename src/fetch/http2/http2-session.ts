import type { ClientHttp2Session, ClientSessionRequestOptions } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { ConnectionLostError, HeaderError } from '../../model/failure.ts';
import type { Deadlines } from '../http-options.ts';
import type { DeadlineWatch, Watched } from '../transport/deadline-watch.ts';
import { LinkedEntry } from '../transport/linked-list.ts';
import type {
  Headers,
  RequestControl,
  ResponseHandler,
  WireRequest,
} from '../transport/request.ts';
import { KEPT_IDLE } from '../transport/transport.ts';
import { HTTP_1_1_REQUIRED, Http2Request, type Http2RequestOptions } from './http2-request.ts';

/** Options of an {@link Http2Session}. */
export interface Http2Options {
  /** `https://host[:port]`. */
  readonly origin: string;
  /** See {@link ResponseHandler.onSent}. */
  readonly address?: string | undefined;
  readonly watch: DeadlineWatch;
  /** In ms; 0 for none. */
  readonly deadlines: Pick<Deadlines, 'firstByte' | 'idle'>;
  /** Called once, when it takes no more requests; those under way may still end. */
  readonly onRetired: () => void;
  /** Called when the server asks for HTTP/1.1; {@link onRetired} follows. */
  readonly onHttp1Required: () => void;
  /** Called when no request is under way any more, and it would take another one. */
  readonly onIdle: () => void;
  /** Called once, when its connection is closed. */
  readonly onClosed: () => void;
  /** Called when there may be more {@link Http2Session.room} than before. */
  readonly onRoom: () => void;
}

/** The most streams until the server states a limit: the least it should allow (RFC 9113 section 6.5.2). */
const MOST_STREAMS = 100;

/**
 * The most bytes of one body that a server sends before they are acknowledged: enough for 20 MB a
 * second at 50 ms. A paused body holds as much.
 */
const STREAM_WINDOW = 1024 * 1024;

/** The same for all bodies together. Node acknowledges at once, so this holds nothing. */
const CONNECTION_WINDOW = 16 * 1024 * 1024;

/** No request has a body. */
const NO_BODY: ClientSessionRequestOptions = { endStream: true };

/** Controls a request that is over. */
const OVER: RequestControl = { abort() {}, pause() {}, resume() {} };

/** A connection of HTTP/2 (RFC 9113): many concurrent requests, each a stream of its own. */
export class Http2Session implements Watched, Disposable {
  readonly #socket: TLSSocket;
  readonly #session: ClientHttp2Session;
  readonly #options: Http2Options;
  readonly #requestOptions: Http2RequestOptions;
  /** The requests under way, each with the value of {@link #heard} when it was sent. */
  readonly #active = new Map<Http2Request, number>();
  #mostStreams = MOST_STREAMS;
  #isRetired = false;
  #isClosed = false;
  /** How many heads and pieces have come, of all responses. */
  #heard = 0;
  /** Its entry in the list of idle connections of all origins. */
  readonly entry = new LinkedEntry<Disposable>(this);
  due: number;

  /** @param socket connected, with `h2` agreed on */
  constructor(socket: TLSSocket, options: Http2Options) {
    const { origin, watch, deadlines, address, onRoom } = options;
    this.#socket = socket;
    this.#options = options;
    this.#requestOptions = {
      watch,
      deadlines,
      address,
      onHeard: this.#onHeard,
      onOver: this.#onOver,
      onHttp1Required: this.#onHttp1Required,
    };
    // Loaded here: it takes 10 ms, and most servers do without.
    const session = process.getBuiltinModule('node:http2').connect(origin, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW },
    });
    this.#session = session;
    session.setLocalWindowSize(CONNECTION_WINDOW);
    session.on('remoteSettings', ({ maxConcurrentStreams }) => {
      this.#mostStreams = maxConcurrentStreams ?? Number.POSITIVE_INFINITY;
      if (!this.#isRetired) onRoom();
    });
    session.on('goaway', (code) => this.#onGoaway(code));
    // Each stream reports the error itself, and the end of the connection follows.
    session.on('error', () => {});
    session.on('close', () => this.#onClose());
    this.due = watch.now() + KEPT_IDLE;
    watch.add(this);
  }

  /** How many more requests it takes now. */
  get room(): number {
    return this.#isRetired || this.#isEnding
      ? 0
      : Math.max(0, this.#mostStreams - this.#active.size);
  }

  /** Whether it has nothing to do, and would take a request. */
  get isIdle(): boolean {
    return this.#active.size === 0 && !this.#isRetired;
  }

  /**
   * Sends a request. To be called only while there is {@link room}. The handler gets ConnectionLostError,
   * or Node's error about the socket, for lost connections and reset streams; DeadlineError; ProtocolError,
   * or Node's error, for invalid frames; HeaderError when the head is too long.
   */
  send(request: WireRequest, handler: ResponseHandler): RequestControl {
    let headers: string[];
    try {
      headers = headersOf(request);
    } catch (error) {
      handler.onError(error as Error);
      if (this.isIdle) this.#options.onIdle();
      return OVER;
    }
    this.due = Number.POSITIVE_INFINITY;
    const stream = this.#session.request(headers, NO_BODY);
    const active = new Http2Request(stream, handler, this.#requestOptions);
    this.#active.set(active, this.#heard);
    active.begin(this.#heard > 0);
    return active;
  }

  /** It was idle for too long. */
  expire(): void {
    this[Symbol.dispose]();
  }

  /** Closes the connection; requests under way fail. */
  [Symbol.dispose](): void {
    this.#retire();
    const error = new ConnectionLostError('the connection was closed');
    for (const active of [...this.#active.keys()]) active.fail(error);
    this.#close();
  }

  readonly #onHeard = (): void => {
    this.#heard++;
  };

  readonly #onHttp1Required = (): void => {
    this.#options.onHttp1Required();
    this.#retire();
  };

  readonly #onOver = (active: Http2Request): void => {
    // No response has made any progress since it was sent: the server may be gone.
    const isSilent = active.isLate && this.#heard === this.#active.get(active);
    this.#active.delete(active);
    if (isSilent || this.#isEnding) this.#retire();
    if (this.#active.size === 0) this.#rest();
    if (!this.#isRetired) this.#options.onRoom();
  };

  /** The server takes no more requests. Node fails those that it will not answer (RFC 9113 section 6.8). */
  #onGoaway(code: number): void {
    if (code === HTTP_1_1_REQUIRED) this.#onHttp1Required();
    this.#retire();
    // Node would wait for the server to close the connection.
    if (this.#active.size === 0) this.#rest();
  }

  #rest(): void {
    this.due = this.#options.watch.now() + KEPT_IDLE;
    if (this.#isRetired) this[Symbol.dispose]();
    else this.#options.onIdle();
  }

  /** Whether the connection is closing, which Node reports only later. */
  get #isEnding(): boolean {
    return this.#session.destroyed || this.#socket.destroyed;
  }

  #retire(): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    this.#options.onRetired();
  }

  #onClose(): void {
    this.#retire();
    this.#close();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#options.watch.delete(this);
    this.#session.destroy();
    // Node would wait until the server has taken the last frames, which may be never.
    setImmediate(() => this.#socket.destroy());
    this.#options.onClosed();
  }
}

/**
 * Fields about a connection of HTTP/1.1, which HTTP/2 forbids (RFC 9113 section 8.2.2), and the
 * host, which has a field of its own. Others of this kind are refused in rows.
 */
const LEFT_OUT = new Set(['host', 'http2-settings', 'proxy-connection']);

/**
 * The longest head, in bytes as Node counts, a little less than it sends. Node closes the
 * connection for a longer one, and most servers accept no more than half of it.
 */
const LONGEST = 64_000;

/** What Node counts for a field beyond its name and value, in bytes. */
const PER_FIELD = 12;

/** Everything but `fields`, host and target: four fields, and possible pseudo fields before them. */
const ALWAYS = ':methodGET:schemehttps:authority:path'.length + 5 * PER_FIELD;

/** The parts that many requests share. */
interface Prepared {
  readonly host: string | undefined;
  readonly fields: readonly string[];
  /** Of `fields`, in bytes as Node counts. */
  readonly length: number;
}

/** By headers: most requests of a run share one object. */
const prepared = new WeakMap<Headers, Prepared>();

/**
 * The fields of a request (RFC 9113 section 8.3.1): names and values in turn.
 * @throws HeaderError when they are too long
 */
function headersOf({ target, authority, headers }: WireRequest): string[] {
  let known = prepared.get(headers);
  if (known === undefined) {
    known = prepare(headers);
    prepared.set(headers, known);
  }
  const { host = authority, fields, length } = known;
  if (ALWAYS + host.length + target.length + length > LONGEST) {
    throw new HeaderError(longestOf([':path', target, ...fields]), 'all of them are too long');
  }
  return [
    ...[':method', 'GET', ':scheme', 'https', ':authority', host, ':path', target],
    ...fields,
  ];
}

function prepare(headers: Headers): Prepared {
  const fields: string[] = [];
  for (const [name, value] of Object.entries(headers)) {
    // HTTP/1.1 ignores spaces around a value; HTTP/2 forbids them (RFC 9113 section 8.2.1).
    if (!LEFT_OUT.has(name)) fields.push(name, value.replace(/^[ \t]+|[ \t]+$/g, ''));
  }
  const length = fields.reduce((sum, text) => sum + text.length + PER_FIELD / 2, 0);
  return { host: headers.host, fields, length };
}

/** @returns the name of the field with the longest value */
function longestOf(fields: readonly string[]): string {
  const lengths = fields.map(({ length }, index) => (index % 2 === 1 ? length : 0));
  return fields[lengths.indexOf(Math.max(...lengths)) - 1] as string;
}
