/**
 * What can go wrong with one row. Every failed row ends in one DownloadError, which names the row and
 * keeps the original error as its `cause`:
 *
 *     DownloadError             the row failed
 *     └─ cause
 *        ├── HttpStatusError    the server answered, but not with the file
 *        ├── RedirectError      the redirect is not followed, or leads round in circles
 *        ├── ProxyError         the proxy refused the request
 *        ├── SocksError         the SOCKS proxy refused to connect to the server, or could not
 *        ├── DnsError           the host's name has no address, or the name servers do not say (dns-error.ts)
 *        ├── AddressError       the host is not on the public Internet (`denyPrivate`)
 *        ├── RobotsTxtError     the site's robots.txt does not allow the request (`robots`)
 *        ├── RobotsTagError     the file's X-Robots-Tag refuses it (`respect`)
 *        ├── SchemeError        the URL is neither http: nor https:
 *        ├── DeadlineError      something took longer than it may
 *        ├── ConnectionLostError the connection ended before the response did
 *        ├── TruncatedError     the body is not as long as the server said
 *        ├── ProtocolError      the response breaks the rules of HTTP
 *        ├── ByteRangeError     the response does not continue where the part ends
 *        ├── EncodingError      the body cannot be decoded
 *        ├── TooLargeError      the file is larger than `maxSize`
 *        ├── TooSmallError      the file is smaller than `minSize`
 *        ├── WrongTypeError     the file's media type is not accepted
 *        ├── WrongSizeError     the file has another size than the row says
 *        ├── TooSlowError       the body is slower than `lowestSpeed`
 *        ├── HeaderError        the row has a request header that cannot be sent
 *        ├── ChecksumError      the file has another checksum than expected
 *        ├── ChangedHereError   the file was changed here since it was saved
 *        ├── NameCollisionError another row of this run has that file name
 *        ├── OriginDownError    the origin was given up after the tries of other rows
 *        └── any other          of Node: its network, its file system
 *
 * Those of the file itself (TooLargeError to TooSlowError, ChecksumError to NameCollisionError) are in
 * file-errors.ts.
 */

import { messageOf } from './error-words.ts';
import { type Item, labelOf } from './item.ts';
import { type Reason, type Reasoned, reasonOf } from './reason.ts';
import { withoutCredentials } from './without-credentials.ts';

/**
 * The failure of one row: the `error` of its outcome. The `cause` is the original error, of one of the
 * classes in this module or of Node's; the message is that of the cause after the row's name.
 *
 * Loggers write out the enumerable properties of an error. `item` may have a password in its URL or its
 * headers, so it is not enumerable.
 *
 * @example
 * ```ts
 * const cause = outcome.error?.cause;
 * if (cause instanceof HttpStatusError && cause.status === 401) await renewToken();
 * ```
 */
export class DownloadError extends Error implements Reasoned {
  override readonly name = 'DownloadError';
  /** The row. */
  declare readonly item: Item;
  /** The reason of the cause: the same word as in the outcome. */
  readonly reason: Reason;
  /** The original error. */
  declare readonly cause: unknown;

  constructor(item: Item, cause: unknown) {
    super(`${labelOf(item)}: ${messageOf(cause)}`, { cause });
    Object.defineProperty(this, 'item', { value: item });
    this.reason = reasonOf(cause);
    hideInput(cause);
  }

  /** The message of the cause, without the row's name. */
  get detail(): string {
    return messageOf(this.cause);
  }
}

/** The server answered with a status that brings no file (RFC 9110 section 15). */
export class HttpStatusError extends Error implements Reasoned {
  override readonly name = 'HttpStatusError';
  /** The status of the response, such as 503. */
  readonly status: number;
  /** The time that `Retry-After` asks to wait, in ms; undefined without that header. */
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

/** The proxy refused the request. */
export class ProxyError extends Error implements Reasoned {
  override readonly name = 'ProxyError';
  readonly reason = 'proxy';
  /** The status of the proxy's answer; 407 asks for a user and a password. */
  readonly status: number;

  constructor(status: number, statusText = '') {
    super(`the proxy refused: ${status} ${statusText}`.trimEnd());
    this.status = status;
  }
}

/** The SOCKS proxy did not connect to the server. */
export class SocksError extends Error implements Reasoned {
  override readonly name = 'SocksError';
  readonly reason: 'proxy' | 'connect';

  /** @param reason `proxy` when it refused, `connect` when it could not */
  constructor(reason: SocksError['reason'], what: string) {
    super(`the SOCKS proxy ${what}`);
    this.reason = reason;
  }
}

/** The host is not on the public Internet, and the run is for public hosts only (`denyPrivate`). */
export class AddressError extends Error implements Reasoned {
  override readonly name = 'AddressError';
  readonly reason = 'address-refused';

  /**
   * @param host a name, or an address
   * @param use the purpose of the address, such as `loopback`
   * @param address the address of the name, where `host` is a name
   */
  constructor(host: string, use: string, address?: string) {
    const what = address === undefined ? `${host} is` : `${host} leads to ${address}, which is`;
    super(`${what} no public address (${use})`);
  }
}

/** The robots.txt of the origin does not allow the request (RFC 9309). */
export class RobotsTxtError extends Error implements Reasoned {
  override readonly name = 'RobotsTxtError';
  readonly reason = 'robots-txt';

  /**
   * @param file its URL
   * @param agent the client that the rule is for
   * @param line of the rule; -1 when it is not known
   */
  constructor(file: string, agent: string, line: number) {
    const where = line > 0 ? `line ${line} of ${file}` : file;
    super(`${where} does not allow ${agent} to fetch it`);
  }
}

/** The `X-Robots-Tag` of the response says that the file is not for this use. */
export class RobotsTagError extends Error implements Reasoned {
  override readonly name = 'RobotsTagError';
  readonly reason = 'robots-tag';

  constructor(directive: string) {
    super(`the server says X-Robots-Tag: ${directive}`);
  }
}

/** The URL is neither `http:` nor `https:`. */
export class SchemeError extends Error implements Reasoned {
  override readonly name = 'SchemeError';
  readonly reason = 'bad-url';

  /** @param scheme with its colon, as `URL.protocol` has it */
  constructor(scheme: string) {
    super(`${scheme} URLs cannot be downloaded, only http: and https: ones`);
  }
}

/** A step of a request took longer than its deadline. */
export class DeadlineError extends Error implements Reasoned {
  override readonly name = 'DeadlineError';
  readonly reason: 'timeout-connect' | 'timeout-first-byte' | 'timeout-idle';

  /** @param ms the deadline */
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

/** The connection ended before the response did. */
export class ConnectionLostError extends Error implements Reasoned {
  override readonly name = 'ConnectionLostError';
  readonly reason = 'connection-lost';
  /** The server says that it has not processed the request (RFC 9113 section 8.7): it may be sent again. */
  readonly isUnprocessed: boolean;

  constructor(what: string, cause?: Error, isUnprocessed = false) {
    super(what, { cause });
    this.isUnprocessed = isUnprocessed;
  }
}

/**
 * The body is not as long as the server announced, or its connection ended in the middle of it (RFC 9112
 * section 8).
 */
export class TruncatedError extends Error implements Reasoned {
  override readonly name = 'TruncatedError';
  readonly reason = 'truncated';

  /** The response is complete, but the file is longer: the server sends it in slices. */
  readonly isSlice: boolean;

  /** @param announced length of the body in bytes; NaN when the server did not say */
  constructor(announced: number, received: number, cause?: Error, isSlice = false) {
    const what = Number.isNaN(announced)
      ? `the body broke off after ${received} bytes`
      : `the body had ${received} bytes in place of ${announced}`;
    super(what, { cause });
    this.isSlice = isSlice;
  }
}

/** The response breaks the rules of HTTP. */
export class ProtocolError extends Error implements Reasoned {
  override readonly name = 'ProtocolError';
  readonly reason = 'protocol';
}

/**
 * The response does not continue where the part ends, or contradicts an earlier response about the same
 * file. The file has to be requested from its start.
 */
export class ByteRangeError extends Error implements Reasoned {
  override readonly name = 'ByteRangeError';
  readonly reason = 'range';
  /** The length of the whole file, in bytes, when the server said so. */
  readonly length: number | undefined;

  constructor(what: string, length?: number) {
    super(`the server does not send the bytes that were asked for: ${what}`);
    this.length = length;
  }
}

/** The content encoding is not supported, or the body does not decode. */
export class EncodingError extends Error implements Reasoned {
  override readonly name = 'EncodingError';
  readonly reason = 'encoding';

  constructor(encoding: string, cause?: Error) {
    const what = cause === undefined ? 'is not known' : `does not decode: ${messageOf(cause)}`;
    super(`the content encoding ${JSON.stringify(encoding)} ${what}`, { cause });
  }
}

/** A request header of the row cannot be sent. Its value may be a secret, so the message leaves it out. */
export class HeaderError extends Error implements Reasoned {
  override readonly name = 'HeaderError';
  readonly reason = 'bad-row';

  constructor(name: string, what: string) {
    super(`the header ${JSON.stringify(name)} cannot be sent: ${what}`);
  }
}

/**
 * The origin was given up after the tries of other rows, and gets no more requests. The failure of the
 * last of these tries is the cause, and its reason the reason.
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

/** Node keeps an invalid URL as `input` of its error, with user and password. */
function hideInput(error: unknown): void {
  if (!(error instanceof TypeError && 'input' in error && typeof error.input === 'string')) return;
  error.input = withoutCredentials(error.input);
}
