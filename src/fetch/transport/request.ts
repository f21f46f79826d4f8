/** Headers, with names in lower case. */
export type Headers = Readonly<Record<string, string>>;

/** A GET to be sent. */
export interface WireRequest {
  /** A path with its query, or a whole URL for a proxy. */
  readonly target: string;
  /** The host, with its port if that is not the default one: for `Host` or `:authority`. */
  readonly authority: string;
  /** A header `host` replaces {@link authority}. */
  readonly headers: Headers;
}

/** The head of a response as it was sent, with names in lower case. */
export interface RawHead {
  readonly status: number;
  readonly statusText: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Controls a request that was dispatched. After the request is over, nothing here has an effect. */
export interface RequestControl {
  /** Aborts the request: its handler is not called any more, and the rest of the response is dropped. */
  abort(): void;
  /** Holds the body back until {@link resume}. */
  pause(): void;
  resume(): void;
}

/**
 * Handles the response to a request. The methods are called in this order, and `onEnd` or `onError` comes
 * last, unless the request is aborted. What a method throws ends the request, and is passed to `onError`.
 */
export interface ResponseHandler {
  /**
   * @param isKept whether the connection has served other requests
   * @param address the server's IP address; undefined when a proxy is between
   */
  onSent(isKept: boolean, address?: string): void;
  /** The first bytes of a response have come. */
  onAnswer(): void;
  /** A head has come: an interim one, which is followed by another, or the final one. */
  onHead(head: RawHead): void;
  /** A piece of the body. It is only lent: its memory is reused after this returns. */
  onData(piece: Uint8Array): void;
  /** The whole body has come. */
  onEnd(): void;
  onError(error: Error): void;
}
