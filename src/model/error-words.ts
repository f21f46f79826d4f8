/**
 * What an error says to people: what is wrong, where, and what to do. Errors of Node, of its file system,
 * its network and OpenSSL, have their words here; any other error has its own message.
 */
import { errorCode } from './error-code.ts';

/** What Node says about an error besides its code. */
interface Facts {
  /** The file; '' when it is not said. */
  readonly path: string;
  /** `127.0.0.1:80`; `the server` when it is not said. */
  readonly address: string;
  /** The host that a certificate should be for, and the names that it is for. */
  readonly host: string;
  readonly names: string;
}

type Words = string | ((facts: Facts) => string);

const at =
  (what: string, advice = '') =>
  ({ path }: Facts): string =>
    `${what}${path === '' ? '' : `: ${path}`}${advice === '' ? '' : `; ${advice}`}`;

const ANOTHER_PLACE = 'change its permissions, or choose another';
const TRUST = '--cacert FILE adds one to trust, -k checks none';
const NOT_PEM = 'it is no certificate or key in PEM format';
const OLD_TLS =
  'the server speaks no version of TLS that is safe (1.2 or later); it has to be updated';

const WORDS: Readonly<Record<string, Words>> = {
  // The file system.
  EACCES: at('permission denied', ANOTHER_PLACE),
  EPERM: at('it is not permitted', ANOTHER_PLACE),
  EROFS: at('it is a read-only file system', 'choose another place'),
  ENOENT: at('there is no such file or directory'),
  ENOTDIR: at('a file is where a directory has to be', 'choose another path'),
  EISDIR: at('it is a directory, not a file'),
  EEXIST: at('something else is in its place', 'move it away, or choose another place'),
  ENOTEMPTY: at('the directory is not empty'),
  ELOOP: at('the link leads back to itself'),
  ENAMETOOLONG: pathTooLong,
  ENOSPC: 'the disk is full; make room and run the same command again',
  EDQUOT: 'the disk quota is used up; make room and run the same command again',
  EFBIG: 'the file is larger than the file system or a limit allows (ulimit -f)',
  EIO: at('the disk cannot be read or written (I/O error)'),
  EMFILE: 'too many files are open; allow more (ulimit -n), or make fewer requests at a time',
  ENFILE: 'too many files are open on this machine',
  // The network.
  ECONNREFUSED: ({ address }) => `nothing listens at ${address} (connection refused)`,
  EHOSTUNREACH: ({ address }) => `there is no way to ${address} (host unreachable)`,
  ENETUNREACH: ({ address }) => `there is no way to ${address} (network unreachable)`,
  EADDRNOTAVAIL: 'no local address or port is left for the connection',
  // Certificates.
  DEPTH_ZERO_SELF_SIGNED_CERT: `the server's certificate is self-signed; ${TRUST}`,
  SELF_SIGNED_CERT_IN_CHAIN: `the server's certificate is from an authority that is not trusted; ${TRUST}`,
  UNABLE_TO_GET_ISSUER_CERT: `the issuer of the server's certificate is not known; ${TRUST}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `the issuer of the server's certificate is not known; ${TRUST}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `the issuer of the server's certificate is not known; ${TRUST}`,
  CERT_HAS_EXPIRED: "the server's certificate has expired; -k checks none",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet: is the clock right?",
  CERT_REVOKED: "the server's certificate was revoked",
  CERT_SIGNATURE_FAILURE: "the server's certificate has a wrong signature",
  INVALID_PURPOSE: "the server's certificate is not for servers",
  ERR_TLS_CERT_ALTNAME_INVALID: ({ host, names }) =>
    `the server's certificate is not for ${host}${names === '' ? '' : `, but for ${names}`}; -k checks none`,
  // TLS. The codes are made from OpenSSL's reasons.
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server does not speak TLS at this port: try http://',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the server does not speak TLS at this port: try http://',
  ERR_SSL_HTTP_REQUEST: 'the server does not speak TLS at this port: try http://',
  ERR_SSL_UNSUPPORTED_PROTOCOL: OLD_TLS,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: OLD_TLS,
  ERR_SSL_VERSION_TOO_LOW: OLD_TLS,
  ERR_SSL_DH_KEY_TOO_SMALL: OLD_TLS,
  ERR_SSL_EE_KEY_TOO_SMALL: "the server's certificate has a key that is too short to be safe",
  ERR_SSL_NO_CIPHERS_AVAILABLE: OLD_TLS,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE:
    'the server refuses TLS as it is spoken here; it may ask for a client certificate (--cert, --key)',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    'the server asks for a client certificate (--cert, --key)',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'the server refuses the client certificate (--cert)',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'the server refuses the client certificate (--cert)',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'the server refuses the client certificate (--cert)',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: 'the server does not know the host of the URL',
  ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR: 'the server has an error of its own in TLS',
  // PEM files.
  ERR_OSSL_PEM_NO_START_LINE: NOT_PEM,
  ERR_OSSL_UNSUPPORTED: NOT_PEM,
  ERR_OSSL_PEM_BAD_BASE64_DECODE: 'a certificate or key in it is damaged',
  ERR_OSSL_PEM_BAD_END_LINE: 'a certificate or key in it is cut off',
  ERR_OSSL_PEM_BAD_PASSWORD_READ: 'the key needs a passphrase; remove it (openssl pkey)',
  ERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED: 'the key needs a passphrase; remove it (openssl pkey)',
  ERR_MISSING_PASSPHRASE: 'the key needs a passphrase; remove it (openssl pkey)',
  ERR_OSSL_BAD_DECRYPT: 'the passphrase of the key is wrong',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'the key does not belong to the certificate',
  ERR_OSSL_X509_KEY_TYPE_MISMATCH: 'the key does not belong to the certificate',
};

/** OpenSSL's dump: `error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:…`. */
const DUMP = /error:[\dA-F]{8}:([^:]*):[^:]*:([^:\n]+)/;

/**
 * What an error says to people: its message, or words for its code; its class name where it has none;
 * of a value that is no error, its text.
 */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const words = errorWords(error) ?? ownMessage(error);
  const isOfProxy = 'proxy' in error && typeof error.proxy === 'string';
  return isOfProxy ? `the proxy ${error.proxy} cannot be reached: ${words}` : words;
}

function ownMessage(error: Error): string {
  if (error.message !== '') return error.message;
  // Node throws this without a message when every address of a host refused.
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [...new Set(error.errors.map(messageOf))].join(', ');
  }
  return error.constructor.name;
}

/** @returns undefined for an error that has words of its own */
export function errorWords(error: Error): string | undefined {
  // Its parts say more.
  if (error instanceof AggregateError) return undefined;
  const [, , reason] = DUMP.exec(error.message) ?? [];
  const code = errorCode(error) ?? '';
  // EPROTO is any failure of TLS: OpenSSL's reason says which.
  const known = code === 'EPROTO' && reason !== undefined ? sslCode(reason) : code;
  const words = Object.hasOwn(WORDS, known) ? WORDS[known] : undefined;
  if (words === undefined) return reason && `TLS failed: ${reason.trim()}`;
  return typeof words === 'string' ? words : words(factsOf(error));
}

function sslCode(reason: string): string {
  return `ERR_SSL_${reason.trim().toUpperCase().replaceAll(' ', '_')}`;
}

function factsOf(error: Error): Facts {
  const { path, address, port, host, cert }: Partial<Record<string, unknown>> = { ...error };
  const ip = typeof address === 'string' ? address : undefined;
  return {
    path: typeof path === 'string' ? path : '',
    // Node says nothing of port 0.
    address: ip === undefined ? 'the server' : `${ip.includes(':') ? `[${ip}]` : ip}:${port ?? 0}`,
    host: typeof host === 'string' ? host : 'this host',
    names: namesOf(cert),
  };
}

/** The most of the names of a certificate that a message shows, in characters. */
const SHOWN = 100;

function namesOf(certificate: unknown): string {
  if (typeof certificate !== 'object' || certificate === null) return '';
  if (!('subjectaltname' in certificate)) return '';
  const names = String(certificate.subjectaltname ?? '').replace(/\b(?:DNS|IP Address):/g, '');
  return names.length > SHOWN ? `${names.slice(0, SHOWN)}…` : names;
}

/** Node's own message repeats the path, which may be longer than a screen. */
function pathTooLong({ path }: Facts): string {
  const length = path === '' ? '' : `, ${path.length} characters`;
  return `the path is too long for the file system${length}: most take 255 bytes for a name and 4,095 for all of it; shorten the directory, or the name template`;
}
