/** What fetch and save tell each other about a body, so that neither has to know the other. */

import type { Checksum } from './item.ts';

/** What tells one version of a file from another (RFC 9110 section 8.8), as the server sent it. */
export interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

/** What an earlier try left of a file: its first bytes, and of which version. */
export interface Part extends Validators {
  /** How many there are; 0 when only the version is known. */
  readonly bytes: number;
  /** Of the whole file, in bytes, when a response said so. */
  readonly length?: number | undefined;
}

/** How much of the rest of a {@link Part} is asked for. */
export interface SegmentOfFile {
  /** The bytes before this one. */
  readonly end: number;
  /** How long the whole file is, in bytes. */
  readonly length: number;
}

/** A checksum that a response says of the whole file. */
export interface StatedChecksum extends Checksum {
  /** The header that says it, for people. */
  readonly header: string;
}

/** What the head of a response says about the body that follows. */
export interface ResponseHead extends Validators {
  readonly httpStatus: number;
  /** Where it came from in the end: redirects are followed. */
  readonly url: string;
  /** The IP address that it came from; absent where a proxy is between. */
  readonly address?: string | undefined;
  /** Where in the file the body begins, in bytes: 0, but for the rest of a {@link Part}. */
  readonly offset: number;
  /** How long the whole file is, in bytes, when the server says so and nothing has to be decoded. */
  readonly length?: number | undefined;
  /**
   * What the whole file must turn out to be, as the server says, when nothing has to be decoded. A whole
   * body has been held against it by the time it ends; a file of several responses has not.
   */
  readonly stated?: StatedChecksum | undefined;
  /** Whether the server says that it sends ranges of it. */
  readonly acceptsRanges?: boolean | undefined;
  readonly contentType?: string | undefined;
  /** Content codings are undone: what is saved is not what was sent. Only there when it is so. */
  readonly isDecoded?: true | undefined;
  /** The header as it came; `parseContentDisposition` of save makes a name of it. */
  readonly contentDisposition?: string | undefined;
}

/** Takes a body as it comes. */
export interface BodyWriter {
  /**
   * The head is there, the body follows. Called once for each response that carries the file. What
   * it throws ends the request and is thrown by whoever made it.
   */
  begin(head: ResponseHead): void;
  /**
   * Takes the next piece. It is lent: once this returns, the sender puts something else into that
   * memory. What is to be kept is copied.
   * @returns a promise when the sender should pause until it is fulfilled, else undefined
   */
  write(chunk: Uint8Array): Promise<void> | undefined;
}

/** One GET. */
export interface FetchRequest {
  readonly url: string;
  /** The row's own, on top of those of the run. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What the row calls the file: a name such as `app.tar.gz` says that it is compressed itself. */
  readonly name?: string | undefined;
  /** Take the body as it is sent, and ask for no content coding. @default false */
  readonly asSent?: boolean | undefined;
  /**
   * What came of the file before. Its rest only is asked for, as long as the file is still the same; and
   * every response is held against it.
   */
  readonly part?: Part | undefined;
  /** Ask for the whole file nevertheless: the server refused to send the rest. @default false */
  readonly isWhole?: boolean | undefined;
  /** Of that rest, ask for a segment only: it is to be that and nothing else. */
  readonly segment?: SegmentOfFile | undefined;
  /** Ask for the file only if it is not this version any more. */
  readonly known?: Validators | undefined;
}

/** What came of a {@link FetchRequest}. */
export interface Received {
  readonly head: ResponseHead;
  /** How many bytes were handed to the body's writer. */
  readonly bytes: number;
  /** When things happened, in ms since the request was handed to the client. */
  readonly timings: Timings;
  /** What was not as it should be and was tolerated, in one line. */
  readonly note?: string | undefined;
}

/** When what a request is made of was over. In ms, since when is said where they are. */
export interface Timings {
  /** The request went out on a connection. */
  readonly sent: number;
  /** The head of the response was there. */
  readonly firstByte: number;
  /** The last of the body was there. */
  readonly end: number;
}

/** Of another beginning: `ms` before theirs. */
export function timingsSince(ms: number, { sent, firstByte, end }: Timings): Timings {
  return { sent: sent + ms, firstByte: firstByte + ms, end: end + ms };
}

/**
 * Gets one URL, its body streamed into `body`. All that the engine needs to know of HTTP.
 * @throws what went wrong, or the signal's reason: the request is aborted then
 */
export type Fetch = (
  request: FetchRequest,
  body: BodyWriter,
  options: {
    readonly signal?: AbortSignal | undefined;
    /** When the wait for the file began, as `performance.now()` has it. @default now */
    readonly since?: number | undefined;
  },
) => Promise<Received>;

/** How an origin is opened. */
export interface OpenOptions {
  /** Gives the attempt up, and rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How many requests of that origin are still to be sent. Asked at any time from now on, as long as there are
   * connections: with many of them HTTP/2 is offered.
   */
  readonly expected: () => number;
}

/**
 * Connects to where the first request for `url` would go, and keeps the connection for it. Calls for one
 * origin share one attempt; the last of them that is cancelled gives it up.
 * @returns undefined when a request may just be sent: there is a connection, or the last one could be made
 * @throws (rejects) what the attempt failed with, the task's CancelledError, or the signal's reason
 */
export type Open = (url: string, options: OpenOptions) => Promise<void> | undefined;

/**
 * No row that was read so far needs `origin` any more (as `URL.origin` has it): what is kept for it is closed
 * and forgotten, what is under way goes on.
 */
export type Release = (origin: string) => void;
