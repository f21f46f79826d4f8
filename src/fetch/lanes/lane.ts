import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Suspension } from '../../concurrency/suspension.ts';
import type { BodyWriter, FetchRequest, Received, ResponseHead } from '../../model/response.ts';
import type { HttpOptions } from '../http-options.ts';
import { errorOf } from './error-record.ts';
import type { News, Order, Report } from './messages.ts';

/** Beside this file, and with its ending: `.ts` in the sources, `.js` in the build. */
const WORKER = new URL(`./lane-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * A thread that fetches: it has an HttpClient, with connections of its own. What is asked and
 * answered in one turn of the event loop goes in one message, bodies included.
 */
export class Lane implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #ended: Promise<unknown>;
  readonly #waits = new Map<number, Wait>();
  #orders: Order[] = [];
  #lastId = 0;
  #failure: Error | undefined;

  /** @param options for its client: what can be sent to a thread */
  constructor(options: HttpOptions) {
    // The process's own Node options are not the thread's: some, like --input-type, would break it.
    this.#worker = new Worker(WORKER, {
      name: 'flaghoist lane',
      workerData: options,
      execArgv: [],
    });
    // Not `once()`: that one rejects after an error, when nobody may wait for it yet.
    this.#ended = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.on('message', (report: Report) => this.#hear(report));
    this.#worker.on('error', (error: Error) => this.#fail(error));
    this.#worker.once('exit', () => this.#fail(new Error('a thread that fetches has ended')));
  }

  /** Requests under way. */
  get inFlight(): number {
    return this.#waits.size;
  }

  /** Whether it can be asked. */
  get isAlive(): boolean {
    return this.#failure === undefined;
  }

  /** As {@link HttpClient.get}, by the thread. */
  get(
    request: FetchRequest,
    body: BodyWriter,
    { signal }: { readonly signal?: AbortSignal | undefined },
  ): Promise<Received> {
    const id = ++this.#lastId;
    const wait = new Wait(body, () => this.abandon(id));
    if (this.#failure === undefined) {
      this.#waits.set(id, wait);
      this.#order(['get', id, request]);
    }
    const received = wait.begin(signal);
    if (this.#failure !== undefined) wait.fail(this.#failure);
    return received;
  }

  /** Nobody waits for it any more. */
  abandon(id: number): void {
    if (this.#waits.delete(id)) this.#order(['abort', id]);
  }

  /** Closes its connections and ends it; what is in flight fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#failure === undefined) this.#order(['end']);
    await this.#ended;
  }

  #order(order: Order): void {
    this.#orders.push(order);
    if (this.#orders.length > 1) return;
    setImmediate(() => {
      this.#worker.postMessage(this.#orders);
      this.#orders = [];
    });
  }

  #hear({ news, bodies }: Report): void {
    let start = 0;
    for (const each of news) {
      const wait = this.#waits.get(each[1]);
      if (each[0] === 'data') {
        if (wait !== undefined) this.#write(each[1], wait, new Uint8Array(bodies, start, each[2]));
        start += each[2];
      } else if (wait !== undefined) {
        this.#tell(each, wait);
      }
    }
    if (start > 0) this.#order(['taken', start]);
  }

  #tell(news: Exclude<News, readonly ['data', ...unknown[]]>, wait: Wait): void {
    const [kind, id] = news;
    switch (kind) {
      case 'head':
        this.#begin(id, wait, news[2]);
        break;
      case 'end':
        this.#waits.delete(id);
        wait.end(news[2], news[3]);
        break;
      case 'failed':
        this.#waits.delete(id);
        wait.fail(errorOf(news[2]));
        break;
    }
  }

  #begin(id: number, wait: Wait, head: ResponseHead): void {
    try {
      wait.head = head;
      wait.body.begin(head);
    } catch (error) {
      wait.fail(error);
      this.abandon(id);
    }
  }

  #write(id: number, wait: Wait, piece: Uint8Array): void {
    const giveUp = (error: unknown): void => {
      wait.fail(error);
      this.abandon(id);
    };
    try {
      const full = wait.body.write(piece);
      if (full === undefined) return;
      this.#order(['pause', id]);
      full.then(() => this.#waits.has(id) && this.#order(['resume', id]), giveUp);
    } catch (error) {
      giveUp(error);
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const wait of this.#waits.values()) wait.fail(this.#failure);
    this.#waits.clear();
  }
}

/** One request's wait for its file. Giving it up aborts the request. */
class Wait extends Suspension<Received> {
  readonly body: BodyWriter;
  /** Of the response, once it is there. */
  head: ResponseHead | undefined;
  readonly #onAbandon: () => void;

  constructor(body: BodyWriter, onAbandon: () => void) {
    super();
    this.body = body;
    this.#onAbandon = onAbandon;
  }

  end(bytes: number, timings: Received['timings']): void {
    if (this.head === undefined) this.fail(new Error('a response without a head'));
    else this.resume({ head: this.head, bytes, timings });
  }

  protected override abandon(): void {
    this.#onAbandon();
  }
}
