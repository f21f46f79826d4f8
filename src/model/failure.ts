/**
 * What can go wrong with one row. Whatever it was, the row ends in one DownloadError, which names
 * the row and keeps the original as its `cause`:
 *
 *     DownloadError             this row did not make it
 *     └─ cause
 *        ├── HttpStatusError    the server answered, but not with the file
 *        ├── RedirectError      the server sent us somewhere we do not go, or round in circles
 *        ├── ProxyError         the proxy would not let us through
 *        ├── SocksError         the SOCKS proxy would not, or could not, connect to the server
 *        ├── DnsError           the host's name has no address, or the name servers do not say
 *        ├── AddressError       the host is not on the public Internet, and only those are asked
 *        ├── SchemeError        the URL is neither http: nor https:
 *        ├── DeadlineError      something took longer than it may
 *        ├── ConnectionLostError the connection ended before the response did
 *        ├── TruncatedError     the body is not as long as the server said
 *        ├── ProtocolError      the server says what may not be said there
 *        ├── ByteRangeError     the server does not go on where the part ends
 *        ├── EncodingError      the body cannot be decoded
 *        ├── TooLargeError      the file is larger than asked for
 *        ├── TooSmallError      the file is smaller than asked for
 *        ├── WrongTypeError     the file is of another media type than asked for
 *        ├── TooSlowError       the body comes slower than asked for
 *        ├── HeaderError        the row has a request header that cannot be sent
 *        ├── ChecksumError      the file is not the one that was asked for
 *        ├── NameCollisionError another row of this run has that file name
 *        ├── OriginDownError    its origin was given up after the tries of another row
 *        └── any other          of Node: its network, its file system
 */

import { errorCode } from './error-code.ts';
import { type Checksum, type Item, labelOf } from './item.ts';
import { type DnsReason, dnsReasonOf, type Reason, type Reasoned, reasonOf } from './reason.ts';
import { withoutCredentials } from './without-credentials.ts';

/**
 * One row's failure. Loggers write out what can be enumerated of an error, and whoever logs this one
 * means no password: the item, which may have one in its URL or its headers, cannot.
 */
export class DownloadError extends Error implements Reasoned {
  override readonly name = 'DownloadError';
  declare readonly item: Item;
  readonly reason: Reason;
  declare readonly cause: unknown;

  constructor(item: Item, cause: unknown) {
    super(`${labelOf(item)}: ${messageOf(cause)}`, { cause });
    Object.defineProperty(this, 'item', { value: item });
    this.reason = reasonOf(cause);
    hideInput(cause);
  }

  /** What to show next to the item's name: the cause's own words. */
  get detail(): string {
    return messageOf(this.cause);
  }
}

/** The server answered with a status that has no file in it. */
export class HttpStatusError extends Error implements Reasoned {
  override readonly name = 'HttpStatusError';
  readonly status: number;
  /** How long the server asks to be left alone, in ms, when it does. */
  readonly retryAfter: number | undefined;

  constructor(status: number, statusText = '', retryAfter?: number) {
    super(`${status} ${statusText}`.trimEnd());
    this.status = status;
    this.retryAfter = retryAfter;
  }

  get reason(): Reason {
    return `http-${this.status}`;
  }
}

/** A redirect that is not followed. */
export class RedirectError extends Error implements Reasoned {
  override readonly name = 'RedirectError';
  readonly reason: 'redirect-loop' | 'redirect-refused';

  constructor(reason: RedirectError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The proxy answered in the server's place. */
export class ProxyError extends Error implements Reasoned {
  override readonly name = 'ProxyError';
  readonly reason = 'proxy';
  /** What the proxy answered with: 407 when it wants to know who we are. */
  readonly status: number;

  constructor(status: number, statusText = '') {
    super(`the proxy refused: ${status} ${statusText}`.trimEnd());
    this.status = status;
  }
}

/** A SOCKS proxy has not made the connection. */
export class SocksError extends Error implements Reasoned {
  override readonly name = 'SocksError';
  readonly reason: 'proxy' | 'connect';

  /** @param reason whether it would not, or could not */
  constructor(reason: SocksError['reason'], what: string) {
    super(`the SOCKS proxy ${what}`);
    this.reason = reason;
  }
}

/** A host's name did not lead to an address. */
export class DnsError extends Error implements Reasoned {
  override readonly name = 'DnsError';
  readonly reason: DnsReason;
  readonly host: string;

  /**
   * @param detail what the name servers said, such as `NXDOMAIN`, or how long they had, such as
   *   `within 10 s`
   */
  constructor(reason: DnsReason, host: string, detail: string, cause?: unknown) {
    super(`${DNS_FAILURE[reason]} ${host} ${detail}`, { cause });
    this.reason = reason;
    this.host = host;
  }
}

const DNS_FAILURE = {
  'dns-not-found': 'no such host:',
  'dns-timeout': 'no answer from the name servers for',
  'dns-failed': 'the name servers failed for',
} as const;

/** What DNS itself calls the answers that c-ares has codes of its own for (RFC 1035, RFC 2308). */
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

/** A `NodeJS.ErrnoException`; the page's types, which this file is among, know no Node. */
interface ResolverError extends Error {
  readonly code?: string | undefined;
  readonly syscall?: string | undefined;
}

/**
 * @param cause what `dns.Resolver` or `dns.lookup()` failed with
 * @param ms how long the name servers had, when that is known; said when none answered
 */
export function dnsErrorOf(host: string, cause: ResolverError, ms?: number): DnsError {
  const { code, syscall } = cause;
  const reason = dnsReasonOf(code);
  if (reason === 'dns-timeout' && ms !== undefined) {
    return new DnsError(reason, host, `within ${ms / 1000} s`, cause);
  }
  // getaddrinfo has one code for NXDOMAIN and NODATA.
  const word = syscall === 'getaddrinfo' ? undefined : DNS_WORD[code ?? ''];
  return new DnsError(reason, host, `(${word ?? code ?? cause.message})`, cause);
}

/** The host is not one of the public Internet's, and others are not to be asked (`denyPrivate`). */
export class AddressError extends Error implements Reasoned {
  override readonly name = 'AddressError';
  readonly reason = 'address-refused';

  /**
   * @param host a name, or an address
   * @param use what the address is for instead
   * @param address where the name leads, when it is one
   */
  constructor(host: string, use: string, address?: string) {
    const what = address === undefined ? `${host} is` : `${host} leads to ${address}, which is`;
    super(`${what} no public address (${use})`);
  }
}

/** The URL is of a scheme that is not spoken here. */
export class SchemeError extends Error implements Reasoned {
  override readonly name = 'SchemeError';
  readonly reason = 'bad-url';

  /** @param scheme with its colon, as `URL.protocol` has it */
  constructor(scheme: string) {
    super(`${scheme} URLs cannot be downloaded, only http: and https: ones`);
  }
}

/** A step of a request took longer than it may. */
export class DeadlineError extends Error implements Reasoned {
  override readonly name = 'DeadlineError';
  readonly reason: 'timeout-connect' | 'timeout-first-byte' | 'timeout-idle';

  /** @param ms how long it may take */
  constructor(reason: DeadlineError['reason'], ms: number) {
    super(`${LATE[reason]} ${ms / 1000} s`);
    this.reason = reason;
  }
}

const LATE = {
  'timeout-connect': 'no connection within',
  'timeout-first-byte': 'no response within',
  'timeout-idle': 'nothing more came for',
} as const;

/** The connection ended, and the response to a request on it had not. */
export class ConnectionLostError extends Error implements Reasoned {
  override readonly name = 'ConnectionLostError';
  readonly reason = 'connection-lost';
  /** The server says that it has done nothing about the request (RFC 9113 section 8.7). */
  readonly isUnprocessed: boolean;

  constructor(what: string, cause?: Error, isUnprocessed = false) {
    super(what, { cause });
    this.isUnprocessed = isUnprocessed;
  }
}

/** The body is not as long as the server announced, or its connection ended in the middle of it. */
export class TruncatedError extends Error implements Reasoned {
  override readonly name = 'TruncatedError';
  readonly reason = 'truncated';

  /** The response came as it was announced, and the file is longer: its server sends it in slices. */
  readonly isSlice: boolean;

  /** @param announced bytes, or NaN when the server did not say */
  constructor(announced: number, received: number, cause?: Error, isSlice = false) {
    const whole = Number.isNaN(announced) ? 'the whole body' : `${announced} bytes`;
    super(`the body has the wrong length: ${received} bytes came of ${whole}`, { cause });
    this.isSlice = isSlice;
  }
}

/** What the server says has the form of HTTP, and is not what may be said there. */
export class ProtocolError extends Error implements Reasoned {
  override readonly name = 'ProtocolError';
  readonly reason = 'protocol';
}

/**
 * The server does not go on where the part ends, or contradicts what it said of the file before: the file
 * is to be asked for from its start.
 */
export class ByteRangeError extends Error implements Reasoned {
  override readonly name = 'ByteRangeError';
  readonly reason = 'range';
  /** How long the file is now, in bytes, when the server said so. */
  readonly length: number | undefined;

  constructor(what: string, length?: number) {
    super(`the server does not go on where the part ends: ${what}`);
    this.length = length;
  }
}

/** The body is encoded in a way that we do not know, or not in the way it says. */
export class EncodingError extends Error implements Reasoned {
  override readonly name = 'EncodingError';
  readonly reason = 'encoding';

  constructor(encoding: string, cause?: Error) {
    const what = cause === undefined ? 'is not known' : `does not decode: ${messageOf(cause)}`;
    super(`the content encoding ${JSON.stringify(encoding)} ${what}`, { cause });
  }
}

/** The file is larger than asked for. */
export class TooLargeError extends Error implements Reasoned {
  override readonly name = 'TooLargeError';
  readonly reason = 'too-large';

  /** @param announced bytes; undefined when it only showed as they came */
  constructor(maxSize: number, announced?: number) {
    const size = announced === undefined ? 'longer' : `${announced} bytes long`;
    super(`the file is ${size}, and more than ${maxSize} bytes are not wanted`);
  }
}

/** The file is smaller than asked for. */
export class TooSmallError extends Error implements Reasoned {
  override readonly name = 'TooSmallError';
  readonly reason = 'too-small';

  /** @param bytes of the file, as announced or as they came */
  constructor(minSize: number, bytes: number) {
    super(`the file is ${bytes} bytes long, and less than ${minSize} bytes are not accepted`);
  }
}

/** The file is of a media type that was not asked for: a page instead of a picture. */
export class WrongTypeError extends Error implements Reasoned {
  override readonly name = 'WrongTypeError';
  readonly reason = 'wrong-type';
  /** The header as it came. */
  readonly contentType: string | undefined;

  /** @param accepted the types that are, for people */
  constructor(contentType: string | undefined, accepted: string) {
    const what = contentType === undefined ? 'has no content type' : `is ${contentType}`;
    super(`the file ${what}, and only ${accepted} is accepted`);
    this.contentType = contentType;
  }
}

/** The body comes slower than asked for. */
export class TooSlowError extends Error implements Reasoned {
  override readonly name = 'TooSlowError';
  readonly reason = 'too-slow';

  /** @param window in which so few bytes came, in ms */
  constructor(bytes: number, window: number) {
    super(`only ${bytes} bytes came in ${window / 1000} s`);
  }
}

/** A row's request header that cannot be sent. Its value, which may be a secret, is not shown. */
export class HeaderError extends Error implements Reasoned {
  override readonly name = 'HeaderError';
  readonly reason = 'bad-row';

  constructor(name: string, what: string) {
    super(`the header ${JSON.stringify(name)} cannot be sent: ${what}`);
  }
}

/** The file is whole, and not the one that was asked for. */
export class ChecksumError extends Error implements Reasoned {
  override readonly name = 'ChecksumError';
  readonly reason = 'checksum';
  readonly expected: Checksum;
  /** Lower-case hex, of the same algorithm. */
  readonly actual: string;

  /** @param header of the response, when that is where the checksum stands, and not in the row */
  constructor(expected: Checksum, actual: string, header?: string) {
    const said = header === undefined ? '' : `, which the server says in ${header}`;
    super(`the ${expected.algorithm} is ${actual}, not ${expected.hex}${said}`);
    this.expected = expected;
    this.actual = actual;
  }
}

/** Another row of this run is saved under the same name. */
export class NameCollisionError extends Error implements Reasoned {
  override readonly name = 'NameCollisionError';
  readonly reason = 'name-collision';

  constructor(path: string) {
    super(`another row is saved as ${path}; give one of them a name of its own`);
  }
}

/**
 * An origin was given up after the tries of other rows, and nothing more is asked of it. The reason is
 * that of the last of these tries, whose failure is the cause.
 */
export class OriginDownError extends Error implements Reasoned {
  override readonly name = 'OriginDownError';
  readonly reason: Reason;

  /** @param origin such as `https://example.org` */
  constructor(origin: string, cause: unknown) {
    super(`${origin} was given up after the tries of another row: ${messageOf(cause)}`, { cause });
    this.reason = reasonOf(cause);
  }
}

/** What is no URL Node keeps with the error, credentials and all. */
function hideInput(error: unknown): void {
  if (!(error instanceof TypeError && 'input' in error && typeof error.input === 'string')) return;
  error.input = withoutCredentials(error.input);
}

/** An error's message, or its class name where it has none. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (errorCode(error) === 'ENAMETOOLONG') return pathTooLong(error);
  if (error.message !== '') return error.message;
  // What Node throws when each address of a host refused: the words are in its parts.
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [...new Set(error.errors.map(messageOf))].join(', ');
  }
  return error.constructor.name;
}

/** Node's own words are the path, which may be longer than a screen. */
function pathTooLong(error: Error): string {
  const path = 'path' in error ? error.path : undefined;
  const length = typeof path === 'string' ? `, ${path.length} characters` : '';
  return `the path is too long for the file system${length}: most take 255 bytes for a name and 4,095 for all of it; shorten the directory, or the name template`;
}
