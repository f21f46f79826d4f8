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

/** What an {@link Http2Session} goes by, and whom it tells. */
export interface Http2Options {
  /** `https://host[:port]`. */
  readonly origin: string;
  readonly watch: DeadlineWatch;
  /** In ms; 0 for none. */
  readonly deadlines: Pick<Deadlines, 'firstByte' | 'idle'>;
  /** It takes no more requests from now on; those under way may still end. Told once. */
  readonly onRetired: () => void;
  /** The server asks for HTTP/1.1. It takes no more requests, and {@link onRetired} follows. */
  readonly onHttp1Required: () => void;
  /** No request is under way any more, and it would take another one. */
  readonly onIdle: () => void;
  /** Its connection is closed. Told once. */
  readonly onClosed: () => void;
  /** There may be more {@link Http2Session.room} than there was. */
  readonly onRoom: () => void;
}

/** Streams at a time until the server says how many: as many as it should allow (RFC 9113 section 6.5.2). */
const MOST_STREAMS = 100;

/**
 * What a server may send of a body before it hears that some was taken, in bytes: 20 MB a second over
 * 50 ms. It is also what is held of a body that is paused.
 */
const STREAM_WINDOW = 1024 * 1024;

/** The same for all bodies together. Node says at once that it has taken what came: nothing is held by this. */
const CONNECTION_WINDOW = 16 * 1024 * 1024;

/** Of each request: it has no body. */
const NO_BODY: ClientSessionRequestOptions = { endStream: true };

/** Steers what is over. */
const OVER: RequestControl = { abort() {}, pause() {}, resume() {} };

/** A connection of HTTP/2 (RFC 9113): many requests at a time, each a stream of its own. */
export class Http2Session implements Watched, Disposable {
  readonly #socket: TLSSocket;
  readonly #session: ClientHttp2Session;
  readonly #options: Http2Options;
  readonly #requestOptions: Http2RequestOptions;
  /** Each with how many {@link #heard} there were when it was sent. */
  readonly #active = new Map<Http2Request, number>();
  #mostStreams = MOST_STREAMS;
  #isRetired = false;
  #isClosed = false;
  /** How many heads and pieces have come, of all responses. */
  #heard = 0;
  /** Its place among the idle connections of all origins. */
  readonly entry = new LinkedEntry<Disposable>(this);
  due: number;

  /** @param socket connected, and agreed on `h2` */
  constructor(socket: TLSSocket, options: Http2Options) {
    const { origin, watch, deadlines, onRoom } = options;
    this.#socket = socket;
    this.#options = options;
    this.#requestOptions = {
      watch,
      deadlines,
      onHeard: this.#onHeard,
      onOver: this.#onOver,
      onHttp1Required: this.#onHttp1Required,
    };
    // Only now: it takes 10 ms, and most servers do without.
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
    // Each stream says so itself, also that it is gone, and the end of the connection follows.
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

  /** It has nothing to do, and would take a request. */
  get isIdle(): boolean {
    return this.#active.size === 0 && !this.#isRetired;
  }

  /**
   * Sends a request; only while there is {@link room}. Its handler is told `onError`, of lost connections
   * and streams that the server has reset: ConnectionLostError, or what Node has to say about the
   * socket; DeadlineError; ProtocolError, or what Node has to say about frames that make no sense;
   * HeaderError when its head is too long to be sent.
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

  /** It has had nothing to do for a while. */
  expire(): void {
    this[Symbol.dispose]();
  }

  /** Closes it; what is under way fails. */
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
    // Since it was sent nothing has come of any: it may be that there is nobody there any more.
    const isSilent = active.isLate && this.#heard === this.#active.get(active);
    this.#active.delete(active);
    if (isSilent || this.#isEnding) this.#retire();
    if (this.#active.size === 0) this.#rest();
    if (!this.#isRetired) this.#options.onRoom();
  };

  /** It takes no more requests; those that the server will not answer Node fails (RFC 9113 section 6.8). */
  #onGoaway(code: number): void {
    if (code === HTTP_1_1_REQUIRED) this.#onHttp1Required();
    this.#retire();
    // Node would wait for the server to close it.
    if (this.#active.size === 0) this.#rest();
  }

  #rest(): void {
    this.due = this.#options.watch.now() + KEPT_IDLE;
    if (this.#isRetired) this[Symbol.dispose]();
    else this.#options.onIdle();
  }

  /** Node knows, and tells of it later. */
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
    // Node waits until the server has taken what was said last, which it may never do.
    setImmediate(() => this.#socket.destroy());
    this.#options.onClosed();
  }
}

/**
 * About one connection of HTTP/1.1, and malformed in HTTP/2 (RFC 9113 section 8.2.2), which says the
 * host in a field of its own. Others of that kind no row may have in the first place.
 */
const LEFT_OUT = new Set(['host', 'http2-settings', 'proxy-connection']);

/**
 * The longest head, in bytes, as Node counts: a little less than it sends. Asked for a longer one it
 * closes the connection, and most servers take no more than half of that.
 */
const LONGEST = 64_000;

/** Beyond its name and value, as Node counts, in bytes. */
const PER_FIELD = 12;

/** All but `fields`, host and target: four fields, and what may come before them. */
const ALWAYS = ':methodGET:schemehttps:authority:path'.length + 5 * PER_FIELD;

/** What is the same in many requests. */
interface Prepared {
  readonly host: string | undefined;
  readonly fields: readonly string[];
  /** Of `fields`, in bytes. */
  readonly length: number;
}

/** Most requests of a run have the same headers: the same object. */
const prepared = new WeakMap<Headers, Prepared>();

/**
 * A request as it goes out (RFC 9113 section 8.3.1): names and values in turn.
 * @throws HeaderError when it is too long
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
    // HTTP/1.1 passes over spaces around a value, here they are malformed (RFC 9113 section 8.2.1).
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
