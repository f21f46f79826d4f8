import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BrokenRunError } from '../model/broken-run-error.ts';
import { errorCode } from '../model/error-code.ts';
import { messageOf } from '../model/error-words.ts';
import type { RunState } from '../report/page/page-data.ts';
import { admit } from './access.ts';
import { HEADERS, pagePolicy } from './headers.ts';
import { refuse } from './refuse.ts';
import { RowLog } from './row-log.ts';
import { sendPicture } from './send-picture.ts';
import { MOST_STRANGERS, Strangers } from './strangers.ts';
import { newToken } from './token.ts';
import { Viewers } from './viewers.ts';

/** How often the load of the run is noted and its ended rows are sent, in ms. */
const TICK = 250;

/** Ticks from state to state. */
const STATE_EVERY = 4;

/** Connections that have asked with the token, and others. */
const MOST_CONNECTIONS = 64 + MOST_STRANGERS;

/**
 * How long a connection has to send the head of its first request, in ms, and how often that is looked
 * at.
 */
const HEAD_TIMEOUT = 5_000;
const HEAD_CHECKS = 1_000;

/** How long viewers have to take the end of the run, in ms, before they are cut off. */
const FAREWELL = 1000;

/** Where and what it serves. */
export interface DashboardOptions {
  /** 0 is any that is free. */
  readonly port: number;
  /** The page, its data filled in. */
  readonly page: string;
  readonly run: Shown;
}

/** What is shown: a run, or many workers. */
interface Shown {
  /** What is sent to the page at each interval. */
  state(ending: RunState['ending']): object;
  /** The rows that have ended. @default none are shown */
  readonly rows?: RowLog | undefined;
  /** Where their files are. */
  readonly directory?: string | undefined;
  /** Called several times a second. */
  note?(): void;
}

/**
 * Serves the live page of a run on 127.0.0.1 to browsers that know its URL. Disposing of it tells viewers
 * how the run ended, `broken` unless {@link end} said otherwise, and takes a second at most.
 */
export class Dashboard implements AsyncDisposable {
  readonly #options: DashboardOptions;
  readonly #server: Server;
  readonly #token = newToken();
  readonly #viewers: Viewers;
  #port = 0;
  readonly #strangers = new Strangers();
  /** Requests that are being answered. */
  readonly #open = new Set<ServerResponse>();
  #ending: RunState['ending'] = 'broken';
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;
  #closing: Promise<void> | undefined;

  private constructor(options: DashboardOptions) {
    this.#options = options;
    const { run } = options;
    this.#viewers = new Viewers(run.rows ?? new RowLog(), (ending) => run.state(ending));
    const timeouts = { headersTimeout: HEAD_TIMEOUT, connectionsCheckingInterval: HEAD_CHECKS };
    this.#server = createServer(timeouts, (request, response) => {
      this.#open.add(response);
      response.once('close', () => {
        this.#open.delete(response);
        this.#closeIfIdle();
      });
      this.#answer(request, response);
    });
    this.#server.maxConnections = MOST_CONNECTIONS;
    this.#server.on('connection', (socket) => this.#strangers.add(socket));
  }

  /** @throws BrokenRunError when it cannot have the port */
  static async open(options: DashboardOptions): Promise<Dashboard> {
    const dashboard = new Dashboard(options);
    dashboard.#server.listen({ port: options.port, host: '127.0.0.1' });
    try {
      await once(dashboard.#server, 'listening');
    } catch (cause) {
      const message = `the live page cannot have port ${options.port}: ${whyNot(cause)}`;
      throw new BrokenRunError(`${message}; leave it out, and any that is free will do`, { cause });
    }
    dashboard.#port = (dashboard.#server.address() as AddressInfo).port;
    dashboard.#timer = setInterval(() => dashboard.#tick(), TICK).unref();
    return dashboard;
  }

  /** The URL of the page, with its token. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}/?token=${this.#token}`;
  }

  /** The run has come to its end, and how. */
  end(ending: RunState['ending']): void {
    this.#ending = ending;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #tick(): void {
    this.#options.run.note?.();
    this.#viewers.tell(this.#ticks++ % STATE_EVERY === 0);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const asked = admit(request, { port: this.#port, token: this.#token });
    if (asked !== 403) this.#strangers.admit(request.socket);
    if (typeof asked === 'number') refuse(response, asked);
    else if (asked.path === '/') this.#sendPage(response);
    else if (asked.path === '/events') this.#viewers.add(response);
    else if (asked.path === '/file') this.#sendFile(response, asked.query.get('index') ?? '');
    else refuse(response, 404);
  }

  #sendPage(response: ServerResponse): void {
    const { page } = this.#options;
    response.writeHead(200, {
      ...HEADERS,
      'content-security-policy': pagePolicy(page),
      'content-type': 'text/html; charset=utf-8',
    });
    response.end(response.req.method === 'HEAD' ? undefined : page);
  }

  #sendFile(response: ServerResponse, index: string): void {
    const { rows, directory = '' } = this.#options.run;
    const path = /^\d{1,15}$/.test(index) ? rows?.pathOf(Number(index)) : undefined;
    sendPicture(response, directory, path).then(
      (isSent) => {
        if (!isSent) refuse(response, 404);
      },
      // A file could not be read to its end: the broken response shows that it is not whole.
      () => response.destroy(),
    );
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    const closed = once(this.#server, 'close');
    this.#viewers.end(this.#ending);
    this.#server.close();
    const timer = setTimeout(() => this.#server.closeAllConnections(), FAREWELL);
    this.#closeIfIdle();
    await closed;
    clearTimeout(timer);
  }

  /** Closing would wait for connections on which no request has come. */
  #closeIfIdle(): void {
    if (!this.#server.listening && this.#open.size === 0) this.#server.closeAllConnections();
  }
}

function whyNot(error: unknown): string {
  const code = errorCode(error);
  if (code === 'EADDRINUSE') return 'it is taken';
  if (code === 'EACCES') return 'this user may not listen on it';
  return messageOf(error);
}
