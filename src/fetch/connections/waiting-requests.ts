import { Fifo, Suspension } from '../../concurrency/index.ts';
import type { RequestControl, ResponseHandler, WireRequest } from '../transport/request.ts';

/** A connection that requests can be sent on. */
interface Sender {
  send(request: WireRequest, handler: ResponseHandler): RequestControl;
}

/** Requests that wait for a connection, first come, first served. */
export class WaitingRequests {
  readonly #requests = new Fifo<WaitingRequest>();
  /** Requests in the queue that were aborted: they are skipped. */
  #givenUp = 0;

  /** How many requests wait. */
  get size(): number {
    return this.#requests.size - this.#givenUp;
  }

  put(request: WireRequest, handler: ResponseHandler): RequestControl {
    const waiting = new WaitingRequest(request, handler, () => this.#givenUp++);
    this.#requests.put(waiting);
    return waiting;
  }

  /** Takes the request that has waited longest; undefined when none waits. */
  take(): WaitingRequest | undefined {
    while (this.#requests.size > 0) {
      const waiting = this.#requests.take();
      if (waiting.leave()) return waiting;
      this.#givenUp--;
    }
    return undefined;
  }

  /** Fails all waiting requests. */
  fail(error: Error): void {
    for (let waiting = this.take(); waiting !== undefined; waiting = this.take()) {
      waiting.fail(error);
    }
  }
}

/** A request that waits for a connection, and is controlled on it later. */
class WaitingRequest implements RequestControl {
  readonly #request: WireRequest;
  readonly #handler: ResponseHandler;
  readonly #onGivenUp: () => void;
  #waits = true;
  #control: RequestControl | undefined;

  constructor(request: WireRequest, handler: ResponseHandler, onGivenUp: () => void) {
    this.#request = request;
    this.#handler = handler;
    this.#onGivenUp = onGivenUp;
  }

  /** Called when it is taken from the queue. @returns whether it was still waiting */
  leave(): boolean {
    const waited = this.#waits;
    this.#waits = false;
    return waited;
  }

  sendOn(connection: Sender): void {
    this.#control = connection.send(this.#request, this.#handler);
  }

  fail(error: Error): void {
    this.#handler.onError(error);
  }

  abort(): void {
    this.#control?.abort();
    if (this.#waits) {
      this.#waits = false;
      this.#onGivenUp();
    }
  }

  pause(): void {
    this.#control?.pause();
  }

  resume(): void {
    this.#control?.resume();
  }
}

/** A wait until an origin can be reached. */
export class OpenWait extends Suspension<void> {
  readonly #onAbandoned: (wait: OpenWait) => void;

  constructor(onAbandoned: (wait: OpenWait) => void) {
    super();
    this.#onAbandoned = onAbandoned;
  }

  protected override abandon(): void {
    this.#onAbandoned(this);
  }
}
