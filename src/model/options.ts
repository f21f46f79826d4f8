/** Defaults, each in one place: the help text and the docs read them from here. */

/** Requests in flight of one run, unless asked otherwise: what a server bears without noticing. */
export const DEFAULT_MAX_REQUESTS = 5;

/** How long to wait for each step of a request, in ms, before it fails. */
export const DEADLINES = {
  /** For a connection: DNS, TCP and TLS. Reason `timeout-connect`. */
  connect: 10_000,
  /** From the request to the head of its response. Reason `timeout-first-byte`. */
  firstByte: 30_000,
  /** Between two pieces of a body. Reason `timeout-idle`. */
  idle: 30_000,
} as const;

/** Redirects of one request, at most: what Chromium and Firefox follow. */
export const DEFAULT_MAX_REDIRECTS = 20;

/** What requests say they come from. */
export const DEFAULT_USER_AGENT = 'flaghoist';

/** How long a body may come slower than the lowest speed asked for, in ms. Reason `too-slow`. */
export const SPEED_WINDOW = 30_000;

/** Requests in flight to one origin, at most, where their number is found. */
export const MOST_AUTO_REQUESTS = 256;

/** Requests in flight of a whole run, at most, where their number is found. */
export const MOST_RUN_REQUESTS = 512;

/** Connections, at most, that one file may come over at a time: more of them is abuse of a server. */
export const MOST_SEGMENTS = 16;

/** Tries for a row, the first one included. */
export const DEFAULT_TRIES = 4;

/** The longest wait before the second try, in ms; it doubles for each one after. */
export const FIRST_RETRY_WAIT = 1_000;

/** The longest wait between two tries, in ms, whoever asks for it. */
export const LONGEST_RETRY_WAIT = 60_000;
