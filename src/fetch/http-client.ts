import { Agent } from 'undici';
import type { WaitOptions } from '../concurrency/suspension.ts';
import { DEADLINES } from '../model/options.ts';
import { Connector } from './connector.ts';
import { type BodyWriter, Exchange, type Received } from './exchange.ts';

/** Gets one URL, its body streamed into `body`. What the engine needs to know of HTTP. */
export type Fetch = (url: string, body: BodyWriter, options: WaitOptions) => Promise<Received>;

/** Speaks HTTP(S), on kept connections. */
export class HttpClient implements AsyncDisposable {
  readonly #connector = new Connector(DEADLINES.connect);
  readonly #agent: Agent;

  /** @param maxConnections per origin; requests beyond them wait for a free one */
  constructor(maxConnections: number) {
    this.#agent = new Agent({
      connections: maxConnections,
      pipelining: 1,
      connect: this.#connector.connect,
      headersTimeout: DEADLINES.firstByte,
      bodyTimeout: DEADLINES.idle,
    });
  }

  /**
   * Sends `GET url`.
   * @returns once the body has come whole, as long as announced, and was taken by `body`
   * @throws HttpStatusError when the answer is not a file; TruncatedError; what undici throws when
   *   the connection fails; what `body` throws; the task's CancelledError, or the signal's reason:
   *   the request is aborted then
   */
  get: Fetch = (url, body, options) => {
    const { origin, pathname, search } = new URL(url);
    const exchange = new Exchange(body);
    // First the wait: a URL of a scheme that undici does not speak fails within the dispatch.
    const received = exchange.begin(options.signal);
    this.#agent.dispatch({ origin, path: pathname + search, method: 'GET' }, exchange);
    return received;
  };

  /** Closes every connection; what is still in flight fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#connector[Symbol.dispose]();
    await this.#agent.destroy();
  }
}
