import type { ClientHttp2Stream } from 'node:http2';
import { ConnectionLostError, ProtocolError } from '../../model/failure.ts';

/** What Node says of a stream that was reset, or that a connection that ends has no room for any more. */
const LOST = new Set([
  'ERR_HTTP2_GOAWAY_SESSION',
  'ERR_HTTP2_INVALID_SESSION',
  'ERR_HTTP2_OUT_OF_STREAMS',
  'ERR_HTTP2_SESSION_ERROR',
  'ERR_HTTP2_STREAM_CANCEL',
  'ERR_HTTP2_STREAM_ERROR',
]);

/** RST_STREAM and GOAWAY: ask for it over HTTP/1.1 (RFC 9113 section 7). */
export const HTTP_1_1_REQUIRED = 13;

/** Whether a server resets a stream, or a connection, to ask for HTTP/1.1; Node gives the code as a word or a number. */
export function asksForHttp1(error: Error): boolean {
  return /(?:NGHTTP2_HTTP_1_1_REQUIRED|code 13)$/.test(error.message);
}

/** An error of Node's as what it means for a request: most say that it may be sent again. */
export function lossOf(error: Error, hasHead: boolean): Error {
  if (!hasHead && error.message.endsWith('NGHTTP2_PROTOCOL_ERROR')) {
    // Node has reset it itself, or the server did, to which a request made no sense.
    return new ProtocolError(`a head that makes no sense: ${error.message}`, { cause: error });
  }
  const isLoss = 'code' in error && typeof error.code === 'string' && LOST.has(error.code);
  const isRefused = error.message.endsWith('NGHTTP2_REFUSED_STREAM');
  const isUnprocessed = isRefused || (!hasHead && asksForHttp1(error));
  return isLoss ? new ConnectionLostError(error.message, error, isUnprocessed) : error;
}

/** Of a stream that ended before its response did, without an error of Node's (RFC 9113 section 8.1). */
export function resetBy({ rstCode }: ClientHttp2Stream): ConnectionLostError {
  return new ConnectionLostError(
    `the stream was closed (code ${rstCode ?? 0}) before the response had ended`,
  );
}
