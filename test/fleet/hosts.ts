import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What was asked of one host. */
interface HostCounts {
  requests: number;
  inFlight: number;
  /** Requests at a time, at most. */
  most: number;
}

/** Servers of many origins: 127.0.0.1, 127.0.0.2 and so on, all with one port. */
export class Hosts implements AsyncDisposable {
  readonly port: number;
  readonly counts: HostCounts[];
  readonly #servers: readonly Server[];

  private constructor(servers: readonly Server[], port: number, counts: HostCounts[]) {
    this.#servers = servers;
    this.port = port;
    this.counts = counts;
  }

  /**
   * @param answer how a request is answered
   * @param answer.delay how late, in ms
   */
  static async start(
    count: number,
    answer: { readonly delay?: number; readonly listener: RequestListener },
  ): Promise<Hosts> {
    const counts = Array.from({ length: count }, () => ({ requests: 0, inFlight: 0, most: 0 }));
    const servers: Server[] = [];
    let port = 0;
    for (const [at, host] of counts.entries()) {
      const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
        host.requests++;
        host.most = Math.max(host.most, ++host.inFlight);
        response.once('close', () => host.inFlight--);
        // Workers are killed.
        request.once('error', () => {});
        if (answer.delay) setTimeout(() => answer.listener(request, response), answer.delay);
        else answer.listener(request, response);
      });
      server.listen(port, `127.0.0.${at + 1}`);
      await once(server, 'listening');
      port = (server.address() as AddressInfo).port;
      servers.push(server);
    }
    return new Hosts(servers, port, counts);
  }

  /** The URL of a file on the host with this number, from 0. */
  url(host: number, path: string): string {
    return `http://127.0.0.${host + 1}:${this.port}/${path}`;
  }

  /** Requests of all hosts. */
  get requests(): number {
    return this.counts.reduce((sum, { requests }) => sum + requests, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers) {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    }
  }
}
