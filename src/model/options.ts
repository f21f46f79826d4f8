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
