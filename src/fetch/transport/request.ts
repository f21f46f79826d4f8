/** Names in lower case. */
export type Headers = Readonly<Record<string, string>>;

/** A GET as it goes out. */
export interface WireRequest {
  /** What is asked for: a path with its query, or a whole URL where a proxy is asked for it. */
  readonly target: string;
  /** The host, and its port where it is not the scheme's own: what `Host` and `:authority` say. */
  readonly authority: string;
  /** One that is named `host` is sent in the place of {@link authority}. */
  readonly headers: Headers;
}

/** A response's head as it came, names in lower case. */
export interface RawHead {
  readonly status: number;
  readonly statusText: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Steers a request from when it was asked for. Once it is over none of these does anything. */
export interface RequestControl {
  /** Gives it up: nothing more is told of it, and what is left of its response is not waited for. */
  abort(): void;
  /** Nothing more of the body is told until {@link resume}. */
  pause(): void;
  resume(): void;
}

/**
 * Is told what becomes of a request, in this order; what it throws ends the request, and comes back
 * to it as its error. Either `onEnd` or `onError` is the last, unless the request is given up.
 */
export interface ResponseHandler {
  /** @param isKept whether it goes out on a connection that has served requests before */
  onSent(isKept: boolean): void;
  /** The first bytes of a response are there. */
  onAnswer(): void;
  /** A head is there: an interim one, which another one follows, or that of the response. */
  onHead(head: RawHead): void;
  /** A piece of the body, lent: it is something else once this returns. */
  onData(piece: Uint8Array): void;
  /** All of the body has come. */
  onEnd(): void;
  onError(error: Error): void;
}
