/** What stood there before a fault that is about the server as a whole. */
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Resource } from '../../src/server/faults/resource.ts';
import { listenOnLoopback } from '../../src/server/loopback.ts';
import type { Identity } from '../support/certificates.ts';

/** A server on loopback that breaks every body off. */
export interface EarlierServer extends AsyncDisposable {
  readonly port: number;
}

/**
 * Sends half of `file`, whatever it is asked for; so it will do as a proxy, too, for a host that nobody
 * else knows.
 *
 * @param identity for TLS; undefined for plain HTTP
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
