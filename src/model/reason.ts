/**
 * Why a row did not end as `ok`, in stable words that programs may rely on (docs/reasons.md).
 * `http-503` and the like carry the status that the server answered with.
 */
export type Reason =
  | 'bad-row'
  | 'bad-url'
  | 'dns'
  | 'connect'
  | 'tls'
  | 'timeout-connect'
  | 'timeout-first-byte'
  | 'timeout-idle'
  | 'timeout-total'
  | 'too-slow'
  | 'proxy'
  | 'address-refused'
  | 'connection-lost'
  | 'protocol'
  | 'truncated'
  | 'range'
  | 'checksum'
  | 'too-large'
  | 'encoding'
  | 'redirect-loop'
  | 'redirect-refused'
  | 'name-collision'
  | 'disk-full'
  | 'not-writable'
  | 'too-many-open-files'
  | 'already-there'
  | 'not-modified'
  | 'name-skipped'
  | 'cancelled'
  | 'unknown'
  | `http-${number}`;

/** What Node's network and its file system call the things that go wrong. */
const REASON_OF_CODE: Readonly<Record<string, Reason>> = {
  ERR_INVALID_URL: 'bad-url',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  ECONNREFUSED: 'connect',
  EHOSTUNREACH: 'connect',
  ENETUNREACH: 'connect',
  EADDRNOTAVAIL: 'connect',
  ETIMEDOUT: 'timeout-connect',
  ECONNRESET: 'connection-lost',
  EPIPE: 'connection-lost',
  // HTTP/2: the stream, or the connection with all its streams, was reset.
  ERR_HTTP2_STREAM_ERROR: 'connection-lost',
  ERR_HTTP2_SESSION_ERROR: 'connection-lost',
  EPROTO: 'tls',
  CERT_HAS_EXPIRED: 'tls',
  CERT_NOT_YET_VALID: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  EACCES: 'not-writable',
  EPERM: 'not-writable',
  EROFS: 'not-writable',
  ENOENT: 'not-writable',
  ENOTDIR: 'not-writable',
  EISDIR: 'not-writable',
  ENAMETOOLONG: 'not-writable',
  ELOOP: 'not-writable',
  EMFILE: 'too-many-open-files',
  ENFILE: 'too-many-open-files',
};

/** Families of codes that have a prefix in common. */
const REASON_OF_PREFIX: ReadonlyArray<readonly [prefix: string, reason: Reason]> = [
  ['ERR_HTTP2_', 'protocol'],
  ['ERR_TLS_', 'tls'],
  ['ERR_SSL_', 'tls'],
];

/** An error that knows its own reason. */
export interface Reasoned {
  readonly reason: Reason;
}

/** The reason behind any error, ours or foreign. */
export function reasonOf(error: unknown): Reason {
  if (!(error instanceof Error)) return 'unknown';
  // A host with several addresses that all refuse: they fail alike, so the first one speaks for all.
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  // Codes first: OpenSSL's errors have a code and, in words of its own, a `reason` too.
  if ('code' in error && typeof error.code === 'string') return reasonOfCode(error.code);
  if ('reason' in error && typeof error.reason === 'string') return error.reason as Reason;
  // Of timeout(), which knows nothing of rows: the one deadline around all of a row's requests.
  if (error.name === 'TimeoutError') return 'timeout-total';
  return 'unknown';
}

function reasonOfCode(code: string): Reason {
  const family = REASON_OF_PREFIX.find(([prefix]) => code.startsWith(prefix));
  return REASON_OF_CODE[code] ?? family?.[1] ?? 'unknown';
}
