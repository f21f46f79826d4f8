/** The server of an earlier run, which left a part of the file, before a server with a fault. */
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Resource } from '../../src/server/faults/resource.ts';
import { listenOnLoopback } from '../../src/server/loopback.ts';
import type { Identity } from '../support/certificates.ts';

/** A server on the loopback addresses that breaks off every body. */
export interface EarlierServer extends AsyncDisposable {
  readonly port: number;
}

/**
 * Sends half of `file` for any request. As it ignores the URL, it also serves as a proxy for a host that
 * does not resolve.
 *
 * @param identity its certificate, for TLS; undefined for plain HTTP
 */
export async function startEarlierServer(
  file: Resource,
  identity?: Identity,
): Promise<EarlierServer> {
  const sendHalf: RequestListener = (_, response) => {
    const { body, etag } = file;
    response.writeHead(200, { 'content-length': body.length, etag });
    response.write(body.subarray(0, body.length >> 1), () => response.destroy());
  };
  const listener = await listenOnLoopback(sendHalf, 0, (onRequest) =>
    identity === undefined ? createServer(onRequest) : createTlsServer(identity, onRequest),
  );
  return { port: listener.port, [Symbol.asyncDispose]: () => listener.close() };
}
