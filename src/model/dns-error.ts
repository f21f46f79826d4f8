import { errorCode } from './error-code.ts';
import { type DnsReason, dnsReasonOf, type Reasoned } from './reason.ts';

/**
 * A host name has no address, or the name servers did not say. It is the `cause` of a row's DownloadError.
 */
export class DnsError extends Error implements Reasoned {
  override readonly name = 'DnsError';
  /** `dns-not-found`, `dns-timeout` or `dns-failed`. */
  readonly reason: DnsReason;
  /** The name that was looked up. */
  readonly host: string;

  /**
   * @param detail the name servers' answer, such as `(NXDOMAIN)`, or the time they had, such as `within
   *   10 s`
   */
  constructor(reason: DnsReason, host: string, detail: string, cause?: unknown) {
    super(`${DNS_FAILURE[reason]} ${host} ${detail}`, { cause });
    this.reason = reason;
    // A copy, since V8 may have made `host` a slice that keeps a whole block of the list in memory.
    this.host = Buffer.from(host).toString();
  }
}

const DNS_FAILURE = {
  'dns-not-found': 'no such host:',
  'dns-timeout': 'no answer from the name servers for',
  'dns-failed': 'the name servers failed for',
} as const;

/** The names that DNS itself has for what c-ares answers in codes of its own (RFC 1035, RFC 2308). */
const DNS_WORD: Readonly<Record<string, string>> = {
  ENOTFOUND: 'NXDOMAIN',
  ENODATA: 'NODATA',
  ESERVFAIL: 'SERVFAIL',
  EREFUSED: 'REFUSED',
  EFORMERR: 'FORMERR',
  ENOTIMP: 'NOTIMP',
  EBADRESP: 'malformed answer',
  ECONNREFUSED: 'no name server takes queries',
};

/**
 * The failure of a look-up as an error for people.
 *
 * @param cause the error of `dns.Resolver` or `dns.lookup()`
 * @param ms how long the name servers had, when that is known; the message says so when none answered
 */
export function dnsErrorOf(host: string, cause: Error, ms?: number): DnsError {
  const code = errorCode(cause);
  const reason = dnsReasonOf(code);
  if (reason === 'dns-timeout' && ms !== undefined) {
    return new DnsError(reason, host, `within ${ms / 1000} s`, cause);
  }
  // getaddrinfo has one code for NXDOMAIN and NODATA.
  const isGetaddrinfo = 'syscall' in cause && cause.syscall === 'getaddrinfo';
  const word = isGetaddrinfo ? undefined : DNS_WORD[code ?? ''];
  return new DnsError(reason, host, `(${word ?? code ?? cause.message})`, cause);
}
