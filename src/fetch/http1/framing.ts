import { ProtocolError } from '../../model/failure.ts';
import { quoted } from '../headers.ts';
import type { Head } from './head.ts';

/** Where the body of a response ends. */
export type Framing =
  /** After this many bytes; 0 for a response without a body. */
  | number
  /** With its last chunk. */
  | 'chunked'
  /** With the connection. */
  | 'until-close';

/** A head, and where the body after it ends. */
export interface Framed {
  readonly framing: Framing;
  /** With a single length, or none. */
  readonly head: Head;
}

/**
 * Finds out where the body of a response to GET ends (RFC 9112 section 6.3). A head that states it
 * twice, or in two ways of which one counts, is accepted, and marked as odd. One that contradicts
 * itself is refused.
 *
 * @throws ProtocolError
 */
export function frame(head: Head): Framed {
  const { status, minor, headers } = head;
  const length = headers['content-length'];
  const codings = headers['transfer-encoding'];
  if (status < 200 || status === 204 || status === 304) return { framing: 0, head };
  // The obsolete word for no coding at all (RFC 2616 section 3.6).
  const isPlain = codings === undefined || (codings === 'identity' && length !== undefined);
  if (!isPlain) {
    const framing = framingBy(codings);
    // HTTP/1.0 has no chunks; and chunks override a length (RFC 9112 sections 6.1, 6.3).
    if (length === undefined && minor === 1) return { framing, head };
    return { framing, head: oddHead(head, undefined) };
  }
  if (length === undefined) return { framing: 'until-close', head };
  if (typeof length === 'string' && isLength(length) && codings === undefined) {
    return { framing: Number(length), head };
  }
  const once = saidOnce(length);
  return { framing: Number(once), head: oddHead(head, once) };
}

/** @param length the length that counts */
function oddHead(head: Head, length: string | undefined): Head {
  // Like those of any head, the headers inherit nothing.
  const headers = Object.assign(Object.create(null), head.headers, { 'content-length': length });
  return { ...head, headers, isOdd: true };
}

/**
 * @returns the length that is stated several times
 * @throws ProtocolError
 */
function saidOnce(length: string | string[]): string {
  const said = String(length);
  const values = new Set(said.split(',').map(trimmed));
  const [once = ''] = values;
  if (values.size !== 1 || !isLength(once)) {
    throw new ProtocolError(`Content-Length is not a number of bytes: ${quoted(said)}`);
  }
  return once;
}

function isLength(digits: string): boolean {
  return /^\d+$/.test(digits) && Number.isSafeInteger(Number(digits));
}

/** @throws ProtocolError */
function framingBy(codings: string | string[]): Framing {
  if (codings === 'chunked') return codings;
  const values = [codings].flat();
  const names = values.flatMap((value) => value.toLowerCase().split(',')).map(trimmed);
  const last = names.at(-1);
  if (values.includes('') || last === '') {
    throw new ProtocolError('Transfer-Encoding names no coding');
  }
  // Some parsers take bytes outside ASCII for spaces, others for letters.
  if (!values.every((value) => /^[\t -~]*$/.test(value))) {
    throw new ProtocolError('Transfer-Encoding names an invalid coding');
  }
  if (last === 'chunked') return last;
  // The chunks would be part of what the later coding encodes.
  if (names.includes('chunked')) throw new ProtocolError('Transfer-Encoding goes on after chunked');
  return 'until-close';
}

/** Trims spaces, but not bytes outside ASCII, which JavaScript may take for spaces. */
function trimmed(name: string): string {
  return /^[\t -~]*$/.test(name) ? name.trim() : name;
}

/** Whether the server keeps the connection for further requests (RFC 9112 section 9.3). */
export function keepsConnection({ minor, headers }: Head): boolean {
  const { connection } = headers;
  if (connection === undefined) return minor === 1;
  const options = String(connection);
  return !CLOSE.test(options) && (minor === 1 || KEEP_ALIVE.test(options));
}

const CLOSE = /(?:^|[\s,])close(?:$|[\s,])/i;
const KEEP_ALIVE = /(?:^|[\s,])keep-alive(?:$|[\s,])/i;

const TIMEOUT = /(?:^|[\s,])timeout=(\d+)/i;

/** How long the server says it keeps an idle connection, in ms; undefined when it does not say. */
export function keepAliveOf({ headers }: Head): number | undefined {
  const hint = headers['keep-alive'];
  const seconds = hint === undefined ? undefined : TIMEOUT.exec(String(hint))?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
