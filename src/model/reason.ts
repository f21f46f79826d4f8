import { errorCode } from './error-code.ts';

/** The reasons that are words: all but those that carry a status, such as `http-503`. */
export const REASONS = [
  'bad-row',
  'bad-url',
  'dns-not-found',
  'dns-timeout',
  'dns-failed',
  'connect',
  'tls',
  'timeout-connect',
  'timeout-first-byte',
  'timeout-idle',
  'timeout-total',
  'too-slow',
  'proxy',
  'address-refused',
  'robots-txt',
  'robots-tag',
  'connection-lost',
  'protocol',
  'truncated',
  'range',
  'checksum',
  'too-large',
  'too-small',
  'wrong-type',
  'wrong-size',
  'encoding',
  'redirect-loop',
  'redirect-refused',
  'name-collision',
  'disk-full',
  'not-writable',
  'too-many-open-files',
  'upload-failed',
  'already-there',
  'changed-here',
  'not-modified',
  'name-skipped',
  'duplicate',
  'copied',
  'replaced',
  'cancelled',
  'unknown',
] as const;

/**
 * Why a row did not end as `ok`, in stable words that programs may rely on (docs/reasons.md).
 * `http-503` and the like carry the status that the server answered with.
 */
export type Reason = (typeof REASONS)[number] | `http-${number}`;

/** Whether a word is a reason. `dns` stands for all of DNS: see {@link reasonsMeantBy}. */
export function isReason(word: string): boolean {
  return word === 'dns' || /^http-\d{3}$/.test(word) || REASONS.some((reason) => reason === word);
}

/** All reasons, for messages. */
export const REASON_WORDS: string = `${REASONS.join(', ')}, http-404 and the like`;

/** Why a host has no address for a connection. */
export type DnsReason = Extract<Reason, `dns-${string}`>;

/** The reasons for the error codes of Node's network and file system. */
const REASON_OF_CODE: Readonly<Record<string, Reason>> = {
  ERR_INVALID_URL: 'bad-url',
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
  EEXIST: 'not-writable',
  EISDIR: 'not-writable',
  ENAMETOOLONG: 'not-writable',
  ELOOP: 'not-writable',
  EMFILE: 'too-many-open-files',
  ENFILE: 'too-many-open-files',
};

/**
 * The reasons for the error codes of Node's resolvers: c-ares (`dns.Resolver`) and getaddrinfo
 * (`dns.lookup()`). Any other code is `dns-failed`.
 */
const DNS_REASON_OF_CODE: Readonly<Record<string, DnsReason>> = {
  ENOTFOUND: 'dns-not-found',
  ENODATA: 'dns-not-found',
  ENONAME: 'dns-not-found',
  // A name that cannot exist, such as one with a label of more than 63 characters.
  EBADNAME: 'dns-not-found',
  EAI_NODATA: 'dns-not-found',
  EAI_NONAME: 'dns-not-found',
  ETIMEOUT: 'dns-timeout',
  // The query was given up before an answer came.
  ECANCELLED: 'dns-timeout',
  EDESTRUCTION: 'dns-timeout',
  // glibc says this when no name server answered. It says the same of SERVFAIL, which is rarer.
  EAI_AGAIN: 'dns-timeout',
  EAI_FAIL: 'dns-failed',
  ESERVFAIL: 'dns-failed',
  EREFUSED: 'dns-failed',
  EFORMERR: 'dns-failed',
  ENOTIMP: 'dns-failed',
  EBADRESP: 'dns-failed',
};

/** The reasons for error codes with a common prefix. */
const REASON_OF_PREFIX: ReadonlyArray<readonly [prefix: string, reason: Reason]> = [
  ['ERR_HTTP2_', 'protocol'],
  ['ERR_TLS_', 'tls'],
  ['ERR_SSL_', 'tls'],
  ['EAI_', 'dns-failed'],
];

/** An error that knows its own reason. */
export interface Reasoned {
  readonly reason: Reason;
}

/** The reason behind any error, ours or foreign. */
export function reasonOf(error: unknown): Reason {
  if (!(error instanceof Error)) return 'unknown';
  // All addresses of a host failed, mostly alike: the first one decides.
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  // Codes first: OpenSSL's errors have a code and, in words of its own, a `reason` too.
  const code = errorCode(error);
  if (code !== undefined) return reasonOfCode(code);
  if ('reason' in error && typeof error.reason === 'string') return error.reason as Reason;
  // From timeout(), around all requests of a row.
  if (error.name === 'TimeoutError') return 'timeout-total';
  return 'unknown';
}

function reasonOfCode(code: string): Reason {
  const family = REASON_OF_PREFIX.find(([prefix]) => code.startsWith(prefix));
  return REASON_OF_CODE[code] ?? DNS_REASON_OF_CODE[code] ?? family?.[1] ?? 'unknown';
}

/**
 * The reason behind the error code of a look-up. Elsewhere a code may mean something else: a name
 * server that refuses connections is `dns-failed`, a host that does is `connect`.
 */
export function dnsReasonOf(code: string | undefined): DnsReason {
  return DNS_REASON_OF_CODE[code ?? ''] ?? 'dns-failed';
}

/** A record, so that the compiler asks for a new one here: `dns` has to select it too. */
const DNS_REASONS: Readonly<Record<DnsReason, true>> = {
  'dns-not-found': true,
  'dns-timeout': true,
  'dns-failed': true,
};
const DNS_WORDS: readonly string[] = ['dns', ...Object.keys(DNS_REASONS)];

/**
 * The reasons that a word selects, where rows are chosen by reason: the word itself. `dns` selects all
 * failures of DNS, and `dns` itself, which earlier versions recorded for all of them.
 */
export function reasonsMeantBy(word: string): readonly string[] {
  return word === 'dns' ? DNS_WORDS : [word];
}
