import type { RequestControl, ResponseHandler } from '../transport/request.ts';

/** A connection carries out the calls below as long as the request is its active one. */
interface Connection {
  abort(request: ActiveRequest): void;
  pause(request: ActiveRequest): void;
  resume(request: ActiveRequest): void;
}

/** One request on a connection. It may outlive its response, while the connection serves others. */
export class ActiveRequest implements RequestControl {
  readonly #connection: Connection;
  readonly handler: ResponseHandler;
  /** Whether it was written to the socket. */
  isSent = false;
  isAnswered = false;
  hasHead = false;
  isPaused = false;

  constructor(connection: Connection, handler: ResponseHandler) {
    this.#connection = connection;
    this.handler = handler;
  }

  abort(): void {
    this.#connection.abort(this);
  }

  pause(): void {
    this.#connection.pause(this);
  }

  resume(): void {
    this.#connection.resume(this);
  }

  end(): void {
    try {
      this.handler.onEnd();
    } catch (error) {
      this.handler.onError(error as Error);
    }
  }
}
