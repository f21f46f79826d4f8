import { ProtocolError } from '../../model/failure.ts';
import type { Head } from './head.ts';

/** Where the body of a response ends. */
export type Framing =
  /** After so many bytes; 0 for a response without one. */
  | number
  /** With the last of its chunks. */
  | 'chunked'
  /** With the connection. */
  | 'until-close';

/**
 * Where the body ends that follows a head, of a response to GET (RFC 9112 section 6.3). What could
 * be read in two ways is read in neither.
 * @throws ProtocolError
 */
export function framingOf({ status, minor, headers }: Head): Framing {
  const length = headers['content-length'];
  const codings = headers['transfer-encoding'];
  if (status < 200 || status === 204 || status === 304) return 0;
  if (codings !== undefined) {
    if (length !== undefined) {
      throw new ProtocolError(
        'both Content-Length and Transfer-Encoding, which contradict each other',
      );
    }
    // Of a server that knows no chunks it says nothing reliable (RFC 9112 section 6.1).
    if (minor === 0) throw new ProtocolError('Transfer-Encoding in a response of HTTP/1.0');
    return framingBy(codings);
  }
  if (length === undefined) return 'until-close';
  // Several of them are none, with a comma in between.
  const digits = String(length);
  if (!/^\d+$/.test(digits) || !Number.isSafeInteger(Number(digits))) {
    throw new ProtocolError(`Content-Length is none: ${JSON.stringify(digits.slice(0, 40))}`);
  }
  return Number(digits);
}

/** @throws ProtocolError */
function framingBy(codings: string | string[]): Framing {
  if (codings === 'chunked') return codings;
  const values = [codings].flat();
  const names = values.flatMap((value) => value.toLowerCase().split(/[ \t]*,[ \t]*/));
  const last = names.at(-1);
  if (values.includes('') || last === '') {
    throw new ProtocolError('Transfer-Encoding names no coding');
  }
  // Some parsers take what is beyond ASCII for spaces, others for letters.
  if (!values.every((value) => /^[\t -~]*$/.test(value))) {
    throw new ProtocolError('Transfer-Encoding names what is no coding');
  }
  if (last === 'chunked') return last;
  // The body would be what is between its chunks, too.
  if (names.includes('chunked')) throw new ProtocolError('Transfer-Encoding goes on after chunked');
  return 'until-close';
}

/** Whether the server keeps the connection for further requests (RFC 9112 section 9.3). */
export function keepsConnection({ minor, headers }: Head): boolean {
  const { connection } = headers;
  if (connection === undefined) return minor === 1;
  const options = String(connection).toLowerCase().split(/[\s,]/);
  return !options.includes('close') && (minor === 1 || options.includes('keep-alive'));
}

const TIMEOUT = /(?:^|[\s,])timeout=(\d+)/i;

/** For how long the server says that it keeps an idle connection, in ms; undefined when it does not. */
export function keepAliveOf({ headers }: Head): number | undefined {
  const hint = headers['keep-alive'];
  const seconds = hint === undefined ? undefined : TIMEOUT.exec(String(hint))?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
