import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server for one row that notes when its first request comes. */
export interface FirstRequest extends AsyncDisposable {
  readonly url: string;
  /** performance.now() at the first request; undefined before. */
  readonly arrivedAt: number | undefined;
}

/** Answers every request with one byte. */
export async function startFirstRequest(): Promise<FirstRequest> {
  let arrivedAt: number | undefined;
  const server = createServer((_, response) => {
    arrivedAt ??= performance.now();
    response.end('x');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/first`,
    get arrivedAt() {
      return arrivedAt;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
