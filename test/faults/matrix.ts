/** What each fault must come to: the tests hold the command to it, and docs/faults.md shows it. */

/** How a row ended: `ok`, `failed: truncated`. */
export type Ending = string;

/** A fault, and how a row ends that meets it in three situations. */
export interface Case {
  /** As in `serve --fault`. */
  readonly fault: string;
  /** Every request has the fault, and the row has two tries. */
  readonly get: Ending;
  /** The first request for the file, or the first connection, has the fault; the row has four tries. */
  readonly retry: Ending;
  /** A part of the file is there from an earlier run. Every request has the fault; the row has two tries. */
  readonly resume: Ending;
  /** Further options of the command. */
  readonly options?: readonly string[];
  /** Whether the row has the checksum of the right file. */
  readonly checksum?: boolean;
  /** Whether the response is saved as the file, as nothing shows that it is another one. */
  readonly taken?: boolean;
}

type Circumstances = Pick<Case, 'options' | 'checksum' | 'taken'>;

/** The row ends in the same way in all situations. */
function always(fault: string, ending: Ending, more: Circumstances = {}): Case {
  return { fault, get: ending, retry: ending, resume: ending, ...more };
}

/** The row fails as long as its requests have the fault, and a try without it succeeds. */
function untilRetried(fault: string, ending: Ending, more: Circumstances = {}): Case {
  return { fault, get: ending, retry: 'ok', resume: ending, ...more };
}

export const MATRIX: readonly Case[] = [
  untilRetried('truncate', 'failed: truncated'),
  untilRetried('truncate:framing=chunked', 'failed: truncated'),
  untilRetried('truncate:framing=gzip', 'failed: truncated'),
  always('empty', 'ok', { taken: true }),
  untilRetried('empty', 'failed: checksum', { checksum: true }),
  always('too-long', 'ok'),
  untilRetried('stall', 'failed: timeout-idle'),
  untilRetried('stall:at=chunk', 'failed: timeout-idle'),
  untilRetried('stall:at=head', 'failed: timeout-first-byte'),
  always('stall:for=100ms', 'ok'),
  always('drip:every=50ms', 'failed: timeout-total', { options: ['--row-timeout', '800ms'] }),
  // The number of interim responses ends the request, not the deadline.
  untilRetried('interim:every=1ms', 'failed: protocol', {
    options: ['--first-byte-timeout', '20s'],
  }),
  untilRetried('reset-connection', 'failed: connection-lost'),
  untilRetried('reset', 'failed: truncated'),
  untilRetried('reset:at=head', 'failed: truncated'),
  untilRetried('reset:at=before', 'failed: connection-lost'),
  always('stale-connection', 'ok'),
  untilRetried('error', 'failed: http-500'),
  always('error:status=404', 'not-found: http-404'),
  always('error:status=403', 'failed: http-403'),
  untilRetried('retry-after', 'failed: http-429', { options: ['--retry-max-wait', '2s'] }),
  untilRetried('retry-after:status=503', 'failed: http-503', {
    options: ['--retry-max-wait', '2s'],
  }),
  untilRetried('retry-after:form=date', 'failed: http-429', {
    options: ['--retry-max-wait', '2s'],
  }),
  untilRetried('retry-after:form=absurd', 'failed: http-429'),
  untilRetried('retry-after:form=garbage', 'failed: http-429'),
  untilRetried('retry-after:form=none', 'failed: http-429'),
  always('redirect-chain', 'ok'),
  untilRetried('redirect-chain:length=30', 'failed: redirect-loop'),
  untilRetried('redirect-loop', 'failed: redirect-loop'),
  always('redirect-origin', 'ok'),
  always('redirect-file', 'failed: redirect-refused'),
  untilRetried('redirect-private:host=127.0.0.1:1', 'failed: connect'),
  always('ignore-range', 'ok'),
  always('slice-as-whole', 'ok'),
  always('slice-as-whole:range=missing', 'ok'),
  always('short-range', 'ok'),
  always('short-range:status=200', 'ok'),
  always('refuse-range', 'ok'),
  always('refuse-range:status=404', 'ok'),
  always('refuse-range:status=416', 'ok'),
  always('refuse-range:status=501', 'ok'),
  always('refuse-range:status=503', 'ok'),
  always('refuse-range:by=hang-up', 'ok'),
  always('break-off', 'ok'),
  // Two tries do not reach the end of the part that is there.
  { fault: 'break-off:ranges=ignored', get: 'ok', retry: 'ok', resume: 'failed: truncated' },
  always('wrong-range', 'ok'),
  always('wrong-range:range=total', 'ok'),
  always('wrong-range:range=missing', 'ok'),
  always('wrong-range:range=garbage', 'ok'),
  always('overlong-range', 'ok'),
  always('changing-etag', 'ok'),
  always('refuse-if-range', 'ok'),
  always('refuse-if-range:status=400', 'ok'),
  always('page', 'ok', { taken: true }),
  always('page', 'failed: wrong-type', { options: ['--accept', 'application/octet-stream'] }),
  always('page', 'failed: too-small', { options: ['--min-size', '1k'] }),
  untilRetried('wrong-digest', 'failed: checksum'),
  untilRetried('wrong-digest:header=digest', 'failed: checksum'),
  untilRetried('wrong-digest:header=content-digest', 'failed: checksum'),
  // Content-MD5 of a part may be that of the whole file, so a resumed download ignores it.
  {
    fault: 'wrong-digest:header=content-md5',
    get: 'failed: checksum',
    retry: 'ok',
    resume: 'ok',
    taken: true,
  },
  untilRetried('wrong-digest:header=none', 'failed: checksum', { checksum: true }),
  always('wrong-digest:header=none', 'ok', { taken: true }),
  always('wrong-encoding', 'failed: encoding'),
  ...['no-coding', 'two-lines', 'garbage', 'bare-deflate'].map((as) =>
    always(`odd-encoding:as=${as}`, 'ok'),
  ),
  always('wrong-encoding:claim=br', 'failed: encoding'),
  always('wrong-encoding:claim=lzma', 'failed: encoding'),
  always('gzip-bomb:size=1G', 'failed: too-large', { options: ['--max-size', '1MB'] }),
  untilRetried('long-header', 'failed: protocol'),
  always('many-headers', 'ok'),
  untilRetried('bad-status-line', 'failed: protocol'),
  ...['folded', 'twice', 'bare-lf', 'spaced', 'controls', 'chunked'].map((as) =>
    always(`odd-head:as=${as}`, 'ok'),
  ),
  untilRetried('http-0.9', 'failed: protocol'),
  always('trailing-garbage', 'ok'),
  always('extra-response', 'ok'),
  ...[
    'traversal',
    'absolute',
    'backslash',
    'encoded',
    'drive',
    'reserved',
    'hidden',
    'dots',
    'null',
    'control',
    'bidi',
    'long',
    'empty',
    'garbage',
    'raw',
  ].map((name) =>
    always(`content-disposition:name=${name}`, 'ok', { options: ['--content-disposition'] }),
  ),
  untilRetried('reason-phrase:says=authorization', 'failed: http-500', {
    options: ['--bearer=tok-en-of-the-run'],
  }),
  untilRetried('reason-phrase', 'failed: http-500'),
  always('tls-expired', 'failed: tls'),
  always('tls-self-signed', 'failed: tls'),
  always('tls-wrong-host', 'failed: tls'),
  always('unresolvable', 'failed: dns-not-found'),
  always('nobody-listens', 'failed: connect'),
];
