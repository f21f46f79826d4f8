import { BrokenRunError } from '../model/broken-run-error.ts';
import { errorCode } from '../model/error-code.ts';
import { messageOf } from '../model/error-words.ts';

const UNKNOWN_AUTHORITY =
  'has a certificate of an authority that is not known; name that with sslrootcert=FILE in --database';

/**
 * Advice for errors that have a remedy, in words that follow `the database LOCATION `. Five characters are
 * an SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html).
 */
const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED:
    'cannot be reached: no server listens there; start PostgreSQL, or correct --database',
  ENOENT: 'cannot be reached: there is no such socket; start PostgreSQL, or correct --database',
  EACCES: 'cannot be reached: you may not use its socket; correct the permissions, or --database',
  ENOTFOUND: 'cannot be reached: its host has no address; correct --database',
  EAI_AGAIN:
    'cannot be reached: its host has no address now; look after DNS, or correct --database',
  ETIMEDOUT: 'cannot be reached: it does not answer; look after the network and its firewall',
  EHOSTUNREACH: 'cannot be reached: there is no route to its host; look after the network',
  '28P01': 'refuses the password; give it by PGPASSWORD or in ~/.pgpass',
  '28000': 'refuses this user; see its pg_hba.conf, and try ?sslmode=verify-full',
  '3D000': 'does not exist; make it: createdb NAME',
  '42501': 'gives this role too few rights; docs/fleet.md has the statements that grant them',
  '53100': 'has a full disk; make room there: workers go on by themselves',
  '53300': 'has no connection left; raise its max_connections, or start fewer workers',
  '25006': 'can only be read; use the primary server and not a replica',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  ERR_TLS_CERT_ALTNAME_INVALID:
    'has a certificate for another host; give --database the name that it is for',
  CERT_HAS_EXPIRED: 'has a certificate that has expired; it has to be renewed',
};

/** The same for what node-postgres says without a code. */
const ADVICE_FOR: readonly (readonly [RegExp, string])[] = [
  [/client password must be/, 'asks for a password; give it by PGPASSWORD or in ~/.pgpass'],
  [/does not support SSL/, 'has no TLS; leave sslmode out of --database, or set TLS up there'],
  [
    /timeout/i,
    'cannot be reached: it does not answer; look after the network, and whether PostgreSQL is what listens there',
  ],
  [
    /connection terminated/i,
    'ends the connection without a word; see whether PostgreSQL is what listens there',
  ],
];

/** SQLSTATEs of a server that comes back: shutdown, crash, start-up, too many connections, deadlock. */
const TRANSIENT_STATES = /^(?:08|57P0[123]|53300|40001|40P01|53100|53200)/;

const TRANSIENT_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
]);

/** What node-postgres says, without a code, of a connection that has ended. */
const ENDED =
  /connection terminated|timeout exceeded when trying to connect|client has encountered/i;

/** And of one on which a statement takes longer than it may. */
const TIMEOUT = 'Query read timeout';

/**
 * The server is away: it was restarted, or the network failed. The same statement may succeed later. What
 * it is caused by is never thrown as it is, since a file or another server may fail with the same code.
 */
export class DatabaseAwayError extends Error {
  override readonly name = 'DatabaseAwayError';

  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
  }
}

/** Whether an error of node-postgres says that the server is away. */
export function isAway(error: unknown): boolean {
  const code = codeOf(error);
  if (code === undefined)
    return isTimeout(error) || (error instanceof Error && ENDED.test(error.message));
  return TRANSIENT_CODES.has(code) || TRANSIENT_STATES.test(code);
}

/** Whether a statement took longer than it may: its connection is of no more use. */
export function isTimeout(error: unknown): error is Error {
  return error instanceof Error && error.message === TIMEOUT;
}

/** The error of a statement that took longer than it may, as node-postgres has it. */
export function timeoutError(): Error {
  return new Error(TIMEOUT);
}

/** Whether PostgreSQL said it, or node-postgres of its connection. */
export function isOfDatabase(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return 'severity' in error || ENDED.test(error.message) || isTimeout(error);
}

/** Whether the server is there, and is being started or stopped. */
export function isStarting(error: unknown): boolean {
  return codeOf(causeOf(error))?.startsWith('57P0') === true;
}

/** The error that ends a command because of `error`: one line that says which database, and what to do. */
export function brokenDatabase(location: string, error: unknown): BrokenRunError {
  if (error instanceof BrokenRunError) return error;
  const cause = causeOf(error);
  return new BrokenRunError(`the database ${location} ${adviceFor(first(cause))}`, {
    cause: error,
  });
}

function adviceFor(error: unknown): string {
  const code = errorCode(error);
  const message = messageOf(error);
  const known = code === undefined ? undefined : ADVICE[code];
  const meant = ADVICE_FOR.find(([pattern]) => code === undefined && pattern.test(message));
  return known ?? meant?.[1] ?? `cannot be used: ${message}`;
}

function causeOf(error: unknown): unknown {
  return error instanceof DatabaseAwayError ? error.cause : error;
}

function codeOf(error: unknown): string | undefined {
  return errorCode(first(error));
}

/** Of a host with several addresses, each has failed. */
function first(error: unknown): unknown {
  return error instanceof AggregateError ? (error.errors[0] ?? error) : error;
}
