/** What each fault must come to: the tests hold the command against it, and docs/faults.md shows it. */

/** How a row ended: `ok`, `failed: truncated`. */
export type Ending = string;

export interface Case {
  /** As in `serve --fault`. */
  readonly fault: string;
  /** Every request has it, and the row has two tries. */
  readonly get: Ending;
  /** The first request for the file, or the first connection, has it; the row has four tries. */
  readonly retry: Ending;
  /** A part of the file is there from an earlier run; every request has it, and the row has two tries. */
  readonly resume: Ending;
  /** What the command is told on top. */
  readonly options?: readonly string[];
  /** The row comes with the checksum of the right file. */
  readonly checksum?: boolean;
  /** What comes is taken for the file, since nothing tells that it is not. */
  readonly taken?: boolean;
}

export const MATRIX: readonly Case[] = [
  { fault: 'truncate', get: 'failed: truncated', retry: 'ok', resume: 'failed: truncated' },
  {
    fault: 'truncate:framing=chunked',
    get: 'failed: truncated',
    retry: 'ok',
    resume: 'failed: truncated',
  },
  {
    fault: 'truncate:framing=gzip',
    get: 'failed: truncated',
    retry: 'ok',
    resume: 'failed: truncated',
  },
  { fault: 'empty', get: 'ok', retry: 'ok', resume: 'ok', taken: true },
  {
    fault: 'empty',
    get: 'failed: checksum',
    retry: 'ok',
    resume: 'failed: checksum',
    checksum: true,
  },
  { fault: 'too-long', get: 'ok', retry: 'ok', resume: 'ok' },
  { fault: 'stall', get: 'failed: timeout-idle', retry: 'ok', resume: 'failed: timeout-idle' },
  {
    fault: 'stall:at=chunk',
    get: 'failed: timeout-idle',
    retry: 'ok',
    resume: 'failed: timeout-idle',
  },
  {
    fault: 'stall:at=head',
    get: 'failed: timeout-first-byte',
    retry: 'ok',
    resume: 'failed: timeout-first-byte',
  },
  { fault: 'stall:for=100ms', get: 'ok', retry: 'ok', resume: 'ok' },
  {
    fault: 'drip:every=50ms',
    get: 'failed: timeout-total',
    retry: 'failed: timeout-total',
    resume: 'failed: timeout-total',
    options: ['--row-timeout', '800ms'],
  },
  {
    fault: 'interim:every=10ms',
    get: 'failed: protocol',
    retry: 'ok',
    resume: 'failed: protocol',
  },
  {
    fault: 'reset-connection',
    get: 'failed: connection-lost',
    retry: 'ok',
    resume: 'failed: connection-lost',
  },
  { fault: 'reset', get: 'failed: truncated', retry: 'ok', resume: 'failed: truncated' },
  { fault: 'reset:at=head', get: 'failed: truncated', retry: 'ok', resume: 'failed: truncated' },
  {
    fault: 'reset:at=before',
    get: 'failed: connection-lost',
    retry: 'ok',
    resume: 'failed: connection-lost',
  },
  { fault: 'stale-connection', get: 'ok', retry: 'ok', resume: 'ok' },
  { fault: 'error', get: 'failed: http-500', retry: 'ok', resume: 'failed: http-500' },
  {
    fault: 'error:status=404',
    get: 'not-found: http-404',
    retry: 'not-found: http-404',
    resume: 'not-found: http-404',
  },
  {
    fault: 'error:status=403',
    get: 'failed: http-403',
    retry: 'failed: http-403',
    resume: 'failed: http-403',
  },
  {
    fault: 'retry-after',
    get: 'failed: http-429',
    retry: 'ok',
    resume: 'failed: http-429',
    options: ['--retry-max-wait', '1s'],
  },
  {
    fault: 'retry-after:status=503',
    get: 'failed: http-503',
    retry: 'ok',
    resume: 'failed: http-503',
    options: ['--retry-max-wait', '1s'],
  },
  {
    fault: 'retry-after:form=date',
    get: 'failed: http-429',
    retry: 'ok',
    resume: 'failed: http-429',
    options: ['--retry-max-wait', '2s'],
  },
  {
    fault: 'retry-after:form=absurd',
    get: 'failed: http-429',
    retry: 'ok',
    resume: 'failed: http-429',
  },
  {
    fault: 'retry-after:form=garbage',
    get: 'failed: http-429',
    retry: 'ok',
    resume: 'failed: http-429',
  },
  {
    fault: 'retry-after:form=none',
    get: 'failed: http-429',
    retry: 'ok',
    resume: 'failed: http-429',
  },
  { fault: 'redirect-chain', get: 'ok', retry: 'ok', resume: 'ok' },
  {
    fault: 'redirect-chain:length=30',
    get: 'failed: redirect-loop',
    retry: 'ok',
    resume: 'failed: redirect-loop',
  },
  {
    fault: 'redirect-loop',
    get: 'failed: redirect-loop',
    retry: 'ok',
    resume: 'failed: redirect-loop',
  },
  { fault: 'redirect-origin', get: 'ok', retry: 'ok', resume: 'ok' },
  {
    fault: 'redirect-file',
    get: 'failed: redirect-refused',
    retry: 'failed: redirect-refused',
    resume: 'failed: redirect-refused',
  },
  {
    fault: 'redirect-private:host=127.0.0.1:1',
    get: 'failed: connect',
    retry: 'ok',
    resume: 'failed: connect',
  },
  { fault: 'ignore-range', get: 'ok', retry: 'ok', resume: 'ok' },
  { fault: 'wrong-range', get: 'ok', retry: 'ok', resume: 'ok' },
  { fault: 'wrong-range:range=total', get: 'ok', retry: 'ok', resume: 'ok' },
  { fault: 'wrong-range:range=missing', get: 'ok', retry: 'ok', resume: 'ok' },
  { fault: 'wrong-range:range=garbage', get: 'ok', retry: 'ok', resume: 'ok' },
  { fault: 'changing-etag', get: 'ok', retry: 'ok', resume: 'ok' },
  { fault: 'refuse-if-range', get: 'ok', retry: 'ok', resume: 'ok' },
  { fault: 'refuse-if-range:status=400', get: 'ok', retry: 'ok', resume: 'ok' },
  { fault: 'page', get: 'ok', retry: 'ok', resume: 'ok', taken: true },
  {
    fault: 'page',
    get: 'failed: wrong-type',
    retry: 'failed: wrong-type',
    resume: 'failed: wrong-type',
    options: ['--accept', 'application/octet-stream'],
  },
  {
    fault: 'page',
    get: 'failed: too-small',
    retry: 'failed: too-small',
    resume: 'failed: too-small',
    options: ['--min-size', '1k'],
  },
  {
    fault: 'wrong-digest',
    get: 'failed: checksum',
    retry: 'ok',
    resume: 'failed: checksum',
  },
  {
    fault: 'wrong-digest:header=digest',
    get: 'failed: checksum',
    retry: 'ok',
    resume: 'failed: checksum',
  },
  {
    fault: 'wrong-digest:header=content-digest',
    get: 'failed: checksum',
    retry: 'ok',
    resume: 'failed: checksum',
  },
  {
    fault: 'wrong-digest:header=content-md5',
    get: 'failed: checksum',
    retry: 'ok',
    // Of a part it may be the digest of the whole: it is not looked at.
    resume: 'ok',
    taken: true,
  },
  {
    fault: 'wrong-digest:header=none',
    get: 'failed: checksum',
    retry: 'ok',
    resume: 'failed: checksum',
    checksum: true,
  },
  { fault: 'wrong-digest:header=none', get: 'ok', retry: 'ok', resume: 'ok', taken: true },
  {
    fault: 'wrong-encoding',
    get: 'failed: encoding',
    retry: 'failed: encoding',
    resume: 'failed: encoding',
  },
  {
    fault: 'wrong-encoding:claim=br',
    get: 'failed: encoding',
    retry: 'failed: encoding',
    resume: 'failed: encoding',
  },
  {
    fault: 'wrong-encoding:claim=lzma',
    get: 'failed: encoding',
    retry: 'failed: encoding',
    resume: 'failed: encoding',
  },
  {
    fault: 'gzip-bomb:size=1G',
    get: 'failed: too-large',
    retry: 'failed: too-large',
    resume: 'failed: too-large',
    options: ['--max-size', '1MB'],
  },
  { fault: 'long-header', get: 'failed: protocol', retry: 'ok', resume: 'failed: protocol' },
  { fault: 'many-headers', get: 'failed: protocol', retry: 'ok', resume: 'failed: protocol' },
  { fault: 'bad-status-line', get: 'failed: protocol', retry: 'ok', resume: 'failed: protocol' },
  { fault: 'http-0.9', get: 'failed: protocol', retry: 'ok', resume: 'failed: protocol' },
  { fault: 'trailing-garbage', get: 'ok', retry: 'ok', resume: 'ok' },
  {
    fault: 'content-disposition:name=traversal',
    get: 'ok',
    retry: 'ok',
    resume: 'ok',
    options: ['--content-disposition'],
  },
  {
    fault: 'content-disposition:name=absolute',
    get: 'ok',
    retry: 'ok',
    resume: 'ok',
    options: ['--content-disposition'],
  },
  {
    fault: 'content-disposition:name=backslash',
    get: 'ok',
    retry: 'ok',
    resume: 'ok',
    options: ['--content-disposition'],
  },
  {
    fault: 'content-disposition:name=encoded',
    get: 'ok',
    retry: 'ok',
    resume: 'ok',
    options: ['--content-disposition'],
  },
  {
    fault: 'content-disposition:name=drive',
    get: 'ok',
    retry: 'ok',
    resume: 'ok',
    options: ['--content-disposition'],
  },
  {
    fault: 'content-disposition:name=reserved',
    get: 'ok',
    retry: 'ok',
    resume: 'ok',
    options: ['--content-disposition'],
  },
  {
    fault: 'content-disposition:name=hidden',
    get: 'ok',
    retry: 'ok',
    resume: 'ok',
    options: ['--content-disposition'],
  },
  {
    fault: 'content-disposition:name=dots',
    get: 'ok',
    retry: 'ok',
    resume: 'ok',
    options: ['--content-disposition'],
  },
  {
    fault: 'content-disposition:name=null',
    get: 'ok',
    retry: 'ok',
    resume: 'ok',
    options: ['--content-disposition'],
  },
  {
    fault: 'content-disposition:name=control',
    get: 'ok',
    retry: 'ok',
    resume: 'ok',
    options: ['--content-disposition'],
  },
  {
    fault: 'content-disposition:name=bidi',
    get: 'ok',
    retry: 'ok',
    resume: 'ok',
    options: ['--content-disposition'],
  },
  {
    fault: 'content-disposition:name=long',
    get: 'ok',
    retry: 'ok',
    resume: 'ok',
    options: ['--content-disposition'],
  },
  {
    fault: 'content-disposition:name=empty',
    get: 'ok',
    retry: 'ok',
    resume: 'ok',
    options: ['--content-disposition'],
  },
  {
    fault: 'content-disposition:name=garbage',
    get: 'ok',
    retry: 'ok',
    resume: 'ok',
    options: ['--content-disposition'],
  },
  {
    fault: 'content-disposition:name=raw',
    get: 'ok',
    retry: 'ok',
    resume: 'ok',
    options: ['--content-disposition'],
  },
  { fault: 'reason-phrase', get: 'failed: http-500', retry: 'ok', resume: 'failed: http-500' },
  { fault: 'tls-expired', get: 'failed: tls', retry: 'failed: tls', resume: 'failed: tls' },
  { fault: 'tls-self-signed', get: 'failed: tls', retry: 'failed: tls', resume: 'failed: tls' },
  { fault: 'tls-wrong-host', get: 'failed: tls', retry: 'failed: tls', resume: 'failed: tls' },
  {
    fault: 'unresolvable',
    get: 'failed: dns-not-found',
    retry: 'failed: dns-not-found',
    resume: 'failed: dns-not-found',
  },
  {
    fault: 'nobody-listens',
    get: 'failed: connect',
    retry: 'failed: connect',
    resume: 'failed: connect',
  },
];
