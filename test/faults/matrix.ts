/** What each fault must come to: the table of docs/faults.md, which the tests hold the command against. */

/** How a row ended: `ok`, `failed: truncated`; `–` where the question makes no sense. */
type Ending = string;

export interface Case {
  /** As in `serve --fault`. */
  readonly fault: string;
  /** Every request has it, and the row has two tries. */
  readonly get: Ending;
  /** The first request for the file has it, or the first connection. */
  readonly retry: Ending;
  /** A part of the file is there from an earlier run; every request has it. */
  readonly resume: Ending;
  /** What the command is told on top, when that is what the fault is about. */
  readonly options?: readonly string[];
  /** The row comes with the checksum of the right file. */
  readonly checksum?: boolean;
  /** What the server sends is taken for the file, since nothing tells that it is not. */
  readonly taken?: boolean;
}

const CUT = { retry: 'ok', resume: 'failed: truncated' };

export const MATRIX: readonly Case[] = [
  { fault: 'truncate', get: 'failed: truncated', ...CUT },
  { fault: 'truncate:framing=chunked', get: 'failed: truncated', ...CUT },
  { fault: 'truncate:framing=gzip', get: 'failed: encoding', retry: 'ok', resume: 'failed: encoding' },
  { fault: 'empty', get: 'ok', retry: 'ok', resume: 'ok', taken: true },
  { fault: 'empty', get: 'failed: checksum', retry: 'ok', resume: 'failed: checksum', checksum: true },
  { fault: 'too-long', get: 'ok', retry: 'ok', resume: 'ok' },
  { fault: 'stall', get: 'failed: timeout-idle', retry: 'ok', resume: 'failed: timeout-idle' },
  { fault: 'stall:at=head', get: 'failed: timeout-first-byte', retry: 'ok', resume: 'failed: timeout-first-byte' },
  { fault: 'stall:at=chunk', get: 'failed: timeout-idle', retry: 'ok', resume: 'failed: timeout-idle' },
  { fault: 'stall:at=head,for=50ms', get: 'ok', retry: 'ok', resume: 'ok' },
  { fault: 'drip:every=50ms', get: 'failed: timeout-total', retry: 'failed: timeout-total', resume: 'failed: timeout-total', options: ['--row-timeout', '1s'] },
  { fault: 'reset-connection', get: 'failed: connection-lost', retry: 'ok', resume: 'failed: connection-lost' },
  { fault: 'reset', get: 'failed: truncated', ...CUT },
  { fault: 'reset:at=before', get: 'failed: connection-lost', retry: 'ok', resume: 'failed: connection-lost' },
  { fault: 'reset:at=head', get: 'failed: truncated', ...CUT },
  { fault: 'stale-connection', get: 'ok', retry: 'ok', resume: 'ok' },
  { fault: 'error', get: 'failed: http-500', retry: 'ok', resume: 'failed: http-500' },
  { fault: 'error:status=404', get: 'not-found: http-404', retry: 'not-found: http-404', resume: 'not-found: http-404' },
  { fault: 'error:status=403', get: 'failed: http-403', retry: 'failed: http-403', resume: 'failed: http-403' },
  { fault: 'retry-after', get: 'failed: http-429', retry: 'ok', resume: 'failed: http-429', options: ['--retry-max-wait', '1s', '--row-timeout', '4s'] },
];
