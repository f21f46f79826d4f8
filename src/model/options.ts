/** Defaults and bounds of options, for the library, the command and its help. */

/** Requests in flight of a run: a number that no server notices. */
export const DEFAULT_MAX_REQUESTS = 5;

/** How long to wait in each step of a request, in ms. */
export const DEADLINES = {
  /** For DNS, TCP and TLS. The reason is `timeout-connect`. */
  connect: 10_000,
  /** From the request to the head of its response. The reason is `timeout-first-byte`. */
  firstByte: 30_000,
  /** Without a byte in the middle of a body. The reason is `timeout-idle`. */
  idle: 30_000,
} as const;

/** Redirects of one request, at most: the number that Chromium and Firefox follow. */
export const DEFAULT_MAX_REDIRECTS = 20;

/** The `User-Agent` header. */
export const DEFAULT_USER_AGENT = 'flaghoist';

/** How long a body may be slower than the lowest speed, in ms. The reason is `too-slow`. */
export const SPEED_WINDOW = 30_000;

/** Requests in flight to one origin, at most, with `auto`. */
export const MOST_AUTO_REQUESTS = 256;

/** Requests in flight of a whole run, at most, with `auto`. */
export const MOST_RUN_REQUESTS = 512;

/** Connections for one file at a time, at most: more would be abuse of a server. */
export const MOST_SEGMENTS = 16;

/** Tries of a row, the first one included. */
export const DEFAULT_TRIES = 4;

/** The longest wait before the second try, in ms; it doubles with each further try. */
export const FIRST_RETRY_WAIT = 1_000;

/** The longest wait between two tries, in ms, also when a server asks for more. */
export const LONGEST_RETRY_WAIT = 60_000;

/** What a run can respect of a response's `X-Robots-Tag`. */
export const RESPECTED_TAGS = ['noai', 'noindex'] as const;
export type RespectedTag = (typeof RESPECTED_TAGS)[number];
