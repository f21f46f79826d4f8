/** What fetch and save exchange about a body, so that neither has to import the other. */

import type { Checksum } from './item.ts';
import type { BodyMeter } from './request-in-flight.ts';

/** The validators of a file's version (RFC 9110 section 8.8), as the server sent them. */
export interface Validators {
  /** The `ETag` header, its quotes included. */
  readonly etag?: string | undefined;
  /** The `Last-Modified` header. */
  readonly lastModified?: string | undefined;
}

/** The first bytes of a file, left by an earlier try, and their version. */
export interface Part extends Validators {
  /** The length of the part; 0 when only the version is known. */
  readonly bytes: number;
  /** The length of the whole file, in bytes, when a response said so. */
  readonly length?: number | undefined;
  /**
   * Reads the first bytes of the part, `most` of them at most: its type shows there.
   * @throws (rejects) the file system's errors
   * @default no response that goes on from the part is looked at for its type: this run has seen its beginning
   */
  readonly beginning?: ((most: number) => Promise<Uint8Array>) | undefined;
}

/** The segment of a file that is requested: from the end of the {@link Part}. */
export interface SegmentOfFile {
  /** The byte that the segment ends before. */
  readonly end: number;
  /** The length of the whole file, in bytes. */
  readonly length: number;
}

/** The checksum of the whole file that a response has in a header. */
export interface StatedChecksum extends Checksum {
  /** The name of that header, for people. */
  readonly header: string;
}

/** What the head of a response says about the body that follows. */
export interface ResponseHead extends Validators {
  /** 200 or 206. */
  readonly httpStatus: number;
  /** The URL of the response, after redirects. */
  readonly url: string;
  /** The IP address that the response came from; undefined where a proxy is between. */
  readonly address?: string | undefined;
  /** It came over TLS from a server whose certificate was not checked. */
  readonly insecure?: true | undefined;
  /** The place in the file where the body begins, in bytes: 0, except for the rest of a {@link Part}. */
  readonly offset: number;
  /** The length of the whole file, in bytes, when the server says so and nothing has to be decoded. */
  readonly length?: number | undefined;
  /**
   * The checksum of the whole file, as the server says, when nothing has to be decoded. A whole body is
   * checked against it by the time it ends; a file of several responses is not.
   */
  readonly stated?: StatedChecksum | undefined;
  /** Whether the server says that it sends ranges of the file. */
  readonly acceptsRanges?: boolean | undefined;
  /** The `Content-Type` header as the server sent it. */
  readonly contentType?: string | undefined;
  /** The body is decoded: what is saved is not what was sent. Undefined otherwise. */
  readonly isDecoded?: true | undefined;
  /** The `Content-Disposition` header as the server sent it. */
  readonly contentDisposition?: string | undefined;
}

/** Takes a body as it comes. */
export interface BodyWriter {
  /**
   * Called once for each response that brings the file, before its body. An error that this throws ends
   * the request and is its failure.
   */
  begin(head: ResponseHead): void;
  /**
   * Takes the next piece of the body. The sender reuses its memory once this returns, so a writer copies
   * what it keeps.
   * @returns a promise when the sender should pause until it is fulfilled, otherwise undefined
   */
  write(chunk: Uint8Array): Promise<void> | undefined;
}

/** One GET request. */
export interface FetchRequest {
  readonly url: string;
  /** The headers of the row, in addition to those of the run. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The file name of the row: one such as `app.tar.gz` says that the file itself is compressed. */
  readonly name?: string | undefined;
  /** Ask for no content coding, and take the body as it is sent. @default false */
  readonly asSent?: boolean | undefined;
  /**
   * The part of the file that is there. Only the rest is requested, as long as the file has not changed,
   * and every response is checked against the part.
   */
  readonly part?: Part | undefined;
  /** Request the whole file all the same, since the server refused to send the rest. @default false */
  readonly isWhole?: boolean | undefined;
  /** Request this segment of the rest alone. */
  readonly segment?: SegmentOfFile | undefined;
  /** Request the file only if its version is not this one any more. */
  readonly known?: Validators | undefined;
}

/** The result of a {@link FetchRequest}. */
export interface Received {
  readonly head: ResponseHead;
  /** The bytes that the body's writer got. */
  readonly bytes: number;
  /** The times of the request, in ms since the client got it. */
  readonly timings: Timings;
  /** A defect of the response that was tolerated, in one line. */
  readonly note?: string | undefined;
}

/** The times of a request, in ms. Where they are used says since when. */
export interface Timings {
  /** The request went out on a connection. */
  readonly sent: number;
  /** The head of the response came. */
  readonly firstByte: number;
  /** The end of the body came. */
  readonly end: number;
}

/** The same times counted from `ms` earlier. */
export function timingsSince(ms: number, { sent, firstByte, end }: Timings): Timings {
  return { sent: sent + ms, firstByte: firstByte + ms, end: end + ms };
}

/**
 * Gets one URL and streams its body into `body`. This is all that the engine knows of HTTP.
 * @throws the failure of the request; or the signal's reason, when it aborts the request
 */
export type Fetch = (
  request: FetchRequest,
  body: BodyWriter,
  options: {
    readonly signal?: AbortSignal | undefined;
    /** When the wait for the file began, by `performance.now()`. @default now */
    readonly since?: number | undefined;
    /** Counts the bytes of the file as they come, before they are decoded. */
    readonly meter?: BodyMeter | undefined;
  },
) => Promise<Received>;

/** Options of {@link Open}. */
export interface OpenOptions {
  /** Gives up the attempt, which rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Returns how many requests to the origin are still to be sent. Called at any time while there are
   * connections: with many requests to come, HTTP/2 is offered.
   */
  readonly expected: () => number;
}

/**
 * Connects to where the first request for `url` would go, and keeps the connection for it. Calls for one
 * origin share one attempt, which is given up when all of them are cancelled.
 * @returns undefined when no attempt is needed: there is a connection, or the last attempt succeeded
 * @throws (rejects) the failure of the attempt, the task's CancelledError, or the signal's reason
 */
export type Open = (url: string, options: OpenOptions) => Promise<void> | undefined;

/**
 * Closes the idle connections to `origin` (a `URL.origin`) and forgets what is known of it: no row read
 * so far needs it. Requests under way continue.
 */
export type Release = (origin: string) => void;
